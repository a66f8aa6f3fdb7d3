package process_test

import (
	"context"
	"slices"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// What somebody would leave lying is listed, whether the inbox row names the post or its only holder; what others
// could take is not.
func TestHeldByOfOnlyHolder(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			people := []office.Person{{ID: "zhou-min", Name: "周敏", Active: true}, {ID: "li-na", Name: "李娜", Active: true}}
			posts := []office.Post{
				{ID: "CLERK@DP18", PersonID: "zhou-min", Role: "CLERK", DeptID: "DP18"},
				{
					ID: "CHIEF@DP34", PersonID: "zhou-min", Role: "CHIEF", DeptID: "DP34",
				}, {ID: "CHIEF@DP34", PersonID: "li-na", Role: "CHIEF", DeptID: "DP34"},
			}
			for _, rows := range []any{[]office.Dept{{ID: "DP18", Name: "甲"}, {ID: "DP34", Name: "乙"}}, people, posts} {
				if err := tx.Create(rows).Error; err != nil {
					return err
				}
			}
			for key, row := range map[int64][2]string{1: {"CLERK@DP18", "zhou-min"}, 2: {"CLERK@DP18", "CLERK@DP18"},
				3: {"CHIEF@DP34", "CHIEF@DP34"}} {
				task := process.Task{
					Key: key, State: process.TaskOpen, CreatedAt: noon, Detail: models.JSONOf(process.TaskDetail{Groups: []string{row[0]}}),
				}
				if err := process.OpenTask(tx, task, []string{row[1]}); err != nil {
					return err
				}
			}
			return nil
		})
		held, err := process.HeldBy(db.Read(context.Background()), "zhou-min")
		if err != nil {
			t.Fatal(err)
		}
		var keys []int64
		for _, h := range held {
			keys = append(keys, h.Task.Key)
		}
		if !slices.Equal(keys, []int64{1, 2}) {
			t.Errorf("held: %v, want 1 and 2", keys)
		}
	})
}
