package acts_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/partner/inbox"
	"github.com/quancheng/quancheng/models/process"
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
		_, err := process.StoreBundle(
			tx, a, "digest", []process.BundleFile{{Name: "x.bpmn", Data: []byte("<x/>")}},
			[]process.Definition{{Process: "qc_lifecycle"}, {Process: "qc_r1_rectify"}},
		)
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

func draft() acts.Draft {
	return acts.Draft{
		Name: "示例平台", Type: "新建", Dept: "DP18", MlpsLevel: 2,
		Lines: []acts.Line{{Category: "硬件", Name: "服务器", Qty: "3", UnitPrice: "0.335"}},
	}
}

func TestDraft(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		open(t, db)
		var p books.Project
		create := func(a models.Acting, change func(*acts.Draft)) func(*gorm.DB) error {
			return func(tx *gorm.DB) (err error) {
				d := draft()
				d.Lines[0].UnitPrice = "33.33"
				if change != nil {
					change(&d)
				}
				p, err = acts.Create(tx, a, d)
				return err
			}
		}
		past := clerk
		past.BusinessDate = "2022-02-15"
		future := clerk
		future.BusinessDate = "2027-01-01"
		for name, c := range map[string]struct {
			a      models.Acting
			change func(*acts.Draft)
			want   string
		}{
			"another department": {acting("x", "APPLY_CLERK@DP02"), nil, "not-your-department"},
			"everything wrong at once": {clerk, func(d *acts.Draft) {
				d.Name, d.Type, d.MlpsLevel = "短", "改建", 5
				d.Lines = []acts.Line{{Category: "茶", Name: " ", Qty: "0", UnitPrice: "1.005"},
					{Category: "硬件", Name: "x", Qty: "999999999999", UnitPrice: "9999999"}}
			}, "invalid-data; /name: length; /type: not-an-option; /mlpsLevel: number-range; /lines/0/category: not-an-option; /lines/0/name: required; /lines/0/qty: quantity-format; /lines/0/unitPrice: money-format; /lines/1/qty: amount-too-large"},
			"its own code today": {clerk, func(d *acts.Draft) { d.Code = "XM-2022-003" },
				"invalid-data; /code: code-needs-back-registration"},
			"a code of no format": {past, func(d *acts.Draft) { d.Code = "XX-1" }, "invalid-data; /code: code-format"},
			"in the future":       {future, nil, "invalid-data; /businessDate: date-in-future"},
		} {
			if got := refused(t, db, create(c.a, c.change)); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
		}
		run(t, db, create(past, func(d *acts.Draft) { d.Code = "XM-2022-007" }))
		if got := refused(t, db, create(past, func(d *acts.Draft) { d.Code = "XM-2022-007" })); got != "code-taken" {
			t.Error(got)
		}
		run(t, db, create(past, nil)) // the sequence goes on after the code that was given
		if p.Code != "XM-2022-008" || p.Stage != books.Draft || p.DraftedOn != "2022-02-15" {
			t.Errorf("%+v", p)
		}
		var starts int64
		db.Read(context.Background()).Model(&outbox.Outgoing{}).Where("kind = ? AND project = ?", outbox.OutStart, p.Code).Count(&starts)
		lines, err := books.Lines(db.Read(context.Background()), p.Code)
		if err != nil || starts != 1 || len(lines) != 1 || lines[0].Declared.String() != "99.99" || lines[0].Qty.String() != "3" {
			t.Errorf("%d starts, lines %+v, %v", starts, lines, err)
		}
	})
}

