package bpmn

import (
	"bytes"
	"errors"
	"fmt"
)

// Parse reads a BPMN file. The model is nil when the XML cannot be read or its
// root is not a definitions element; else it is as complete as the file allows,
// and the diagnostics say what was unreadable. Structure is Check's business.
func Parse(data []byte) (*Model, []Diagnostic) {
	doc, diags, f := readTree(data)
	if f != nil {
		return nil, []Diagnostic{f.diagnostic()}
	}
	var root *Node
	for _, c := range doc.Children {
		if c.Type == ElementNode {
			root = c
		}
	}
	if root == nil {
		return nil, []Diagnostic{
			{Rule: "xml-syntax", Line: 1, Col: 1, Message: "the file holds no XML element", Hint: "is it a BPMN file?"},
		}
	}
	if !root.Is("definitions") {
		return nil, []Diagnostic{{Rule: "xml-root", Line: root.Line, Col: root.Col,
			Message: fmt.Sprintf("the root element is %q in namespace %q, not definitions of BPMN 2.0", root.Local, root.Space),
			Hint:    "export the diagram as BPMN 2.0 XML, namespace " + NamespaceBPMN}}
	}
	return newBuilder(root, diags).model()
}

// Write writes the model's XML tree. Reading it again gives an equal model.
func (m *Model) Write() ([]byte, error) {
	if m == nil || m.Root == nil {
		return nil, errors.New("bpmn: an empty model cannot be written")
	}
	var b bytes.Buffer
	doc := m.Root.Parent
	if doc == nil {
		doc = &Node{Type: documentNode, Children: []*Node{m.Root}}
	}
	if len(doc.Children) == 0 || doc.Children[0].Type != ProcInstNode || doc.Children[0].Local != "xml" {
		b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	}
	writeNode(&b, doc)
	return b.Bytes(), nil
}
