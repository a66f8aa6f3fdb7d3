package figures

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/campaign"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/registers"
	"github.com/quancheng/quancheng/models/service"
	"github.com/quancheng/quancheng/workflows/definitions"
)

var half = Period{"2022-01-01", "2022-06-30"}

// by acts on a day of 2022.
func by(day models.Date, posts ...string) models.Acting {
	return models.Acting{
		Person: strings.ToLower(posts[0]), Posts: posts, At: day.Start().Add(10 * time.Hour), BusinessDate: day,
		Event: fmt.Sprint(day, posts, time.Now().UnixNano()),
	}
}

// county is a small one: two units, a campaign of three walks and two issues, and a few entries of the registers.
func county(t *testing.T, db *models.DB) {
	t.Helper()
	modelstest.Tx(t, db, func(tx *gorm.DB) error { return countyBut(tx, "") })
}

// countyBut is that county without one thing: "item I3", "walk 2022-04-20", or "duty/1", the second entry of a register.
func countyBut(tx *gorm.DB, without string) error {
	files, err := registers.Files(definitions.Registers())
	if err != nil {
		return err
	}
	for _, u := range []string{"U0", "U1", "U2"} {
		if err := tx.Create(&office.Dept{ID: u, Name: "单位" + u, Kind: "applying"}).Error; err != nil {
			return err
		}
	}
	if err := tx.Create(&office.UnitFunction{Function: "bureau", Unit: "U0",
		ValidFrom: half.From.Start().AddDate(-9, 0, 0).UTC()}).Error; err != nil {
		return err
	}
	if err := registers.Install(tx, by("2022-01-01", "OFFICE@U0"), files); err != nil {
		return err
	}
	if err := walked(tx, without); err != nil {
		return err
	}
	return entered(tx, without)
}

func walked(tx *gorm.DB, without string) error {
	for n, i := range []service.Item{{Unit: "U1", Instant: true, LegalDays: 20}, {Unit: "U1", LegalDays: 20, PromisedDays: 5},
		{Unit: "U2", LegalDays: 10, PromisedDays: 10}, {Unit: "U2", LegalDays: 10, PromisedDays: 4}} {
		i.Code, i.Name, i.Kind, i.ValidFrom = fmt.Sprintf("I%d", n), "事项", service.KindLicence, "2022-01-01"
		if without == "item "+i.Code {
			continue
		}
		if _, err := service.Save(tx, by("2022-01-04", "ORGANISER@U0"), i, 0); err != nil {
			return err
		}
	}
	c, err := campaign.Create(
		tx, by("2022-04-15", "ORGANISER@U0"),
		campaign.Campaign{Name: "走流程", StartsOn: "2022-04-18", EndsOn: "2022-09-30", LateDays: 5, Substitutes: 20, UrgeAfter: 20},
		[]string{"U1", "U2"},
	)
	if err != nil {
		return err
	}
	for u, items := range map[string][]string{"U1": {"I0", "I1"}, "U2": {"I2", "I3"}} {
		a := by("2022-04-18", "WALK_COORDINATOR@"+u)
		items = slices.DeleteFunc(items, func(i string) bool { return without == "item "+i })
		if _, err := campaign.PutList(tx, a, c.ID, u, items); err != nil {
			return err
		}
		if _, _, err := campaign.Submit(tx, a, c.ID, u); err != nil {
			return err
		}
		if _, _, err := campaign.Approve(tx, by("2022-04-18", "ORGANISER@U0"), c.ID, u); err != nil {
			return err
		}
	}
	for _, w := range []struct {
		item, unit string
		on         models.Date
	}{{"I0", "U1", "2022-04-20"}, {"I1", "U1", "2022-04-21"}, {"I2", "U2", "2022-05-05"}, {"I2", "U2", "2022-05-06"},
		{"I3", "U2", "2022-07-01"}} {
		if without == "walk "+string(w.on) || without == "item "+w.item {
			continue
		}
		r := campaign.Record{
			Campaign: c.ID, Item: w.item, Role: "群众", Channel: "window", On: w.on, Result: "办成", TicketNo: "A1", NoIssue: "全程顺利没有问题",
			Steps: []campaign.Step{{Name: "受理"}},
		}
		saved, _, err := campaign.Save(tx, by(w.on, "WALKER@"+w.unit), r)
		if err != nil {
			return err
		}
		if err := issueOf(tx, saved); err != nil {
			return err
		}
	}
	return nil
}

