package bpmn

import (
	"fmt"
	"slices"
	"strings"
)

// Repair mends what modelling tools leave out without ambiguity and reports each
// repair as a warning. It changes the model's XML tree and reads the typed view
// anew, so that elements taken from the model before are stale. Check comes after it.
func Repair(m *Model) []Diagnostic {
	r := &repairer{checker: newChecker(m)}
	for _, mend := range []func(*repairer){repairTargetNamespace, repairLanguage, repairFormal, repairIDs, repairFlowLists,
		repairDirections} {
		mend(r)
	}
	if len(r.diags) > 0 {
		fresh, _ := newBuilder(m.Root, nil).model()
		*m = *fresh
	}
	sortDiagnostics(r.diags)
	return summed(r.diags)
}

// most is how many repairs of one kind are told one by one.
const most = 3

// summed tells many repairs of one kind, which a tool left out everywhere, as one.
func summed(diags []Diagnostic) []Diagnostic {
	count := map[string]int{}
	for _, d := range diags {
		count[d.Rule]++
	}
	var out []Diagnostic
	for _, d := range diags {
		switch n := count[d.Rule]; {
		case n > most:
			count[d.Rule] = -n
			d.Message = fmt.Sprintf("%s And %d more like this.", d.Message, n-1)
			out = append(out, d)
		case n > 0:
			out = append(out, d)
		}
	}
	return out
}

type repairer struct {
	*checker
	generated int
}

func (r *repairer) mended(rule string, n *Node, format string, args ...any) {
	r.diags = append(r.diags, Diagnostic{Rule: rule, Severity: Warn, Line: n.Line, Col: n.Col, Element: nearestID(n),
		Message: fmt.Sprintf(format, args...) + ".", Hint: "save the model with a tool that writes it so"})
}

func repairTargetNamespace(r *repairer) {
	if r.m.Root.Attr("targetNamespace") == "" {
		r.m.Root.SetAttr("targetNamespace", NamespaceQC)
		r.mended("schema-attribute", r.m.Root, "definitions had no targetNamespace; it is %s now", NamespaceQC)
	}
}

// repairLanguage: tools declare XPath by habit. A file without any XPath in it is in our dialect.
func repairLanguage(r *repairer) {
	if r.dialect || r.m.ExpressionLanguage == "" {
		return
	}
	for _, n := range r.nodes {
		if typ := r.types[n]; (typ == "tExpression" || typ == "tFormalExpression") && n.Text() != "" && !readable(n) {
			return
		}
	}
	r.m.Root.Attrs = slices.DeleteFunc(r.m.Root.Attrs, func(a Attr) bool { return a.Space == "" && a.Local == "expressionLanguage" })
	r.mended(
		"EXT014", r.m.Root, "the file declared %s as its expression language, but uses none of it; it is read as FEEL",
		r.m.ExpressionLanguage,
	)
}

// repairFormal marks as formal what the engine can read.
func repairFormal(r *repairer) {
	for _, n := range r.nodes {
		if r.types[n] != "tExpression" || !executable(n) || !readable(n) {
			continue
		}
		xsi, ok := prefixOf(n, NamespaceXSI)
		if !ok || xsi == "" {
			xsi = "xsi"
			n.Attrs = append(n.Attrs, Attr{Space: "xmlns", Prefix: "xmlns", Local: xsi, Value: NamespaceXSI})
		}
		n.Attrs = append(n.Attrs, Attr{Space: NamespaceXSI, Prefix: xsi, Local: "type", Value: qualified(n.Prefix, "tFormalExpression")})
		r.mended("EXT012", n, "%s of %s is marked as a formal expression now", n.Local, nearestID(n))
	}
}

// prefixOf is a prefix that means a namespace at a node.
func prefixOf(n *Node, space string) (string, bool) {
	for p := n; p != nil; p = p.Parent {
		for i := range p.Attrs {
			if a := &p.Attrs[i]; a.Space == "xmlns" && a.Value == space && a.Prefix == "xmlns" {
				if meant, _ := n.resolve(a.Local); meant == space {
					return a.Local, true
				}
			}
		}
	}
	return "", false
}

// repairIDs gives an id to what only its ends or its place identify.
func repairIDs(r *repairer) {
	for _, n := range r.nodes {
		if n.ID() != "" || !needsID[n.Local] {
			continue
		}
		id := ""
		for id == "" || r.byID[id] != nil {
			r.generated++
			id = fmt.Sprintf("%s_%d", strings.ToUpper(n.Local[:1])+n.Local[1:], r.generated)
		}
		n.SetAttr("id", id)
		r.byID[id] = []*Node{n}
		r.mended("EXT003", n, "%s had no id; it is %s now", n.Local, id)
	}
}

// repairFlowLists rewrites incoming and outgoing from the ends of the sequence flows.
func repairFlowLists(r *repairer) {
	for _, n := range r.kinds(Kind.IsFlowNode) {
		for _, end := range [][2]string{{"incoming", "targetRef"}, {"outgoing", "sourceRef"}} {
			var want []string
			for _, f := range r.flows(n, end[1]) {
				want = append(want, f.ID())
			}
			if have := refTexts(n, end[0]); !sameSet(have, want) {
				replaceRefs(n, end[0], want)
				r.mended("EXT023", n, "%s of %s listed %v; it lists %v now", end[0], name(n), have, want)
			}
		}
	}
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// replaceRefs replaces the children of a name, at the place the schema gives them.
func replaceRefs(n *Node, local string, refs []string) {
	n.Children = slices.DeleteFunc(n.Children, func(c *Node) bool { return c.Is(local) })
	at := 0
	for i, c := range n.Children {
		if c.Type != ElementNode {
			continue
		}
		switch {
		case c.Is("documentation"),
			c.Is("extensionElements"), c.Is("auditing"), c.Is("monitoring"), c.Is("categoryValueRef"),
			c.Is("incoming"):
			at = i + 1
		}
	}
	var added []*Node
	for _, ref := range refs {
		c := &Node{Space: NamespaceBPMN, Prefix: n.Prefix, Local: local, Parent: n, Pos: n.Pos}
		c.Children = []*Node{{Type: TextNode, Data: ref, Parent: c, Pos: n.Pos}}
		added = append(added, c)
	}
	n.Children = slices.Insert(n.Children, at, added...)
}

// repairDirections: the direction of a gateway follows from its flows.
func repairDirections(r *repairer) {
	for _, n := range r.kinds(Kind.IsGateway) {
		in, out := len(r.incoming(n)), len(r.outgoing(n))
		actual := "Unspecified"
		switch {
		case in > 1 && out > 1:
			actual = "Mixed"
		case in > 1:
			actual = "Converging"
		case out > 1:
			actual = "Diverging"
		}
		if was := n.Attr("gatewayDirection"); was != "" && was != "Unspecified" && was != actual {
			n.SetAttr("gatewayDirection", actual)
			r.mended("EXT017", n, "%s was %s; it is %s now", name(n), was, actual)
		}
	}
}
