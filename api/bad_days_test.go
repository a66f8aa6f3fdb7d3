package api_test

import (
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
)

// TestImportWhileTasksAreOpen: of a list that comes while 500 tasks are open, who has them all is kept and named, and the
// others are taken; nothing of it touches a task.
func TestImportWhileTasksAreOpen(t *testing.T) {
	const open = 500
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := newHouse(t, db, nil)
		h.seat("sys", "SYS_ADMIN@QH01")
		h.seat("busy", "APPLY_CLERK@QH20")
		h.seat("idle", "APPLY_CLERK@QH20")
		err := db.Tx(ctx(), func(tx *gorm.DB) error {
			rows := make([]process.Task, open)
			for i := range rows {
				rows[i] = process.Task{
					Key: int64(i + 1), Root: int64(i + 1), Name: "填报", State: process.TaskOpen, Assignee: "busy", Version: 1, Round: 1,
					CreatedAt: noon, Detail: models.JSON("{}"),
				}
			}
			return tx.Omit("Undrafted").CreateInBatches(rows, 100).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		list := "单位编号,账号,姓名,岗位,状态\nQH20,busy,演示busy,,离岗\nQH20,idle,演示idle,,离岗\nQH20,,新来的,经办人,\n"
		var preview wire.ImportPreview
		h.upload("sys", list, nil).want(202, "").into(&preview)
		if len(preview.Refused) != 1 || preview.Refused[0].Code != "handover-needed" || preview.Refused[0].Line != 2 {
			t.Errorf("refused: %+v", preview.Refused)
		}
		if len(preview.New) != 1 || len(preview.Leaving) != 1 || preview.Leaving[0].ID != "idle" {
			t.Errorf("new %+v, leaving %+v", preview.New, preview.Leaving)
		}
		h.do("sys", "POST", "/api/v1/requests/"+preview.Request.ID+"/decide", map[string]any{"accept": true}).want(200, "")
		var still int64
		if err := db.Read(ctx()).Model(&process.Task{}).Where("assignee = ? AND version = 1", "busy").Count(&still).Error; err != nil ||
			still != open {
			t.Errorf("%s has %d tasks, %v", "busy", still, err)
		}
	})
}
