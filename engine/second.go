package engine

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// secondsJSON is the table of acts that a second person confirms (domain:
// access.md §5): on cases, on seats of tasks, and in the house beside them. What a
// task's model says of its own submission is qc:task second, and stands in the model.
//
//go:embed seconds.json
var secondsJSON []byte

// SecondAct is an act that counts only when a second person has confirmed it.
type SecondAct struct {
	No     int          `json:"no"` // row of the domain's table
	Act    string       `json:"act"`
	On     string       `json:"on"` // "case", "seat" of a task, or "house": beside cases
	Pairs  []SecondPair `json:"pairs"`
	Over   int          `json:"over"`   // only what lasts longer than so many working days; 0: always
	Within string       `json:"within"` // how long the second person has: "1wd" working days, "4h" hours
}

// SecondPair says who may ask for an act, and who confirms it then: roles, of whatever unit.
type SecondPair struct {
	First  []string `json:"first"`
	Second []string `json:"second"`
}

// SecondWithin is how long a second person has where nothing else is said.
const SecondWithin = "1wd"

var secondActs = func() map[string]SecondAct {
	var rows []SecondAct
	if err := json.Unmarshal(secondsJSON, &rows); err != nil {
		panic("engine: seconds.json: " + err.Error()) // part of the program
	}
	out := map[string]SecondAct{}
	for _, row := range rows {
		out[row.Act] = row
	}
	return out
}()

// SecondActOf is the row of an act; false: nobody confirms it.
func SecondActOf(act string) (SecondAct, bool) {
	row, known := secondActs[act]
	return row, known
}

// SecondActs are the rows of the table, in their order.
func SecondActs() []SecondAct {
	rows := make([]SecondAct, 0, len(secondActs))
	for _, row := range secondActs {
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b SecondAct) int { return a.No - b.No })
	return rows
}

// ParseSecond reads an entry of who confirms what is submitted to a task
// (domain: access.md §5): "ROLE@function", or a role of whatever unit.
func ParseSecond(entry string) (role, function string, err error) {
	role, function, named := strings.Cut(entry, "@")
	if role == "" || named != slices.Contains(FunctionNames, function) {
		return "", "", fmt.Errorf("%q is neither ROLE@function nor a role", entry)
	}
	return role, function, nil
}

// ParseWithin reads a limit: working days "2wd", or hours "4h".
func ParseWithin(limit string) (workdays int, hours time.Duration, err error) {
	if days, is := strings.CutSuffix(limit, "wd"); is {
		if workdays, err = strconv.Atoi(days); err == nil && workdays > 0 && workdays <= 60 {
			return workdays, 0, nil
		}
	} else if n, is := strings.CutSuffix(limit, "h"); is {
		if hours, err := strconv.Atoi(n); err == nil && hours > 0 && hours <= 240 {
			return 0, time.Duration(hours) * time.Hour, nil
		}
	}
	return 0, 0, fmt.Errorf("%q is no limit: say working days as 2wd, or hours as 4h", limit)
}

// Seconds are the posts "ROLE@UNIT" of some entries, "ROLE@function" or a role of
// any unit, that somebody else than a person holds, each once. Where nobody holds a role, the role that stands in for it counts.
func (r Roster) Seconds(entries []string, but string) []string {
	return r.standIns(entries, func(p string) bool { return p != but })
}

// Firsts reports whether a person holds a post of some entries, or of a role
// that stands in for one which nobody holds.
func (r Roster) Firsts(entries []string, person string) bool {
	return slices.ContainsFunc(
		r.standIns(entries, func(string) bool { return true }), func(post string) bool { return r.Holds(person, post) },
	)
}

// standIns are the posts of some entries with a holder who counts, each once.
func (r Roster) standIns(entries []string, counts func(person string) bool) []string {
	var out []string
	for _, entry := range entries {
		role, function, _ := strings.Cut(entry, "@")
		for held := false; role != "" && !held; role = roles[role].Fallback {
			for _, post := range r.postsIn(role, function) {
				if slices.ContainsFunc(r.Holders(post), counts) {
					out, held = appendNew(out, post), true
				}
			}
		}
	}
	return out
}

// postsIn are the posts of a role in the units that serve as a function, in all units where none is named.
func (r Roster) postsIn(role, function string) []string {
	var out []string
	if function == "" {
		return slices.DeleteFunc(r.Posts(), func(post string) bool { held, _ := splitPost(post); return held != role })
	}
	for _, unit := range r.Units(function) {
		out = append(out, role+"@"+unit)
	}
	return out
}

// Between is the pair of an act that a person begins, false when he may not. Who
// governs a case of his own model, and none of the house, begins by its first pair.
func (a SecondAct) Between(r Roster, person string, owner bool) (SecondPair, bool) {
	for _, p := range a.Pairs {
		if r.Firsts(p.First, person) {
			return p, true
		}
	}
	if owner && len(a.Pairs) > 0 {
		return a.Pairs[0], true
	}
	return SecondPair{}, false
}
