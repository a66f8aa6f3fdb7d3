package inbox

import (
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

// beginChanges makes work of each change of a contract that the procurement bureau
// has on record and nobody here had asked for: the unit explains it, and who would
// have decided decides. Where no model of changes is deployed, the record stands alone.
func beginChanges(tx *gorm.DB, a models.Acting, project string) error {
	if project == "" {
		return nil
	}
	all, err := books.UnstartedChanges(tx, project)
	if err != nil || len(all) == 0 {
		return err
	}
	if _, err := process.NewestDefinition(tx, books.ChangeProcess); errors.Is(err, process.ErrNotFound) {
		return nil
	}
	p, err := books.FindProject(tx, project)
	if err != nil {
		return err
	}
	for _, c := range all {
		root, _, err := process.Begin(tx, a, process.Beginning{
			Process: books.ChangeProcess, BusinessKey: c.No, Project: p.Code, Dept: p.DeptID, Variables: models.JSONOf(c.StartVars(p)),
		})
		if err != nil {
			return fmt.Errorf("change %s: %w", c.No, err)
		}
		if err := tx.Model(&books.ChangeRequest{}).Where("no = ?", c.No).Update("root", root).Error; err != nil {
			return fmt.Errorf("change %s: %w", c.No, err)
		}
	}
	return nil
}
