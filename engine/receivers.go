package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The sets of receivers (domain: access.md §3).
const (
	setCandidates = "=" // holders of a candidate post
	setSuperior   = "^" // holders of the next rank above in the candidates' unit
	setUnit       = "u" // everybody with a business post in the candidates' unit
	setNobody     = "-"
)

// unitOwn stands in ROLE@own for the units of the candidates.
const unitOwn = "own"

// Receivers are the sets that a task's receivers attribute names, by operation;
// each is =, ^, u, - or ROLE@function.
type Receivers map[string][]string

// usual are the receivers of every task that says nothing else.
var usual = Receivers{
	"transfer": {setCandidates, setSuperior}, "reassign": {setCandidates, setSuperior}, "assign": {setCandidates, setSuperior},
	"delegate": {setUnit}, "addBefore": {setUnit}, "addAfter": {setUnit}, "appendStep": {setUnit},
	"addParallel": {setCandidates}, deputising: {setUnit}, "cc": nil,
}

// deputising is the name by which receivers speak of those who may stand in.
const deputising = "deputy"

// ParseReceivers reads entries "[operation:]set" and "[operation:]ROLE@function".
// What is said for an operation goes before what is said for all; sets replace
// the usual ones, roles come beside them.
func ParseReceivers(entries []string) (Receivers, error) {
	all, said := []string{}, Receivers{}
	for _, e := range entries {
		op, what, named := strings.Cut(e, ":")
		if !named {
			op, what = "", e
		}
		op, what = strings.TrimSpace(op), strings.TrimSpace(what)
		role, function, isRole := strings.Cut(what, "@")
		switch {
		case isRole && role != "" && (function == unitOwn || slices.Contains(FunctionNames, function)):
		case isRole:
			return nil, fmt.Errorf("%q: %q is no function of units, nor %q", e, function, unitOwn)
		case !slices.Contains([]string{setCandidates, setSuperior, setUnit, setNobody}, what):
			return nil, fmt.Errorf("%q is neither =, ^, u or - nor ROLE@function", e)
		}
		switch _, known := usual[op]; {
		case op == "":
			all = append(all, what)
		case op == "add":
			for _, add := range []string{"addBefore", "addAfter", "addParallel", "appendStep"} {
				said[add] = append(said[add], what)
			}
		case known:
			said[op] = append(said[op], what)
		default:
			return nil, fmt.Errorf("%q: nobody is given a task by %q", e, op)
		}
	}
	out := Receivers{}
	for op, sets := range usual {
		mine := said[op]
		if !slices.ContainsFunc(mine, isSet) {
			mine = append(slices.Clone(all), mine...)
		}
		if !slices.ContainsFunc(mine, isSet) {
			mine = append(slices.Clone(sets), mine...)
		}
		out[op] = mine
	}
	return out, nil
}

func isSet(what string) bool { return !strings.Contains(what, "@") }

// Strange are the roles that a task's receivers name although the platform has no such role and nobody holds it.
func (r Receivers) Strange(at Roster) []string {
	var out []string
	for _, sets := range r {
		for _, what := range sets {
			role, _, isRole := strings.Cut(what, "@")
			if _, known := roles[role]; isRole && !known && !at.heldAnywhere(role) && !slices.Contains(out, what) {
				out = append(out, what)
			}
		}
	}
	slices.Sort(out)
	return out
}

// Unmet are the operations whose receivers are named roles alone that nobody
// holds at a moment, with the role: such a task could be given to nobody.
func (r Receivers) Unmet(at Roster) map[string]string {
	out := map[string]string{}
	for _, op := range slices.Sorted(maps.Keys(r)) {
		met, first := false, ""
		for _, what := range r[op] {
			role, function, isRole := strings.Cut(what, "@")
			switch {
			case !isRole:
				met = met || what != setNobody
			case function == unitOwn:
				met = met || at.heldAnywhere(role)
			default:
				met = met || slices.ContainsFunc(at.Units(function), func(u string) bool { return len(at.Holders(role+"@"+u)) > 0 })
			}
			if isRole && first == "" {
				first = what
			}
		}
		if op != "cc" && !met && first != "" {
			out[op] = first
		}
	}
	return out
}

func (r Roster) heldAnywhere(role string) bool {
	return slices.ContainsFunc(r.Posts(), func(p string) bool { return strings.HasPrefix(p, role+"@") })
}
