package process_test

import (
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
)

// What an open task edits is a matter of whole names, of its own project, and ends with it.
func TestEditsOpen(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		for i, c := range []struct {
			project, edits, state string
			want                  bool
		}{
			{"XM-1", "application", process.TaskOpen, true},
			{"XM-2", "sheet.a,application", process.TaskOpen, true},
			{"XM-3", "application.form,lines", process.TaskOpen, false},
			{"XM-4", "", process.TaskOpen, false},
			{"XM-5", "application", process.TaskSuspended, false},
			{"XM-6", "application", process.TaskClosed, false},
		} {
			row := process.Task{
				Key: int64(i + 1), Project: c.project, Edits: c.edits, State: c.state, CreatedAt: time.Now(), Detail: models.JSON("{}"),
			}
			if err := db.Tx(t.Context(), func(tx *gorm.DB) error { return tx.Create(&row).Error }); err != nil {
				t.Fatal(err)
			}
			if got, err := process.EditsOpen(db.Read(t.Context()), c.project, "application"); err != nil || got != c.want {
				t.Errorf("%+v: %v, %v", c, got, err)
			}
		}
	})
}
