// Package notrun finds what tests need from beside the clone, and ends those that
// lack something, never in silence.
package notrun

import (
	"os"
	"path/filepath"
	"testing"
)

// Skip says what a test lacks and therefore did not try; where everything is expected
// to run (QUANCHENG_RUN_ALL=1, as in .ci/run) it fails instead. What a machine lacks
// is listed once more at the end of `make test` by scripts/machine.mjs.
func Skip(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("QUANCHENG_RUN_ALL") != "" {
		t.Fatalf("not run: "+format, args...)
	}
	t.Skipf("not run: "+format, args...)
}

// Conformance is the path of a part of the conformance data: below $CONFORMANCE_DIR,
// or below shared/conformance beside the clone. Without it the test is not run.
func Conformance(t testing.TB, part string) string {
	t.Helper()
	if dir := os.Getenv("CONFORMANCE_DIR"); dir != "" {
		return existing(t, filepath.Join(dir, part))
	}
	return Shared(t, filepath.Join("conformance", part))
}

// Shared is the path of data in the folder shared beside the clone. Without it the test is not run.
func Shared(t testing.TB, part string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".ci")); err == nil {
			break
		}
	}
	return existing(t, filepath.Join(dir, "..", "shared", part))
}

func existing(t testing.TB, path string) string {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		Skip(t, "%s is not here; CONFORMANCE_DIR names the conformance data elsewhere", path)
	}
	return path
}
