package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestDataAreForTheirUserAlone: what a process keeps is closed to others, what a former release
// left open is closed, and a directory that others use too stays theirs.
func TestDataAreForTheirUserAlone(t *testing.T) {
	mode := func(path string) os.FileMode {
		t.Helper()
		i, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return i.Mode().Perm()
	}
	fresh := filepath.Join(t.TempDir(), "data")
	if err := writable(fresh); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(fresh, "x")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if mode(fresh) != 0o700 || mode(file) != 0o600 {
		t.Errorf("made %o, %o", mode(fresh), mode(file))
	}
	for name, want := range map[string]os.FileMode{"quancheng.db": 0o700, "holiday.jpg": 0o755} {
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := writable(dir); err != nil {
			t.Fatal(err)
		}
		if mode(dir) != want {
			t.Errorf("beside %s: %o, want %o", name, mode(dir), want)
		}
	}
}
