package models_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// Older books beside newer marks give out no number twice, by whatever way they were restored.
func TestNumbersGoOnBeyondTheMarks(t *testing.T) {
	for name, dsn := range dialects {
		t.Run(name, func(t *testing.T) {
			ctx, file := context.Background(), filepath.Join(t.TempDir(), "marks.json")
			db, older := modelstest.Open(t, dsn(t)), modelstest.Open(t, dsn(t))
			give := func(db *models.DB) (code string, n, paper int64) {
				modelstest.Tx(t, db, func(tx *gorm.DB) (err error) {
					if code, err = models.NextCode(tx, "FK", 2026); err != nil {
						return err
					}
					if paper, err = models.Next(tx, "doc_counter", "form:a/b", 2026); err != nil {
						return err
					}
					return tx.Raw("INSERT INTO notification (person, kind, cause, subject, args, created_at) VALUES ('x', 'k', ?, '', '{}', ?) RETURNING id", code, time.Now()).
						Scan(&n).
						Error
				})
				return code, n, paper
			}
			for range 7 {
				give(db)
			}
			m, err := db.MarksOf(ctx, time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			if err := m.Keep(file); err != nil {
				t.Fatal(err)
			}
			if err := (models.Marks{At: m.At, Counters: map[string]int64{"business_counter/FK/2026": 3}}).Keep(file); err != nil {
				t.Fatal(err)
			}
			raised, err := older.HoldMarks(ctx, file)
			if err != nil || len(raised) == 0 {
				t.Fatalf("raised %v, %v", raised, err)
			}
			if code, n, paper := give(older); code != "FK-2026-008" || n != 8 || paper != 8 {
				t.Errorf("the next are %s, %d, %d", code, n, paper)
			}
			if raised, err := older.HoldMarks(ctx, file); err != nil || len(raised) > 0 {
				t.Errorf("raised again: %v, %v", raised, err)
			}
			modelstest.Tx(t, older, func(tx *gorm.DB) error { _, err := m.Raise(tx, 100); return err })
			if code, n, paper := give(older); code != "FK-2026-108" || n != 108 || paper != 108 {
				t.Errorf("with a leap the next are %s, %d, %d", code, n, paper)
			}
		})
	}
}