func TestEditAndWithdraw(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		open(t, db)
		var p books.Project
		run(t, db, func(tx *gorm.DB) (err error) {
			d := draft()
			d.Lines = nil
			p, err = acts.Create(tx, clerk, d)
			return err
		})
		name := "新名称"
		edit := func(version int) func(*gorm.DB) error {
			return func(tx *gorm.DB) (err error) {
				_, err = acts.Edit(tx, clerk, p.Code, version, acts.Patch{Name: &name})
				return err
			}
		}
		run(t, db, edit(1))
		if got := refused(t, db, edit(1)); got != "stale-version" {
			t.Error(got)
		}
		run(t, db, func(tx *gorm.DB) error {
			_, err := acts.PutLines(tx, clerk, p.Code, 2, []acts.Line{{Category: "硬件", Name: "甲", Qty: "0.3333", UnitPrice: "3.00"}}, nil)
			return err
		})
		row, err := books.ProjectByCode(db.Read(context.Background()), nil, p.Code)
		if err != nil || row.Name != name || row.Version != 3 || row.Totals.Declared.String() != "1.00" {
			t.Errorf("%+v, %v", row, err)
		}
		if _, err := books.ProjectByCode(db.Read(context.Background()), &books.Viewer{Depts: []string{"DP02"}}, p.Code); err == nil {
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
			return func(tx *gorm.DB) error { _, err := acts.Withdraw(tx, a, p.Code); return err }
		}
		silent := clerk
		silent.Reason = "撤"
		if got := refused(t, db, withdraw(silent)); got != "invalid-data; /reason: reason-too-short" {
			t.Error(got)
		}
		run(t, db, withdraw(clerk))
		run(t, db, func(tx *gorm.DB) error {
			return books.SetStage(tx, chief, &p, books.Accepted)
		})
		if got := refused(t, db, withdraw(clerk)); got != "not-withdrawable" {
			t.Error(got)
		}
	})
}

func TestRaise(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		open(t, db)
		raise := func(f acts.Finding) func(*gorm.DB) error {
			return func(tx *gorm.DB) error { _, err := acts.Raise(tx, chief, f); return err }
		}
		got := refused(
			t, db,
			raise(
				acts.Finding{Title: " ", Severity: "D", Source: "rumour", OwnerDept: "DP99", Project: "XM-2022-999", FoundOn: "2027-01-01"},
			),
		)
		want := "invalid-data; /title: required; /severity: not-an-option; /source: not-an-option; /foundOn: date-in-future; /ownerDept: no-rectification-owner; /project: project-unknown"
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
		run(t, db, raise(acts.Finding{Title: "窗口排队过长", Severity: "C", Source: "manual", OwnerDept: "DP18"}))
		rows, _, counts, err := books.Rectifications(db.Read(context.Background()), books.RectificationFilter{})
		if err != nil || len(rows) != 1 || rows[0].No != "ZG-2026-001" || rows[0].State != books.RectOpen || rows[0].Registrar != "chief" ||
			counts["OPEN"] != 1 {
			t.Errorf("%+v %v %v", rows, counts, err)
		}
	})
}

func TestOfflineNeedsTwoPersons(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		open(t, db)
		var p books.Project
		run(t, db, func(tx *gorm.DB) (err error) {
			d := draft()
			d.Lines = nil
			p, err = acts.Create(tx, clerk, d)
			return err
		})
		in := inbox.OfflineFact{
			Partner: "finance", EventType: "budget.issued", Project: p.Code, OccurredOn: "2022-04-12", Reason: "按纸质文件补录",
			Data: json.RawMessage(`{"bgt_id":"B1","amount":"10.00"}`),
		}
		var o books.Offline
		put := func(a models.Acting, in inbox.OfflineFact) func(*gorm.DB) error {
			return func(tx *gorm.DB) (err error) { o, err = inbox.RegisterOffline(tx, a, in); return err }
		}
		if got := refused(t, db, put(clerk, in)); got != "not-the-liaison" {
			t.Error(got)
		}
		bad := in
		bad.Project, bad.OccurredOn, bad.Reason, bad.Evidence, bad.Data = "XM-2022-999", "2027-01-01", "补", "77", json.RawMessage(
			`{"amount":"1.005"}`,
		)
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
				_, e, err := inbox.VerifyOffline(tx, a, o.ID, accept, note)
				if err == nil &&
					(e == nil || !e.Offline || !e.Linked || e.Project != p.Code || models.DateOf(e.OccurredAt) != "2022-04-12") {
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
