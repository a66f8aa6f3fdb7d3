package api_test

import (
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestListedRectificationsSayWhatIsToBeDone: the board shows whose turn it is and
// until when, the inbox what the finding is about.
func TestListedRectificationsSayWhatIsToBeDone(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		const title = "不动产登记收件回执不一致"
		in := wire.RectificationInput{Title: title, Description: "窗口与网上的收件清单不一致。", OwnerDept: "DP18", Severity: "B", Source: "hotline"}
		var raised wire.Rectification
		w.do("zhao-kezhang", "POST", "/api/v1/rectifications", in).want(201, "").into(&raised)
		w.pump()
		dispatch := w.taskOf("zhao-kezhang", "r1_dispatch")
		if dispatch.Rectification != raised.No || dispatch.RectificationTitle != title {
			t.Errorf("in the inbox: %+v", dispatch)
		}
		for person, mine := range map[string]bool{"zhao-kezhang": true, "qin-heyan": false} {
			var page wire.RectificationPage
			w.do(person, "GET", "/api/v1/rectifications", nil).want(200, "").into(&page)
			if len(page.Items) != 1 || len(page.Items[0].OpenTasks) != 1 {
				t.Fatalf("%s sees %+v", person, page.Items)
			}
			if x := page.Items[0].OpenTasks[0]; x.Element != "r1_dispatch" || x.Mine != mine || x.Due == nil || x.Due.At == nil {
				t.Errorf("to %s the task is %+v", person, x)
			}
		}
	})
}