// raise is an issue of a walk that has come to a state.
func raise(tx *gorm.DB, w campaign.Walk, state string, then func(r *books.Rectification)) error {
	r := books.Rectification{Title: "材料重复", OwnerDept: w.Unit, Severity: "B", Source: "walk", FoundOn: w.OnDate}
	if err := books.NewRectification(tx, by(w.OnDate, "WALKER@"+w.Unit), &r); err != nil {
		return err
	}
	if err := campaign.KeepIssue(tx, w, 1, "SYS", r.No); err != nil {
		return err
	}
	r.State = state
	then(&r)
	return books.SaveRectification(tx, by("2022-05-20", "RECT_VERIFIER@U0"), &r, "verify", "核验")
}

// issueOf closes the issue of one walk and refers that of another up.
func issueOf(tx *gorm.DB, w campaign.Walk) error {
	switch w.OnDate {
	case "2022-04-20":
		return raise(tx, w, books.RectClosed, func(r *books.Rectification) {
			r.ClosedOn, r.MaterialsCut, r.StepsCut, r.DaysCut = "2022-05-20", 2, 1, 35
		})
	case "2022-05-05":
		return raise(tx, w, books.RectReferredUp, func(r *books.Rectification) { r.ReferredOn = "2022-05-20" })
	}
	return nil
}

func entered(tx *gorm.DB, without string) error {
	add := func(register string, fields map[string]any) error {
		for key, v := range fields {
			if n, ok := v.(int); ok {
				fields[key] = fmt.Sprint(n)
			}
		}
		d, err := registers.Newest(tx, register)
		if err == nil {
			_, err = registers.Add(tx, by("2022-07-04", "OFFICE@U0"), d, fields)
		}
		return err
	}
	rows := []struct {
		register string
		fields   map[string]any
	}{
		{"windows", map[string]any{"window": "税务", "unit": "U1", "items": 5, "seats": 1, "staff": 1}},
		{"windows", map[string]any{"window": "公安", "unit": "U2", "items": 5, "seats": 1, "staff": 1}},
		{"duty", map[string]any{"window": "税务", "date": "2022-01-08", "handled": 3, "calls": 2}},
		{"duty", map[string]any{"window": "税务", "date": "2022-01-09", "handled": 4, "calls": 1}},
		{"duty", map[string]any{"window": "公安", "date": "2022-07-02", "handled": 9, "calls": 9}}, // the next half-year
		{"licences", map[string]any{"code": "L1", "name": "许可证", "unit": "U1", "national": true, "date": "2022-01-01"}},
		{"licences", map[string]any{"code": "L2", "name": "登记证", "unit": "U1", "national": false, "date": "2022-01-01"}},
		{"stuck_window", map[string]any{"no": "1", "date": "2022-02-01", "kind": "CONSULT", "item": "补证"}},
		{
			"stuck_window",
			map[string]any{
				"no": "2", "date": "2022-02-02", "kind": "CASE", "item": "补证", "unit": "U1", "closedOn": "2022-02-09",
				"result": "已办结",
			},
		},
		{"stuck_window", map[string]any{"no": "3", "date": "2022-02-03", "kind": "CASE", "item": "迁移", "unit": "U1"}},
		{"collection", map[string]any{"batch": 1, "unit": "U1", "date": "2022-02-01", "status": "DONE", "doneOn": "2022-05-01"}},
		{"collection", map[string]any{"batch": 2, "unit": "U2", "date": "2022-05-01", "status": "STARTED"}},
		{"catalogue", map[string]any{"version": "V0.1", "date": "2022-02-01", "status": "PUBLISHED"}},
		{"catalogue", map[string]any{"version": "V0.5", "date": "2022-05-01", "status": "PUBLISHED"}},
		{"promotion_out", map[string]any{"trip": "1", "date": "2022-03-10", "project": "茶厂"}},
		{"promotion_in", map[string]any{"group": "1", "date": "2022-03-10", "company": "企业"}},
		{"plan_tasks", map[string]any{"code": "T1", "title": "督促", "kind": "URGE", "date": "2022-06-30", "due": "2022-07-31", "units": 3}},
		{
			"plan_tasks",
			map[string]any{
				"code": "T2", "title": "第二阶段", "kind": "WALK", "date": "2022-06-30", "due": "2022-09-30", "units": 3, "items": 40,
			},
		},
	}
	for i := range 12 {
		rows = append(rows, struct {
			register string
			fields   map[string]any
		}{"business_desk", map[string]any{"date": "2022-03-01", "enterprise": fmt.Sprintf("企业%d", i), "kind": "咨询", "demand": "政策"}})
	}
	nth := map[string]int{}
	for _, r := range rows {
		mark := fmt.Sprintf("%s/%d", r.register, nth[r.register])
		if nth[r.register]++; mark == without {
			continue
		}
		if err := add(r.register, r.fields); err != nil {
			return fmt.Errorf("%s: %w", r.register, err)
		}
	}
	return nil
}

