package search

import (
	"slices"
	"strings"
)

// Sight is what a person sees of each kind. The zero value sees nothing.
type Sight struct {
	Business  bool     // has a part in the house's business at all
	All       bool     // every project and finding
	Depts     []string // else of these departments, and contracts of these organisations
	Person    string
	Posts     []string
	Heads     []string // units that he heads: matters begun in them
	Oversees  bool     // every matter outside projects
	Processes []string // whose matters may be seen by units that the model names: each is judged by itself
	Experts   bool     // may know who is an expert
}

// reason why a person sees an entry e: a condition that an index serves.
type reason struct {
	sql  string
	args []any
}

// everybody is the reason of what all may see.
var everybody = []reason{{sql: "TRUE"}}

// each is a reason for each of some values of a column: each is a range of its own.
func each(column string, values []string) (all []reason) {
	for _, v := range values {
		all = append(all, reason{column + " = ?", []any{v}})
	}
	return all
}

// reasons why a person sees entries of a kind; none: never.
func (s Sight) reasons(kind Kind) []reason {
	if !s.Business {
		return nil
	}
	orgs := append([]string{"-"}, s.Depts...) // IN () is not SQL, and "" means nobody
	switch kind {
	case Project, Document:
		if s.All {
			return everybody
		}
		return append(each("e.dept", s.Depts),
			reason{`e.project IN (SELECT c.project FROM contract c WHERE c.supplier_org IN ? OR c.supervisor_org IN ?
				UNION SELECT x.project FROM expert_seat x WHERE x.person_id = ?)`, []any{orgs, orgs, s.Person}},
			reason{"(e.person = ? AND e.project = '')", []any{s.Person}})
	case Rectification:
		if s.All {
			return everybody
		}
		return append(each("e.dept", s.Depts), reason{"e.person = ?", []any{s.Person}},
			reason{"e.project IN (SELECT p.code FROM project p WHERE p.dept_id IN ?)", []any{orgs}})
	case Matter:
		if s.Oversees {
			return everybody
		}
		return slices.Concat([]reason{{"e.person = ?", []any{s.Person}}}, each("e.dept", s.Heads), each("e.process", s.Processes),
			[]reason{{`e.ref IN (SELECT CAST(a.root AS TEXT) FROM task_act a WHERE a.person = ?
				UNION SELECT CAST(y.root AS TEXT) FROM task_copy y WHERE y.person = ?
				UNION SELECT CAST(k.root AS TEXT) FROM case_copy k WHERE k.person = ?
				UNION SELECT CAST(t.root AS TEXT) FROM task t JOIN task_candidate n ON n.key = t.key WHERE n.principal IN ?)`,
				[]any{s.Person, s.Person, s.Person, append([]string{s.Person}, s.Posts...)}}})
	case Person:
		hidden := "AND NOT EXISTS (SELECT 1 FROM post o WHERE o.person_id = p.id AND o.role = 'EXPERT')"
		if s.Experts {
			hidden = ""
		}
		return []reason{{"EXISTS (SELECT 1 FROM person p JOIN post_now h ON h.person_id = p.id WHERE p.id = e.ref AND p.active " +
			"AND (p.kind = 'internal' OR p.id = ?) " + hidden + ")", []any{s.Person}}}
	}
	return everybody
}

// of is the condition under which a person sees an entry e of a kind; "" for never.
func (s Sight) of(kind Kind) (string, []any) {
	var parts []string
	var args []any
	for _, r := range s.reasons(kind) {
		parts, args = append(parts, r.sql), append(args, r.args...)
	}
	if len(parts) == 0 {
		return "", nil
	}
	return "(" + strings.Join(parts, " OR ") + ")", args
}
