package acts

import (
	"errors"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// editsApplication is the part of the dossier that header and lines are.
const editsApplication = "application"

// WithApplicantAgain makes a project a draft again whose application a return has
// brought back to its applicant (退回修改): a task that edits it is open, and what he
// submits goes the way again. A notice to supplement has a stage of its own.
func WithApplicantAgain(tx *gorm.DB, a models.Acting, project string, edits []string) error {
	if project == "" || !slices.Contains(edits, editsApplication) {
		return nil
	}
	p, err := books.FindProject(tx.Clauses(clause.Locking{Strength: "UPDATE"}), project)
	var none *models.Refusal
	switch {
	case errors.As(err, &none):
		return nil
	case err != nil:
		return err
	case p.Stage == books.Draft, p.Stage == books.Supplementing, p.Stage.Closed():
		return nil
	}
	return books.SetStage(tx, a, &p, books.Draft)
}
