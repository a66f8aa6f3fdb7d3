package commands

import (
	"errors"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// Terminate ends the matter of a process that a person has ended: a project is
// TERMINATED, and a bureau that was told of its approval is told that it is
// revoked; a rectification is INVALID. Key is the business key of the process.
func Terminate(tx *gorm.DB, c Call, key string) error {
	p, err := books.FindProject(tx, key)
	var unknown *models.Refusal
	switch {
	case errors.As(err, &unknown):
		return tx.Model(&books.Rectification{}).Where("no = ?", key).Update("state", books.RectInvalid).Error
	case err != nil:
		return err
	}
	if p.ApprovedOn != "" {
		if err := sendOut(tx, c, p, "project.revoked"); err != nil {
			return err
		}
	}
	return books.SetStage(tx, c.Acting, &p, books.Terminated)
}

// revokedData names the approval that does not hold any more.
func revokedData(tx *gorm.DB, c Call, p books.Project) (map[string]any, error) {
	doc, err := lastDocument(tx, p.Code, "批复")
	return map[string]any{"doc_no": string(doc.DocNo), "reason": c.Acting.Reason}, err
}
