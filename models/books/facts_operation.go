package books

import (
	"encoding/json"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
)

// PointOperation is where the performance of a project is judged (F01–F03).
const PointOperation = "operation"

var _ = rules.Provide(rules.Source{
	Kind: SubjectProject, Points: []string{PointOperation}, Facts: []string{"finalScore", "grades", "inBuild", "finalOn", "doneOn"},
	Gather: operationFacts,
})

// operationFacts are about the newest evaluation; grades are of those that are graded, the newest first.
func operationFacts(tx *gorm.DB, s rules.Subject, _ models.Date) (rules.Facts, error) {
	p, err := FindProject(tx, s.ID)
	if err != nil {
		return nil, err
	}
	all, err := Evaluations(tx, s.ID)
	if err != nil {
		return nil, err
	}
	var held []models.Date
	err = tx.Model(&Acceptance{}).Where("project = ? AND kind = ? AND conclusion <> 'fail'", s.ID, Final).
		Order("round").Limit(1).Pluck("held_on", &held).Error
	if err != nil {
		return nil, err
	}
	grades, done, final := []any{}, []any{}, []any{}
	for _, e := range all {
		if e.Grade != "" {
			grades = append(grades, e.Grade)
		}
		if e.SelfOn != "" && len(held) > 0 && e.SelfOn >= held[0] {
			done = append(done, string(e.SelfOn))
		}
	}
	for _, on := range held {
		final = append(final, string(on))
	}
	out := map[string]any{
		"grades": grades, "doneOn": done, "finalOn": final, "inBuild": slices.Contains([]Stage{Building, PrelimPassed, TrialRun}, p.Stage),
	}
	if len(all) > 0 && all[0].FinalScore() != nil {
		out["finalScore"] = json.Number(all[0].FinalScore().String())
	}
	return factsOf(out)
}
