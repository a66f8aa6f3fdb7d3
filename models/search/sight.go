package search

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

// of is the condition under which a person sees an entry e of a kind; "" for never.
func (s Sight) of(kind Kind) (string, []any) {
	if !s.Business {
		return "", nil
	}
	orgs := append([]string{"-"}, s.Depts...) // IN () is not SQL, and "" means nobody
	switch kind {
	case Project, Document:
		if s.All {
			return "TRUE", nil
		}
		return `(e.dept IN ? OR e.project IN (SELECT c.project FROM contract c WHERE c.supplier_org IN ? OR c.supervisor_org IN ?)
			OR e.project IN (SELECT x.project FROM expert_seat x WHERE x.person_id = ?) OR (e.project = '' AND e.person = ?))`, []any{orgs, orgs, orgs, s.Person, s.Person}
	case Rectification:
		if s.All {
			return "TRUE", nil
		}
		return `(e.dept IN ? OR e.person = ? OR e.project IN (SELECT p.code FROM project p WHERE p.dept_id IN ?))`, []any{
			orgs, s.Person, orgs,
		}
	case Matter:
		if s.Oversees {
			return "TRUE", nil
		}
		return `(e.person = ? OR e.dept IN ? OR e.process IN ?
			OR EXISTS (SELECT 1 FROM task_act a WHERE a.root = e.root AND a.person = ?)
			OR EXISTS (SELECT 1 FROM task_copy y WHERE y.root = e.root AND y.person = ?)
			OR EXISTS (SELECT 1 FROM case_copy k WHERE k.root = e.root AND k.person = ?)
			OR EXISTS (SELECT 1 FROM task t JOIN task_candidate n ON n.key = t.key WHERE t.root = e.root AND n.principal IN ?))`,
			[]any{
				s.Person, append([]string{"-"}, s.Heads...), append([]string{"-"}, s.Processes...), s.Person, s.Person, s.Person,
				append([]string{s.Person}, s.Posts...),
			}
	case Person:
		hidden := "AND NOT EXISTS (SELECT 1 FROM post o WHERE o.person_id = p.id AND o.role = 'EXPERT')"
		if s.Experts {
			hidden = ""
		}
		return "EXISTS (SELECT 1 FROM person p JOIN post_now h ON h.person_id = p.id WHERE p.id = e.ref AND p.active AND (p.kind = 'internal' OR p.id = ?) " + hidden + ")", []any{
			s.Person,
		}
	}
	return "TRUE", nil
}
