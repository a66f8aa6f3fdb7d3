package api_test

import (
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
)

// lateExit is an end that a part of a life comes to because a day has passed.
type lateExit struct {
	end, process string
	later        [2]int // months, days
	signed       bool   // the contract is
	applied      bool   // for the final acceptance
	does         func(*changes)
	breach       string
}

var lateExits = []lateExit{
	{end: "qc_p7_contract/p7_unsigned_told", process: "qc_p7_contract", later: [2]int{0, 31}, breach: "package-unsigned"},
	{end: "qc_p8_construction/p8_month_fine", process: "qc_p8_construction", later: [2]int{1, 1}, signed: true},
	{end: "qc_p9_acceptance/p9_late_done", process: "qc_p9_acceptance", later: [2]int{6, 1}, signed: true, applied: true},
	{end: "qc_p9_acceptance/p9_extended", process: "qc_p9_acceptance", later: [2]int{6, 1}, signed: true, does: func(c *changes) {
		c.extends()
		c.does("zhao-kezhang", "p9_extension_confirm", "agree", nil)
	}},
	{end: "qc_p9_acceptance/p9_extension_refused", process: "qc_p9_acceptance", later: [2]int{6, 1}, signed: true, does: func(c *changes) {
		c.extends()
		c.does("zhao-kezhang", "p9_extension_confirm", "disagree", nil)
	}},
}

// TestLateExits: what happens when nobody does anything until a day of the law has passed, each part by itself.
func TestLateExits(t *testing.T) {
	for _, e := range lateExits {
		t.Run(e.end, func(t *testing.T) {
			w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
			c := &changes{town: w, code: "XM-2026-951"}
			c.bought(e.signed)
			w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
				if e.applied {
					r := books.AcceptanceRequest{Project: c.code, Kind: books.Final, Round: 1, AppliedOn: "2026-11-24", Actor: "x", At: w.clock(),
						Documents: models.JSON("[]")}
					if err := tx.Create(&r).Error; err != nil {
						return err
					}
				}
				a := models.Acting{Person: models.System, At: w.clock().UTC(), BusinessDate: models.DateOf(w.clock())}
				_, _, err := process.Begin(tx, a, process.Beginning{
					Process: e.process, BusinessKey: c.code, Project: c.code, Dept: "DP18", Acting: a,
					Variables: models.JSONOf(fields{
						"projectCode": c.code, "deptId": "DP18", "packageNo": "S1", "contractNo": "HT-951", "supplierOrg": "SU01", "supervisorOrg": "SV01",
					}),
				})
				return err
			}))
			w.pump()
			w.now = w.now.AddDate(0, e.later[0], e.later[1])
			clear(w.tokens)
			p := &player{town: w, code: c.code}
			p.timers()
			w.pump()
			if e.does != nil {
				e.does(c)
			}
			if !w.came(e.end) {
				t.Errorf("it did not come to %s\n%s\n%s", e.end, w.log.String(), w.dump("timer")+w.dump("incident"))
			}
			if got := w.broken(c.code); got != e.breach {
				t.Errorf("breaches %q, want %q", got, e.breach)
			}
		})
	}
}

// extends asks for a later final acceptance; one of yesterday, and one without a file, is refused.
func (c *changes) extends() {
	c.t.Helper()
	var paper wire.Document
	c.upload(c.clerk, c.code, "延期.pdf", []byte("%PDF-1.7\n% extension\n"), "", "kind", "evidence").want(201, "").into(&paper)
	ask := func(to string, files []any) wire.OperationRequest {
		return fills(fields{"extendedTo": to, "reason": "汛期停工两个月，试运行顺延", "document": files})
	}
	task := c.taskOf(c.clerk, "p9_extension")
	c.operate(c.clerk, task, "complete", ask("2027-05-01", []any{paper.ID})).want(422, "invalid-data")
	c.operate(c.clerk, task, "complete", ask("2027-12-31", []any{})).want(422, "invalid-data")
	c.operate(c.clerk, task, "complete", ask("2027-12-31", []any{paper.ID})).want(200, "")
	c.pump()
}
