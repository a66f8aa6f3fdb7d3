package engine

import (
	"fmt"
	"slices"
	"strings"
)

// ParseSecond reads an entry "ROLE@function" of who confirms what is submitted
// to a task (domain: access.md §5).
func ParseSecond(entry string) (role, function string, err error) {
	role, function, named := strings.Cut(entry, "@")
	if !named || role == "" || !slices.Contains(FunctionNames, function) {
		return "", "", fmt.Errorf("%q is not ROLE@function", entry)
	}
	return role, function, nil
}

// Seconds are the posts "ROLE@UNIT" of some entries that somebody else than a
// person holds, each once.
func (r Roster) Seconds(entries []string, but string) []string {
	var out []string
	for _, entry := range entries {
		role, function, err := ParseSecond(entry)
		if err != nil {
			continue // deployment refuses it
		}
		for _, unit := range r.Units(function) {
			post := role + "@" + unit
			if fallback := roles[role].Fallback; len(r.Holders(post)) == 0 && fallback != "" {
				post = fallback + "@" + unit
			}
			if slices.ContainsFunc(r.Holders(post), func(p string) bool { return p != but }) {
				out = appendNew(out, post)
			}
		}
	}
	return out
}
