package register_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/register"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

var now = time.Date(2026, 11, 24, 10, 0, 0, 0, models.Zone)

func open(t *testing.T, db *models.DB) {
	t.Helper()
	a := models.Acting{Person: models.System, At: now}
	run(t, db, func(tx *gorm.DB) error {
		if err := demo.Install(tx, a); err != nil {
			return err
		}
		_, err := models.StoreBundle(tx, a, "digest", []models.BundleFile{{Name: "x.bpmn", Data: []byte("<x/>")}}, []models.Definition{{Process: "qc_lifecycle"}, {Process: "qc_r1_rectify"}})
		return err
	})
}

func run(t *testing.T, db *models.DB, f func(*gorm.DB) error) {
	t.Helper()
	if err := db.Tx(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// refused runs f, which must be refused and write nothing, and gives what was wrong.
func refused(t *testing.T, db *models.DB, f func(*gorm.DB) error) string {
	t.Helper()
	err := db.Tx(context.Background(), f)
	var r *models.Refusal
	if !errors.As(err, &r) {
		t.Fatalf("%v, want a refusal", err)
	}
	return r.Error()
}

func acting(person, post string) models.Acting {
	return models.Acting{Person: person, Post: post, Posts: []string{post}, At: now, Event: "u:" + person + ":1", Reason: "因材料有误撤回"}
}

var (
	clerk   = acting("clerk-18", "APPLY_CLERK@DP18")
	liaison = acting("finance", "FINANCE_LIAISON@DP22")
	chief   = acting("chief", "BUREAU_CHIEF@DP34")
)

func draft() register.Draft {
	return register.Draft{Name: "示例平台", Type: "新建", Dept: "DP18", MlpsLevel: 2, Lines: []register.Line{{Category: "硬件", Name: "服务器", Qty: "3", UnitPrice: "0.335"}}}
}

func TestDraft(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		open(t, db)
		var p models.Project
		create := func(a models.Acting, change func(*register.Draft)) func(*gorm.DB) error {
			return func(tx *gorm.DB) (err error) {
				d := draft()
				d.Lines[0].UnitPrice = "33.33"
				if change != nil {
					change(&d)
				}
				p, err = register.Create(tx, a, d)
				return err
			}
		}
		past := clerk
		past.BusinessDate = "2022-02-15"
		future := clerk
		future.BusinessDate = "2027-01-01"
		for name, c := range map[string]struct {
			a      models.Acting
			change func(*register.Draft)
			want   string
		}{
			"another department": {acting("x", "APPLY_CLERK@DP02"), nil, "not-your-department"},
			"everything wrong at once": {clerk, func(d *register.Draft) {
				d.Name, d.Type, d.MlpsLevel = "短", "改建", 5
				d.Lines = []register.Line{{Category: "茶", Name: " ", Qty: "0", UnitPrice: "1.005"}, {Category: "硬件", Name: "x", Qty: "999999999999", UnitPrice: "9999999"}}
			}, "invalid-data; /name: length; /type: not-an-option; /mlpsLevel: number-range; /lines/0/category: not-an-option; /lines/0/name: required; /lines/0/qty: quantity-format; /lines/0/unitPrice: money-format; /lines/1/qty: amount-too-large"},
			"its own code today":  {clerk, func(d *register.Draft) { d.Code = "XM-2022-003" }, "invalid-data; /code: code-needs-back-registration"},
			"a code of no format": {past, func(d *register.Draft) { d.Code = "XX-1" }, "invalid-data; /code: code-format"},
			"in the future":       {future, nil, "invalid-data; /businessDate: date-in-future"},
		} {
			if got := refused(t, db, create(c.a, c.change)); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
		}
		run(t, db, create(past, func(d *register.Draft) { d.Code = "XM-2022-007" }))
		if got := refused(t, db, create(past, func(d *register.Draft) { d.Code = "XM-2022-007" })); got != "code-taken" {
			t.Error(got)
		}
		run(t, db, create(past, nil)) // the sequence goes on after the code that was given
		if p.Code != "XM-2022-008" || p.Stage != models.Draft || p.DraftedOn != "2022-02-15" {
			t.Errorf("%+v", p)
		}
		var starts int64
		db.Read(context.Background()).Model(&models.Outgoing{}).Where("kind = ? AND project = ?", models.OutStart, p.Code).Count(&starts)
		lines, err := models.Lines(db.Read(context.Background()), p.Code)
		if err != nil || starts != 1 || len(lines) != 1 || lines[0].Declared.String() != "99.99" || lines[0].Qty.String() != "3" {
			t.Errorf("%d starts, lines %+v, %v", starts, lines, err)
		}
	})
}

