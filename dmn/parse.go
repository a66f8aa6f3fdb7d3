package dmn

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/beevik/etree"
)

// versions maps the XML namespaces of DMN to its versions.
var versions = map[string]string{
	"http://www.omg.org/spec/DMN/20151101/dmn.xsd":   "1.1",
	"http://www.omg.org/spec/DMN/20151101/dmn11.xsd": "1.1",
	"http://www.omg.org/spec/DMN/20180521/MODEL/":    "1.2",
	"https://www.omg.org/spec/DMN/20191111/MODEL/":   "1.3",
	"https://www.omg.org/spec/DMN/20211108/MODEL/":   "1.4",
	"https://www.omg.org/spec/DMN/20230324/MODEL/":   "1.5",
}

// Parse reads a DMN file. With an Error among the diagnostics the model may be nil or incomplete.
func Parse(data []byte) (*Model, []Diagnostic) {
	root, err := readXML(data)
	if err != nil {
		return nil, []Diagnostic{{Rule: "xml", Message: err.Error(), Hint: "open the file in a DMN modeler and save it again"}}
	}
	version, ok := versions[root.space]
	if !ok || root.name != "definitions" {
		return nil, []Diagnostic{{Rule: "not-dmn", Line: root.Line, Col: root.Col,
			Message: fmt.Sprintf("the root element is %s in namespace %q; expected definitions of DMN 1.1 to 1.5", root.name, root.space)}}
	}
	r := &reader{}
	m := &Model{ID: root.attr("id"), Name: root.attr("name"), Namespace: root.attr("namespace"), Version: version, prefixes: root.prefixes}
	for _, c := range root.children {
		if c.space == root.space {
			r.element(m, c)
		}
	}
	m.doc = etree.NewDocument()
	m.doc.ReadSettings.PreserveCData = true
	m.doc.WriteSettings.CanonicalAttrVal = true
	m.doc.WriteSettings.CanonicalText = true
	if err := m.doc.ReadFromBytes(data); err != nil {
		r.fail("xml", Place{}, "", "%v", err)
	}
	return m, r.diags
}

// Write gives the file back with diagram and extensions.
func (m *Model) Write() ([]byte, error) {
	if m.doc == nil {
		return nil, errors.New("dmn: the model was not read from a file")
	}
	var b bytes.Buffer
	if _, err := m.doc.WriteTo(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// reader collects diagnostics while it reads.
type reader struct{ diags []Diagnostic }

func (r *reader) fail(rule string, p Place, element, format string, args ...any) {
	r.diags = append(r.diags, Diagnostic{Rule: rule, Line: p.Line, Col: p.Col, Element: element, Message: fmt.Sprintf(format, args...)})
}

func (r *reader) element(m *Model, n *node) {
	switch n.name {
	case "import":
		m.Imports = append(m.Imports, Import{Name: n.attr("name"), Namespace: n.attr("namespace"),
			Type: n.attr("importType"), Location: n.attr("locationURI"), Place: n.Place})
	case "itemDefinition":
		m.Items = append(m.Items, r.item(n))
	case "inputData":
		m.Inputs = append(m.Inputs, &InputData{ID: n.attr("id"), Name: r.name(n), Variable: r.variable(n), Place: n.Place})
	case "decision":
		m.Decisions = append(m.Decisions, &Decision{ID: n.attr("id"), Name: r.name(n), Variable: r.variable(n),
			Requires: requirements(n), Logic: r.logic(n), Place: n.Place})
	case "businessKnowledgeModel":
		m.Knowledge = append(m.Knowledge, r.knowledge(n))
	case "decisionService":
		m.Services = append(m.Services, &DecisionService{ID: n.attr("id"), Name: r.name(n), Variable: r.variable(n),
			OutputDecisions: refs(
				n, "outputDecision",
			), InputDecisions: refs(n, "inputDecision"), InputData: refs(n, "inputData"), Place: n.Place})
	default:
		if !ignored[n.name] {
			r.diags = append(r.diags, Diagnostic{Rule: "element-unknown", Severity: Warn, Line: n.Line, Col: n.Col, Element: n.attr("id"),
				Message: "DMN has no element " + n.name + " here; it is kept and means nothing"})
		}
	}
}

// ignored are the elements of DMN that say nothing about evaluation (§6.3.2, §5.3); they are kept.
var ignored = map[string]bool{"description": true, "extensionElements": true, "knowledgeSource": true, "elementCollection": true,
	"performanceIndicator": true, "organizationUnit": true, "businessContextElement": true, "artifact": true, "textAnnotation": true,
	"association": true, "group": true, "drgElement": true, "DMNDI": true}

// name is the element's name, which DMN makes mandatory.
func (r *reader) name(n *node) string {
	name := normalise(n.attr("name"))
	if name == "" {
		r.fail("name-missing", n.Place, n.attr("id"), "%s has no name", n.name)
	}
	return name
}

// normalise folds white space, as FEEL compares names (§10.3.1.5).
func normalise(name string) string { return strings.Join(strings.Fields(name), " ") }

// variable reads the element's variable; without one the element's own name is used (DMN 1.1 files, §6.3.7).
func (r *reader) variable(n *node) InformationItem {
	v := n.child("variable")
	if v == nil {
		return InformationItem{Name: normalise(n.attr("name")), Place: n.Place}
	}
	item := information(v)
	if item.Name == "" {
		item.Name = normalise(n.attr("name"))
	}
	return item
}

func information(n *node) InformationItem {
	return InformationItem{Name: normalise(n.attr("name")), TypeRef: typeRef(n), Place: n.Place}
}

// typeRef reads the type from the attribute (DMN 1.2 and later, and 1.1 as a QName) or the child element.
func typeRef(n *node) string {
	t := n.attr("typeRef")
	if t == "" {
		t = n.childText("typeRef")
	}
	return strings.TrimSpace(t)
}

func (r *reader) item(n *node) *ItemDefinition {
	d := &ItemDefinition{Name: normalise(n.attr("name")), TypeRef: typeRef(n), IsCollection: n.attr("isCollection") == "true",
		Allowed: n.child("allowedValues").source(), Constraint: n.child("typeConstraint").source(), Place: n.Place}
	for _, c := range n.all("itemComponent") {
		d.Components = append(d.Components, r.item(c))
	}
	if f := n.child("functionItem"); f != nil {
		d.Function = &FunctionItem{OutputType: f.attr("outputTypeRef")}
		for _, p := range f.all("parameters") {
			d.Function.Parameters = append(d.Function.Parameters, information(p))
		}
	}
	return d
}

func refs(n *node, name string) []Ref {
	var out []Ref
	for _, c := range n.all(name) {
		out = append(out, Ref{Href: strings.TrimSpace(c.attr("href")), Place: c.Place})
	}
	return out
}

func requirements(n *node) Requirements {
	var q Requirements
	for _, ir := range n.all("informationRequirement") {
		q.Inputs = append(q.Inputs, refs(ir, "requiredInput")...)
		q.Decisions = append(q.Decisions, refs(ir, "requiredDecision")...)
	}
	for _, kr := range n.all("knowledgeRequirement") {
		q.Knowledge = append(q.Knowledge, refs(kr, "requiredKnowledge")...)
	}
	return q
}

func (r *reader) knowledge(n *node) *BusinessKnowledgeModel {
	k := &BusinessKnowledgeModel{ID: n.attr("id"), Name: r.name(n), Variable: r.variable(n), Requires: requirements(n), Place: n.Place}
	if e := n.child("encapsulatedLogic"); e != nil {
		k.Logic = r.function(e)
	}
	return k
}
