package calendar_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/modelstest"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

func shipped(t *testing.T) *calendar.Calendar {
	t.Helper()
	c, err := calendar.Default()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The golden tests of domain/rules.md §3.
func TestGolden(t *testing.T) {
	c := shipped(t)
	for _, g := range []struct {
		id    string
		start models.Date
		days  int
		due   models.Date
	}{
		{"WD-1", "2022-04-28", 5, "2022-05-09"},
		{"WD-2", "2022-09-29", 7, "2022-10-13"},
		{"WD-3", "2022-12-28", 5, "2023-01-05"},
		{"WD-4", "2022-01-28", 5, "2022-02-09"},
		{"WD-5", "2022-03-31", 3, "2022-04-06"},
		{"WD-6", "2022-06-02", 1, "2022-06-06"},
		{"WD-7", "2026-09-24", 7, "2026-10-12"},
		{"WD-8", "2026-02-13", 5, "2026-02-27"},
		{"PA-1", "2022-05-16", 10, "2022-05-30"},
		{"zero", "2022-06-04", 0, "2022-06-04"},
	} {
		if due := c.After(g.start, g.days); due != g.due {
			t.Errorf("%s: %s + %d wd = %s, want %s", g.id, g.start, g.days, due, g.due)
		}
		if n := c.Between(g.start, g.due); n != g.days {
			t.Errorf("%s: between %s and %s are %d wd, want %d", g.id, g.start, g.due, n, g.days)
		}
	}
}

func TestPausesAreAUnion(t *testing.T) {
	c := shipped(t)
	supplement := calendar.Interval{From: "2022-05-20", To: "2022-05-26"}
	expert := calendar.Interval{From: "2022-05-24", To: "2022-05-31"}
	for id, g := range map[string]struct {
		pauses []calendar.Interval
		due    models.Date
	}{
		"PA-2": {[]calendar.Interval{supplement}, "2022-06-07"},
		"PA-3": {[]calendar.Interval{supplement, expert}, "2022-06-10"},
	} {
		if due := c.AfterPaused("2022-05-16", 10, g.pauses); due != g.due {
			t.Errorf("%s: due %s, want %s", id, due, g.due)
		}
	}
}

func TestCalendarDaysDoNotRoll(t *testing.T) {
	for start, due := range map[models.Date]models.Date{"2022-06-01": "2022-07-01", "2022-09-05": "2022-10-05"} {
		if got := start.AddDays(30); got != due {
			t.Errorf("%s + 30 cd = %s, want %s", start, got, due)
		}
	}
}

func TestCutOff(t *testing.T) {
	c := shipped(t)
	for at, want := range map[string]models.Date{
		"2022-06-10T17:31:00+08:00": "2022-06-13", // CUT-1
		"2022-06-10T17:30:00+08:00": "2022-06-10",
		"2022-06-10T09:30:00Z":      "2022-06-10",
		"2022-06-11T10:00:00+08:00": "2022-06-13",
		"2022-06-09T23:00:00Z":      "2022-06-10",
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Received(moment); got != want {
			t.Errorf("%s is received on %s, want %s", at, got, want)
		}
	}
	if due := c.After("2022-06-13", 1); due != "2022-06-14" {
		t.Errorf("CUT-1: due %s, want 2022-06-14", due)
	}
}

func TestWorkingDaysOfYears(t *testing.T) {
	c := shipped(t)
	months := []int{21, 16, 23, 21, 20, 21, 21, 23, 21, 18, 22, 22}
	for i, want := range months {
		first := models.DateOf(time.Date(2022, time.Month(i+1), 1, 0, 0, 0, 0, models.Zone))
		next := models.DateOf(time.Date(2022, time.Month(i+2), 1, 0, 0, 0, 0, models.Zone))
		if n := c.Between(first.AddDays(-1), next.AddDays(-1)); n != want {
			t.Errorf("2022-%02d has %d working days, want %d", i+1, n, want)
		}
	}
	for _, g := range []struct {
		from, to models.Date
		want     int
	}{{"2022-01-01", "2022-12-31", 249}, {"2022-01-01", "2022-06-30", 122}, {"2022-04-18", "2022-06-30", 52},
		{"2026-01-01", "2026-12-31", 248}} {
		if n := c.Between(g.from.AddDays(-1), g.to); n != g.want {
			t.Errorf("%s to %s has %d working days, want %d", g.from, g.to, n, g.want)
		}
	}
}

func TestYearsArePublishedInOrder(t *testing.T) {
	if got, want := shipped(t).Years(), []int{2020, 2021, 2022, 2023, 2024, 2025, 2026}; !slices.Equal(got, want) {
		t.Errorf("published are %d, want %d", got, want)
	}
}

func TestAnUnpublishedYearIsProvisional(t *testing.T) {
	c := shipped(t)
	if !c.Provisional(2027) || c.Provisional(2026) {
		t.Error("2027 is not published yet, 2026 is")
	}
	if !c.IsWorkday("2027-01-01") || c.IsWorkday("2027-01-02") {
		t.Error("an unpublished year knows weekends only")
	}
}

func TestPublishMakesAVersion(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		a := models.Acting{Person: "admin", At: time.Date(2026, 11, 20, 9, 0, 0, 0, models.Zone)}
		err := db.Tx(context.Background(), func(tx *gorm.DB) error {
			if _, err := calendar.Publish(tx, a, map[string]calendar.Year{"2027": {Holidays: []models.Date{"2026-01-01"}}},
				"test"); err == nil {
				t.Error("a day of another year was taken")
			}
			_, err := calendar.Publish(
				tx, a, map[string]calendar.Year{"2027": {Holidays: []models.Date{"2027-01-01"}, Workdays: []models.Date{"2027-01-02"}}},
				"test",
			)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		c, err := calendar.Newest(db.Read(context.Background()))
		if err != nil {
			t.Fatal(err)
		}
		if c.Version != 2 || c.Provisional(2027) || c.IsWorkday("2027-01-01") || !c.IsWorkday("2027-01-02") || c.IsWorkday("2022-10-01") {
			t.Errorf("version %d does not hold what was published beside what was known", c.Version)
		}
	})
}
