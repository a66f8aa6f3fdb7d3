package engine

import (
	"maps"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/feel"
)

// startEvent is where a scope begins (BPMN 2.0.2 §10.5.2, §13.5.1). Whoever
// waited for its trigger has let it occur; it goes through.
type startEvent struct{ passThrough }

// brought is what expressions see of a Start event before there is an instance.
func (x *exec) brought(vs Vars) feel.MapVars {
	data := feel.MapVars(maps.Clone(vs))
	if data == nil {
		data = feel.MapVars{}
	}
	if _, known := data["businessKey"]; !known && x.ev.BusinessKey != "" {
		data["businessKey"] = x.ev.BusinessKey
	}
	return data
}

// chooses reports whether output mappings choose what of the event's variables
// reaches the instance that begins here.
func (el *element) chooses() bool {
	return el.kind == bpmn.KindStartEvent && len(el.events) > 0 && !el.parallelCatch && len(el.outputs) > 0 && len(el.dataOut) == 0
}

// chosen is what the instance gets of the variables of the event that begins
// it: what the start event's output mappings name, else all. It is there before
// the scope listens, whose correlation keys may need it.
func (x *exec) chosen(at *element, vs Vars) (Vars, error) {
	if !at.chooses() {
		return vs, nil
	}
	data, out := x.brought(vs), Vars{}
	for _, m := range at.outputs {
		v, _ := x.eval(nil, m.source, data)
		out[m.target[0]] = within(out[m.target[0]], m.target[1:], v)
	}
	return storedAll(out)
}
