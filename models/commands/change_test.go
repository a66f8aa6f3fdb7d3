package commands_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/outbox"
)

const because = "建设中发现原方案未覆盖防汛会商场景，经各方会商一致，需要调整建设内容与工作量。"

// underContract plays a project to its contract of 750,000.00, of 900,000.00 approved and issued; 20,000.00 are
// still to be bought.
func (d *desk) underContract() {
	d.t.Helper()
	d.awarded()
	d.contracted()
	d.tx(func(tx *gorm.DB) error { // as a model that knows packages signs it
		return tx.Model(&books.Contract{}).Where("project = ?", d.project().Code).Update("package", "S1").Error
	})
	d.fact("finance", "budget.issued", "2022-07-30", `{"bgt_id":"BGT-2","amount":"100000.00","doc_date":"2022-07-30"}`)
	d.headers, d.on = nil, "2022-08-01"
}

// changing begins a change, and gives its number.
func (d *desk) changing() string {
	d.t.Helper()
	r := books.ChangeRequest{Project: d.project().Code, ContractNo: "YJ-2022HT-01", Origin: books.ChangeOfUnit, SameSubject: true}
	d.tx(func(tx *gorm.DB) error { return books.NewChange(tx, d.who("APPLY_CLERK@DP18", 0), &r) })
	d.vars["changeNo"], d.vars["contractNo"] = r.No, r.ContractNo
	return r.No
}

// asked is the form of a change: a new line of an amount, or line 1 cut by one.
func (d *desk) asked(delta, goal string, more string) string {
	line := fmt.Sprintf(`{"lineNo":0,"name":"防汛会商","old":"0","new":%q}`, delta)
	if delta[0] == '-' {
		left, _ := models.ParseMoney("400000.00")
		cut, _ := models.ParseMoney(delta)
		line = fmt.Sprintf(`{"lineNo":1,"name":"应用软件","old":"400000.00","new":%q}`, left.Add(cut).String())
	}
	return fmt.Sprintf(
		`{"act":"send","kind":"content","contractNo":"YJ-2022HT-01","reason":%q,"lines":[%s],"sameSubject":"yes","goalChanged":%q,"documents":[%q]%s}`,
		because, line, goal, d.paperOf(d.project().Code, delta+goal), more,
	)
}

func (d *desk) changeOf(no string) books.ChangeRequest {
	d.t.Helper()
	c, err := books.FindChange(d.db.Read(context.Background()), no)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// gate is the code with which the check point of the request refuses; "" when it does not.
func (d *desk) gate() string {
	d.t.Helper()
	err := d.db.Tx(context.Background(), func(tx *gorm.DB) error {
		return commands.Gate(
			tx, d.who("APPLY_CLERK@DP18", 0),
			commands.Act{Headers: map[string]string{"checks": "change", "answers": "later"}, Project: d.project().Code, Root: 1},
		)
	})
	var r *models.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return ""
}

// TestClassOfAChange: D10 at its boundaries, and C15 beside it.
func TestClassOfAChange(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.underContract()
		for _, c := range []struct{ delta, goal, class, gate string }{
			{"45000.00", "no", books.ClassMinor, ""},
			{"45000.01", "no", books.ClassFiling, ""},
			{"75000.00", "no", books.ClassFiling, ""},
			{"75000.01", "no", books.ClassFiling, "checks-block"},
			{"130000.00", "no", books.ClassFiling, "checks-block"},
			{"130000.01", "no", books.ClassReapprove, "checks-block"}, // beyond what is approved
			{"-135000.00", "no", books.ClassFiling, ""},
			{"-135000.01", "no", books.ClassReapprove, ""},
			{"1.00", "yes", books.ClassReapprove, ""},
		} {
			no := d.changing()
			r := d.run("APPLY_CLERK@DP18", "change.request", d.asked(c.delta, c.goal, ""))
			if got := fmt.Sprint(r["changeClass"]); got != c.class {
				t.Errorf("%s: %s, want %s", c.delta, got, c.class)
			}
			if got := d.gate(); got != c.gate {
				t.Errorf("%s: the point says %q, want %q", c.delta, got, c.gate)
			}
			d.headers = map[string]string{"state": "WITHDRAWN"}
			d.system("change.stop")
			d.headers = nil
			if got := d.changeOf(no).State; got != books.ChangeWithdrawn {
				t.Errorf("%s ended %s", no, got)
			}
		}
		if got := d.totals().Contracted.String(); got != "750000.00" {
			t.Errorf("contracted = %s", got)
		}
	})
}

