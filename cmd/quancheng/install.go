package main

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/registers"
	"github.com/quancheng/quancheng/models/rulebook"
	"github.com/quancheng/quancheng/models/service"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// installDemo is what a dev server begins with.
func installDemo(ctx context.Context, db *models.DB) error { return installShipped(ctx, db, true) }

// installShipped makes the shipped models, forms and example parameters the
// newest, unless they are there; with the demo organisation if asked.
func installShipped(ctx context.Context, db *models.DB, withDemo bool) error {
	bundle, err := definitions.Shipped()
	if err != nil {
		return err
	}
	files, err := registers.Files(definitions.Registers())
	if err != nil {
		return err
	}
	now := time.Now()
	a := models.Acting{Person: models.System, At: now, BusinessDate: models.DateOf(now), Reason: "随程序发布"}
	return db.Tx(ctx, func(tx *gorm.DB) error {
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
		if _, _, err := bundles.Deploy(tx, a, bundle); err != nil || !withDemo {
			return err
		}
		return installSamples(tx, a)
	})
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
