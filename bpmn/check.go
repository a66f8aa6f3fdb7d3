package bpmn

import (
	"fmt"
	"slices"
	"strings"
)

// rule is one structural constraint of the standard.
type rule struct {
	id      string // stable; EXTnnn are numbers of the catalogue of Geiger (Bamberg, 2013), for those who know it
	section string // of BPMN 2.0.2
	hint    string
	check   func(*checker)
}

// Check is the structure gate: it refuses what BPMN 2.0.2 forbids, all problems
// at once, in the order of the file. Each diagnostic's rule has a section of the
// standard: see RuleSection.
func Check(m *Model) []Diagnostic {
	c := newChecker(m)
	if len(c.nodes) > maxElements {
		return []Diagnostic{{Rule: "limit", Line: m.Root.Line, Col: m.Root.Col, Element: m.ID,
			Message: fmt.Sprintf(
				"the file has %d BPMN elements; at most %d are checked", len(c.nodes), maxElements,
			), Hint: "split the file"}}
	}
	for _, group := range ruleGroups {
		for i := range group {
			c.rule = &group[i]
			c.rule.check(c)
		}
	}
	sortDiagnostics(c.diags)
	return slices.Compact(c.diags)
}

// ruleGroups are all rules, by topic. A package-level table, never changed.
var ruleGroups = [][]rule{
	schemaRules, expressionRules, flowRules, gatewayRules, eventRules, boundaryRules, activityRules, dataRules, collaborationRules,
}

// RuleSection is the section of BPMN 2.0.2 that states a rule, or "" for rules of XML.
func RuleSection(id string) string {
	for _, group := range ruleGroups {
		for _, r := range group {
			if r.id == id {
				return r.section
			}
		}
	}
	return ""
}

// Bounds on what Check looks at and reports; people draw some hundred elements.
const (
	maxElements    = 20_000
	maxDiagnostics = 1_000
)

// checker is what rules read: the tree, its indexes, and where to report.
type checker struct {
	m      *Model
	rule   *rule
	diags  []Diagnostic
	byName map[string][]*Node // BPMN elements by local name, in document order
	nodes  []*Node            // all BPMN elements
	// dialect is false for a file that declares an expression language other than
	// FEEL. Such a file is plain BPMN, and the whole of the standard holds for it.
	// What Camunda's modeler writes declares none: it is in our dialect (DESIGN §4),
	// where the engine gives a meaning to some things the standard rules out, such as
	// a scope that ends without an end event. They are warnings there: see relaxed.
	dialect bool
	types   map[*Node]string // schema type of each BPMN element that stands where the schema allows it
	byID    map[string][]*Node
	ends    map[end][]*Node    // flows and associations by the element at one end
	refs    map[reference]bool // what elements list by id: incoming, outgoing, dataInputRefs, …
}

// end is one end of a sequence flow, message flow or association.
type end struct{ local, attr, id string }

// reference is one child of a node whose text is an id.
type reference struct {
	in        *Node
	local, id string
}

func newChecker(m *Model) *checker {
	c := &checker{m: m, byName: map[string][]*Node{}, types: map[*Node]string{}, byID: map[string][]*Node{},
		ends: map[end][]*Node{}, refs: map[reference]bool{}}
	c.types[m.Root] = "tDefinitions"
	c.dialect = m.ExpressionLanguage == "" || strings.Contains(strings.ToUpper(m.ExpressionLanguage), "FEEL")
	m.Root.Walk(func(n *Node) bool {
		if n.Space != NamespaceBPMN {
			return false
		}
		c.nodes = append(c.nodes, n)
		c.byName[n.Local] = append(c.byName[n.Local], n)
		if id := n.ID(); id != "" {
			c.byID[id] = append(c.byID[id], n)
		}
		if n != m.Root {
			c.typeOf(n)
		}
		c.index(n)
		return n.Local != "extensionElements"
	})
	return c
}

// index notes the ends of connectors, and references.
func (c *checker) index(n *Node) {
	switch n.Local {
	case "sequenceFlow", "messageFlow", "association":
		for _, attr := range []string{"sourceRef", "targetRef"} {
			if id := localRef(n.Attr(attr)); id != "" {
				k := end{n.Local, attr, id}
				c.ends[k] = append(c.ends[k], n)
			}
		}
	case "incoming", "outgoing", "source", "target", "dataInputRefs", "dataOutputRefs":
		c.refs[reference{n.Parent, n.Local, localRef(n.Text())}] = true
	}
}

// lists reports whether a node lists an id in children of that name.
func (c *checker) lists(n *Node, local, id string) bool { return c.refs[reference{n, local, id}] }

// typeOf notes the schema type of a node whose parent has one.
func (c *checker) typeOf(n *Node) {
	parent, ok := c.types[n.Parent]
	if !ok {
		return
	}
	_, typ, ok := schema.child(parent, n.Local)
	if !ok {
		typ = schema.elements[n.Local].typ // misplaced: schemaRules report it
	}
	if t, found := n.LookupAttr(NamespaceXSI, "type"); found && schema.derives(localRef(t), typ) && schema.types[localRef(t)] != nil {
		typ = localRef(t)
	}
	if typ != "" {
		c.types[n] = typ
	}
}