// TestChangeComesIntoForce: money, terms, plan and baseline follow; the second one counts with the first, and
// the bureau's word of it is no second change.
func TestChangeComesIntoForce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.underContract()
		code := d.project().Code
		no := d.changing()
		r := d.run(
			"APPLY_CLERK@DP18", "change.request", d.asked("45000.00", "no", `,"days":30,"begunOn":"2022-07-20","begunWhy":"汛期紧急，先行实施"`),
		)
		d.want(r, "supervisorOrg", `"SV01"`)
		d.run("SUPERVISOR_PM@SV01", "change.opinion", `{"view":"agree","opinion":"情况属实，数量无误"}`)
		d.want(d.system("change.classify"), "changeClass", `"minor"`)
		d.system("change.adopt")
		d.run("BUREAU_REVIEW_A@DP34", "change.file", `{"result":"noted"}`)
		if got := d.totals().Contracted.String(); got != "795000.00" {
			t.Errorf("contracted = %s", got)
		}
		tx := db.Read(t.Context())
		terms, err := books.TermsOf(tx, "YJ-2022HT-01")
		if err != nil || len(terms) != 4 || terms[3].Amount.String() != "45000.00" || terms[3].Condition != "final" {
			t.Errorf("terms %+v, %v", terms, err)
		}
		ms, err := books.Milestones(tx, code)
		if err != nil || ms[0].PlanDate != "2022-08-31" || ms[1].PlanDate != "2023-01-19" {
			t.Errorf("plan %+v, %v", ms, err)
		}
		all, err := books.Baselines(tx, code)
		if err != nil || len(all) != 2 || all[0].Amount.String() != "750000.00" || all[1].Amount.String() != "795000.00" ||
			all[1].ChangeNo != no {
			t.Errorf("baselines %+v, %v", all, err)
		}
		var told int64
		tx.Model(&outbox.Outgoing{}).Where("event_type = 'project.changed' AND project = ?", code).Count(&told)
		if told != 2 {
			t.Errorf("%d bureaus were told", told)
		}
		var findings int64
		tx.Model(&books.Rectification{}).Where("project = ? AND title LIKE '先实施后批准%'", code).Count(&findings)
		if findings != 1 {
			t.Errorf("%d findings of work begun before", findings)
		}
		d.fact(
			"procurement", "procurement.contract_changed", "2022-08-03", `{"contract_no":"YJ-2022HT-01","delta":"45000.00","reason":"备案"}`,
		)
		if got := d.totals().Contracted.String(); got != "795000.00" || d.changeOf(no).Fact == "" {
			t.Errorf("the bureau's word counted again: %s, %+v", got, d.changeOf(no))
		}

		second := d.changing()
		r = d.run("APPLY_CLERK@DP18", "change.request", d.asked("0.01", "no", ""))
		d.want(r, "changeClass", `"filing"`)
		if c := d.changeOf(second); c.Cumulative.String() != "45000.01" || c.Ratio.String() != "5" {
			t.Errorf("cumulative %s, %s %%", c.Cumulative, c.Ratio)
		}
		d.system("change.adopt")
		d.changing()
		if got := d.refused("APPLY_CLERK@DP18", "change.request",
			`{"act":"send","kind":"cancel","contractNo":"YJ-2022HT-01","reason":"`+because+`","lines":[{"lineNo":1,"name":"x","old":"400000.00","new":"400000.01"}],"sameSubject":"yes","goalChanged":"no"}`); got != "invalid-data; /lines: cancel-must-reduce; /documents: evidence-missing" {
			t.Error(got)
		}
	})
}

