package api_test

import (
	"fmt"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
)

// evaluates plays the evaluation of a year: the house's score, and a third party's where one is asked for.
func (c *changes) evaluates(score string, sampled bool, third string) wire.Evaluation {
	c.t.Helper()
	at := "/api/v1/projects/" + c.code + "/evaluations"
	c.do(c.chief, "POST", at, nil).want(201, "")
	c.pump()
	c.does(c.clerk, "p11_self", "complete", selfEvaluation("60", "30", "50", "30"))
	c.does("he-guangming", "p11_sign", "agree", nil)
	c.does("li-xin", "p11_review", "complete", fields{"score": score, "sampled": sampled, "comment": "指标基本完成，数据可核"})
	if third != "" {
		c.does("wang-ke", "p11_third", "complete", fields{
			"organisation": "某会计师事务所", "score": third, "comment": "抽查台账与系统日志，结论如上",
			"report": []any{walk{&player{town: c.town, code: c.code}}.evidence()},
		})
	}
	c.does("zhao-kezhang", "p11_confirm", "agree", nil)
	var all wire.Evaluations
	c.do(c.clerk, "GET", at, nil).want(200, "").into(&all)
	if all.MayBegin || !strings.Contains(all.Why, all.Items[0].No) {
		c.t.Errorf("a second one in a year: %+v", all)
	}
	return all.Items[0]
}

// selfEvaluation has two targets, of so many points and with so many.
func selfEvaluation(weight1, weight2, score1, score2 string) fields {
	row := func(name, weight, score string) fields {
		return fields{"name": name, "target": "100%", "actual": "96%", "source": "系统日志", "weight": weight, "score": score}
	}
	return fields{
		"indicators":  []any{row("车位接入率", weight1, score1), row("群众满意度", weight2, score2), row("数据共享", "10", "5")},
		"usersActive": 5200, "servicesShared": 3, "problems": "乡镇车位接入慢", "improvements": "年内完成乡镇接入", "documents": []any{},
	}
}

// TestAProjectIsEvaluated: once a year; the grades at their thresholds, what fails or is drawn goes to a third party whose
// score counts, a failure stops the funds and begins a rectification, and two fair years ask whether to go on.
func TestAProjectIsEvaluated(t *testing.T) {
	c := &changes{town: newTown(t, modelstest.Open(t, modelstest.SQLite(t))), code: "XM-2026-951"}
	at := "/api/v1/projects/" + c.code + "/evaluations"
	c.bought(false)
	c.do(c.chief, "POST", at, nil).want(422, "not-evaluable")
	c.must(c.db.Tx(ctx(), func(tx *gorm.DB) error {
		return tx.Model(&books.Project{}).Where("code = ?", c.code).Update("stage", books.FinalPassed).Error
	}))
	c.do("fang-lei", "POST", at, nil).want(404, "not-found") // of another unit
	c.do("li-xin", "POST", at, nil).want(403, "forbidden")
	for i, x := range []struct {
		score   string
		sampled bool
		third   string
		grade   string
		use     string
		counts  string
	}{
		{score: "90", grade: "优", use: "none", counts: "90"},
		{score: "89.9", grade: "良", use: "none", counts: "89.9"},
		{score: "79.9", grade: "中", use: "none", counts: "79.9"},
		{score: "60", grade: "中", use: "mergeReview", counts: "60"},
		{score: "95", sampled: true, third: "80", grade: "良", use: "none", counts: "80"},
		{score: "59.9", third: "59.9", grade: "差", use: "stopFunds", counts: "59.9"},
	} {
		c.now = noon.AddDate(i, 0, 0)
		clear(c.tokens)
		got := c.evaluates(x.score, x.sampled, x.third)
		if got.Grade != x.grade || got.Use != x.use || got.Score != x.counts || got.SelfScore != "85" || len(got.OpenTasks) > 0 {
			t.Errorf("%s: %+v, want %s %s", x.score, got, x.grade, x.use)
		}
	}
	var found wire.RectificationPage
	c.do(c.chief, "GET", "/api/v1/projects/"+c.code+"/rectifications", nil).want(200, "").into(&found)
	if len(found.Items) != 1 || !strings.Contains(found.Items[0].Title, "绩效评价为差") {
		t.Errorf("what the failure came to: %+v", found.Items)
	}
	var kinds []string
	c.must(c.db.Read(ctx()).Raw("SELECT template FROM document WHERE project = ? AND template IN ('self_evaluation', 'evaluation_report') ORDER BY id",
		c.code).Scan(&kinds).Error)
	if len(kinds) != 12 {
		t.Errorf("papers: %v", kinds)
	}
	c.arrived("qc_p11_evaluation/p11_evaluated")
}

