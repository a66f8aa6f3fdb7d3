package commands_test

import (
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestTheRuleGrades: the severity of a finding and its days are what R01 says of impact and scope; another one needs a
// reason, and the severity alone is enough for who asks for nothing else.
func TestTheRuleGrades(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	d := open(t, db)
	number := 0
	raise := func() string {
		number++
		r := books.Rectification{Source: "hotline", Title: "窗口问题", Description: string(rune('甲' + number)), OwnerDept: "DP18", Severity: "B"}
		d.tx(func(tx *gorm.DB) error { return books.NewRectification(tx, d.who("BUREAU_CHIEF@DP34", 0), &r) })
		d.vars = map[string]any{"issueNo": r.No}
		return r.No
	}
	for _, x := range []struct{ in, grade, due, impact string }{
		{`"impact":"stop","scope":"many"`, "A", "2026-11-27", "stop"}, // Tuesday 2026-11-24 and three working days
		{`"impact":"stop","scope":"one"`, "B", "2026-12-08", "stop"},
		{`"impact":"delay","scope":"many"`, "B", "2026-12-08", "delay"},
		{`"impact":"inconvenience","scope":"many"`, "B", "2026-12-08", "inconvenience"},
		{`"impact":"inconvenience","scope":"one"`, "C", "2026-12-22", "inconvenience"},
		{`"impact":"stop","scope":"many","severity":"A"`, "A", "2026-11-27", "stop"},
		{`"impact":"stop","scope":"many","severity":"C","comment":"已有临时窗口"`, "C", "2026-12-22", "stop"},
		{`"severity":"A"`, "A", "2026-11-27", ""},
	} {
		no := raise()
		d.run("BUREAU_CHIEF@DP34", "rectification.dispatch", `{"ownerDept":"DP18",`+x.in+`}`)
		var r books.Rectification
		d.tx(func(tx *gorm.DB) (err error) { r, err = books.FindRectification(tx, no); return err })
		if r.Severity != x.grade || r.DueOn != models.Date(x.due) || r.Impact != x.impact {
			t.Errorf("%s: %s, %s, %s; want %+v", x.in, r.Severity, r.DueOn, r.Impact, x)
		}
	}
	raise()
	for in, want := range map[string]string{
		``:                              "/impact: not-an-option; /scope: not-an-option",
		`"impact":"stop"`:               "/scope: not-an-option",
		`"scope":"one","severity":"B"`:  "/impact: not-an-option",
		`"impact":"much","scope":"one"`: "/impact: not-an-option",
		`"severity":"D"`:                "/severity: not-an-option",
		`"impact":"stop","scope":"many","severity":"C"`:                      "/comment: grade-needs-reason",
		`"impact":"stop","scope":"many","severity":"C","comment":"四个字啊"`:     "/comment: grade-needs-reason",
		`"impact":"inconvenience","scope":"one","severity":"A","comment":""`: "/comment: grade-needs-reason",
	} {
		body := `{"ownerDept":"DP18"`
		if in != "" {
			body += "," + in
		}
		if got := d.refused("BUREAU_CHIEF@DP34", "rectification.dispatch", body+"}"); got != "invalid-data; "+want {
			t.Errorf("%s: %s", in, got)
		}
	}
}