// TestChangeIsRefused: what a request may not be.
func TestChangeIsRefused(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.underContract()
		no := d.changing()
		paper := d.paperOf(d.project().Code, "依据")
		for _, c := range [][2]string{
			{`{"act":"maybe","kind":"x","reason":"短","sameSubject":"","goalChanged":"","contractNo":"NO","documents":[]}`,
				"invalid-data; /act: not-an-option; /kind: not-an-option; /reason: text-too-short; /contractNo: no-signed-contract"},
			{`{"act":"send","kind":"content","reason":"` + because +
				`","sameSubject":"yes","goalChanged":"no","contractNo":"YJ-2022HT-01","documents":["` + paper + `"]}`,
				"invalid-data; /lines: change-lines-missing"},
			{`{"act":"send","kind":"schedule","reason":"` + because +
				`","sameSubject":"yes","goalChanged":"no","contractNo":"YJ-2022HT-01","documents":["` + paper + `"]}`,
				"invalid-data; /days: days-missing"},
			{`{"act":"send","kind":"person","persons":[{"role":"经理","old":"甲","new":"甲"}],"reason":"` + because +
				`","sameSubject":"yes","goalChanged":"no","contractNo":"YJ-2022HT-01","documents":["` + paper + `"]}`,
				"invalid-data; /persons/0/new: nothing-changes"},
			{`{"act":"send","kind":"supplier","supplier":{"name":"甲","uscc":"91341700MA00DEM0XX"},"reason":"` + because +
				`","sameSubject":"yes","goalChanged":"no","contractNo":"YJ-2022HT-01","documents":["` + paper + `"]}`,
				"invalid-data; /supplier/uscc: uscc-invalid"},
			{`{"act":"send","kind":"content","lines":[{"lineNo":0,"name":"a","old":"5","new":"6"},{"lineNo":9,"name":"b","old":"0","new":"1"},{"lineNo":1,"name":"c","old":"99999999","new":"1"}],"begunOn":"2030-01-01","begunWhy":"","reason":"` + because + `","sameSubject":"yes","goalChanged":"no","contractNo":"YJ-2022HT-01","documents":["77777"]}`,
				"invalid-data; /lines/0/old: new-content-has-no-old; /lines/1/lineNo: line-unknown; /lines/2/old: old-above-approved; /begunOn: date-in-future; /begunWhy: reason-too-short; /documents/0: document-unknown; /lines: change-below-paid"},
		} {
			if got := d.refused("APPLY_CLERK@DP18", "change.request", c[0]); got != c[1] {
				t.Errorf("%s\n got %s\nwant %s", c[0], got, c[1])
			}
		}
		if c := d.changeOf(no); c.State != books.ChangeDraft {
			t.Errorf("a refused request left %s", c.State)
		}
		d.fact(
			"finance", "budget.reclaimed", "2022-08-02", `{"bgt_id":"BGT-2","amount":"100000.00","from_year":"2022"}`,
		) // 770,000 of 800,000 are bound
		if got := d.refused("APPLY_CLERK@DP18", "change.request", d.asked("30000.01", "no",
			"")); got != "invalid-data; /lines: change-above-issued" {
			t.Error(got)
		}
		d.tx(func(tx *gorm.DB) error {
			p := d.project()
			clerk := d.who("APPLY_CLERK@DP18", 0)
			for want, try := range map[string]func() error{
				"change-open": func() error { _, err := acts.BeginChange(tx, clerk, p, ""); return err },
				"forbidden": func() error {
					_, err := acts.BeginChange(tx, d.who("APPLY_CLERK@DP17", 0), p, "")
					return err
				},
				"not-changeable": func() error { p.Stage = books.FinalPassed; _, err := acts.BeginChange(tx, clerk, p, ""); return err },
			} {
				p.Stage = books.Building
				var r *models.Refusal
				if err := try(); !errors.As(err, &r) || r.Code != want {
					t.Errorf("%v, want %s", err, want)
				}
			}
			return nil
		})
	})
}

