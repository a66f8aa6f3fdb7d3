package bpmn

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Bounds on hostile input. They are far above what people draw: the largest
// published interchange model has 4,000 elements, 12 deep, in 1 MB.
const (
	maxBytes     = 32 << 20
	maxDepth     = 500
	maxNodes     = 500_000
	maxAttrs     = 500
	maxAttrBytes = 1 << 20
)

// fault is a problem of the XML itself; nothing more can be read after it.
type fault struct {
	rule, message, hint string
	Pos
}

func (f *fault) diagnostic() Diagnostic {
	return Diagnostic{Rule: f.rule, Line: f.Line, Col: f.Col, Message: f.message, Hint: f.hint}
}

// treeReader builds the tree from raw tokens: encoding/xml checks the syntax,
// the reader adds places, namespaces as written, and bounds.
type treeReader struct {
	src   []byte
	dec   *xml.Decoder
	doc   *Node
	top   *Node
	depth int
	nodes int
	diags []Diagnostic

	line, lineStart, seen int // place of the byte src[seen]: its line, and where that line begins
}

// readTree reads a document. The diagnostics are problems that do not prevent reading on.
func readTree(data []byte) (*Node, []Diagnostic, *fault) {
	if len(data) > maxBytes {
		return nil, nil, &fault{"xml-limit", fmt.Sprintf("the file has %d bytes; at most %d are read", len(data), maxBytes),
			"split the file, or take embedded documents out of it", Pos{1, 1}}
	}
	src, f := toUTF8(data)
	if f != nil {
		return nil, nil, f
	}
	doc := &Node{Type: documentNode}
	r := &treeReader{src: src, doc: doc, top: doc, line: 1}
	r.dec = xml.NewDecoder(bytes.NewReader(src))
	r.dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // toUTF8 has done it
	for {
		begin := int(r.dec.InputOffset())
		tok, err := r.dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, r.syntax(err)
		}
		if f := r.token(tok, begin, int(r.dec.InputOffset())); f != nil {
			return nil, nil, f
		}
	}
	if r.top != doc {
		return nil, nil, &fault{
			"xml-syntax", fmt.Sprintf("element <%s> is never closed", r.top.Local), "the file seems to be cut off", r.top.Pos,
		}
	}
	return doc, r.diags, nil
}

func (r *treeReader) syntax(err error) *fault {
	pos := r.at(int(r.dec.InputOffset()))
	msg := err.Error()
	var se *xml.SyntaxError
	if errors.As(err, &se) {
		msg = se.Msg
	}
	return &fault{"xml-syntax", "the XML is not well-formed: " + msg, "open the file in an XML editor and mend it there", pos}
}

// at is the place of a byte offset; offsets must not go back by more than the current line's start.
func (r *treeReader) at(offset int) Pos {
	offset = min(offset, len(r.src))
	for r.seen < offset {
		i := bytes.IndexByte(r.src[r.seen:offset], '\n')
		if i < 0 {
			r.seen = offset
			break
		}
		r.seen += i + 1
		r.line++
		r.lineStart = r.seen
	}
	if offset < r.lineStart { // an earlier line: only for attributes of a tag over several lines
		line := 1 + bytes.Count(r.src[:offset], []byte{'\n'})
		start := bytes.LastIndexByte(r.src[:offset], '\n') + 1
		return Pos{line, 1 + utf8.RuneCount(r.src[start:offset])}
	}
	// A line may be the whole file: columns beyond 10,000 are counted in bytes, to stay linear.
	if offset-r.lineStart > 10_000 {
		return Pos{r.line, 1 + offset - r.lineStart}
	}
	return Pos{r.line, 1 + utf8.RuneCount(r.src[r.lineStart:offset])}
}