var countyWants = map[string]string{
	"walk_started": "2022-04-18", "walk_depts": "2", "walk_depts_complete": "1", "walk_items": "3", "walk_issues": "2",
	"walk_rectified": "1", "walk_referred": "1",
	"walk_materials_cut": "2", "walk_steps_cut": "1", "walk_days_cut": "3.5", "time_cut_rate": "68.33", "time_cut_items_rate": "75.00",
	"instant_rate":  "25.00",
	"licence_types": "2", "licence_national": "1", "licence_other": "1", "duty_windows": "1", "duty_items": "7", "duty_calls": "3",
	"stuck_consulted": "1", "stuck_accepted": "2", "stuck_resolved": "1", "enterprise_consulted": "12", "collection_done": "1",
	"collection_started": "1",
	"catalogue_version":  "V0.5", "promo_trips": "1", "promo_groups": "1", "plan_urge_depts": "3", "plan_units": "3", "plan_items": "40",
}

// Every figure comes out, and the rows behind it make its value.
func TestRowsMakeTheValue(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		county(t, db)
		read := db.Read(context.Background())
		all, checks, err := HalfYear(read, half.From, half.To)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, f := range all {
			if w, ok := countyWants[f.ID]; ok && f.Value != w {
				t.Errorf("%s = %q, want %q", f.ID, f.Value, w)
			}
			seen[f.ID] = true
			d, err := Find(f.ID)
			if err != nil {
				t.Fatal(err)
			}
			_, _, rows, err := Rows(read, f.ID, half.From, half.To)
			if err != nil {
				t.Fatal(err)
			}
			behind, err := d.behind(t, rows)
			if err != nil || behind != f.Value {
				t.Errorf("%s = %q, its %d rows make %q (%v)", f.ID, f.Value, len(rows), behind, err)
			}
		}
		for id := range countyWants {
			if !seen[id] {
				t.Errorf("there is no figure %s", id)
			}
		}
		failed := []string{}
		for _, c := range checks {
			if !c.Pass {
				failed = append(failed, c.ID)
			}
		}
		if want := []string{"V01", "V02", "V06"}; !slices.Equal(failed, want) {
			t.Errorf("checks %v fail, want %v: %+v", failed, want, checks)
		}
	})
}

// behind is what the rows make: their number, their sum, or the one thing that they say.
func (d Definition) behind(t *testing.T, rows []Row) (string, error) {
	if d.Unit == "" {
		if len(rows) == 0 {
			return "", nil
		}
		if d.Kind == KindCampaign {
			return rows[0][on.ID], nil
		}
		v, _, _ := strings.Cut(rows[0][what.ID], " ")
		return v, nil
	}
	f, err := d.Figure(rows, told(t))
	return f.Value, err
}

