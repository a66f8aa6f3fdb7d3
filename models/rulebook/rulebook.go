// Package rulebook puts the example rule pack that ships in the binary into
// the books. A county publishes its own beside it.
package rulebook

import (
	"fmt"
	"sync"
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

// Files are the rule files in the binary: the base layer of every pack, whose
// decisions a county's files replace one by one.
func Files() ([]rules.File, error) {
	files, err := definitions.ExampleChecks()
	if err != nil {
		return nil, err
	}
	out := make([]rules.File, len(files))
	for i, f := range files {
		out[i] = rules.File{Name: f.Name, Body: f.Data}
	}
	return out, nil
}

// ExampleChecks are the rule files in the binary, compiled once.
var ExampleChecks = sync.OnceValues(func() (*rules.Checks, error) {
	files, err := Files()
	if err != nil {
		return nil, err
	}
	return rules.Compile(files)
})

// Install publishes the example pack, unless it is there.
func Install(tx *gorm.DB, at time.Time) error {
	p, err := Example()
	if err != nil {
		return err
	}
	files, err := Files()
	if err != nil {
		return err
	}
	if err := rules.InstallPack(tx, at, p, files...); err != nil {
		return fmt.Errorf("rulebook: %w", err)
	}
	return nil
}
