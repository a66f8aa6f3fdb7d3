package commands_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/figures"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/seed"
)

// The ten projects of the seed, played through the commands, give the half-year
// report's figures (domain/data-model.md §6.1), and every check passes.
func TestSeedFigures(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		projects, err := seed.Projects()
		if err != nil {
			t.Fatal(err)
		}
		d := open(t, db)
		for _, p := range projects {
			d.seed(p)
		}
		want := map[string]string{
			"declared_count": "10", "declared_total": "57117600.00", "cut_total": "22177300.00", "deferred_total": "0.00",
			"cut_rate":       "38.83",
			"reviewed_total": "34940300.00", "approved_doc_total": "29945100.00", "contract_total": "3238000.00", "paid_total": "0.00",
			"rectification_found": "0",
		}
		got, checks, err := figures.HalfYear(db.Read(context.Background()), "2022-01-01", "2022-06-30")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range got {
			if w, ok := want[f.ID]; ok && f.Value != w {
				t.Errorf("%s = %s, want %s", f.ID, f.Value, w)
			}
			g, columns, rows, err := figures.Rows(db.Read(context.Background()), f.ID, "2022-01-01", "2022-06-30")
			if err != nil || g != f || len(columns) == 0 {
				t.Errorf("rows of %s: %+v, %v", f.ID, g, err)
			}
			if f.ID == "cut_total" {
				reasons(t, rows)
			}
		}
		for _, c := range checks {
			if !c.Pass {
				t.Errorf("check %s fails: %v", c.ID, c.Args)
			}
		}
	})
}

// seed plays one project as far as the review, and on where it went on.
func (d *desk) seed(p seed.Project) {
	d.t.Helper()
	d.on = models.Date(p.Dates["applied"])
	d.vars, d.headers = map[string]any{}, nil
	clerk := "APPLY_CLERK@" + p.Dept
	d.tx(func(tx *gorm.DB) error {
		draft := acts.Draft{Code: p.Code, Name: p.Name, Type: p.Type, Dept: p.Dept, MlpsLevel: p.MlpsLevel}
		for _, l := range p.Lines {
			draft.Lines = append(
				draft.Lines,
				acts.Line{Category: l.Category, Name: l.Name, Unit: l.Unit, Qty: l.Qty.String(), UnitPrice: l.UnitPrice.StringFixed(2)},
			)
		}
		_, err := acts.Create(tx, d.who(clerk, 0), draft)
		return err
	})
	d.vars = map[string]any{"projectCode": p.Code, "deptId": p.Dept}
	d.run(clerk, "application.complete", "{}")
	d.system("application.submit")
	d.on = models.Date(p.Dates["accepted"])
	d.run("BUREAU_ACCEPT@DP34", "formal.check", `{"decision":"accept"}`)
	d.system("formal.accept")
	d.on = models.Date(p.Dates["reviewed"])
	d.run("BUREAU_REVIEW_A@DP34", "review.pre", `{"comment":"可行"}`)
	rows := []map[string]any{}
	for i, l := range p.Lines {
		rows = append(
			rows,
			map[string]any{
				"lineNo": i + 1, "reviewed": l.Reviewed.StringFixed(2), "reason": l.Reason, "basis": l.Basis,
				"capabilityId": l.Capability,
			},
		)
	}
	sheet, err := json.Marshal(map[string]any{"lines": rows})
	if err != nil {
		d.t.Fatal(err)
	}
	d.run("BUREAU_REVIEW_A@DP34", "trimming.save", string(sheet))
	d.system("trimming.issue")
	if on := p.Dates["approved"]; on != "" && books.Stage(p.Stage).Reached(books.Approved) {
		d.on = models.Date(on)
		d.system("approval.issue")
	}
	if on := p.Dates["budgeted"]; on != "" {
		out := d.fact(
			"finance", "budget.issued", on,
			fmt.Sprintf(`{"bgt_id":"B%s","amount":"%s","doc_date":"%s"}`, p.Code, p.Reviewed().StringFixed(2), on),
		)
		if out.Parked != "" {
			d.t.Fatalf("%s: parked %s", p.Code, out.Parked)
		}
		d.system("budget.state")
	}
	if on := p.Dates["signed"]; on != "" {
		d.fact(
			"procurement", "procurement.contract_signed", on,
			fmt.Sprintf(`{"contract_no":"HT-%s","amount":"3238000.00","signed_on":"%s","supplier":"示例软件有限公司"}`, p.Code, on),
		)
	}
}

// reasons checks the cuts by reason (rules.md, TR-2).
func reasons(t *testing.T, rows []figures.Row) {
	t.Helper()
	sums, lines := map[string]models.Money{}, map[string]int{}
	for _, r := range rows {
		m, err := models.ParseMoney(r["amount"])
		if err != nil {
			t.Fatal(err)
		}
		sums[r["reason"]], lines[r["reason"]] = sums[r["reason"]].Add(m), lines[r["reason"]]+1
	}
	got := ""
	for _, reason := range models.CutReasons {
		got += fmt.Sprintf("%s %s (%d) ", reason, sums[reason], lines[reason])
	}
	want := "DUP 4785000.00 (6) REUSE 5723000.00 (9) OVER 4044000.00 (8) INVALID 1260000.00 (2) PRICE 5615300.00 (16) SCOPE 750000.00 (3) CALC 0.00 (0) DEFER 0.00 (0) "
	if got != want {
		t.Errorf("cuts by reason\n got %s\nwant %s", got, want)
	}
}
