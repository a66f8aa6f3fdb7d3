package dmn

import (
	"os"
	"path/filepath"
	"testing"
)

// suite is the conformance directory: CONFORMANCE_DIR, or the one beside the checkout.
func suite(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("CONFORMANCE_DIR")
	if dir == "" {
		dir = "../../shared/conformance"
	}
	if _, err := os.Stat(filepath.Join(dir, "dmn")); err != nil {
		t.Skipf("no DMN suite in %s; set CONFORMANCE_DIR", dir)
	}
	return filepath.Join(dir, "dmn")
}

func TestParseAndWriteSuite(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(suite(t), "*", "*", "*.dmn"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no models: %v", err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		m, diags := Parse(data)
		for _, d := range diags {
			t.Errorf("%s:%s", filepath.Base(f), d)
		}
		if m == nil {
			continue
		}
		out, err := m.Write()
		if err != nil {
			t.Errorf("%s: write: %v", f, err)
			continue
		}
		again, diags := Parse(out)
		if len(diags) > 0 || len(again.Decisions) != len(m.Decisions) || len(again.Items) != len(m.Items) {
			t.Errorf("%s: what was written does not read back: %v", f, diags)
		}
	}
}
