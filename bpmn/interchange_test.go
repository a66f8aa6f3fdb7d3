package bpmn

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/quancheng/quancheng/notrun"
)

// suiteFiles lists the files of the suite that match a pattern; there must be some.
func suiteFiles(t testing.TB, pattern string) []string {
	files, err := filepath.Glob(filepath.Join(notrun.Conformance(t, ""), pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files match %s (%v)", pattern, err)
	}
	return files
}

func mustParse(t testing.TB, data []byte) *Model {
	t.Helper()
	m, diags := Parse(data)
	if m == nil || HasErrors(diags) {
		t.Fatalf("parse: %v", diags)
	}
	return m
}

// dump writes every element, attribute (with namespace), and text of a tree: what interchange must keep.
func dump(n *Node) string {
	var b strings.Builder
	dumpNode(&b, n, 0)
	return b.String()
}

func dumpNode(b *strings.Builder, n *Node, depth int) {
	fmt.Fprintf(b, "%*s%d {%s}%s %q\n", depth, "", n.Type, n.Space, n.Local, n.Data)
	for _, a := range n.Attrs {
		fmt.Fprintf(b, "%*s@{%s}%s=%q\n", depth+1, "", a.Space, a.Local, a.Value)
	}
	for _, c := range n.Children {
		dumpNode(b, c, depth+1)
	}
}

func rewritten(t testing.TB, m *Model) *Model {
	t.Helper()
	out, err := m.Write()
	if err != nil {
		t.Fatal(err)
	}
	return mustParse(t, out)
}

func TestInterchange(t *testing.T) {
	for _, pattern := range []string{"interchange/models/*.bpmn", "bpmn/*/models/*.bpmn", "constraints/models/*.bpmn"} {
		for _, file := range suiteFiles(t, pattern) {
			t.Run(filepath.Base(file), func(t *testing.T) {
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				first := mustParse(t, data)
				if a, b := dump(first.Root), dump(rewritten(t, first).Root); a != b {
					t.Errorf("parse, write, parse differs:\n%s", firstDifference(a, b))
				}
			})
		}
	}
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d\n- %s\n+ %s", i, x[i], y[i])
		}
	}
	return "one is a prefix of the other"
}

// Random edits of attributes survive, whatever characters they hold.
func TestInterchangeAfterEdits(t *testing.T) {
	files := suiteFiles(t, "interchange/models/*.bpmn")
	rapid.Check(t, func(rt *rapid.T) {
		data, err := os.ReadFile(rapid.SampledFrom(files).Draw(rt, "file"))
		if err != nil {
			rt.Fatal(err)
		}
		m := mustParse(t, data)
		var all []*Node
		m.Root.Walk(func(n *Node) bool { all = append(all, n); return true })
		for range rapid.IntRange(1, 5).Draw(rt, "edits") {
			n := rapid.SampledFrom(all).Draw(rt, "node")
			n.SetAttr(
				rapid.SampledFrom([]string{"id", "name", "x", "isForCompensation"}).Draw(rt, "attribute"),
				rapid.StringOf(xmlRune).Draw(rt, "value"),
			)
		}
		if a, b := dump(m.Root), dump(rewritten(t, m).Root); a != b {
			rt.Fatalf("parse, write, parse differs:\n%s", firstDifference(a, b))
		}
	})
}

// xmlRune draws the characters that XML 1.0 §2.2 allows, the awkward ones often.
var xmlRune = rapid.OneOf(
	rapid.SampledFrom([]rune("\t\n\r &<>\"'=]")),
	rapid.RuneFrom([]rune("aZ全程𠮷\u00a0\u2028\ufffd")),
	rapid.Map(rapid.Int32Range(0x20, 0xD7FF), func(i int32) rune { return i }),
)
