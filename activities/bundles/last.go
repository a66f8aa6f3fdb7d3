package bundles

import (
	"regexp"
	"slices"

	"github.com/quancheng/quancheng/bpmn"
)

// rolesOf finds the roles in an assignment: "BUREAU_CHIEF@" + org.bureau.
var rolesOf = regexp.MustCompile(`\b([A-Z][A-Z0-9_]+)@`)

// Approver is who decides at a task: roles, or, where they come of the case's data, the task alone.
type Approver struct {
	Task  *bpmn.Element
	Roles []string
}

// LastApprovals are the approvals of a process behind which no other one comes, on the way forward: what leads back, as a return
// does, is left out.
func (b *Bundle) LastApprovals(process string) []Approver {
	e := b.Process(process)
	if e == nil || e.Scope == nil {
		return nil
	}
	w := &wayForward{before: map[*bpmn.Element]bool{}, more: map[*bpmn.Element]bool{}}
	for _, s := range e.Scope.Starts {
		w.walk(s)
	}
	var out []Approver
	for _, t := range w.approvals {
		if w.more[t] {
			continue
		}
		a := Approver{Task: t}
		if d := t.Ext.Assignment; d != nil {
			for _, m := range rolesOf.FindAllStringSubmatch(d.Groups, -1) {
				if !slices.Contains(a.Roles, m[1]) {
					a.Roles = append(a.Roles, m[1])
				}
			}
		}
		out = append(out, a)
	}
	return out
}

// wayForward walks the flows once, without those that lead back to where the walk has come from.
type wayForward struct {
	before    map[*bpmn.Element]bool // on the way to where the walk is
	more      map[*bpmn.Element]bool // approvals come behind it; the key says that it was walked
	approvals []*bpmn.Element
}

// walk reports whether an approval is at an element or behind it.
func (w *wayForward) walk(e *bpmn.Element) bool {
	approves := e.Kind == bpmn.KindUserTask && e.Ext.Approval != nil
	if behind, walked := w.more[e]; walked {
		return approves || behind
	}
	w.before[e] = true
	behind := false
	for _, f := range e.Outgoing {
		if f.Target != nil && !w.before[f.Target] && w.walk(f.Target) {
			behind = true
		}
	}
	delete(w.before, e)
	w.more[e] = behind
	if approves {
		w.approvals = append(w.approvals, e)
	}
	return approves || behind
}
