package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/models"
)

// exitsArePlayed: the lives that were played on a running platform came to every end of which
// workflows/definitions/testdata/exits.txt says so.
func exitsArePlayed(t *testing.T, dir string) {
	t.Helper()
	db, err := models.Open("sqlite:" + filepath.Join(dir, "quancheng.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	raw, err := os.ReadFile("../../workflows/definitions/testdata/exits.txt")
	if err != nil {
		t.Fatal(err)
	}
	var reached []string
	err = db.Read(context.Background()).
		Raw("SELECT DISTINCT process || '/' || element FROM element_instance WHERE kind = 'endEvent'").Scan(&reached).Error
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	for line := range strings.Lines(string(raw)) {
		exit, by, _ := strings.Cut(strings.TrimSpace(line), " ")
		if by != "TestPlayToEveryMark" {
			continue
		}
		if said++; !slices.Contains(reached, exit) {
			t.Errorf("no life came to %s", exit)
		}
	}
	t.Logf("lives came to %d ends, %d of them by this test alone or first", len(reached), said)
}
