package dmn

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Bounds on hostile input.
const (
	maxBytes    = 16 << 20
	maxElements = 500_000
	maxDepth    = 500
)

// node is an XML element with its place.
type node struct {
	space, name string
	attrs       map[string]string // those without a prefix
	children    []*node
	chunks      []string          // character data between the children
	prefixes    map[string]string // xmlns declarations of the element
	Place
	inside Place // just behind the start tag, where the text begins
}

// readXML builds the element tree; a document type declaration is refused, as it has no place in DMN and could expand entities.
func readXML(data []byte) (*node, error) {
	if len(data) > maxBytes {
		return nil, fmt.Errorf("the file has %d bytes; at most %d are read", len(data), maxBytes)
	}
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("encoding %s is not supported; save the file as UTF-8", charset)
	}
	b := &treeBuilder{dec: dec}
	for {
		line, col := dec.InputPos()
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := b.take(tok, Place{line, col}); err != nil {
			return nil, err
		}
	}
	if b.root == nil {
		return nil, errors.New("the file holds no XML element")
	}
	return b.root, nil
}

type treeBuilder struct {
	dec   *xml.Decoder
	root  *node
	stack []*node
	count int
}

func (b *treeBuilder) take(tok xml.Token, at Place) error {
	switch t := tok.(type) {
	case xml.StartElement:
		return b.open(t, at)
	case xml.EndElement:
		b.stack = b.stack[:len(b.stack)-1]
	case xml.CharData:
		if len(b.stack) > 0 {
			top := b.stack[len(b.stack)-1]
			top.chunks = append(top.chunks, string(t))
		}
	case xml.Directive:
		if bytes.HasPrefix(bytes.ToUpper(bytes.TrimSpace(t)), []byte("DOCTYPE")) {
			return fmt.Errorf("line %d: a DOCTYPE declaration is not allowed", at.Line)
		}
	}
	return nil
}

func (b *treeBuilder) open(t xml.StartElement, at Place) error {
	n := &node{space: t.Name.Space, name: t.Name.Local, Place: at}
	n.inside.Line, n.inside.Col = b.dec.InputPos()
	n.setAttributes(t.Attr)
	if b.count++; b.count > maxElements {
		return fmt.Errorf("line %d: the file has more than %d elements", at.Line, maxElements)
	}
	switch {
	case len(b.stack) > 0:
		top := b.stack[len(b.stack)-1]
		top.children = append(top.children, n)
	case b.root == nil:
		b.root = n
	default:
		return fmt.Errorf("line %d: a second root element", at.Line)
	}
	if b.stack = append(b.stack, n); len(b.stack) > maxDepth {
		return fmt.Errorf("line %d: elements are nested deeper than %d", at.Line, maxDepth)
	}
	return nil
}

func (n *node) setAttributes(attrs []xml.Attr) {
	for _, a := range attrs {
		switch a.Name.Space {
		case "":
			if a.Name.Local == "xmlns" {
				continue
			}
			if n.attrs == nil {
				n.attrs = make(map[string]string, len(attrs))
			}
			n.attrs[a.Name.Local] = a.Value
		case "xmlns":
			if n.prefixes == nil {
				n.prefixes = map[string]string{}
			}
			n.prefixes[a.Name.Local] = a.Value
		}
	}
}

func (n *node) attr(name string) string { return n.attrs[name] }

// child is the first child of that name in the DMN namespace of the node, or nil.
func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name && c.space == n.space {
			return c
		}
	}
	return nil
}

// all are the children of that name.
func (n *node) all(name string) []*node {
	var out []*node
	for _, c := range n.children {
		if c.name == name && c.space == n.space {
			out = append(out, c)
		}
	}
	return out
}

func (n *node) text() string { return strings.TrimSpace(strings.Join(n.chunks, "")) }

// childText is the trimmed text of the first child of that name.
func (n *node) childText(name string) string {
	if c := n.child(name); c != nil {
		return c.text()
	}
	return ""
}

// source is the FEEL text of an element with the place of its first character: of its <text> child where it
// has one. A nil node gives an empty source.
func (n *node) source() Source {
	if n == nil {
		return Source{}
	}
	if t := n.child("text"); t != nil {
		n = t
	}
	raw := strings.Join(n.chunks, "")
	body := strings.TrimLeft(raw, " \t\r\n")
	at := n.inside
	for _, r := range raw[:len(raw)-len(body)] {
		if at.Col++; r == '\n' {
			at.Line, at.Col = at.Line+1, 1
		}
	}
	return Source{Text: strings.TrimSpace(body), Place: at}
}
