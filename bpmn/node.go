package bpmn

import "strings"

// NodeType says what a Node is.
type NodeType uint8

// The node types.
const (
	ElementNode NodeType = iota
	TextNode
	CDataNode
	CommentNode
	ProcInstNode
	documentNode
)

// Node is a piece of the XML tree. Name, attributes and children belong to
// elements; Data is the text of the other types.
type Node struct {
	Type     NodeType
	Space    string // namespace URI, resolved
	Prefix   string // as written
	Local    string // target of a processing instruction
	Attrs    []Attr // namespace declarations included, in order
	Children []*Node
	Parent   *Node
	Data     string
	Pos
}

// Attr is one attribute. Space is empty for attributes without a prefix, and
// "xmlns" for namespace declarations.
type Attr struct {
	Space  string
	Prefix string
	Local  string
	Value  string
	Pos
}

// Is reports whether the node is an element of the BPMN namespace with that local name.
func (n *Node) Is(local string) bool {
	return n != nil && n.Type == ElementNode && n.Local == local && n.Space == NamespaceBPMN
}

// Attr is the value of an attribute without namespace, or "".
func (n *Node) Attr(local string) string {
	v, _ := n.LookupAttr("", local)
	return v
}

// LookupAttr finds an attribute by namespace URI and local name.
func (n *Node) LookupAttr(space, local string) (string, bool) {
	if n == nil {
		return "", false
	}
	for i := range n.Attrs {
		if a := &n.Attrs[i]; a.Local == local && a.Space == space {
			return a.Value, true
		}
	}
	return "", false
}

// SetAttr sets an attribute without namespace, appending it when it is new.
func (n *Node) SetAttr(local, value string) {
	for i := range n.Attrs {
		if a := &n.Attrs[i]; a.Local == local && a.Space == "" {
			a.Value = value
			return
		}
	}
	n.Attrs = append(n.Attrs, Attr{Local: local, Value: value})
}

// Elements lists the child elements, of any namespace.
func (n *Node) Elements() []*Node {
	if n == nil {
		return nil
	}
	var out []*Node
	for _, c := range n.Children {
		if c.Type == ElementNode {
			out = append(out, c)
		}
	}
	return out
}

// ChildrenNamed lists the BPMN child elements with a local name.
func (n *Node) ChildrenNamed(local string) []*Node {
	if n == nil {
		return nil
	}
	var out []*Node
	for _, c := range n.Children {
		if c.Is(local) {
			out = append(out, c)
		}
	}
	return out
}

// Child is the first BPMN child element with a local name, or nil.
func (n *Node) Child(local string) *Node {
	if n == nil {
		return nil
	}
	for _, c := range n.Children {
		if c.Is(local) {
			return c
		}
	}
	return nil
}

// Text is the text directly in the node, trimmed.
func (n *Node) Text() string {
	if n == nil {
		return ""
	}
	if len(n.Children) == 1 && n.Children[0].Data != "" && n.Children[0].Type <= CDataNode {
		return strings.TrimSpace(n.Children[0].Data)
	}
	var b strings.Builder
	for _, c := range n.Children {
		if c.Type == TextNode || c.Type == CDataNode {
			b.WriteString(c.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// ID is the id attribute.
func (n *Node) ID() string { return n.Attr("id") }

// Walk calls f for the node and every element below it, in document order. f
// returns false to skip what is below.
func (n *Node) Walk(f func(*Node) bool) {
	if n == nil || n.Type != ElementNode || !f(n) {
		return
	}
	for _, c := range n.Children {
		if c.Type == ElementNode {
			c.Walk(f)
		}
	}
}

// resolve is the namespace URI that a prefix means at the node; ok is false for an undeclared prefix.
func (n *Node) resolve(prefix string) (uri string, ok bool) {
	if prefix == "xml" {
		return "http://www.w3.org/XML/1998/namespace", true
	}
	for p := n; p != nil; p = p.Parent {
		for i := range p.Attrs {
			a := &p.Attrs[i]
			if a.Space == "xmlns" && (a.Local == prefix || prefix == "" && a.Prefix == "" && a.Local == "xmlns") {
				return a.Value, true
			}
		}
	}
	return "", prefix == ""
}