func (r *treeReader) token(tok xml.Token, begin, end int) *fault {
	switch t := tok.(type) {
	case xml.StartElement:
		return r.start(t, begin, end)
	case xml.EndElement:
		return r.end(t, begin)
	case xml.CharData:
		if bytes.HasPrefix(r.src[begin:end], []byte("<![CDATA[")) {
			return r.add(&Node{Type: CDataNode, Data: string(t), Pos: r.at(begin)})
		}
		if r.top == r.doc {
			if len(bytes.TrimSpace(t)) > 0 {
				return &fault{"xml-syntax", "there is text outside of the root element", "remove it", r.at(begin)}
			}
			return nil
		}
		return r.add(&Node{Type: TextNode, Data: string(t), Pos: r.at(begin)})
	case xml.Comment:
		return r.add(&Node{Type: CommentNode, Data: string(t), Pos: r.at(begin)})
	case xml.ProcInst:
		if t.Target == "xml" {
			t.Inst = []byte(`version="1.0" encoding="UTF-8"`) // what Write writes, whatever was read
		}
		return r.add(&Node{Type: ProcInstNode, Local: t.Target, Data: string(t.Inst), Pos: r.at(begin)})
	case xml.Directive:
		return &fault{"xml-doctype", "the file has a document type declaration, which BPMN has no use for and which could expand entities",
			"remove the <!DOCTYPE …> declaration", r.at(begin)}
	}
	return nil
}

func (r *treeReader) add(n *Node) *fault {
	if r.nodes++; r.nodes > maxNodes {
		return &fault{"xml-limit", fmt.Sprintf("the file has more than %d nodes", maxNodes), "split the file", n.Pos}
	}
	n.Parent = r.top
	r.top.Children = append(r.top.Children, n)
	return nil
}

func (r *treeReader) start(t xml.StartElement, begin, end int) *fault {
	n := &Node{Prefix: t.Name.Space, Local: t.Name.Local, Pos: r.at(begin)}
	if len(t.Attr) > maxAttrs {
		return &fault{
			"xml-limit", fmt.Sprintf("element <%s> has %d attributes; at most %d are read", n.Local, len(t.Attr), maxAttrs), "remove some",
			n.Pos,
		}
	}
	if r.top == r.doc && r.root() != nil {
		return &fault{"xml-syntax", "there is a second root element", "one file holds one definitions element", n.Pos}
	}
	if f := r.add(n); f != nil {
		return f
	}
	if f := r.attributes(n, t.Attr, begin, end); f != nil {
		return f
	}
	r.names(n)
	r.top = n
	if r.depth++; r.depth > maxDepth {
		return &fault{
			"xml-limit", fmt.Sprintf("elements are nested deeper than %d", maxDepth), "use call activities instead of nesting", n.Pos,
		}
	}
	return nil
}

func (r *treeReader) root() *Node {
	for _, c := range r.doc.Children {
		if c.Type == ElementNode {
			return c
		}
	}
	return nil
}

// attributes copies the attributes with their places, and turns line breaks and
// tabs that are written literally into spaces, as XML 1.0 §3.3.3 demands.
func (r *treeReader) attributes(n *Node, attrs []xml.Attr, begin, end int) *fault {
	if len(attrs) == 0 {
		return nil
	}
	n.Attrs = make([]Attr, len(attrs))
	cursor := begin
	for i, a := range attrs {
		if len(a.Value) > maxAttrBytes {
			return &fault{
				"xml-limit",
				fmt.Sprintf("attribute %s of <%s> has %d bytes; at most %d are read", a.Name.Local, n.Local, len(a.Value), maxAttrBytes),
				"put large content into a file of its own", n.Pos,
			}
		}
		name, raw, next := rawAttribute(r.src, cursor, end)
		n.Attrs[i] = Attr{Prefix: a.Name.Space, Local: a.Name.Local, Value: normalizeAttr(raw, a.Value), Pos: r.at(name)}
		cursor = next
		for j := range i {
			if b := &n.Attrs[j]; b.Local == a.Name.Local && b.Prefix == a.Name.Space {
				return &fault{
					"xml-syntax", fmt.Sprintf("attribute %s of <%s> is there twice", a.Name.Local, n.Local), "remove one", n.Attrs[i].Pos,
				}
			}
		}
	}
	return nil
}

// rawAttribute finds the next name="value" in the raw tag: offset of the name, raw value, offset after it.
func rawAttribute(src []byte, from, end int) (name int, raw []byte, next int) {
	eq := bytes.IndexByte(src[from:end], '=')
	if eq < 0 {
		return from, nil, from
	}
	eq += from
	name = eq
	for name > from && isXMLSpace(src[name-1]) {
		name--
	}
	for name > from && !isXMLSpace(src[name-1]) {
		name--
	}
	open := eq + 1
	for open < end && src[open] != '"' && src[open] != '\'' {
		open++
	}
	if open >= end {
		return name, nil, end
	}
	size := bytes.IndexByte(src[open+1:end], src[open])
	if size < 0 {
		return name, nil, end
	}
	return name, src[open+1 : open+1+size], open + size + 2
}

func isXMLSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// normalizeAttr walks the raw and the decoded value side by side; only literal white space becomes a space.
func normalizeAttr(raw []byte, value string) string {
	if !bytes.ContainsAny(raw, "\t\n\r") {
		return value
	}
	out := []byte(value)
	for i, j := 0, 0; i < len(raw) && j < len(out); {
		switch c := raw[i]; {
		case c == '&':
			semi := bytes.IndexByte(raw[i:], ';')
			if semi < 0 {
				return value
			}
			_, size := utf8.DecodeRune(out[j:])
			i, j = i+semi+1, j+size
		case c == '\r' && i+1 < len(raw) && raw[i+1] == '\n':
			out[j] = ' '
			i, j = i+2, j+1
		default:
			if isXMLSpace(c) {
				out[j] = ' '
			}
			i, j = i+1, j+1
		}
	}
	return string(out)
}

// names resolves the namespaces of an element and its attributes.
func (r *treeReader) names(n *Node) {
	for i := range n.Attrs {
		if a := &n.Attrs[i]; a.Prefix == "xmlns" || a.Prefix == "" && a.Local == "xmlns" {
			a.Space = "xmlns"
		}
	}
	var ok bool
	if n.Space, ok = n.resolve(n.Prefix); !ok {
		r.undeclared(n.Prefix, n.Pos)
	}
	for i := range n.Attrs {
		a := &n.Attrs[i]
		if a.Space == "xmlns" || a.Prefix == "" {
			continue
		}
		if a.Space, ok = n.resolve(a.Prefix); !ok {
			r.undeclared(a.Prefix, a.Pos)
		}
	}
}

func (r *treeReader) undeclared(prefix string, pos Pos) {
	r.diags = append(r.diags, Diagnostic{Rule: "xml-namespace", Line: pos.Line, Col: pos.Col,
		Message: fmt.Sprintf("the namespace prefix %q is not declared", prefix),
		Hint:    fmt.Sprintf("declare it with xmlns:%s=\"…\" on the definitions element", prefix)})
}

func (r *treeReader) end(t xml.EndElement, begin int) *fault {
	if r.top == r.doc || r.top.Local != t.Name.Local || r.top.Prefix != t.Name.Space {
		open := "nothing is open"
		if r.top != r.doc {
			open = fmt.Sprintf("<%s> of line %d is open", r.top.Local, r.top.Line)
		}
		return &fault{
			"xml-syntax", fmt.Sprintf("</%s> closes an element that is not open: %s", t.Name.Local, open),
			"close elements in the order they were opened", r.at(begin),
		}
	}
	r.top = r.top.Parent
	r.depth--
	return nil
}

var (
	attrEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\t", "&#x9;", "\n", "&#xA;", "\r", "&#xD;")
	textEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;")
)

// writeNode writes a node and what is below it.
func writeNode(b *bytes.Buffer, n *Node) {
	switch n.Type {
	case TextNode:
		b.WriteString(textEscaper.Replace(n.Data))
	case CDataNode:
		b.WriteString("<![CDATA[" + strings.ReplaceAll(n.Data, "]]>", "]]]]><![CDATA[>") + "]]>")
	case CommentNode:
		b.WriteString("<!--" + n.Data + "-->")
	case ProcInstNode:
		b.WriteString("<?" + n.Local)
		if n.Data != "" {
			b.WriteString(" " + n.Data)
		}
		b.WriteString("?>")
	case documentNode:
		for _, c := range n.Children {
			writeNode(b, c)
			b.WriteByte('\n')
		}
	case ElementNode:
		writeElement(b, n)
	}
}

func writeElement(b *bytes.Buffer, n *Node) {
	name := qualified(n.Prefix, n.Local)
	b.WriteString("<" + name)
	for i := range n.Attrs {
		a := &n.Attrs[i]
		b.WriteString(" " + qualified(a.Prefix, a.Local) + `="`)
		b.WriteString(attrEscaper.Replace(a.Value))
		b.WriteByte('"')
	}
	if len(n.Children) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteByte('>')
	for _, c := range n.Children {
		writeNode(b, c)
	}
	b.WriteString("</" + name + ">")
}

func qualified(prefix, local string) string {
	if prefix == "" {
		return local
	}
	return prefix + ":" + local
}
