package commands_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/service"
)

// issue raises a finding about a service item and dispatches it to a unit.
func (d *desk) issue(title, item, unit string) string {
	d.t.Helper()
	r := books.Rectification{Source: "hotline", Title: title, Description: title + "，群众反映", OwnerDept: unit, Severity: "B", Item: item}
	d.tx(func(tx *gorm.DB) error { return books.NewRectification(tx, d.who("BUREAU_CHIEF@DP34", 0), &r) })
	d.vars = map[string]any{"issueNo": r.No}
	d.run("BUREAU_CHIEF@DP34", "rectification.dispatch", `{"ownerDept":"`+unit+`","severity":"B"}`)
	return r.No
}

// file files a content for a finding and gives its id.
func (d *desk) file(no, content string) string {
	d.t.Helper()
	doc := papers.Document{Rectification: no, Kind: "evidence", Title: content, FileName: "a.pdf", Digest: content}
	d.tx(func(tx *gorm.DB) error { return papers.AddDocument(tx, d.who("BUREAU_CHIEF@DP34", 0), &doc) })
	return doc.ID
}

// TestRectificationInvariants: what no plan, evidence or check may be is refused with its field.
func TestRectificationInvariants(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.tx(func(tx *gorm.DB) error {
			_, err := service.Save(tx, models.Acting{Person: "zhao-kezhang", At: d.now}, service.Item{
				Code: "SX-1", Name: "许可证核发", Unit: "DP18", Kind: "行政许可", LegalDays: 20, PromisedDays: 5, Visits: 1, GuideVersion: "1",
				ValidFrom: "2022-01-01",
				Materials: models.JSONOf([]string{"申请表", "身份证明"}), Steps: models.JSONOf([]string{"受理", "办结"}),
			}, 0)
			return err
		})
		no := d.issue("窗口多要一份复印件", "SX-1", "DP18")
		d.run("RECT_OWNER@DP18", "rectification.analyse", `{"rootCause":"RULE","why":"指南没有更新"}`)
		plan := func(due, kind string) string {
			return `{"measures":[{"text":"修订指南","kind":"` + kind + `","owner":"甲","due":"` + due + `"}]}`
		}
		refusals := func(command string, cases [][2]string) {
			t.Helper()
			for _, c := range cases {
				post := map[string]string{"rectification.measures": "RECT_OWNER@DP18", "rectification.remedy": "RECT_OWNER@DP18"}[command]
				if got := d.refused(post, command, c[0]); got != "invalid-data; "+c[1] {
					t.Errorf("%s %s: %s, not %s", command, c[0], got, c[1])
				}
			}
		}
		refusals("rectification.measures", [][2]string{
			{plan("2020-01-01", "preventive"), "/measures/0/due: due-in-past"},
			{plan("2026-11-23", "preventive"), "/measures/0/due: due-in-past"},
			{plan("2026-11-24", ""), "/measures: preventive-measure-missing"},
			{plan("2026-11-24", "corrective"), "/measures: preventive-measure-missing"},
		})
		d.run("RECT_OWNER@DP18", "rectification.measures", plan("2026-11-24", "preventive"))

		photo, other := d.file(no, "照片"), d.issue("另一个问题", "", "DP18")
		used := d.file(other, "旧照片")
		d.run("RECT_OWNER@DP18", "rectification.remedy", `{"comment":"已改","after":["`+used+`"]}`)
		again := d.file(no, "旧照片")
		twin := d.file(no, "照片")
		d.now = d.now.Add(-time.Hour)
		early := d.file(no, "早照片")
		d.now = d.now.Add(time.Hour)
		d.vars = map[string]any{"issueNo": no}
		done := func(after, rest string) string {
			return `{"comment":"窗口已撤下复印件要求","after":[` + after + `]` + rest + `}`
		}
		refusals("rectification.remedy", [][2]string{
			{done("", ""), "/after: evidence-missing"},
			{done(`"`+again+`"`, ""), "/after/0: evidence-used-elsewhere"},
			{done(`"`+photo+`","`+twin+`"`, ""), "/after/1: evidence-twice"},
			{done(`"`+early+`"`, ""), "/after/0: evidence-before-dispatch"},
			{done(`"`+used+`"`, ""), "/after/0: document-unknown; /after/0: evidence-used-elsewhere"},
			{done(`"`+photo+`"`, `,"materialsCut":9999`), "/materialsCut: savings-implausible"},
			{done(`"`+photo+`"`, `,"materialsCut":3`), "/materialsCut: savings-implausible"},
			{done(`"`+photo+`"`, `,"stepsCut":3`), "/stepsCut: savings-implausible"},
			{done(`"`+photo+`"`, `,"daysCut":"20.1"`), "/daysCut: savings-implausible"},
		})
		d.run("RECT_OWNER@DP18", "rectification.remedy", done(`"`+photo+`"`, `,"materialsCut":2,"stepsCut":2,"daysCut":"20.0"`))

		if got := d.refused("RECT_OWNER@DP18", "rectification.check",
			`{"result":"pass","method":"site","comment":"好"}`); got != "verifier-not-independent; /verifier: verifier-not-independent" {
			t.Error(got)
		}
		a := d.who("RECT_VERIFIER@DP34", 0)
		a.Posts = append(a.Posts, "APPLY_CLERK@DP18") // of the owner's unit too
		if _, err := d.try(a, "rectification.check", `{"result":"pass","method":"site","comment":"好"}`); err == nil ||
			!strings.HasPrefix(err.Error(), "verifier-not-independent") {
			t.Error(err)
		}
		r := d.run(
			"RECT_VERIFIER@DP34", "rectification.check", `{"result":"pass","method":"site","comment":"现场看过，已撤下","siteNote":"十点到窗口，新指南已上墙"}`,
		)
		d.want(r, "rectState", `"CLOSED"`)
	})
}

