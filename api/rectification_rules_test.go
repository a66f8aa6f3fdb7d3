package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
)

const day24 = 24 * time.Hour

// said is what a rule finds when a rectification is opened: its state, with what it finds, as its page asks for it.
func (f *finding) said(no, rule string) string {
	f.t.Helper()
	var all wire.Checks
	f.do("zhao-kezhang", "GET", "/api/v1/checks/rectification.open/rectification/"+no, nil).want(200, "").into(&all)
	for _, r := range all.Results {
		if r.Rule == rule {
			return fmt.Sprintf("%s %d", r.State, len(r.Findings))
		}
	}
	return "not asked"
}

// TestADuplicateIsFoundForThirtyDays holds R02: the same finding of the same unit within thirty days to the second.
func TestADuplicateIsFoundForThirtyDays(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	f := &finding{town: w, owner: w.ownerOf("DP18")}
	raise := func(title, unit string) string {
		t.Helper()
		var raised wire.Rectification
		w.do("zhao-kezhang", "POST", "/api/v1/rectifications", wire.RectificationInput{
			Title: title, Description: "窗口要求提交身份证复印件两份", OwnerDept: unit, Severity: "B", Source: "hotline",
		}).want(201, "").into(&raised)
		w.pump()
		return raised.No
	}
	const title = "办理营业执照时窗口仍收身份证复印件"
	raise(title, "DP18")
	begun := w.clock()
	for _, c := range []struct {
		after             time.Duration
		title, unit, want string
	}{
		{0, title, "DP05", "pass 0"},     // of another unit
		{0, "取号机停用三天", "DP18", "pass 0"}, // of something else
		{0, title, "DP18", "remind 1"},
	} {
		if got := f.said(raise(c.title, c.unit), "R02"); got != c.want {
			t.Errorf("%s of %s: %s, want %s", c.title, c.unit, got, c.want)
		}
	}
	w.pass(30*day24 - w.clock().Sub(begun) - 2*time.Second)
	late := raise(title, "DP18")
	if got := f.said(late, "R02"); got != "remind 2" {
		t.Errorf("two seconds before: %s", got)
	}
	w.pass(5 * time.Second)
	if got := f.said(late, "R02"); got != "pass 0" {
		t.Errorf("three seconds after: %s", got)
	}
	f.no = late // a reminder does not hold the act
	f.does("zhao-kezhang", "r1_dispatch", "ownerDept", "DP18", "impact", "inconvenience", "scope", "one")
}

// kept puts rectifications into the books, as they were recorded at a moment.
func (w *town) kept(at time.Time, rows ...books.Rectification) {
	w.t.Helper()
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		a := models.Acting{Person: models.System, At: at, BusinessDate: models.DateOf(at)}
		for i := range rows {
			if err := books.SaveRectification(tx, a, &rows[i], "verify", "x"); err != nil {
				return err
			}
		}
		return nil
	}))
}

