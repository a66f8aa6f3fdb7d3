package api

import (
	"errors"
	"net/http"
	"slices"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/rules"
)

// projectEvaluations are the evaluations of a project, as those who see it may read them.
func projectEvaluations(c *call) (any, error) {
	row, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	return c.evaluations(c.db(), row.Project)
}

func (c *call) evaluations(tx *gorm.DB, p books.Project) (wire.Evaluations, error) {
	out := wire.Evaluations{Items: []wire.Evaluation{}}
	all, err := books.Evaluations(tx, p.Code)
	if err != nil {
		return out, err
	}
	d, err := c.directory()
	if err != nil {
		return out, err
	}
	for _, e := range all {
		w, err := c.evaluation(tx, d, e)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, w)
		if e.Year == models.DateOf(c.now).Year() || e.ClosedOn == "" {
			out.Why = c.textOf("evaluation-there", map[string]string{"no": e.No})
		}
	}
	if !p.Stage.Evaluable() {
		out.Why = c.textOf("not-evaluable", nil)
	}
	out.MayBegin = out.Why == "" && c.mayEvaluate(p)
	out.Clock, err = c.evaluationClock(tx, p, all)
	return out, err
}

// mayEvaluate: the clerk of the unit, and the head of the section.
func (c *call) mayEvaluate(p books.Project) bool {
	return slices.ContainsFunc(c.who.postIDs(), func(id string) bool {
		role, _ := models.SplitPost(id)
		return role == "BUREAU_CHIEF" || id == office.PostID("APPLY_CLERK", p.DeptID)
	})
}

// evaluationClock is until when the unit says what became of its targets, so many months after the final acceptance (F01).
func (c *call) evaluationClock(tx *gorm.DB, p books.Project, all []books.Evaluation) (*wire.LegalClock, error) {
	var held []models.Date
	err := tx.Model(&books.Acceptance{}).Where("project = ? AND kind = ? AND conclusion <> 'fail'", p.Code, books.Final).
		Order("round").Limit(1).Pluck("held_on", &held).Error
	if err != nil || len(held) == 0 {
		return nil, err
	}
	most, err := rules.Parameter(tx, held[0], "F01", "most")
	if err != nil {
		return nil, err
	}
	var done models.Date
	for _, e := range all { // the newest first: the earliest stays
		if e.SelfOn >= held[0] {
			done = e.SelfOn
		}
	}
	return c.clockUntil("F01", held[0], books.MonthsAfter(held[0], int(most.IntPart())), done), nil
}

func (c *call) evaluation(tx *gorm.DB, d *directory, e books.Evaluation) (wire.Evaluation, error) {
	w := wire.Evaluation{
		No: e.No, Year: e.Year, BegunOn: string(e.BegunOn), Indicators: []wire.EvaluationRow{}, SelfScore: points(e.SelfScore),
		ReviewScore: points(e.ReviewScore), Review: e.Review, Third: e.Third, ThirdScore: points(e.ThirdScore), Score: points(e.FinalScore()),
		Grade: e.Grade, Use: e.Use, ClosedOn: string(e.ClosedOn), OpenTasks: []wire.NextTask{},
	}
	if e.Use != "" {
		w.UseText = c.text("evaluation.use." + e.Use)
	}
	if err := d.know(e.BegunBy); err != nil {
		return w, err
	}
	w.BegunBy = d.maybe(e.BegunBy, "")
	var self books.SelfEvaluation
	if err := e.Self.Into(&self); err != nil {
		return w, err
	}
	for _, x := range self.Indicators {
		w.Indicators = append(w.Indicators, wire.EvaluationRow{
			Name: x.Name, Target: x.Target, Actual: x.Actual, Source: x.Source, Weight: x.Weight.String(), Score: x.Score.String(),
		})
	}
	var root int64
	err := tx.Raw("SELECT key FROM root_state WHERE process = ? AND business_key = ? ORDER BY key DESC LIMIT 1",
		books.EvaluationProcess, e.No).
		Scan(&root).Error
	if err != nil || root == 0 {
		return w, err
	}
	w.OpenTasks, err = c.openTasks(d, root)
	return w, err
}

// points of a score, "" before there is one.
func points(d *decimal.Decimal) string {
	if d == nil {
		return ""
	}
	return d.String()
}

// beginEvaluation begins the evaluation of this year; the unit's clerk has the first task.
func beginEvaluation(c *call) (any, error) {
	row, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	if !c.mayEvaluate(row.Project) {
		return nil, refuse(http.StatusForbidden, "forbidden")
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	if _, err := process.NewestDefinition(c.db(), books.EvaluationProcess); errors.Is(err, process.ErrNotFound) {
		return nil, refuse(http.StatusConflict, "no-evaluation-process")
	}
	var no string
	answer, err := c.once(func(tx *gorm.DB) (reply, error) {
		p, err := books.FindProject(tx, row.Code)
		if err != nil {
			return reply{}, err
		}
		e, err := commands.BeginEvaluation(tx, a, p)
		if err != nil {
			return reply{}, err
		}
		no = e.No
		w, err := c.evaluations(tx, p)
		return reply{Status: http.StatusCreated, Body: w}, err
	})
	if err == nil && no != "" {
		c.hurry(process.StartEntry(books.EvaluationProcess, no))
	}
	return answer, err
}