// TestRectificationBackfilled: what is registered after the event may lack a file, and shows it.
func TestRectificationBackfilled(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.on = "2022-05-16"
		no := d.issue("办理进度查不到", "", "DP18")
		d.on = "2022-05-18"
		d.run("RECT_OWNER@DP18", "rectification.measures", `{"measures":[{"text":"公示进度","owner":"甲","due":"2022-05-18"}]}`)
		d.run("RECT_OWNER@DP18", "rectification.remedy", `{"comment":"公示进度"}`)
		d.on = "2022-05-20"
		d.run("RECT_VERIFIER@DP34", "rectification.check", `{"result":"pass","method":"site","comment":"查看"}`)
		// four days between dispatch and closing
		if got := d.judged("rectification.close", no); got != "R03 pass; R04 remind 1; R05 remind 1; R08 pass" {
			t.Error(got)
		}
	})
}

// judged are the checks of a point about a rectification, with the number of findings.
func (d *desk) judged(point, no string) string {
	d.t.Helper()
	var out []string
	d.tx(func(tx *gorm.DB) error {
		s, err := commands.RectificationSubject(tx, no, 0)
		if err != nil {
			return err
		}
		a := models.Acting{Person: "qin-heyan", At: d.now, BusinessDate: d.on}
		rep, _, err := commands.Checks.Look(tx, a, point, s)
		for _, res := range rep.Results {
			if r := rep.Edition.Checks().Rules[res.Rule]; r == nil || r.Kind != "check" {
				continue
			}
			text := res.Rule + " " + res.State
			if len(res.Findings) > 0 {
				text += fmt.Sprintf(" %d", len(res.Findings))
			}
			out = append(out, text)
		}
		return err
	})
	return strings.Join(out, "; ")
}

// TestRulesAgainstFormalism: a closing in the words of the plan and of another one,
// within the hour and without a note from the spot is found; one that says what was
// done, later, with its own photo, is not. None is refused.
func TestRulesAgainstFormalism(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		gate := func(point string, no, want string) {
			t.Helper()
			if got := d.judged(point, no); got != want {
				t.Errorf("%s of %s: %s", point, no, got)
			}
			d.tx(func(tx *gorm.DB) error {
				act := commands.Act{Headers: map[string]string{"checks": point, "answers": "later"}, Issue: no, Root: 1}
				return commands.Gate(tx, d.who("RECT_VERIFIER@DP34", 0), act)
			})
		}
		closing := func(no, text string, took time.Duration, note string) {
			d.now = d.now.Add(took)
			d.run("RECT_OWNER@DP18", "rectification.measures", `{"measures":[{"text":"按要求整改到位，今后加强管理","owner":"甲","due":"2026-12-31"}]}`)
			d.run("RECT_OWNER@DP18", "rectification.remedy", `{"comment":"`+text+`","after":["`+d.file(no, "照片"+no)+`"]}`)
			d.run("RECT_VERIFIER@DP34", "rectification.check", `{"result":"pass","method":"site","comment":"查看","siteNote":"`+note+`"}`)
		}
		first := d.issue("窗口要求提交身份证复印件两份", "", "DP18")
		gate("rectification.open", first, "R02 pass; R07 pass")
		closing(first, "按要求整改到位，今后加强管理", time.Minute, "")
		gate("rectification.close", first, "R03 pass; R04 remind 1; R05 pass; R08 remind 1")
		second := d.issue("窗口要求提交身份证复印件两份", "", "DP18")
		gate("rectification.open", second, "R02 remind 1; R07 pass")
		closing(second, "按要求整改到位，今后加强管理", time.Minute, "十点到窗口核对")
		gate("rectification.close", second, "R03 pass; R04 remind 2; R05 pass; R08 pass")
		third := d.issue("取号机停用三天无人报修", "", "DP18")
		gate("rectification.open", third, "R02 pass; R07 pass")
		closing(third, "已更换取号机主板并与厂家约定两小时到场", 2*time.Hour, "")
		gate("rectification.close", third, "R03 pass; R04 pass; R05 pass; R08 pass")
		var runs int64
		if err := db.Read(context.Background()).Table("check_run").Where("subject_kind = ?",
			books.SubjectRectification).Count(&runs).Error; err != nil ||
			runs != 6 {
			t.Errorf("%d runs kept, %v", runs, err)
		}
	})
}

