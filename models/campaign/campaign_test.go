package campaign_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/campaign"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/rulebook"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/models/service"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

// on acts on a day of 2022, in person of a post.
func on(day models.Date, posts ...string) models.Acting {
	return models.Acting{
		Person: strings.ToLower(strings.Split(posts[0], "@")[0]), Posts: posts, At: day.Start().Add(10 * time.Hour), BusinessDate: day,
		Event: fmt.Sprint(day, posts, time.Now().UnixNano()),
	}
}

// walks is a campaign with two units of four items each, both lists approved unless open.
func walks(t *testing.T, db *models.DB, open bool) campaign.Campaign {
	t.Helper()
	var c campaign.Campaign
	modelstest.Tx(t, db, func(tx *gorm.DB) (err error) {
		for _, u := range []string{"U1", "U2"} {
			if err := tx.Create(&office.Dept{ID: u, Name: "单位" + u, Kind: "applying"}).Error; err != nil {
				return err
			}
			for n := range 4 {
				i := service.Item{
					Code: fmt.Sprintf("%s-%d", u, n), Name: "事项", Unit: u, Kind: service.KindLicence, LegalDays: 20, PromisedDays: 5,
					ValidFrom: "2022-01-01", Materials: models.JSONOf([]string{"身份证"}), Steps: models.JSONOf([]string{"受理"}),
				}
				if _, err := service.Save(tx, on("2022-04-01", "ORGANISER@U0"), i, 0); err != nil {
					return err
				}
			}
		}
		c, err = campaign.Create(
			tx, on("2022-04-15", "ORGANISER@U0"),
			campaign.Campaign{Name: "走流程", StartsOn: "2022-04-18", EndsOn: "2022-07-31", LateDays: 5, Substitutes: 20, UrgeAfter: 3},
			[]string{"U1", "U2"},
		)
		if err != nil || open {
			return err
		}
		for _, u := range []string{"U1", "U2"} {
			a := on("2022-04-18", "WALK_COORDINATOR@"+u)
			if _, err := campaign.PutList(tx, a, c.ID, u, []string{u + "-0", u + "-1", u + "-2", u + "-3"}); err != nil {
				return err
			}
			if _, _, err := campaign.Submit(tx, a, c.ID, u); err != nil {
				return err
			}
			if _, _, err := campaign.Approve(tx, on("2022-04-18", "ORGANISER@U0"), c.ID, u); err != nil {
				return err
			}
		}
		return nil
	})
	return c
}

// rulesOf are the rules of the example with R09 from so many walks on.
func rulesOf(t *testing.T, walks int) rules.Edition {
	t.Helper()
	checks, err := rulebook.ExampleChecks()
	if err != nil {
		t.Fatal(err)
	}
	days, err := calendar.Default()
	if err != nil {
		t.Fatal(err)
	}
	pack, err := rulebook.Example()
	if err != nil {
		t.Fatal(err)
	}
	tree, err := pack.Tree()
	if err != nil {
		t.Fatal(err)
	}
	tree["R09"]["walks"] = json.Number(strconv.Itoa(walks))
	e, err := rules.MakeEdition(rules.Edition{Pack: "T"}, checks, tree, calendar.Civil{Calendar: days})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func record(c campaign.Campaign, item string, day models.Date) campaign.Record {
	return campaign.Record{
		Campaign: c.ID, Item: item, Role: "群众", Channel: "window", On: day, Result: "办成", TicketNo: "A037", NoIssue: "全程顺利，没有问题",
		Steps: []campaign.Step{{Name: "取号", WaitMinutes: 28}, {Name: "受理", WaitMinutes: 18, Materials: []string{"身份证", "规划许可证"}}},
	}
}

func save(t *testing.T, db *models.DB, a models.Acting, r campaign.Record) (w campaign.Walk, done bool, err error) {
	t.Helper()
	err = db.Tx(context.Background(), func(tx *gorm.DB) error {
		w, done, err = campaign.Save(tx, a, r)
		return err
	})
	return w, done, err
}

func code(err error) string {
	var r *models.Refusal
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &r):
		return err.Error()
	case len(r.Fields) > 0:
		return r.Fields[0].Pointer + " " + r.Fields[0].Code
	}
	return r.Code
}

