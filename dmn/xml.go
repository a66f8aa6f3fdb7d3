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
	maxBytes = 32 << 20
	maxDepth = 500
)

// node is an XML element with its place.
type node struct {
	space, name string
	attrs       map[string]string // by local name
	children    []*node
	text        string
	Place
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
	var root *node
	var stack []*node
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			n := newNode(t, dec)
			if len(stack) > 0 {
				top := stack[len(stack)-1]
				top.children = append(top.children, n)
			} else if root == nil {
				root = n
			}
			if stack = append(stack, n); len(stack) > maxDepth {
				return nil, fmt.Errorf("line %d: elements are nested deeper than %d", n.Line, maxDepth)
			}
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].text += string(t)
			}
		case xml.Directive:
			if bytes.HasPrefix(bytes.TrimSpace(t), []byte("DOCTYPE")) {
				return nil, errors.New("a DOCTYPE declaration is not allowed")
			}
		}
	}
	if root == nil {
		return nil, errors.New("the file holds no XML element")
	}
	return root, nil
}

func newNode(t xml.StartElement, dec *xml.Decoder) *node {
	line, col := dec.InputPos()
	n := &node{space: t.Name.Space, name: t.Name.Local, Place: Place{Line: line, Col: col}}
	if len(t.Attr) > 0 {
		n.attrs = make(map[string]string, len(t.Attr))
	}
	for _, a := range t.Attr {
		n.attrs[a.Name.Local] = a.Value
	}
	return n
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

// childText is the trimmed text of the first child of that name; of its <text> child where it has one.
func (n *node) childText(name string) string {
	c := n.child(name)
	if c == nil {
		return ""
	}
	if t := c.child("text"); t != nil {
		c = t
	}
	return strings.TrimSpace(c.text)
}
