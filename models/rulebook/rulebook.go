// Package rulebook puts the example rule pack that ships in the binary into
// the books. A county publishes its own beside it.
package rulebook

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// Install publishes the example pack, unless it is there.
func Install(tx *gorm.DB, at time.Time) error {
	p, err := definitions.ExamplePack()
	if err != nil {
		return err
	}
	params := make([]models.RuleParam, len(p.Params))
	for i, q := range p.Params {
		params[i] = models.RuleParam(q)
	}
	if err := models.InstallPack(tx, at, p.ID, p.Name, models.Date(p.ValidFrom), params); err != nil {
		return fmt.Errorf("rulebook: %w", err)
	}
	return nil
}
