package api

import (
	"log/slog"
	"testing"
	"time"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestLooksAreCountedBesideTheReading: nobody waits for the database, and every look is written in the end.
func TestLooksAreCountedBesideTheReading(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		s := &Server{Deps: Deps{DB: db, Log: slog.Default()}}
		at := time.Date(2026, 3, 2, 9, 0, 7, 0, models.Zone)
		look := audit.AccessTally{Person: "ann", Action: audit.AccessRead, Subject: "read:/api/v1/projects/XM-1"}
		for _, n := range []int64{3, 1} {
			for range n {
				s.later(at, look)
			}
			s.writeTallies()
			s.writeTallies() // nothing waits any more
		}
		s.later(at.Add(time.Minute), look)
		s.writeTallies()
		var got []audit.AccessTally
		if err := db.Read(t.Context()).Order("minute").Find(&got).Error; err != nil {
			t.Fatal(err)
		}
		if len(got) != 2 || got[0].N != 4 || got[1].N != 1 || got[0].Minute != at.Unix()/60 || got[0].Person != "ann" {
			t.Errorf("%+v", got)
		}
	})
}
