package process_test

import (
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// TestHandEndedDrafts: what people of a unit that ended had begun to write passes to who does the same with the
// successor; who has another post keeps his, and before the day nothing moves.
func TestHandEndedDrafts(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
		end := now.Add(24 * time.Hour)
		past := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			var err error
			make := func(rows ...any) {
				for _, row := range rows {
					if err == nil {
						err = tx.Create(row).Error
					}
				}
			}
			make(&office.Dept{ID: "X", Name: "X", Kind: "applying"},
				&office.Dept{ID: "W", Name: "W", Kind: "applying", Successor: "X", ValidTo: &end})
			for _, p := range []struct {
				id, role, unit string
				rank           int
				to             *time.Time
			}{
				{"w1", "APPLY_CLERK", "W", 2, &end}, {"w2", "APPLY_LEADER", "W", 0, &end}, {"w3", "APPLY_CLERK", "W", 2, &end},
				{"w3", "JOINT", "X", 3, nil}, {"x1", "APPLY_CLERK", "X", 2, nil}, {"x0", "APPLY_FINANCE", "X", 0, nil},
			} {
				if p.id != "w3" || p.unit == "W" {
					make(&office.Person{ID: p.id, Name: p.id, Active: true, Kind: office.Internal})
				}
				make(&office.Post{ID: office.PostID(p.role, p.unit), PersonID: p.id, Role: p.role, DeptID: p.unit, Rank: p.rank,
					ValidFrom: past, ValidTo: p.to})
			}
			for _, who := range []string{"w1", "w1", "w2", "w3", "x1"} {
				make(&process.StartDraft{Person: who, Process: "own", Version: 1, Data: models.JSON(`{}`), Revision: 1, SavedAt: now})
			}
			return err
		})
		for _, c := range []struct {
			at    time.Time
			given int
			owns  map[string]int64
		}{
			{now, 0, map[string]int64{"w1": 2, "w2": 1, "w3": 1, "x1": 1, "x0": 0}},
			{end.Add(time.Hour), 3, map[string]int64{"w1": 0, "w2": 0, "w3": 1, "x1": 3, "x0": 1}}, // no leader there: the head
			{end.Add(2 * time.Hour), 0, map[string]int64{"w3": 1, "x1": 3, "x0": 1}},
		} {
			modelstest.Tx(t, db, func(tx *gorm.DB) error {
				given, err := process.HandEndedDrafts(tx, c.at)
				if given != c.given {
					t.Errorf("at %s: %d drafts given, want %d", c.at, given, c.given)
				}
				for who, want := range c.owns {
					var n int64
					if err := tx.Model(&process.StartDraft{}).Where("person = ?", who).Count(&n).Error; err != nil {
						return err
					}
					if n != want {
						t.Errorf("at %s: %s has %d drafts, want %d", c.at, who, n, want)
					}
				}
				return err
			})
		}
		var audited int64
		err := db.Read(t.Context()).Raw("SELECT COUNT(*) FROM audit WHERE action = 'draft.handed'").Scan(&audited).Error
		if err != nil || audited != 3 {
			t.Errorf("%d hand-overs in the audit: %v", audited, err)
		}
	})
}