func (c *checker) fail(n *Node, format string, args ...any) {
	c.report(Error, n, format, args...)
}

// relaxed reports an error in plain BPMN and a warning in the dialect: the engine executes it without ambiguity.
func (c *checker) relaxed(n *Node, format string, args ...any) {
	severity := Error
	if c.dialect {
		severity = Warn
	}
	c.report(severity, n, format, args...)
}

func (c *checker) report(severity Severity, n *Node, format string, args ...any) {
	if len(c.diags) >= maxDiagnostics {
		return
	}
	c.diags = append(c.diags, Diagnostic{Rule: c.rule.id, Severity: severity, Line: n.Line, Col: n.Col,
		Element: nearestID(n), Message: fmt.Sprintf(format, args...) + " (BPMN 2.0.2 " + c.rule.section + ").", Hint: c.rule.hint})
}

// nearestID is the id of the node, or of the element it is in.
func nearestID(n *Node) string {
	for ; n != nil && n.Type == ElementNode; n = n.Parent {
		if id := n.ID(); id != "" {
			return id
		}
	}
	return ""
}

// name is what people call an element: its kind and id.
func name(n *Node) string {
	if id := n.ID(); id != "" {
		return n.Local + " " + id
	}
	return n.Local
}

// each lists the elements with one of the local names.
func (c *checker) each(locals ...string) []*Node {
	var out []*Node
	for _, l := range locals {
		out = append(out, c.byName[l]...)
	}
	return out
}

// kinds lists the elements whose kind satisfies f.
func (c *checker) kinds(f func(Kind) bool) []*Node {
	var out []*Node
	for _, n := range c.nodes {
		if f(Kind(n.Local)) {
			out = append(out, n)
		}
	}
	return out
}

// find is the BPMN element with an id; references are looked up by their local part.
func (c *checker) find(ref string) *Node {
	if l := c.byID[localRef(ref)]; len(l) > 0 {
		return l[0]
	}
	return nil
}

// container is the process, sub-process or choreography that directly holds a flow element.
func container(n *Node) *Node { return n.Parent }

// process is the process that holds a node, or nil.
func process(n *Node) *Node {
	for p := n; p != nil; p = p.Parent {
		if p.Is("process") {
			return p
		}
	}
	return nil
}

// executable reports whether a node is in a process that is marked as executable.
func executable(n *Node) bool {
	p := process(n)
	return p != nil && boolAttr(p, "isExecutable", false)
}

// flows lists the sequence flows whose given end ("sourceRef" or "targetRef") is the node.
func (c *checker) flows(n *Node, attr string) []*Node {
	return c.ends[end{"sequenceFlow", attr, n.ID()}]
}

func (c *checker) incoming(n *Node) []*Node { return c.flows(n, "targetRef") }
func (c *checker) outgoing(n *Node) []*Node { return c.flows(n, "sourceRef") }

// definitions lists the event definitions of an event, own and referenced.
func (c *checker) definitions(n *Node) []*Node {
	var out []*Node
	for _, d := range n.Elements() {
		switch {
		case isEventDefinition(d):
			out = append(out, d)
		case d.Is("eventDefinitionRef"):
			if ref := c.find(d.Text()); ref != nil && isEventDefinition(ref) {
				out = append(out, ref)
			}
		}
	}
	return out
}

// has reports whether an event has a definition of that kind.
func (c *checker) has(n *Node, kind EventKind) bool {
	return slices.ContainsFunc(c.definitions(n), func(d *Node) bool { return d.Local == string(kind) })
}

// item is the item definition that an item-aware element refers to, through data object and data store references.
func (c *checker) item(n *Node) *Node {
	if n == nil {
		return nil
	}
	if ref := n.Attr("itemSubjectRef"); ref != "" {
		return c.find(ref)
	}
	switch n.Local {
	case "dataObjectReference":
		return c.item(c.findKind(n.Attr("dataObjectRef"), "dataObject"))
	case "dataStoreReference":
		return c.item(c.findKind(n.Attr("dataStoreRef"), "dataStore"))
	case "message":
		return c.find(n.Attr("itemRef"))
	case "signal", "error", "escalation":
		return c.find(n.Attr("structureRef"))
	}
	return nil
}

func (c *checker) findKind(ref string, local string) *Node {
	if n := c.find(ref); n != nil && n.Local == local {
		return n
	}
	return nil
}

// sameItem reports whether two item definitions describe the same data: the same definition, or the same structure.
func sameItem(a, b *Node) bool {
	if a == b {
		return true
	}
	if a == nil || b == nil {
		return false
	}
	return a.Attr("structureRef") != "" && a.Attr("structureRef") == b.Attr("structureRef") &&
		boolAttr(a, "isCollection", false) == boolAttr(b, "isCollection", false)
}

// spokenList joins words for a sentence: "a, b or c".
func spokenList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
