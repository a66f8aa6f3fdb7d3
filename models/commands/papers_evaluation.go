package commands

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/texts"
)

// evaluationPaper is the evaluation that the call is about.
func evaluationPaper(c Call, tx *gorm.DB, _ books.Project, all map[string]any) error {
	e, err := c.evaluation(tx)
	if err != nil {
		return err
	}
	var self books.SelfEvaluation
	if err := e.Self.Into(&self); err != nil {
		return fmt.Errorf("self-evaluation %s: %w", e.No, err)
	}
	rows := []any{}
	for i, x := range self.Indicators {
		rows = append(rows, map[string]any{
			"no": i + 1, "name": x.Name, "target": x.Target, "actual": x.Actual, "weight": jsonNumber(x.Weight), "score": jsonNumber(x.Score),
		})
	}
	out := root(all, "eval")
	out["no"], out["object"], out["period"], out["indicators"] = e.No, fmt.Sprintf("%s/%d", e.Project, e.Year), fmt.Sprint(e.Year), rows
	totals, err := books.TotalsOf(tx, e.Project)
	if err != nil {
		return err
	}
	budget, spent := totals[e.Project].Issued, totals[e.Project].NetPaid()
	out["budget"], out["spent"], out["execRate"] = budget, spent, "—"
	if budget.Sign() > 0 {
		out["execRate"] = spent.Decimal().Mul(hundred).DivRound(budget.Decimal(), 2).String() + "%"
	}
	out["users"], out["shared"] = self.UsersActive, self.ServicesShared
	out["problems"], out["measures"] = self.Problems, self.Improvements
	if e.SelfScore != nil {
		out["selfScore"] = jsonNumber(*e.SelfScore)
	}
	if e.ReviewScore != nil {
		out["reviewScore"], out["review"] = jsonNumber(*e.ReviewScore), e.Review
	}
	if e.ThirdScore != nil {
		out["third"], out["thirdScore"], out["thirdView"] = e.Third, jsonNumber(*e.ThirdScore), e.ThirdView
	}
	if s := e.FinalScore(); s != nil {
		out["score"] = jsonNumber(*s)
	}
	if e.Use != "" {
		out["grade"], out["use"] = e.Grade, texts.Text(texts.Chinese, "evaluation.use."+e.Use, nil)
	}
	return nil
}
