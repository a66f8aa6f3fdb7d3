package engine

import (
	"slices"
	"strings"

	"github.com/quancheng/quancheng/bpmn"
)

// inputSet lists the data inputs an activity needs before it can begin. Each
// input has alternatives: one per association that fills it, with the
// variables which that association copies.
type inputSet [][][]string

// inputSets compiles the input sets of an activity (BPMN 2.0.2 §10.4.1). An
// input that may be missing, or may come while the activity runs, or that nothing
// in the process fills is none it needs.
func (c *compiler) inputSets(el *element) {
	if el.src.IO == nil || !el.kind.IsActivity() {
		return
	}
	var sets []inputSet
	for _, s := range el.src.IO.InputSets {
		var needs inputSet
		for _, ref := range s.Refs {
			if slices.Contains(s.Optional, ref) || slices.Contains(s.WhileExecuting, ref) {
				continue
			}
			if ways := c.waysInto(el, ref); slices.ContainsFunc(ways, c.canCome) {
				needs = append(needs, ways)
			}
		}
		if len(needs) == 0 {
			return // this set is available whatever happens
		}
		sets = append(sets, needs)
	}
	el.inputSets = sets
}

// waysInto lists, for each association into a data input, the variables it copies.
func (c *compiler) waysInto(el *element, input string) [][]string {
	var ways [][]string
	for _, a := range el.src.DataIn {
		if a.Target != input {
			continue
		}
		var names []string
		for _, source := range a.Sources {
			if n := c.m.ByID(source); n != nil && n.Local == "dataStoreReference" {
				continue // a data store outlives instances: no variable tells of it
			}
			names = append(names, c.dataName(source))
		}
		ways = append(ways, names)
	}
	return ways
}

// canCome reports whether something in the bundle writes all of the variables.
// Data that are only drawn, which nothing writes, are not waited for.
func (c *compiler) canCome(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return !c.filled[name] })
}

// fills notes the variables that the elements of a scope write by name.
func (c *compiler) fills(scope *bpmn.Element) {
	note := func(name string) {
		name, _, _ = strings.Cut(strings.TrimSpace(strings.TrimPrefix(name, "=")), ".")
		c.filled[name] = c.filled[name] || name != ""
	}
	if scope.IO != nil {
		for _, in := range scope.IO.Inputs {
			note(orID(in.Name, in.ID)) // whoever begins the process brings them
		}
	}
	for _, e := range append([]*bpmn.Element{scope}, scope.Descendants()...) {
		for _, m := range e.Ext.Outputs {
			note(m.Target)
		}
		for _, a := range e.DataOut {
			if len(a.Sources) > 0 || a.Transformation != nil || len(a.Assignments) > 0 { // else only drawn
				note(c.dataName(a.Target))
			}
			for _, as := range a.Assignments {
				if as.To != nil {
					note(as.To.Text)
				}
			}
		}
		if s := e.Ext.Script; s != nil {
			note(s.Result)
		}
		if d := e.Ext.CalledDecision; d != nil {
			note(d.Result)
		}
		note(e.Ext.Properties["resultVariable"])
		if e.Activity != nil && e.Activity.Multi != nil {
			m := e.Activity.Multi
			if m.Zeebe != nil {
				note(m.Zeebe.OutputCollection)
			}
			if m.OutputRef != "" {
				note(c.dataName(m.OutputRef))
			}
		}
	}
}

// awaitInputs holds an activity back until an input set is available (BPMN 2.0.2
// §13.3.2: "if no InputSet is available, execution will wait until this condition
// is met"). Its boundary events listen meanwhile.
func (x *exec) awaitInputs(n *node) (wait bool, err error) {
	if n.iteration() || x.s.version < semanticsInputSets || x.inputsAvailable(n) {
		x.fed(n)
		return false, nil
	}
	if n.Hungry {
		return true, nil
	}
	if done, err := x.listen(n, n.el.boundary); done || err != nil {
		return true, err
	}
	n.Hungry = true
	x.s.hungry++
	return true, nil
}

// fed notes that an activity no longer waits for its inputs.
func (x *exec) fed(n *node) {
	if n.Hungry {
		n.Hungry = false
		x.s.hungry--
	}
}

func (x *exec) inputsAvailable(n *node) bool {
	known := func(name string) bool {
		_, ok := vars{x: x, n: n}.Get(name)
		return ok
	}
	filled := func(ways [][]string) bool {
		return slices.ContainsFunc(ways, func(names []string) bool {
			return !slices.ContainsFunc(names, func(name string) bool { return !known(name) })
		})
	}
	return len(n.el.inputSets) == 0 || slices.ContainsFunc(n.el.inputSets, func(s inputSet) bool {
		return !slices.ContainsFunc(s, func(ways [][]string) bool { return !filled(ways) })
	})
}

// feed lets the activities go on whose inputs have become available.
func (x *exec) feed() {
	if x.s.hungry == 0 {
		return
	}
	for _, n := range x.s.nodes {
		if n.Hungry && !n.gone && len(n.Incidents) == 0 && x.inputsAvailable(n) {
			x.activate(n)
		}
	}
}

// NeverFilled lists the activities of the executable processes of a model whose
// input sets all need data that nothing in their process writes. At run time they
// do not wait for such data; their author may have meant that they do.
func NeverFilled(m *bpmn.Model) []*bpmn.Element {
	c := &compiler{m: m}
	var out []*bpmn.Element
	for _, p := range m.Processes {
		if p.Process == nil || !p.Process.Executable {
			continue
		}
		c.filled = map[string]bool{}
		c.fills(p)
		for _, e := range p.Descendants() {
			if e.IO == nil || e.Activity == nil || len(e.IO.InputSets) == 0 {
				continue
			}
			if el := (&element{src: e}); !slices.ContainsFunc(e.IO.InputSets, func(s *bpmn.IOSet) bool { return c.fillable(el, s) }) {
				out = append(out, e)
			}
		}
	}
	return out
}

// fillable reports whether everything that an input set needs can come.
func (c *compiler) fillable(el *element, s *bpmn.IOSet) bool {
	for _, ref := range s.Refs {
		if slices.Contains(s.Optional, ref) || slices.Contains(s.WhileExecuting, ref) {
			continue
		}
		if ways := c.waysInto(el, ref); len(ways) > 0 && !slices.ContainsFunc(ways, c.canCome) {
			return false
		}
	}
	return true
}