// TestASelfEvaluationAddsUp: points come to a hundred, none scores more than it weighs, the house gives back what it does
// not believe, and who has built is no third party.
func TestASelfEvaluationAddsUp(t *testing.T) {
	c := &changes{town: newTown(t, modelstest.Open(t, modelstest.SQLite(t))), code: "XM-2026-951"}
	c.bought(true)
	c.do(c.clerk, "POST", "/api/v1/projects/"+c.code+"/evaluations", nil).want(201, "")
	c.pump()
	task := c.taskOf(c.clerk, "p11_self")
	c.operate(c.clerk, task, "complete", fills(selfEvaluation("60", "29", "50", "29"))).want(422, "invalid-data")
	c.operate(c.clerk, task, "complete", fills(selfEvaluation("60", "30", "60.1", "30"))).want(422, "invalid-data")
	c.does(c.clerk, "p11_self", "complete", selfEvaluation("60", "30", "60", "30"))
	c.does("he-guangming", "p11_sign", "return", nil)
	c.does(c.clerk, "p11_self", "complete", selfEvaluation("60", "30", "40", "20"))
	c.does("he-guangming", "p11_sign", "agree", nil)
	review := fields{"score": "59", "sampled": false, "comment": "满意度没有出处，不予采信"}
	c.does("li-xin", "p11_review", "complete", review)
	third := fields{"organisation": "甲公司", "score": "61", "comment": "抽查台账与系统日志",
		"report": []any{walk{&player{town: c.town, code: c.code}}.evidence()}}
	var no wire.Problem
	c.operate("wang-ke", c.taskOf("wang-ke", "p11_third"), "complete", fills(third)).want(422, "invalid-data").into(&no)
	if len(no.Errors) != 1 || no.Errors[0].Pointer != "/organisation" {
		t.Errorf("the supplier evaluates itself: %+v", no.Errors)
	}
	third["organisation"], third["report"] = "某会计师事务所", []any{}
	c.operate("wang-ke", c.taskOf("wang-ke", "p11_third"), "complete", fills(third)).want(422, "invalid-data")
	third["report"] = []any{walk{&player{town: c.town, code: c.code, filed: 7}}.evidence()}
	c.does("wang-ke", "p11_third", "complete", third)
	c.does("zhao-kezhang", "p11_confirm", "return", nil)
	c.does("li-xin", "p11_review", "complete", fields{"score": "75", "sampled": false, "comment": "补充了满意度调查，予以采信"})
	c.does("zhao-kezhang", "p11_confirm", "agree", nil)
	var all wire.Evaluations
	c.do(c.clerk, "GET", "/api/v1/projects/"+c.code+"/evaluations", nil).want(200, "").into(&all)
	if e := all.Items[0]; e.Score != "75" || e.Third != "" || e.Grade != "中" || e.SelfScore != "65" || all.Clock != nil {
		t.Errorf("%+v", all)
	}
}

// TestTheSelfEvaluationIsDue: within twenty-four months after the final acceptance, to the day (F01).
func TestTheSelfEvaluationIsDue(t *testing.T) {
	c := &changes{town: newTown(t, modelstest.Open(t, modelstest.SQLite(t))), code: "XM-2026-951"}
	c.bought(true)
	c.must(c.db.Tx(ctx(), func(tx *gorm.DB) error {
		if err := tx.Create(&books.Acceptance{
			Project: c.code, Kind: books.Final, Round: 1, Conclusion: "pass", HeldOn: "2024-11-24", Members: models.JSON("[]"), Items: models.JSON("[]"),
			Documents: models.JSON("[]"), Actor: "x", At: c.clock().UTC(),
		}).Error; err != nil {
			return err
		}
		return tx.Model(&books.Project{}).Where("code = ?", c.code).Update("stage", books.FinalPassed).Error
	}))
	look := func() string {
		var all wire.Evaluations
		c.do(c.chief, "GET", "/api/v1/projects/"+c.code+"/evaluations", nil).want(200, "").into(&all)
		return fmt.Sprint(all.Clock.Due, " ", all.Clock.Light, " ", all.Clock.On)
	}
	if got := look(); got != "2026-11-24 amber " {
		t.Errorf("on the day: %s", got)
	}
	c.now = c.now.AddDate(0, 0, 1)
	clear(c.tokens)
	if got := look(); got != "2026-11-24 red " {
		t.Errorf("the day after: %s", got)
	}
	c.do(c.chief, "POST", "/api/v1/projects/"+c.code+"/evaluations", nil).want(201, "")
	c.pump()
	c.does(c.clerk, "p11_self", "complete", selfEvaluation("60", "30", "60", "30"))
	if got := look(); got != "2026-11-24 red 2026-11-25" {
		t.Errorf("done late: %s", got)
	}
}
