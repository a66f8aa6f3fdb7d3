package engine

import (
	"strings"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/feel"
)

// transfer is a compiled data association (BPMN 2.0.2 §10.4.2, §13.3.2): data
// objects, inputs and outputs are variables of their names.
type transfer struct {
	source string // variable that is copied; "" when value computes it
	value  *expr
	target []string
}

// dataFlow compiles the data associations of an element. Associations that are
// only drawn, between data that no variable holds, do nothing at run time.
func (c *compiler) dataFlow(el *element) {
	for _, a := range el.src.DataIn {
		el.dataIn = c.association(el, el.dataIn, a)
	}
	for _, a := range el.src.DataOut {
		el.dataOut = c.association(el, el.dataOut, a)
		for _, source := range a.Sources {
			el.produced = append(el.produced, c.dataName(source))
		}
	}
}

// dataName is the variable that a data object or data input stands for. A
// reference without a name means its object, whatever other references call it.
func (c *compiler) dataName(ref string) string {
	n := c.m.ByID(ref)
	if n == nil {
		return ref
	}
	if name := n.Attr("name"); name != "" || n.Local != "dataObjectReference" {
		return orID(name, ref)
	}
	object := n.Attr("dataObjectRef")
	if o := c.m.ByID(object); o != nil && o.Attr("name") != "" {
		return o.Attr("name")
	}
	for _, other := range n.Parent.ChildrenNamed("dataObjectReference") {
		if other.Attr("dataObjectRef") == object && other.Attr("name") != "" {
			return other.Attr("name")
		}
	}
	return orID(object, ref)
}

func (c *compiler) association(el *element, list []transfer, a *bpmn.DataAssociation) []transfer {
	target := c.dataName(a.Target)
	switch {
	case target == "":
	case a.Transformation != nil:
		list = append(list, transfer{value: c.expression(el.id, a.Transformation), target: []string{target}})
	case len(a.Sources) == 1 && len(a.Assignments) == 0:
		list = append(list, transfer{source: c.dataName(a.Sources[0]), target: []string{target}})
	}
	for _, as := range a.Assignments {
		if as.To == nil || as.From == nil {
			continue
		}
		path := strings.Split(strings.TrimPrefix(as.To.Text, "="), ".")
		list = append(list, transfer{value: c.expression(el.id, as.From), target: path})
	}
	return list
}

// moveData runs associations at a node; set says where values go.
func (x *exec) moveData(n, to *node, list []transfer, set func(*node, string, feel.Value) error) error {
	for _, t := range list {
		v, known := feel.Value(nil), true
		if t.source != "" {
			v, known = vars{x: x, n: n}.Get(t.source)
		} else {
			v, _ = x.eval(n, t.value, nil)
		}
		if !known {
			continue
		}
		if err := x.put(to, t.target, v, set); err != nil {
			return err
		}
	}
	return nil
}
