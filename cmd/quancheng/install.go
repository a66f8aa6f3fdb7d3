package main

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/registers"
	"github.com/quancheng/quancheng/models/rulebook"
	"github.com/quancheng/quancheng/models/service"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// installDemo is what a dev server begins with.
func installDemo(ctx context.Context, db *models.DB) error {
	_, err := installShipped(ctx, db, true)
	return err
}

// shippedReason is the reason of what a program has brought itself: by it a county's own is told apart.
const shippedReason = "随程序发布"

// installShipped makes the shipped models, forms and example parameters the
// newest, unless they are there; with the demo organisation if asked. Models of which the county has deployed its own
// stay as they are: kept are their processes.
func installShipped(ctx context.Context, db *models.DB, withDemo bool) (kept []string, err error) {
	bundle, err := definitions.Shipped()
	if err != nil {
		return nil, err
	}
	files, err := registers.Files(definitions.Registers())
	if err != nil {
		return nil, err
	}
	now := time.Now()
	a := models.Acting{Person: models.System, At: now, BusinessDate: models.DateOf(now), Reason: shippedReason}
	err = db.Tx(ctx, func(tx *gorm.DB) error {
		if err := rulebook.Install(tx, now); err != nil {
			return err
		}
		if err := registers.Install(tx, a, files); err != nil {
			return err
		}
		if withDemo { // first: a deployment looks for the units and posts that the models need
			if err := service.InstallExamples(tx); err != nil {
				return err
			}
			if err := demo.Install(tx, a); err != nil {
				return err
			}
		}
		if kept, err = ownProcesses(tx, bundle); err != nil {
			return err
		}
		if len(kept) == 0 {
			if _, _, err := bundles.Deploy(tx, a, bundle); err != nil {
				return err
			}
		}
		if !withDemo {
			return nil
		}
		return installSamples(tx, a)
	})
	return kept, err
}

// ownProcesses are the processes of a shipped bundle that is new here, of which
// the newest version is the county's own.
func ownProcesses(tx *gorm.DB, bundle definitions.Bundle) ([]string, error) {
	if known, err := process.Deployed(tx, bundle.Digest); err != nil || known {
		return nil, err
	}
	compiled, _ := bundles.Compile(bundle)
	if compiled == nil {
		return nil, nil // Deploy says why
	}
	var own []string
	for _, m := range compiled.Models {
		for _, p := range m.Processes {
			newest, err := process.NewestReason(tx, p.ID)
			if errors.Is(err, process.ErrNotFound) || err == nil && newest == shippedReason {
				continue
			}
			if err != nil {
				return nil, err
			}
			own = append(own, p.ID)
		}
	}
	return own, nil
}

// installSamples deploys the worked examples, which name posts of the demo organisation.
func installSamples(tx *gorm.DB, a models.Acting) error {
	samples, err := definitions.Samples()
	if err != nil {
		return err
	}
	for _, s := range samples {
		if _, _, err := bundles.Deploy(tx, a, s); err != nil {
			return err
		}
	}
	return nil
}
