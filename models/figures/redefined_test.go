package figures

import (
	"context"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/modelstest"
)

// A figure that means something else since a snapshot: the snapshot keeps its value and its definition, and
// corrections and the comparison of two periods say that it was defined anew.
func TestAFigureIsDefinedAnew(t *testing.T) {
	const id = "licence_types"
	db := modelstest.Open(t, modelstest.SQLite(t))
	county(t, db)
	var former, now Taken
	take := func(to *Taken, p Period, after time.Duration) {
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			a := by("2022-07-05", "OFFICE@U0")
			a.At = time.Now().Add(after) // some rows are stamped by the real clock
			n, err := Snapshot(tx, a, p, time.Time{})
			if err == nil {
				*to, err = FindTaken(tx, n)
			}
			return err
		})
	}
	take(&former, half, time.Minute)
	i := slices.IndexFunc(Definitions, func(d Definition) bool { return d.ID == "declared_count" })
	Definitions[i].Version++
	t.Cleanup(func() { Definitions[i].Version-- })
	take(&now, half, time.Hour)

	read := db.Read(context.Background())
	for name, later := range map[string]*Taken{"of a later snapshot": &now, "of the live books": nil} {
		found, err := Corrections(read, former, later)
		if err != nil || len(found) != 1 || found[0].Figure != "declared_count" || !found[0].Defined || found[0].Was != found[0].Is {
			t.Errorf("corrections %s: %+v, %v", name, found, err)
		}
	}
	_, d, _, err := KeptRows(read, former, "declared_count")
	if err != nil || d.Version != 1 {
		t.Errorf("the snapshot has definition %d, %v", d.Version, err)
	}
	take(&now, Period{"2022-07-01", "2022-12-31"}, 2*time.Hour)
	_, _, all, err := Comparison(read, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if c.Redefined && c.Figure != "declared_count" {
			t.Errorf("%s is said to be defined anew", c.Figure)
		}
	}
	if c := all[slices.IndexFunc(all, func(c Compared) bool { return c.Figure == id })]; c.Redefined || c.Was != "2" {
		t.Errorf("%+v", c)
	}
}