func TestEditAndWithdraw(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		open(t, db)
		var p models.Project
		run(t, db, func(tx *gorm.DB) (err error) {
			d := draft()
			d.Lines = nil
			p, err = register.Create(tx, clerk, d)
			return err
		})
		name := "新名称"
		edit := func(version int) func(*gorm.DB) error {
			return func(tx *gorm.DB) (err error) {
				_, err = register.Edit(tx, clerk, p.Code, version, register.Patch{Name: &name})
				return err
			}
		}
		run(t, db, edit(1))
		if got := refused(t, db, edit(1)); got != "stale-version" {
			t.Error(got)
		}
		run(t, db, func(tx *gorm.DB) error {
			_, err := register.PutLines(tx, clerk, p.Code, 2, []register.Line{{Category: "硬件", Name: "甲", Qty: "0.3333", UnitPrice: "3.00"}}, nil)
			return err
		})
		row, err := models.ProjectByCode(db.Read(context.Background()), nil, p.Code)
		if err != nil || row.Name != name || row.Version != 3 || row.Totals.Declared.String() != "1.00" {
			t.Errorf("%+v, %v", row, err)
		}
		if _, err := models.ProjectByCode(db.Read(context.Background()), &models.Viewer{Depts: []string{"DP02"}}, p.Code); err == nil {
			t.Error("another department sees the draft")
		}
		// Submitted and with the leader: neither editable nor, once accepted, withdrawable.
		run(t, db, func(tx *gorm.DB) error {
			return tx.Exec("UPDATE project SET revision_no = 1 WHERE code = ?", p.Code).Error
		})
		if got := refused(t, db, edit(3)); got != "not-editable" {
			t.Error(got)
		}
		withdraw := func(a models.Acting) func(*gorm.DB) error {
			return func(tx *gorm.DB) error { _, err := register.Withdraw(tx, a, p.Code); return err }
		}
		silent := clerk
		silent.Reason = "撤"
		if got := refused(t, db, withdraw(silent)); got != "invalid-data; /reason: reason-too-short" {
			t.Error(got)
		}
		run(t, db, withdraw(clerk))
		run(t, db, func(tx *gorm.DB) error {
			return models.SetStage(tx, chief, &p, models.Accepted)
		})
		if got := refused(t, db, withdraw(clerk)); got != "not-withdrawable" {
			t.Error(got)
		}
	})
}

func TestRaise(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		open(t, db)
		raise := func(f register.Finding) func(*gorm.DB) error {
			return func(tx *gorm.DB) error { _, err := register.Raise(tx, chief, f); return err }
		}
		got := refused(t, db, raise(register.Finding{Title: " ", Severity: "D", Source: "rumour", OwnerDept: "DP99", Project: "XM-2022-999", FoundOn: "2027-01-01"}))
		want := "invalid-data; /title: required; /severity: not-an-option; /source: not-an-option; /foundOn: date-in-future; /ownerDept: no-rectification-owner; /project: project-unknown"
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
		run(t, db, raise(register.Finding{Title: "窗口排队过长", Severity: "C", Source: "manual", OwnerDept: "DP18"}))
		rows, _, counts, err := models.Rectifications(db.Read(context.Background()), models.RectificationFilter{})
		if err != nil || len(rows) != 1 || rows[0].No != "ZG-2026-001" || rows[0].State != models.RectOpen || rows[0].Registrar != "chief" || counts["OPEN"] != 1 {
			t.Errorf("%+v %v %v", rows, counts, err)
		}
	})
}

func TestOfflineNeedsTwoPersons(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		open(t, db)
		var p models.Project
		run(t, db, func(tx *gorm.DB) (err error) {
			d := draft()
			d.Lines = nil
			p, err = register.Create(tx, clerk, d)
			return err
		})
		in := register.OfflineFact{
			Partner: "finance", EventType: "budget.issued", Project: p.Code, OccurredOn: "2022-04-12", Reason: "按纸质文件补录",
			Data: json.RawMessage(`{"bgt_id":"B1","amount":"10.00"}`),
		}
		var o models.Offline
		put := func(a models.Acting, in register.OfflineFact) func(*gorm.DB) error {
			return func(tx *gorm.DB) (err error) { o, err = register.RegisterOffline(tx, a, in); return err }
		}
		if got := refused(t, db, put(clerk, in)); got != "not-the-liaison" {
			t.Error(got)
		}
		bad := in
		bad.Project, bad.OccurredOn, bad.Reason, bad.Evidence, bad.Data = "XM-2022-999", "2027-01-01", "补", "77", json.RawMessage(`{"amount":"1.005"}`)
		want := "invalid-data; /data/bgt_id: required; /data/amount: money-format; /occurredOn: date-in-future; /reason: reason-too-short; /project: project-unknown; /evidence: document-unknown"
		if got := refused(t, db, put(liaison, bad)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		wrong := in
		wrong.EventType = "procurement.awarded"
		if got := refused(t, db, put(liaison, wrong)); !strings.Contains(got, "/eventType: event-unknown") {
			t.Error(got)
		}
		run(t, db, put(liaison, in))
		verify := func(a models.Acting, accept bool, note string) func(*gorm.DB) error {
			return func(tx *gorm.DB) error {
				_, e, err := register.VerifyOffline(tx, a, o.ID, accept, note)
				if err == nil && (e == nil || !e.Offline || !e.Linked || e.Project != p.Code || models.DateOf(e.OccurredAt) != "2022-04-12") {
					t.Errorf("event %+v", e)
				}
				return err
			}
		}
		if got := refused(t, db, verify(liaison, true, "")); got != "second-person-needed" {
			t.Error(got)
		}
		if got := refused(t, db, verify(chief, false, "")); got != "invalid-data; /reason: reason-too-short" {
			t.Error(got)
		}
		run(t, db, verify(chief, true, ""))
		if got := refused(t, db, verify(chief, true, "")); got != "checked-already" {
			t.Error(got)
		}
	})
}
