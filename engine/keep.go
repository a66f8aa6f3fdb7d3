package engine

import (
	"slices"

	"github.com/quancheng/quancheng/engine/seat"
)

// keepable notes what an approval was about that the model lets stand while that
// is unchanged (domain: approval.md §3, 26, keep_if_unchanged).
func (x *exec) keepable(n *node, v seat.Verdict, s *signed) (err error) {
	if plan := n.plan(); plan.keep && plan.keyFields != nil && v == seat.Agreed && !n.iteration() {
		s.Key, err = x.keyFields(n, plan)
	}
	return err
}

// place is where an approval that can stand lies, as seen from outside of a scope.
func (s signed) place(scope *node) string {
	if s.Key == "" || s.At != "" {
		return s.At
	}
	return scope.el.proc.id + "/" + s.Element
}

// keep remembers an approval that the token goes back past, for when it comes again.
func (scope *node) keep(s signed) {
	if s.Key == "" {
		return
	}
	same := func(old signed) bool { return old.At == s.At && (s.At != "" || old.Element == s.Element) }
	scope.Kept = append(slices.DeleteFunc(scope.Kept, same), s)
}

// kept finds what a return has kept of an approval: in its scope, or one around
// it when the return left the process.
func (n *node) kept() (scope *node, at int) {
	place := n.el.proc.id + "/" + n.Element
	for scope = n.parent; scope != nil; scope = scope.parent {
		at = slices.IndexFunc(scope.Kept, func(s signed) bool {
			return s.At == place || s.At == "" && scope == n.parent && s.Element == n.Element
		})
		if at >= 0 {
			return scope, at
		}
	}
	return nil, -1
}

// seatKept lets nobody be asked where an approval of the round before stands. One
// that does not, because something has changed, is forgotten.
func (x *exec) seatKept(n *node, t *Task) {
	scope, at := n.kept()
	if at < 0 {
		return
	}
	kept := scope.Kept[at]
	if key, err := x.keyFields(n, n.el.user.approval); err != nil || key != kept.Key || len(kept.By) == 0 {
		scope.Kept = slices.Delete(scope.Kept, at, at+1)
		return
	}
	why := reason(whyKept, "person", kept.By[0].Person)
	for i := range t.Seats {
		t.Seats[i].State, t.Seats[i].Why = seat.Skipped, &why
	}
}

// takeKept is the signature of an approval that stands, in the place of a new one.
func (n *node) takeKept(s signed) signed {
	scope, at := n.kept()
	if at < 0 {
		return s
	}
	s.By, s.Key = scope.Kept[at].By, scope.Kept[at].Key
	scope.Kept = slices.Delete(scope.Kept, at, at+1)
	return s
}
