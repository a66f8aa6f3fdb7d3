package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/rules"
)

// TestBadWalk is the application that nobody should have accepted: six million
// under the name of an existing project, an empty form, no plan entry, minutes,
// quotes or paper, and 48 % of “other” costs (domain/checks.md §7). Each step is
// refused by rule, and the same project goes through when it is prepared.
func TestBadWalk(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		first := w.submitted()
		w.operate("he-guangming", w.taskOf("he-guangming", "p1_leader"), "agree", wire.OperationRequest{Opinion: "同意"}).want(200, "")
		bad := application
		bad.Lines = []wire.LineInput{
			{Category: "软件开发", Name: "停车诱导平台", Unit: "套", Qty: "1", UnitPrice: "3120000.00"},
			{Category: "其他", Name: "其他费用", Unit: "项", Qty: "1", UnitPrice: "2880000.00"},
		}
		var p wire.Project
		w.do("zhou-min", "POST", "/api/v1/projects", bad).want(201, "").into(&p)
		at := "/api/v1/projects/" + p.Code + "/submit"

		var refused wire.Problem
		w.do("zhou-min", "POST", at, wire.ProjectAct{}).want(422, "checks-block").into(&refused)
		got := map[string][]string{}
		for _, e := range refused.Errors {
			if e.CheckFault == nil || e.Detail == "" || e.Basis == "" || e.Satisfy == "" {
				t.Fatalf("an error says nothing of its rule: %+v", e)
			}
			if !slices.Contains(got[e.Rule], e.State) {
				got[e.Rule] = append(got[e.Rule], e.State)
			}
		}
		want := map[string]string{
			"A02": "unknown", "A05": "block", "A06": "block", "A08": "block", "A09": "block", "A11": "block",
			"A03": "remind", "A04": "unknown", "A07": "remind", "B05": "remind", "D04": "remind",
		}
		for rule, state := range want {
			if !slices.Contains(got[rule], state) {
				t.Errorf("%s: %v, want %s", rule, got[rule], state)
			}
		}
		if got["A10"] != nil {
			t.Errorf("A10 speaks where A05 does: %v", got["A10"])
		}
		if w.runs(p.Code) != 0 {
			t.Error("a refused act keeps a run")
		}
		w.do("zhou-min", "GET", "/api/v1/projects/"+p.Code, nil).want(200, "").into(&p)
		if p.Stage != "DRAFT" || p.Revision != 0 {
			t.Fatalf("after the refusal: %s, revision %d", p.Stage, p.Revision)
		}
		w.mended(p, at)
		w.checklistDecides(p, first)
	})
}

// mended: with what hard rules ask for, reminders are still to be answered.
func (w *town) mended(p wire.Project, at string) {
	w.t.Helper()
	w.ready(p.Code)
	err := w.db.Tx(ctx(), func(tx *gorm.DB) error {
		return tx.Where("subject_id = ? AND rule = ?", p.Code, "B05").Delete(&rules.Answer{}).Error
	})
	if err != nil {
		w.t.Fatal(err)
	}
	var refused wire.Problem
	w.do("zhou-min", "POST", at, wire.ProjectAct{}).want(422, "checks-block").into(&refused)
	if len(refused.Errors) != 1 || refused.Errors[0].Rule != "B05" || refused.Errors[0].State != "remind" ||
		!strings.Contains(refused.Errors[0].Detail, "48") {
		w.t.Errorf("without an answer to B05: %+v", refused.Errors)
	}
	answers := "/api/v1/checks/application/project/" + p.Code + "/answers"
	one := func(rule, place, reason string) wire.CheckAnswers {
		return wire.CheckAnswers{Answers: []wire.CheckAnswerInput{{Rule: rule, Place: place, Reason: reason}}}
	}
	w.do("zhou-min", "POST", answers, one("A08", "minutes|0|", "以后再补")).want(422, "answers-refused")
	w.do("zhou-min", "POST", answers, one("B05", "lines|9|", "没有这一行")).want(422, "answers-refused")
	w.do("zhou-min", "POST", answers, one("B05", refused.Errors[0].Place, "无")).want(422, "answers-refused")
	w.do("he-guangming", "POST", answers, one("B05", refused.Errors[0].Place, "已分解，见附件")).want(422, "answers-refused")
	w.answerChecks("zhou-min", "application", p.Code)
	w.do("zhou-min", "POST", at, wire.ProjectAct{}).want(200, "")
	if w.runs(p.Code) != 1 {
		w.t.Errorf("the submission kept %d runs", w.runs(p.Code))
	}
	var rows []rules.RuleEval
	if err := w.db.Read(ctx()).Where("project = ? AND run > 0", p.Code).Order("id").Find(&rows).Error; err != nil || len(rows) != 16 {
		w.t.Errorf("%d rows of rules: %v", len(rows), err)
	}
}

// checklistDecides: an officer accepts nothing over an empty check list.
func (w *town) checklistDecides(p, _ wire.Project) {
	w.t.Helper()
	for _, leader := range []string{"he-guangming"} {
		for _, task := range w.tasksOf(leader, "p1_leader") {
			w.operate(leader, task, "agree", wire.OperationRequest{Opinion: "同意"}).want(200, "")
		}
	}
	var check wire.TaskSummary
	for _, task := range w.tasksOf("chen-shouli", "p2_check") {
		if task.Project == p.Code {
			check = task
		}
	}
	var refused wire.Problem
	w.operate("chen-shouli", check, "complete", wire.OperationRequest{Data: fields{"decision": "accept", "checklist": []any{}}}).
		want(422, "checks-block").
		into(&refused)
	for _, e := range refused.Errors {
		if e.Rule != "A11" || e.State != "block" || fmt.Sprint(e.Values["fault"]) != "unchecked" {
			w.t.Errorf("an empty check list: %+v", e)
		}
	}
	if len(refused.Errors) < 4 {
		w.t.Errorf("%d items are unchecked", len(refused.Errors))
	}
	w.operate("chen-shouli", check, "complete", wire.OperationRequest{Data: fields{"decision": "accept", "checklist": checkItems()}}).
		want(200, "")
	var row books.Project
	if err := w.db.Read(ctx()).Where("code = ?", p.Code).Take(&row).Error; err != nil || row.AcceptedOn == "" {
		w.t.Errorf("not accepted: %+v %v", row.Stage, err)
	}
}

func (w *town) runs(code string) (n int64) {
	w.t.Helper()
	if err := w.db.Read(ctx()).Model(&rules.CheckRun{}).Where("project = ?", code).Count(&n).Error; err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *town) tasksOf(person, element string) (out []wire.TaskSummary) {
	w.t.Helper()
	for _, scope := range []string{"mine", "claimable"} {
		var page wire.TaskPage
		w.do(person, "GET", "/api/v1/tasks?scope="+scope, nil).want(200, "").into(&page)
		for _, t := range page.Items {
			if t.Element == element {
				out = append(out, t)
			}
		}
	}
	return out
}
