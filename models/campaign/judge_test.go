package campaign_test

import (
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/campaign"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/rulebook"
	"github.com/quancheng/quancheng/models/rules"
)

// county publishes the example with its decisions on walks changed.
func county(t *testing.T, db *models.DB, change ...string) {
	t.Helper()
	pack, err := rulebook.Example()
	if err != nil {
		t.Fatal(err)
	}
	files, err := rulebook.Files()
	if err != nil {
		t.Fatal(err)
	}
	pack.ID = "COUNTY"
	for _, f := range files {
		if !strings.Contains(string(f.Body), "checks_W") {
			continue
		}
		text := string(f.Body)
		for n := 0; n < len(change); n += 2 {
			if !strings.Contains(text, change[n]) {
				t.Fatalf("no decision says %q", change[n])
			}
			text = strings.Replace(text, change[n], change[n+1], 1)
		}
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			return rules.InstallPack(tx, time.Now(), pack, rules.File{Name: f.Name, Body: []byte(text)})
		})
	}
}

// TestTheCountysDecisionsCount: what counts, what is late, when a unit is complete and how many substitutes are too
// many is what the decisions W01 to W04 of the pack in force say, and nothing else.
func TestTheCountysDecisionsCount(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	c := walks(t, db, false)
	county(t, db,
		"count(proof) = 0", "count(proof) &lt; 2",
		"walked = planned", "walked &gt;= 2",
		"working days after(walkedOn, params.W03.days)", "working days after(walkedOn, params.W03.days + 1)",
		"if s &gt; params.W04.share * n", "if s &gt;= params.W04.share * n",
	)
	r := record(c, "U1-0", "2022-04-28")
	if _, _, err := save(t, db, on("2022-05-09", "WALKER@U1"), r); code(err) != "/proof walk-without-proof" {
		t.Errorf("one proof where the county wants two: %v", err)
	}
	take := func(item, day, recorded string, whyNot string) (campaign.Walk, bool) {
		t.Helper()
		r := record(c, item, models.Date(day))
		r.Proof, r.WhyNot = []string{"照片一"}, whyNot
		w, done, err := save(t, db, on(models.Date(recorded), "WALKER@U1"), r)
		if err != nil {
			t.Fatal(err)
		}
		return w, done
	}
	if w, done := take("U1-0", "2022-04-28", "2022-05-10", ""); w.Late || done {
		t.Errorf("the last day of six: %+v", w)
	}
	if w, done := take("U1-1", "2022-04-28", "2022-05-11", ""); !w.Late || w.DueOn != "2022-05-10" || !done {
		t.Errorf("the day after, and the second of two: %+v, %v", w, done)
	}
	for n := range 2 {
		take("U1-2", "2022-05-12", "2022-05-12", "")
		take("U1-3", "2022-05-12", "2022-05-12", []string{"局长外出开会", ""}[n])
	}
	days, err := calendar.Default()
	if err != nil {
		t.Fatal(err)
	}
	c.Substitutes = 16 // of six walks one is more
	read := db.Read(t.Context())
	for share, want := range map[int]bool{16: true, 17: false} {
		c.Substitutes = share
		rows, err := campaign.Live(read, c, "2022-06-30", days, rulesOf(t, 20))
		if err != nil || rows[0].Substitutes != 1 || rows[0].Walks != 6 || rows[0].TooManySubst != want {
			t.Errorf("%d percent: %+v, %v", share, rows[0], err)
		}
	}
}

// Both sides of the share of W04 as it is shipped: two of ten are not too many, three are.
func TestTooManySubstitutes(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	c := walks(t, db, false)
	days, err := calendar.Default()
	if err != nil {
		t.Fatal(err)
	}
	for n := range 11 {
		r := record(c, "U1-0", "2022-05-12")
		if n < 3 {
			r.WhyNot = "局长外出开会"
		}
		if n == 0 {
			continue // the third substitute comes last
		}
		if _, _, err := save(t, db, on("2022-05-12", "WALKER@U1"), r); err != nil {
			t.Fatal(err)
		}
	}
	look := func() campaign.Progress {
		rows, err := campaign.Live(db.Read(t.Context()), c, "2022-06-30", days, rulesOf(t, 20))
		if err != nil {
			t.Fatal(err)
		}
		return rows[0]
	}
	if p := look(); p.Walks != 10 || p.Substitutes != 2 || p.TooManySubst {
		t.Errorf("two of ten: %+v", p)
	}
	r := record(c, "U1-0", "2022-05-12")
	r.WhyNot = "局长外出开会"
	if _, _, err := save(t, db, on("2022-05-12", "WALKER@U1"), r); err != nil {
		t.Fatal(err)
	}
	if p := look(); p.Walks != 11 || p.Substitutes != 3 || !p.TooManySubst {
		t.Errorf("three of eleven: %+v", p)
	}
}

// A year that nobody has arranged yet: when the ledger is due cannot be told, and nothing is written.
func TestAWalkInAYearWithoutCalendar(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	c := walks(t, db, false)
	modelstest.Tx(t, db, func(tx *gorm.DB) error {
		return tx.Model(&campaign.Campaign{}).Where("id = ?", c.ID).Update("ends_on", "2041-12-31").Error
	})
	_, _, err := save(t, db, on("2041-03-01", "WALKER@U1"), record(c, "U1-0", "2041-03-01"))
	if code(err) != "/on calendar-year-missing" {
		t.Error(err)
	}
	var n int64
	if err := db.Read(t.Context()).Model(&campaign.Walk{}).Count(&n).Error; err != nil || n != 0 {
		t.Error(n, err)
	}
}