func TestAWalkIsRefused(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	c := walks(t, db, false)
	modelstest.Tx(t, db, func(tx *gorm.DB) error { // an item is abolished in the middle of it
		i, err := service.Newest(tx, "U1-3")
		if err != nil {
			return err
		}
		i.ValidFrom, i.ValidTo = "2022-05-01", "2022-05-01"
		_, err = service.Save(tx, on("2022-05-01", "ORGANISER@U0"), i, 1)
		return err
	})
	director := on("2022-05-05", "WALKER@U1")
	for name, x := range map[string]struct {
		a      models.Acting
		change func(*campaign.Record)
		want   string
	}{
		"complete":            {director, func(*campaign.Record) {}, ""},
		"another unit's":      {on("2022-05-05", "WALKER@U2"), func(*campaign.Record) {}, "walk-not-yours"},
		"no steps":            {director, func(r *campaign.Record) { r.Steps = nil }, "/steps walk-without-steps"},
		"no proof":            {director, func(r *campaign.Record) { r.TicketNo = "" }, "/proof walk-without-proof"},
		"no statement":        {director, func(r *campaign.Record) { r.NoIssue = "" }, "/noIssue no-issue-needs-statement"},
		"no result":           {director, func(r *campaign.Record) { r.Result = "none" }, "/result not-an-option"},
		"tomorrow":            {director, func(r *campaign.Record) { r.On = "2022-05-06" }, "/on date-in-future"},
		"before the campaign": {director, func(r *campaign.Record) { r.On = "2022-04-17" }, "/on walk-outside-campaign"},
		"not on the list":     {director, func(r *campaign.Record) { r.Item = "X" }, "/item item-not-planned"},
		"abolished":           {director, func(r *campaign.Record) { r.Item = "U1-3" }, "/item item-ended"},
		"no reason":           {on("2022-05-05", "WALK_COORDINATOR@U1"), func(*campaign.Record) {}, "/whyNot substitute-needs-reason"},
	} {
		r := record(c, "U1-0", "2022-05-05")
		x.change(&r)
		if _, _, err := save(t, db, x.a, r); code(err) != x.want {
			t.Errorf("%s: %q, want %q", name, code(err), x.want)
		}
	}
}

func TestOpenListsAreNotWalked(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	c := walks(t, db, true)
	a := on("2022-04-19", "WALK_COORDINATOR@U1")
	do := func(f func(tx *gorm.DB) error) error { return db.Tx(context.Background(), f) }
	put := func(items ...string) error {
		return do(func(tx *gorm.DB) error { _, err := campaign.PutList(tx, a, c.ID, "U1", items); return err })
	}
	submit := func() error {
		return do(func(tx *gorm.DB) error { _, _, err := campaign.Submit(tx, a, c.ID, "U1"); return err })
	}
	approve := func() error {
		return do(func(tx *gorm.DB) error { _, _, err := campaign.Approve(tx, a, c.ID, "U1"); return err })
	}
	for i, x := range []struct {
		err  error
		want string
	}{
		{submit(), "list-empty"}, {put("U1-0", "U2-0"), "/items/1 item-of-another-unit"}, {put("U1-0", "U1-0"), "/items/1 item-twice"},
		{put("nothing"), "/items/0 item-unknown"},
		{put("U1-0"), ""}, {approve(), "list-changed"}, {submit(), ""}, {put("U1-0", "U1-1"), ""}, {approve(), "list-changed"},
		{submit(), ""},
	} {
		if code(x.err) != x.want {
			t.Errorf("step %d: %q, want %q", i, code(x.err), x.want)
		}
	}
	if _, _, err := save(t, db, on("2022-05-05", "WALKER@U1"), record(c, "U1-0", "2022-05-05")); code(err) != "/item list-not-approved" {
		t.Error(err)
	}
	if err := approve(); err != nil {
		t.Error(err)
	}
	if err := put("U1-0"); code(err) != "list-approved" {
		t.Error(err)
	}
}