// A snapshot stays as it is; what comes later is a correction with its rows.
func TestCorrections(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		county(t, db)
		var id int64
		take, late := by("2022-07-05", "OFFICE@U0"), by("2022-07-09", "OFFICE@U0")
		take.At, late.At = time.Now(), time.Now().Add(time.Hour) // some rows are stamped by the real clock
		modelstest.Tx(t, db, func(tx *gorm.DB) (err error) {
			id, err = Snapshot(tx, take, half, time.Time{})
			return err
		})
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			d, err := registers.Newest(tx, "duty")
			if err == nil {
				_, err = registers.Add(tx, late, d, map[string]any{"window": "公安", "date": "2022-01-15", "handled": "5", "calls": "0"})
			}
			return err
		})
		read := db.Read(context.Background())
		s, err := FindTaken(read, id)
		if err != nil {
			t.Fatal(err)
		}
		kept, _, err := Kept(read, s)
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := At(read, half, s.AsOf)
		if err != nil || !slices.Equal(kept, again) {
			t.Errorf("as of %s the books say\n%v\nand the snapshot\n%v (%v)", s.AsOf, again, kept, err)
		}
		found, err := Corrections(read, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, c := range found {
			got += fmt.Sprintf("%s %s→%s +%d -%d ", c.Figure, c.Was, c.Is, len(c.Come), len(c.Gone))
		}
		if want := "duty_windows 1→2 +1 -0 duty_items 7→12 +1 -0 "; got != want {
			t.Errorf("corrections\n got %s\nwant %s", got, want)
		}
		if err := read.Exec("UPDATE report_figure SET value = '9'").Error; err == nil {
			t.Error("a figure of a snapshot was changed")
		}
	})
}

// A failed check that blocks keeps the report open until a second person has approved why it may stand.
func TestNotes(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		county(t, db)
		office, head := by("2022-07-05", "OFFICE@U0"), by("2022-07-05", "BUREAU_DIRECTOR@U0")
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			id, err := Snapshot(tx, office, half, time.Time{})
			if err != nil {
				return err
			}
			words := func(key string, _ map[string]string) string { return key }
			var r *models.Refusal
			if _, err := Lock(tx, head, id, words); !errors.As(err, &r) || r.Code != "checks-block" || len(r.Fields) != 2 {
				t.Errorf("lock: %v", err)
			}
			if _, err := Annotate(tx, office, id, "V03", "没有问题也写说明吧", ""); !errors.As(err, &r) || r.Code != "check-passes" {
				t.Errorf("a note on what passes: %v", err)
			}
			for _, v := range []string{"V01", "V02"} {
				if _, err := Annotate(tx, office, id, v, "两家单位为新增单位，名单见附件", ""); err != nil {
					return err
				}
				if _, err := Approve(tx, office, id, v); !errors.As(err, &r) || r.Code != "second-person-needed" {
					t.Errorf("the author approves: %v", err)
				}
			}
			if _, err := Approve(tx, head, id, "V01"); err != nil {
				return err
			}
			s, err := FindTaken(tx, id)
			if err != nil {
				return err
			}
			open, err := Unanswered(tx, s)
			if len(open) != 1 || open[0].ID != "V02" {
				t.Errorf("unanswered: %v", open)
			}
			return err
		})
	})
}

func TestNarrative(t *testing.T) {
	s := []Section{{Seq: 1, Body: "自4月18日起，{walk_depts}家单位走了552项，咨询10余次，{enterprise_consulted}"}}
	typed := TypedNumbers(s)
	if len(typed) != 2 || !strings.Contains(typed[0].Text, "552") || !strings.Contains(typed[1].Text, "10余") {
		t.Errorf("typed: %v", typed)
	}
	e := told(t)
	told := Told("{walk_started} {declared_total} {enterprise_consulted} ", []Figure{
		{
			ID: "walk_started", Value: "2022-04-18",
		}, {ID: "declared_total", Unit: "元", Value: "57117600.00"}, {ID: "enterprise_consulted", Unit: "次", Value: "12",
			Wording: "10余次"},
	})
	if want := "4月18日 5711.76 10余次 "; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
	for n, want := range map[string]string{"10": "10次", "11": "10余次", "19": "10余次", "20": "20次", "": ""} {
		if got, err := worded(e, n, "次"); got != want || err != nil {
			t.Errorf("%s is told as %q, %v", n, got, err)
		}
	}
}
