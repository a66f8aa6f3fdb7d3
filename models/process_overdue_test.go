package models_test

import (
	"context"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// A task that is late is recorded once; one that is not, or has no due time, is not.
func TestOverdueIsRecordedOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		must(t, db, func(tx *gorm.DB) error {
			for i, due := range []*time.Time{ptr(noon.Add(-time.Hour)), ptr(noon.Add(time.Hour)), nil} {
				task := models.Task{Key: int64(i + 1), Root: 9, Name: "审签", State: models.TaskOpen, DueAt: due, CreatedAt: noon, Detail: models.JSON(`{}`)}
				if err := models.SaveTask(tx, task, []string{"zhou-min"}); err != nil {
					return err
				}
			}
			return nil
		})
		for _, want := range []int{1, 0} {
			must(t, db, func(tx *gorm.DB) error {
				n, err := models.RecordOverdue(tx, noon, 10)
				if n != want {
					t.Errorf("recorded %d, want %d", n, want)
				}
				return err
			})
		}
		var entries []models.AuditEntry
		if err := db.Read(context.Background()).Where("chain = 'i:9'").Find(&entries).Error; err != nil || len(entries) != 1 || entries[0].Subject != "task:1" {
			t.Errorf("audit %+v, %v", entries, err)
		}
	})
}

func ptr(t time.Time) *time.Time { return &t }
