package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestMutants: a package with one test that notices half of what is changed.
func TestMutants(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":      "module x\n\ngo 1.25\n",
		"x/x.go":      "package x\n\nfunc Over(a, b int) bool {\n\tif a > b {\n\t\treturn true\n\t}\n\treturn false\n}\n",
		"x/x_test.go": "package x\n\nimport \"testing\"\n\nfunc TestOver(t *testing.T) {\n\tif !Over(2, 1) || Over(1, 2) {\n\t\tt.Fail()\n\t}\n}\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOWORK", "off")
	got, err := try(target{"x", "*.go", "."}, time.Now().Add(time.Minute), time.Minute, 1)
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[string]string{}
	for _, r := range got {
		verdicts[r.change] = r.verdict
	}
	want := map[string]string{
		"> → >=": survived, "> → <=": killed, "condition turned round": killed,
		"true → false": killed, "false → true": killed,
	}
	for change, v := range want {
		if verdicts[change] != v {
			t.Errorf("%s: %q, want %q", change, verdicts[change], v)
		}
	}
	if len(verdicts) != len(want) {
		t.Errorf("tried %v", verdicts)
	}
}
