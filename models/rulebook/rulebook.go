// Package rulebook puts the example rule pack that ships in the binary into
// the books. A county publishes its own beside it.
package rulebook

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// Example is the pack in the binary. No real county is described.
func Example() (rules.RulePack, error) {
	p, err := definitions.ExamplePack()
	if err != nil {
		return rules.RulePack{}, err
	}
	params := make([]rules.RuleParam, len(p.Params))
	for i, q := range p.Params {
		params[i] = rules.RuleParam(q)
	}
	return rules.RulePack{ID: p.ID, Name: p.Name, ValidFrom: models.Date(p.ValidFrom), Params: models.JSONOf(params)}, nil
}

// Install publishes the example pack, unless it is there.
func Install(tx *gorm.DB, at time.Time) error {
	p, err := Example()
	if err != nil {
		return err
	}
	if err := rules.InstallPack(tx, at, p); err != nil {
		return fmt.Errorf("rulebook: %w", err)
	}
	return nil
}