// TestRectificationDispute: each unit says “not ours” once and the supervisor rules;
// more time is asked for once; the second return brings the deputy, the third an interview.
func TestRectificationDispute(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		no := d.issue("两个窗口互相推诿", "", "DP18")
		owner := "RECT_OWNER@DP18"
		object := `{"stance":"object","objection":"该事项由另一单位办理"}`
		if got := d.refused(owner, "rectification.respond",
			`{"stance":"object","objection":"不是"}`); got != "invalid-data; /objection: reason-too-short" {
			t.Error(got)
		}
		d.want(d.run(owner, "rectification.respond", object), "ownerAnswer", `"object"`)
		if got := d.refused("BUREAU_CHIEF@DP34", "rectification.rule",
			`{"verdict":"move","ownerDept":"DP18","comment":"请你单位办理"}`); got != "invalid-data; /ownerDept: rectification-owner-same" {
			t.Error(got)
		}
		d.want(d.run("BUREAU_CHIEF@DP34", "rectification.rule", `{"verdict":"keep","comment":"清单列明由你单位办理"}`), "ownerDept", `"DP18"`)
		if got := d.refused(owner, "rectification.respond", object); got != "invalid-data; /stance: rectification-objected-already" {
			t.Error(got)
		}
		d.want(d.run(owner, "rectification.respond", `{"rootCause":"PROC","why":"职责没有写清楚"}`), "ownerAnswer", `"accept"`)
		d.run(owner, "rectification.measures", `{"measures":[{"text":"明确牵头窗口","owner":"甲","due":"2026-12-31"}]}`)

		more := func(days string) string {
			return `{"act":"extend","extendDays":` + days + `,"extendReason":"等待系统改造"}`
		}
		// severity B has 10
		if got := d.refused(owner, "rectification.remedy", more("11")); got != "invalid-data; /extendDays: number-range" {
			t.Error(got)
		}
		before := d.due(no)
		d.want(d.run(owner, "rectification.remedy", more("5")), "remedyState", `"extend"`)
		d.want(d.run("BUREAU_CHIEF@DP34", "rectification.extend", `{"verdict":"agree","comment":"同意延期办理"}`), "rectDays", "5")
		if after := d.due(no); after != d.days.After(before, 5) {
			t.Errorf("due on %s, before %s", after, before)
		}
		if got := d.refused(owner, "rectification.remedy", more("1")); got != "invalid-data; /act: extension-asked-already" {
			t.Error(got)
		}
		for i, want := range []string{`"none"`, `"deputy"`, `"interview"`, `"interview"`} {
			d.want(
				d.run(owner, "rectification.remedy", fmt.Sprintf(`{"comment":"第%d次整改","after":[%q]}`, i, d.file(no, fmt.Sprint("照片", i)))),
				"remedyState", `"done"`,
			)
			d.want(
				d.run("RECT_VERIFIER@DP34", "rectification.check", `{"result":"fail","method":"site","comment":"仍在推诿"}`), "escalation",
				want,
			)
		}
		if got := d.refused("BUREAU_DIRECTOR@DP34", "rectification.interview",
			`{"heldOn":"2026-11-25","with":"甲","comment":"限期改正，书面检查"}`); got != "invalid-data; /heldOn: date-in-future" {
			t.Error(got)
		}
		d.run("BUREAU_DIRECTOR@DP34", "rectification.interview", `{"heldOn":"2026-11-24","with":"甲","comment":"限期改正，书面检查"}`)
		d.run("BUREAU_CHIEF@DP34", "rectification.follow", `{"contactedOn":"2026-11-24","comment":"市局答复仍在研究"}`)
		if r, err := books.FindRectification(db.Read(context.Background()), no); err != nil || r.State != books.RectReferredUp {
			t.Errorf("%s, %v", r.State, err)
		}
	})
}

func (d *desk) due(no string) models.Date {
	d.t.Helper()
	r, err := books.FindRectification(d.db.Read(context.Background()), no)
	if err != nil {
		d.t.Fatal(err)
	}
	return r.DueOn
}
