package bench

import (
	"os"
	"testing"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// TestCircles: what both releases are given compiles, a process for each client.
func TestCircles(t *testing.T) {
	dir := t.TempDir()
	if err := writeCircles(dir, 3); err != nil {
		t.Fatal(err)
	}
	src, err := definitions.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	b, problems := bundles.Compile(src)
	if b == nil {
		t.Fatal(problems)
	}
	for _, id := range []string{"circle_1", "circle_2", "circle_3"} {
		if b.Process(id) == nil {
			t.Errorf("there is no process %s", id)
		}
	}
}
