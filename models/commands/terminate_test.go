package commands_test

import (
	"context"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

// TestTerminate (38): the books close with the process, and finance hears of an
// approval that does not hold any more; where it was told of none it hears nothing.
func TestTerminate(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		at := time.Date(2026, 11, 24, 10, 0, 0, 0, models.Zone)
		clerk := models.Acting{
			Person: "zhou-min", Post: "APPLY_CLERK@DP18", Posts: []string{"APPLY_CLERK@DP18"}, At: at, Event: "u:zhou-min:1",
		}
		head := models.Acting{Person: "lin-juzhang", At: at, Event: "u:lin-juzhang:1", Reason: "项目取消不再建设"}
		for i, approved := range []models.Date{"", "2026-11-20"} {
			err := db.Tx(context.Background(), func(tx *gorm.DB) error {
				if err := demo.Install(tx, models.Acting{Person: models.System, At: at}); err != nil {
					return err
				}
				if i == 0 {
					if _, err := process.StoreBundle(tx, clerk, "digest", []process.BundleFile{{Name: "x.bpmn", Data: []byte("<x/>")}},
						[]process.Definition{{Process: "qc_lifecycle"}}); err != nil {
						return err
					}
				}
				p, err := acts.Create(tx, clerk, acts.Draft{Name: "示例平台", Type: "新建", Dept: "DP18", MlpsLevel: 2})
				if err != nil {
					return err
				}
				if err := tx.Model(&p).Update("approved_on", approved).Error; err != nil {
					return err
				}
				within := books.Rectification{
					Source: "acceptance", Title: "响应时间不达标", Project: models.Optional(p.Code), OwnerDept: "DP18", Severity: "B",
				}
				if err := books.NewRectification(tx, clerk, &within); err != nil {
					return err
				}
				if err := commands.Terminate(tx, commands.Call{Acting: head}, p.Code); err != nil {
					return err
				}
				if r, err := books.FindRectification(tx, within.No); err != nil || r.State != books.RectInvalid {
					t.Errorf("a finding within the project that was ended is %s, %v", r.State, err)
				}
				var last books.RectificationStep
				if err := tx.Where("no = ?", within.No).Order("seq DESC").Take(&last).Error; err != nil || last.Text != head.Reason ||
					last.Actor != head.Person || !texts.Has("rectStep."+last.Action) {
					t.Errorf("its history ends with %+v, %v", last, err)
				}
				var sent int64
				if err := tx.Model(&outbox.Outgoing{}).Where("event_type = 'project.revoked' AND project = ?",
					p.Code).Count(&sent).Error; err != nil {
					return err
				}
				now, err := books.FindProject(tx, p.Code)
				if now.Stage != books.Terminated || sent != int64(i) {
					t.Errorf("approved on %q: stage %s, %d revocations", approved, now.Stage, sent)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