// TestCountingRules holds W01 to W04 and R09, on both databases.
func TestCountingRules(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		c := walks(t, db, false)
		take := func(a models.Acting, item string, day models.Date, whyNot string) (campaign.Walk, bool) {
			t.Helper()
			r := record(c, item, day)
			r.WhyNot = whyNot
			w, done, err := save(t, db, a, r)
			if err != nil {
				t.Fatal(err)
			}
			return w, done
		}
		w, _ := take(on("2022-05-09", "WALKER@U1"), "U1-0", "2022-04-28", "")
		if !w.Counted || w.Late || !w.IsDirector || w.DueOn != "2022-05-09" || w.Minutes != 46 || string(w.Extra) != `["规划许可证"]` ||
			w.ExtraSteps != 1 {
			t.Errorf("%+v", w)
		}
		if w, _ = take(on("2022-05-10", "WALKER@U1"), "U1-0", "2022-04-28", ""); w.Counted || !w.Late {
			t.Errorf("the second walk of an item: %+v", w)
		}
		if w, _ = take(on("2022-05-11", "WALK_COORDINATOR@U1"), "U1-1", "2022-05-11", "局长外出开会"); w.IsDirector {
			t.Errorf("%+v", w)
		}
		take(on("2022-05-11", "WALKER@U1"), "U1-2", "2022-05-11", "")
		_, done := take(on("2022-06-20", "WALKER@U1"), "U1-3", "2022-06-20", "")
		if !done {
			t.Error("the unit is not complete")
		}
		for n, day := range []models.Date{"2022-05-12", "2022-05-12", "2022-05-12"} {
			take(on(day, "WALKER@U2"), fmt.Sprintf("U2-%d", n), day, "")
		}
		days, err := calendar.Default()
		if err != nil {
			t.Fatal(err)
		}
		tx := db.Read(context.Background())
		rows, err := campaign.Live(tx, c, "2022-06-30", days, rulesOf(t, 3))
		if err != nil || len(rows) != 2 {
			t.Fatal(rows, err)
		}
		if rows, err := campaign.Live(tx, c, "2022-06-30", days, rulesOf(t, 4)); err != nil || rows[0].NothingFound != true || rows[1].NothingFound {
			t.Errorf("of four walks on: %+v, %v", rows, err)
		}
		if rows, err := campaign.Live(tx, c, "2022-06-30", days, rules.Edition{}); err != nil || rows[0].NothingFound || rows[1].NothingFound {
			t.Errorf("of a county without rules: %+v, %v", rows, err)
		}
		one, two := rows[0], rows[1]
		if !one.Complete || one.Planned != 4 || one.Walked != 4 || one.Walks != 5 || one.Late != 1 || one.Substitutes != 1 ||
			one.TooManySubst {
			t.Errorf("%+v", one)
		}
		if two.Complete || two.Walked != 3 || !two.NothingFound || two.ExpectedOn == "" {
			t.Errorf("%+v", two)
		}
		for figure, want := range map[string]string{"walk_started": "2022-04-18", "walk_depts": "2", "walk_depts_complete": "1",
			"walk_items": "7", "walk_issues": "0", "walk_days_cut": "0.0"} {
			v, behind, err := campaign.Figure(tx, figure, "2022-01-01", "2022-06-30", time.Time{})
			if err != nil || v != want ||
				want != "0" && figure != "walk_started" && figure != "walk_days_cut" && fmt.Sprint(len(behind)) != v {
				t.Errorf("%s is %q with %d rows, %v; want %q", figure, v, len(behind), err, want)
			}
		}
		if v, _, err := campaign.Figure(tx, "walk_items", "2022-01-01", "2022-04-30", time.Time{}); err != nil || v != "1" {
			t.Errorf("up to April %q, %v", v, err)
		}
		if v, _, err := campaign.Figure(tx, "walk_items", "2022-01-01", "2022-06-30", models.Date("2022-05-12").Start()); err != nil ||
			v != "3" {
			t.Errorf("as recorded by 12 May %q, %v", v, err)
		}
		page, next, err := campaign.Walks(tx, campaign.WalkFilter{Campaign: c.ID, Limit: 5})
		if err != nil || len(page) != 5 || next == "" {
			t.Fatal(len(page), next, err)
		}
		rest, _, err := campaign.Walks(tx, campaign.WalkFilter{Campaign: c.ID, Limit: 5, Cursor: next})
		if err != nil || len(rest) != 3 {
			t.Error(len(rest), err)
		}
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			b, err := campaign.Publish(tx, on("2022-06-30", "ORGANISER@U0"), c, days, rulesOf(t, 3))
			if b.No != 1 {
				t.Errorf("%+v", b)
			}
			return err
		})
	})
}

func TestIssuesCountByState(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		c := walks(t, db, false)
		a := on("2022-05-05", "WALKER@U1")
		w, _, err := save(t, db, a, record(c, "U1-0", "2022-05-05"))
		if err != nil {
			t.Fatal(err)
		}
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			for n, state := range []string{books.RectClosed, books.RectReferredUp, books.RectAnalysis} {
				r := books.Rectification{Source: "walk", Title: "多要一份材料", OwnerDept: "U1", Severity: "B", MaterialsCut: 1, DaysCut: 25}
				if err := books.NewRectification(tx, a, &r); err != nil {
					return err
				}
				if r.State = state; state == books.RectClosed {
					r.ClosedOn = "2022-06-10"
				}
				later := on("2022-06-10", "RECT_VERIFIER@U0")
				if err := books.SaveRectification(tx, later, &r, "verify", "已核"); err != nil {
					return err
				}
				if err := campaign.KeepIssue(tx, w, n+1, "MAT", r.No); err != nil {
					return err
				}
			}
			return nil
		})
		for figure, want := range map[string]string{"walk_issues": "3", "walk_rectified": "1", "walk_referred": "1",
			"walk_materials_cut": "1", "walk_days_cut": "2.5"} {
			v, _, err := campaign.Figure(db.Read(context.Background()), figure, "2022-01-01", "2022-06-30", time.Time{})
			if err != nil || v != want {
				t.Errorf("%s is %q, %v; want %q", figure, v, err, want)
			}
		}
		if v, _, err := campaign.Figure(db.Read(context.Background()), "walk_rectified", "2022-01-01", "2022-05-31",
			time.Time{}); err != nil ||
			v != "0" {
			t.Errorf("closed in June and counted in May: %q, %v", v, err)
		}
	})
}
