package engine

import (
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
)

// dutiesJSON is the table of duties (domain: access.md §3): of each the duties
// that it is separate from, by person or by unit, and the parties of a case that
// may not have it. A pair is written once and holds both ways.
//
//go:embed duties.json
var dutiesJSON []byte

// apartWhat says who must differ.
type apartWhat string

// What must differ between two separate duties.
const (
	apartPerson apartWhat = "person"
	apartUnit   apartWhat = "unit" // the person too
)

// parties are the roles of parties that a line of the table may name beside duties.
var parties = []string{Applicant, Supplier, Supervisor, Tester, Agency, Expert}

// duties is the table, both ways.
var duties = func() map[string]map[string]apartWhat {
	var table map[string]map[string]apartWhat
	if err := json.Unmarshal(dutiesJSON, &table); err != nil {
		panic("engine: duties.json: " + err.Error()) // part of the program
	}
	for duty, from := range maps.Clone(table) {
		for other, how := range from {
			if table[other] != nil {
				table[other][duty] = how
			} else if !slices.Contains(parties, other) {
				panic("engine: duties.json: " + duty + " is separate from " + other + ", which is no duty")
			}
		}
	}
	return table
}()

// Duties are the names that a task's duty may have, in order.
func Duties() []string { return slices.Sorted(maps.Keys(duties)) }

// served is a duty that somebody has signed for in a case, in whatever round.
type served struct {
	Duty   string `json:"d"`
	Person string `json:"p"`
	Unit   string `json:"u,omitempty"`
	Task   int64  `json:"t"`
}

// serve notes that a person has signed for a duty in a post.
func (s *State) serve(duty, person, post string, task int64) {
	if duty == "" || person == "" {
		return
	}
	_, unit := splitPost(post)
	for i, d := range s.duties {
		if d.Duty == duty && d.Person == person && d.Unit == unit {
			s.duties[i].Task = task
			return
		}
	}
	s.duties = append(s.duties, served{Duty: duty, Person: person, Unit: unit, Task: task})
}

// dutyOf is the duty of a task, or of one of its seats.
func (n *node) dutyOf(no int) string {
	t := n.el.src.Ext.Task
	switch {
	case t == nil || len(t.Separate) == 0 || n.Now != nil:
		return ""
	case len(t.Separate) == 1:
		return t.Separate[0]
	case n.Task != nil && no > 0 && no <= len(n.Task.Seats):
		return n.Task.Seats[no-1].Duty
	}
	return ""
}

// separated is the duty, or the party, that keeps a person in a post from a duty
// of a task: something that he has signed for in this case, or holds open.
func (x *exec) separated(n *node, no int, duty, person, post string) string {
	apart := duties[duty]
	if len(apart) == 0 {
		return ""
	}
	_, unit := splitPost(post)
	same := func(how apartWhat, who, of string) bool {
		return who == person || how == apartUnit && of != "" && of == unit
	}
	for _, d := range x.s.duties {
		if how := apart[d.Duty]; how != "" && d.Duty != duty && same(how, d.Person, d.Unit) {
			return d.Duty
		}
	}
	for _, o := range x.s.nodes {
		if o.gone || o.Task == nil {
			continue
		}
		if len(o.Task.Seats) == 0 && o != n && o.Task.Assignee != "" {
			other := o.dutyOf(0)
			if how := apart[other]; how != "" && other != duty && same(how, o.Task.Assignee, unitOf(o.Task.Post)) {
				return other
			}
		}
		for _, s := range o.Task.Seats {
			if s.Actor == "" || s.For != 0 || o == n && s.No == no || s.Over() {
				continue
			}
			other := o.dutyOf(s.No)
			if how := apart[other]; how != "" && (other != duty || o == n) && same(how, s.Actor, unitOf(s.Group)) {
				return other
			}
		}
	}
	for _, role := range parties {
		if apart[role] == "" || unit == "" {
			continue
		}
		for _, p := range x.in.Case.At(x.in.Now, role) {
			if p.Unit == unit {
				return role
			}
		}
	}
	return ""
}

func unitOf(post string) string {
	_, unit := splitPost(post)
	return unit
}
