package engine_test

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/engine/enginetest"
)

var update = flag.Bool("update", false, "write what happens into the scripts")

// TestScripts plays testdata/*.txtar: a script, its models, and what happens.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts (%v)", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) { enginetest.Script(t, f, *update) })
	}
}
