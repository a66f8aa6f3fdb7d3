package conformance

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine/play"
)

// Interchange reads a model, writes it, and reads it again. The error says the
// first difference: between the two models, or, seen by another XML reader,
// between the two files.
func Interchange(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	first, err := readModel(data)
	if err != nil {
		return err
	}
	written, err := first.Write()
	if err != nil {
		return err
	}
	second, err := readModel(written)
	if err != nil {
		return fmt.Errorf("what was written: %w", err)
	}
	if err := difference(outline(first.Root), outline(second.Root)); err != nil {
		return err
	}
	a, err := tokens(data)
	if err != nil {
		return nil // an encoding the other reader does not know; the models are the same
	}
	b, err := tokens(written)
	if err != nil {
		return fmt.Errorf("what was written: %w", err)
	}
	return difference(a, b)
}

func readModel(data []byte) (*bpmn.Model, error) {
	m, diags := bpmn.Parse(data)
	if m == nil || bpmn.HasErrors(diags) {
		return nil, &play.Rejected{Diagnostics: diags}
	}
	return m, nil
}

// outline lists elements, attributes and texts of a tree, diagram and extensions included.
func outline(n *bpmn.Node) []string {
	var out []string
	n.Walk(func(n *bpmn.Node) bool {
		line := "{" + n.Space + "}" + n.Local
		for _, a := range n.Attrs {
			line += fmt.Sprintf(" {%s}%s=%q", a.Space, a.Local, a.Value)
		}
		out = append(out, line+" "+n.Text())
		return true
	})
	return out
}

// tokens lists elements with their attributes, and texts, as encoding/xml reads them.
func tokens(data []byte) ([]string, error) {
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	var out []string
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			out = append(out, startToken(t))
		case xml.EndElement:
			out = append(out, "end "+t.Name.Local)
		case xml.CharData:
			if text := strings.TrimSpace(string(t)); text != "" {
				out = append(out, text)
			}
		}
	}
}

// blanks normalises attribute values, as XML 1.0 §3.3.3 says and encoding/xml does not.
var blanks = strings.NewReplacer("\r\n", " ", "\t", " ", "\n", " ", "\r", " ")

func startToken(t xml.StartElement) string {
	var attrs []string
	for _, a := range t.Attr {
		attrs = append(attrs, fmt.Sprintf("{%s}%s=%q", a.Name.Space, a.Name.Local, blanks.Replace(a.Value)))
	}
	slices.Sort(attrs)
	return fmt.Sprintf("{%s}%s %s", t.Name.Space, t.Name.Local, strings.Join(attrs, " "))
}

func difference(a, b []string) error {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Errorf("read: %s\nwritten: %s", a[i], b[i])
		}
	}
	if len(a) != len(b) {
		return fmt.Errorf("read %d parts, written %d", len(a), len(b))
	}
	return nil
}
