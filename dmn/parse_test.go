package dmn

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/quancheng/quancheng/notrun"
)

// suite is the conformance directory: CONFORMANCE_DIR, or the one beside the checkout.
func suite(t testing.TB) string {
	t.Helper()
	return notrun.Conformance(t, "dmn")
}

// TestWriteKeepsEverything reads and writes what ships and the suite: the same elements, attributes and texts must
// come back, those of diagrams and extensions among them.
func TestWriteKeepsEverything(t *testing.T) {
	files, err := filepath.Glob("../workflows/definitions/*.dmn")
	if err != nil || len(files) == 0 {
		t.Fatalf("no models: %v", err)
	}
	suite, err := filepath.Glob(filepath.Join(suite(t), "*", "*", "*.dmn"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(files, suite...) {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		m, diags := Parse(data)
		if len(diags) > 0 {
			t.Errorf("%s: %v", filepath.Base(f), diags)
		}
		if m == nil {
			continue
		}
		out, err := m.Write()
		if err != nil {
			t.Errorf("%s: write: %v", f, err)
			continue
		}
		before, err := readXML(data)
		if err != nil {
			t.Fatal(err)
		}
		after, err := readXML(out)
		if err != nil {
			t.Errorf("%s: what was written does not read back: %v", f, err)
			continue
		}
		if diff := difference(before, after); diff != "" {
			t.Errorf("%s: %s", filepath.Base(f), diff)
		}
	}
}

// difference is the first place where two trees differ.
func difference(a, b *node) string {
	if a.name != b.name || a.space != b.space || a.text() != b.text() || !maps.Equal(a.attrs, b.attrs) ||
		!maps.Equal(a.prefixes, b.prefixes) || len(a.children) != len(b.children) {
		return fmt.Sprintf("line %d: %s %v became %s %v", a.Line, a.name, a.attrs, b.name, b.attrs)
	}
	for i := range a.children {
		if diff := difference(a.children[i], b.children[i]); diff != "" {
			return diff
		}
	}
	return ""
}