// TestWhatComesAgainIsFoundForHalfAYear holds R07: of the same item, for the same cause, closed at most 180 days ago.
func TestWhatComesAgainIsFoundForHalfAYear(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	f := &finding{town: w}
	now := w.clock().Truncate(time.Second)
	end := now.Add(-180 * day24)
	closed := books.Rectification{
		Source: "walk", Title: "要交五份材料", OwnerDept: "DP18", Severity: "B", State: books.RectClosed, FoundOn: "2022-01-05",
		ClosedOn: models.DateOf(end), Item: "SX-1", Cause: "PROC", Owner: "a", Registrar: "b", Verifier: "c",
	}
	open := closed
	open.State, open.ClosedOn = books.RectPlan, ""
	made := func(no string, r books.Rectification, item, cause string) books.Rectification {
		r.No, r.Item, r.Cause = no, item, cause
		return r
	}
	again := made("ZG-2026-0901", closed, "SX-1", "PROC")
	w.kept(end, again)
	again.Version, again.CreatedAt = 1, end
	w.kept(end.Add(40*day24), again) // what is noted of it later does not close it anew
	late := made("ZG-2026-0902", closed, "SX-3", "PROC")
	late.ClosedOn = models.DateOf(end.Add(-3 * day24))
	w.kept(now.Add(-day24), late) // closed 183 days ago, recorded yesterday
	w.kept(now,
		made("ZG-2026-0911", open, "SX-1", "PROC"), made("ZG-2026-0912", open, "SX-2", "PROC"), made("ZG-2026-0913", open, "SX-1", "WIN"),
		made("ZG-2026-0914", open, "SX-1", ""), made("ZG-2026-0915", open, "", "PROC"), made("ZG-2026-0916", open, "SX-3", "PROC"),
	)
	for _, c := range [][2]string{
		{"ZG-2026-0911", "remind 1"}, {"ZG-2026-0912", "pass 0"}, {"ZG-2026-0913", "pass 0"},
		{"ZG-2026-0914", "unknown 1"}, // before anybody knows why
		{"ZG-2026-0915", "pass 0"},    // about no item
		{"ZG-2026-0916", "pass 0"},    // by the day on which it was closed
	} {
		if got := f.said(c[0], "R07"); got != c[1] {
			t.Errorf("%s: %s, want %s", c[0], got, c[1])
		}
	}
	w.pass(2 * time.Second)
	if got := f.said("ZG-2026-0911", "R07"); got != "pass 0" {
		t.Errorf("later than 180 days: %s", got)
	}
}

// TestASecondLookIsDrawn holds R06 over HTTP: who may draw, how many of each unit, nothing before the thirtieth day and
// nothing twice; what is refused draws nothing.
func TestASecondLookIsDrawn(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	today := models.DateOf(w.clock())
	var rows []books.Rectification
	for _, c := range []struct {
		unit string
		n    int
		ago  int
	}{{"DP05", 6, 30}, {"DP18", 5, 31}, {"DP07", 1, 29}} {
		for i := range c.n {
			rows = append(rows, books.Rectification{
				No: fmt.Sprintf("ZG-%s-%02d", c.unit, i), Source: "walk", Title: "要交五份材料", OwnerDept: c.unit, Severity: "B",
				State: books.RectClosed, FoundOn: "2026-01-05", ClosedOn: today.AddDays(-c.ago), Owner: "a", Registrar: "b", Verifier: "c",
			})
		}
	}
	w.kept(w.clock(), rows...)
	drawn := func(want string) {
		t.Helper()
		var all wire.Rechecks
		w.do("zhao-kezhang", "GET", "/api/v1/rechecks", nil).want(200, "").into(&all)
		n := map[string]int{}
		for _, x := range all.Items {
			n[x.Unit]++
		}
		if got := strings.TrimPrefix(fmt.Sprint(n), "map"); got != want {
			t.Errorf("drawn are %s, want %s", got, want)
		}
	}
	w.do(w.ownerOf("DP18"), "POST", "/api/v1/rechecks", nil).want(403, "forbidden")
	drawn("[]")
	w.do("zhao-kezhang", "POST", "/api/v1/rechecks", nil).want(201, "")
	drawn("[DP05:2 DP18:1]") // a fifth of six, rounded up; of five it is one
	w.do("zhao-kezhang", "POST", "/api/v1/rechecks", nil).want(422, "recheck-nothing")
	drawn("[DP05:2 DP18:1]")
	w.do("zhao-kezhang", "POST", "/api/v1/rechecks/ZG-DP07-00", wire.RecheckInput{Result: "valid", Method: "site", Note: "到窗口办了一件"}).
		want(404, "not-found")
	w.pass(day24)
	w.do("zhao-kezhang", "POST", "/api/v1/rechecks", nil).want(201, "")
	drawn("[DP05:2 DP07:1 DP18:1]") // one at least
}
