package main

import (
	"compress/gzip"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
)

var exportCorpus = flag.String("export-corpus", "", "write the stored states of a former release's fixture for the engine's corpus")

// TestExportCorpus brings the states of a fixture, and the world that they lived
// in, to engine/testdata/corpus as plain data; see engine/corpus_test.go.
func TestExportCorpus(t *testing.T) {
	if *exportCorpus == "" {
		t.Skip("it is written once for each release, with -export-corpus")
	}
	dir, m := unpack(t, *exportCorpus)
	db, err := models.Open("sqlite:" + filepath.Join(dir, "quancheng.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	read := db.Read(t.Context())
	out := map[string]any{"now": m.MadeAt.Add(time.Hour).Truncate(time.Second)}
	w, err := bundles.NewCache(db).World(read, m.MadeAt, "", models.DateOf(m.MadeAt))
	if err != nil {
		t.Fatal(err)
	}
	out["params"] = w.Input.Params
	var moved []string
	for d := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() < 2030; d = d.AddDate(0, 0, 1) {
		plain := d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
		if w.Input.Calendar.IsWorkday(d.Date()) != plain {
			moved = append(moved, d.Format(time.DateOnly))
		}
	}
	out["moved"] = moved
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	var people []string
	must(read.Raw("SELECT id FROM person WHERE active ORDER BY id").Scan(&people).Error)
	out["people"] = people
	out["posts"] = postsOf(t, read, people)
	roots, files := rootsOf(t, read, m)
	out["roots"], out["bundles"] = roots, files
	target := filepath.Join("../../engine/testdata/corpus", *exportCorpus)
	must(os.MkdirAll(target, 0o755))
	f, err := os.Create(filepath.Join(target, "world.json.gz"))
	must(err)
	z, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	must(err)
	must(json.NewEncoder(z).Encode(out))
	must(z.Close())
	must(f.Close())
}

func postsOf(t *testing.T, read *gorm.DB, people []string) map[string][]string {
	t.Helper()
	var rows []struct{ ID, PersonID string }
	if err := read.Raw("SELECT id, person_id FROM post ORDER BY id, person_id").Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, r := range rows {
		if slices.Contains(people, r.PersonID) {
			out[r.ID] = append(out[r.ID], r.PersonID)
		}
	}
	return out
}

// rootsOf are all open cases and the files of their bundles.
func rootsOf(t *testing.T, read *gorm.DB, m manifest) ([]map[string]any, map[string]map[string]string) {
	t.Helper()
	var rows []process.RootState
	if err := read.Where("open").Order("key").Find(&rows).Error; err != nil {
		t.Fatal(err)
	}
	var roots []map[string]any
	files := map[string]map[string]string{}
	for _, r := range rows {
		label := m.Cases[r.Project]
		if label == "" {
			label = r.Process + " " + r.BusinessKey
		}
		roots = append(roots, map[string]any{"key": r.Key, "bundle": r.Bundle, "label": label, "state": json.RawMessage(r.State)})
		if files[r.Bundle] != nil {
			continue
		}
		all, err := process.BundleFiles(read, r.Bundle)
		if err != nil {
			t.Fatal(err)
		}
		files[r.Bundle] = map[string]string{}
		for _, f := range all {
			files[r.Bundle][f.Name] = string(f.Data)
		}
	}
	return roots, files
}
