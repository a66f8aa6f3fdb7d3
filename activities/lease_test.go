package activities_test

import (
	"context"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/workflows/contract"
)

// An attempt that waits for a lock gives up by itself, although nobody ends its
// context: it cannot outlive the activity that began it. The same event
// happens once the lock is free.
func TestAttemptGivesUpBeforeItsLease(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": modelstest.SQLite, "postgres": modelstest.Postgres} {
		t.Run(name, func(t *testing.T) {
			at := dsn(t)
			h := activitiestest.Build(t, modelstest.Open(t, at), "testdata/two.bpmn")
			root, _ := h.Start("two", nil)
			r := h.Operation(root, "first", "complete", "ann")
			other, err := models.Open(at)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = other.Close() }()
			err = other.Tx(context.Background(), func(tx *gorm.DB) error {
				if err := tx.Exec("UPDATE root_state SET open = open WHERE key = ?", root).Error; err != nil {
					return err
				}
				if out, err := h.Send(context.Background(), r); !models.IsTransient(err) {
					t.Errorf("while the instance is locked: %+v, %v", out, err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			h.Wants(h.Commit(r), contract.Applied, "")
			if n := h.Count("SELECT step FROM root_state WHERE key = ?", root); n != 2 {
				t.Errorf("%d steps, want 2", n)
			}
		})
	}
}
