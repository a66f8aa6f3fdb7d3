package engine

import (
	"slices"
	"strings"

	"github.com/quancheng/quancheng/engine/seat"
	"github.com/quancheng/quancheng/feel"
)

// resume is the mode of a return whose token comes straight back to the
// returner when its target is done (直送), instead of going the way again.
const modeResume = "resume"

// resumption waits for the target of such a return.
type resumption struct {
	Target string  `json:"t"`
	Back   string  `json:"b"`
	Key    string  `json:"k"`           // what must not have changed, as JSON
	Again  []stood `json:"a,omitempty"` // tokens that stand on joins for the case that the way is gone again

	// of a return beyond the process: what counts again when it comes straight back, in the scope that went back and around the returner
	Signed []signed `json:"sg,omitempty"`
	Inner  []signed `json:"in,omitempty"`
}

// returnResume takes the token to an earlier element and remembers where it comes from.
func (x *exec) returnResume(n *node, target *element, voided []int) error {
	key, err := x.keyFields(n, n.el.user.approval)
	if err != nil {
		return err
	}
	scope := n.parent
	if n.iteration() || scope.others(n, behind(target)) {
		return refuse("resume-parallel", "others work beside this task; the way must be gone again")
	}
	if len(voided) > 0 {
		x.emit(VerdictsVoided{Task: n.Task.Key, Seats: voided, Cause: "return"})
	}
	scope.dropResumption(target.id)
	scope.inflight++
	x.terminate(n)
	again := x.standAgain(scope, target)
	scope.Resumes = append(scope.Resumes, resumption{Target: target.id, Back: n.Element, Key: key, Again: again})
	x.send(scope, target, nil)
	x.landed(scope)
	return nil
}

// others reports whether a token beside that of a node stands on one of the places.
func (scope *node) others(n *node, places bits) bool {
	for _, c := range scope.children {
		if c != n && !c.el.eventSub && places.has(c.el.index) {
			return true
		}
	}
	for _, a := range scope.Arrived {
		for slot, tokens := range a.Tokens {
			if tokens > 0 && places.has(a.place(slot)) {
				return true
			}
		}
	}
	return false
}

// dropResumption forgets that somebody waits for an element: its token goes another way.
func (scope *node) dropResumption(target string) {
	scope.Resumes = slices.DeleteFunc(scope.Resumes, func(r resumption) bool { return r.Target == target })
}

// keyFields is what must not change while the matter is with the target.
func (x *exec) keyFields(n *node, plan *approvalPlan) (string, error) {
	if plan.keyFields == nil {
		return "", refuse("resume-undeclared", "the model does not say what must stay unchanged; the way must be gone again")
	}
	v, _ := x.eval(n, plan.keyFields, nil)
	raw, err := feel.ToJSON(plainNumbers(v))
	return string(raw), err
}

// plainNumbers makes numbers that are the same look the same, also where a form
// has sent them as text: 100, 100.0 and "100".
func plainNumbers(v feel.Value) feel.Value {
	switch v := v.(type) {
	case string:
		if n, err := feel.ParseNumber(strings.TrimSpace(v)); err == nil {
			return plainText(n)
		}
	case feel.Number:
		return plainText(v)
	case feel.List:
		out := make(feel.List, len(v))
		for i := range v {
			out[i] = plainNumbers(v[i])
		}
		return out
	case *feel.Context:
		out := feel.NewContext(v.Len())
		for _, name := range v.Keys() {
			field, _ := v.Get(name)
			out.Set(name, plainNumbers(field))
		}
		return out
	}
	return v
}

// plainText writes a number without an exponent and without zeros at its end.
func plainText(n feel.Number) string {
	text := n.Decimal().Text('f')
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// resumed is the element to which a token that leaves n comes straight back,
// or nil: nobody waits for it, it was not agreed, or key fields have changed;
// then what was signed on the way is void.
func (x *exec) resumed(n *node) *element {
	scope := n.parent
	at := slices.IndexFunc(scope.Resumes, func(r resumption) bool { return r.Target == n.Element })
	if at < 0 {
		return nil
	}
	r := scope.Resumes[at]
	scope.Resumes = slices.Delete(scope.Resumes, at, at+1)
	back := scope.el.proc.elements[r.Back]
	if back == nil || back.user == nil || back.user.approval == nil {
		return nil
	}
	key, err := x.keyFields(scope, back.user.approval)
	if err == nil && key == r.Key && !x.negative {
		x.standNoMore(scope, r.Again)
		return back
	}
	x.voidSigned(scope, behind(n.el), n.el, "content-changed")
	x.standAgain(scope, n.el) // of a return of the time before it left them there
	return nil
}

// voidSigned voids the verdicts given on elements, but on one.
func (x *exec) voidSigned(scope *node, later bits, but *element, cause string) {
	kept := scope.Signed[:0]
	for _, s := range scope.Signed {
		if el := scope.el.proc.elements[s.Element]; el == nil || el == but || !later.has(el.index) {
			kept = append(kept, s)
			continue
		}
		scope.keep(s)
		x.emit(VerdictsVoided{Task: s.Task, Seats: s.Seats, Cause: cause})
	}
	scope.Signed = kept
}

// ReturnTargets are the user tasks to which a task can be returned: of an approval
// those of its scope that were visited and lie before it, the model's own choice
// first; then those of other processes that the model names.
func (s *State) ReturnTargets(p *Program, task int64) []string {
	if s.bind(p) != nil {
		return nil
	}
	n := s.owners[task]
	if n == nil || n.Task == nil || n.Task.Key != task {
		return nil
	}
	var out []string
	if n.Now != nil {
		return nil
	}
	if n.el.user.approval != nil {
		for _, el := range append([]*element{n.el.user.approval.returnTo}, n.el.proc.nodes...) {
			if el != nil && n.returnsTo(el) {
				out = appendNew(out, el.id)
			}
		}
	}
	for _, id := range n.el.user.returnTo {
		if _, is := n.reaches(p, id); is {
			out = appendNew(out, id)
		}
	}
	return out
}

// visited reports whether the token came to a user task of the scope before.
func visited(n *node, el *element) bool {
	scope := n.parent
	if n.iteration() {
		scope = scope.parent
	}
	return scope.Rounds[el.id] > 0
}

// signedStatutory is a statutory approval that is signed and lies after an
// element: a jump there would undo it.
func (n *node) signedStatutory(after bits) *element {
	for _, s := range n.Signed {
		if el := n.el.proc.elements[s.Element]; el != nil && el.statutory() && after.has(el.index) {
			return el
		}
	}
	for _, c := range n.children {
		if c.Task != nil && c.el.statutory() && after.has(c.el.index) &&
			slices.ContainsFunc(c.Task.Seats, func(s Seat) bool { return s.State == seat.Done }) {
			return c.el
		}
	}
	return nil
}

func (el *element) statutory() bool { return el.src.Ext.Task != nil && el.src.Ext.Task.Statutory }