// TestChangeApprovedAnew: trimmed, approved beyond the total, and in force when finance has issued it; what finance refuses
// is taken back.
func TestChangeApprovedAnew(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.underContract()
		d.changing()
		d.want(d.run("APPLY_CLERK@DP18", "change.request", d.asked("150000.00", "no", "")), "changeClass", `"reapprove"`)
		if got := d.refused("BUREAU_REVIEW_A@DP34", "change.trim",
			`{"lines":[{"no":1,"approved":"150000.01"},{"no":2,"approved":"0"}]}`); got != "invalid-data; /lines/0/approved: approved-above-asked; /lines/1/no: line-unknown" {
			t.Error(got)
		}
		if got := d.refused("BUREAU_REVIEW_A@DP34", "change.trim",
			`{"lines":[{"no":1,"approved":"140000.00","reason":""}]}`); got != "invalid-data; /lines/0/reason: not-an-option" {
			t.Error(got)
		}
		r := d.run("BUREAU_REVIEW_A@DP34", "change.trim", `{"lines":[{"no":1,"approved":"140000.00","reason":"PRICE"}]}`)
		d.want(r, "reviewedTotal", "1040000.00")
		d.want(r, "changeDelta", "140000.00")
		d.want(d.system("change.approve"), "approvedTotal", "1040000.00")
		d.want(d.system("change.money"), "changeMoney", `"WAITING"`)
		d.now = d.now.Add(time.Minute)
		d.fact("finance", "budget.rejected", "2022-08-05", `{"reason":"资金未落实"}`)
		d.want(d.system("change.money"), "changeMoney", `"REJECTED"`)
		d.fact("finance", "budget.issued", "2022-08-09", `{"bgt_id":"BGT-3","amount":"10000.00","doc_date":"2022-08-09"}`)
		d.want(d.system("change.money"), "changeMoney", `"ENOUGH"`)
		d.headers = map[string]string{"state": "REFUSED"}
		d.system("change.stop")
		if got := d.totals().Approved.String(); got != "900000.00" {
			t.Errorf("approved = %s", got)
		}
	})
}

// TestChangeOfTheBureau: a change on its record counts at once, is a breach of C15 where it is too much, and becomes a change that
// the unit explains; refused, it stays a breach.
func TestChangeOfTheBureau(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.underContract()
		code := d.project().Code
		d.fact(
			"procurement", "procurement.contract_changed", "2022-08-03",
			`{"contract_no":"YJ-2022HT-01","delta":"75000.00","reason":"补充协议"}`,
		)
		d.breaches("C12", "C10")
		d.fact(
			"procurement", "procurement.contract_changed", "2022-08-04", `{"contract_no":"YJ-2022HT-01","delta":"0.01","reason":"补充协议二"}`,
		)
		d.breaches("C15", "C12", "C10")
		all, err := books.Changes(db.Read(t.Context()), code)
		if err != nil || len(all) != 2 || all[0].Origin != books.ChangeOfBureau || all[0].Delta.String() != "75000.00" {
			t.Fatalf("changes %+v, %v", all, err)
		}
		d.vars["changeNo"] = all[0].No
		if got := d.refused("APPLY_CLERK@DP18", "change.request", `{"act":"withdraw"}`); got != "change-of-bureau" {
			t.Error(got)
		}
		explain := d.asked("70000.00", "no", "")
		if got := d.refused("APPLY_CLERK@DP18", "change.request", explain); got != "invalid-data; /lines: lines-differ-from-record" {
			t.Error(got)
		}
		d.want(d.run("APPLY_CLERK@DP18", "change.request", d.asked("75000.00", "no", "")), "changeClass", `"filing"`)
		if got := d.gate(); got != "" {
			t.Errorf("the explanation is held up: %s", got)
		}
		d.system("change.adopt")
		if got := d.totals().Contracted.String(); got != "825000.01" {
			t.Errorf("contracted = %s", got)
		}
		d.vars["changeNo"] = all[1].No
		d.headers = map[string]string{"state": "REFUSED"}
		d.system("change.stop")
		d.breaches("change-unapproved", "C15", "C12", "C10")
	})
}

// A wrong number in a form is refused, never a defect.
func TestChangeFormsTakeAnything(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.underContract()
		d.changing()
		for _, data := range []any{
			map[string]any{"act": "send", "lines": []any{map[string]any{"lineNo": "x", "old": "1e9", "new": "-1"}}, "days": "many"},
			map[string]any{"act": "send", "persons": []any{map[string]any{}}, "documents": []string{""}},
		} {
			raw, _ := json.Marshal(data)
			d.refused("APPLY_CLERK@DP18", "change.request", string(raw))
		}
	})
}
