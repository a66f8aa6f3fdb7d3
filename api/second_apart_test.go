package api_test

import (
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestTwoProjectsHeldApart: two projects of one unit that together pass a threshold are one for rule B09, until the
// clerk says so or the head and the director confirm, by what it is shown, that they are two.
func TestTwoProjectsHeldApart(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		const requests = "/api/v1/second-requests"
		p := w.submitted()
		w.operate("he-guangming", w.taskOf("he-guangming", "p1_leader"), "agree", wire.OperationRequest{}).want(200, "")
		q := w.proper()

		w.unlink(q.Code)
		submit := "/api/v1/projects/" + q.Code + "/submit"
		w.answerChecks(w.clerk, "application", q.Code)
		w.do(w.clerk, "POST", submit, wire.ProjectAct{}).want(422, "checks-block")

		head, director := "zhao-kezhang", "lin-juzhang"
		why := "两个项目服务对象、资金来源都不同"
		shown := map[string]any{"other": p.Code, "shown": "财预〔2026〕12 号分别列支"}
		rows := w.rows("second_request")
		for _, c := range []struct {
			person, subject string
			terms           map[string]any
			status          int
			problem         string
		}{
			{w.clerk, q.Code, shown, 403, "forbidden"},
			{head, q.Code, map[string]any{"other": p.Code}, 422, "invalid-input"},                           // no evidence
			{head, q.Code, map[string]any{"other": p.Code, "shown": " 见 附 "}, 422, "invalid-input"},         // hardly any
			{head, q.Code, map[string]any{"other": q.Code, "shown": shown["shown"]}, 422, "apart-one-unit"}, // itself
			{head, q.Code, map[string]any{"other": "XM-2099-404", "shown": shown["shown"]}, 404, "not-found"},
			{head, "XM-2099-404", shown, 404, "not-found"},
		} {
			w.do(c.person, "POST", requests, asked("heldApart", c.subject, c.terms)(why)).want(c.status, c.problem)
		}
		if w.rows("second_request") != rows {
			t.Error("a refused request was written")
		}

		var r wire.SecondRequest
		w.do(head, "POST", requests, asked("heldApart", q.Code, shown)(why)).want(202, "").into(&r)
		if text := strings.Join(r.Effects, "\n"); !strings.Contains(text, "财预〔2026〕12 号") || !strings.Contains(text, p.Totals.Declared) {
			t.Errorf("the second person reads %q", text)
		}
		w.do(w.clerk, "POST", submit, wire.ProjectAct{}).want(422, "checks-block") // one person's word is none
		w.do(head, "POST", requests+"/"+r.ID, wire.Decision{Accept: true}).want(403, "")
		w.do(director, "POST", requests+"/"+r.ID, wire.Decision{Accept: true}).want(200, "")
		w.do(w.clerk, "POST", submit, wire.ProjectAct{}).want(200, "")
		for _, code := range []string{p.Code, q.Code} { // it holds from both sides
			if b := w.checked(head, "intake", code)["B09"]; b.State != "pass" {
				t.Errorf("%s: B09 is %+v", code, b)
			}
		}
		w.do(head, "POST", requests, asked("heldApart", p.Code, map[string]any{"other": q.Code, "shown": "财预〔2026〕12 号"})(why)).
			want(422, "apart-already")
	})
}

// unlink takes back what the form says of projects that are one with this.
func (w *town) unlink(code string) {
	w.t.Helper()
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		p, err := books.FindProject(tx, code)
		if err != nil {
			return err
		}
		form := fields{}
		if err := p.Form.Into(&form); err != nil {
			return err
		}
		delete(form, "linkedProjects")
		return tx.Model(&books.Project{}).Where("code = ?", code).Update("form", models.JSONOf(form)).Error
	}))
}
