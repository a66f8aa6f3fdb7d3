package sla

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

// expiring is how many requests one sweep ends at most.
const expiring = 500

// ExpireSeconds ends the wait of requests that no second person has confirmed in
// time (domain: access.md §5), and tells who has asked. Nothing was done by them.
func ExpireSeconds(ctx context.Context, db *models.DB, now time.Time) error {
	all, err := process.OverdueConfirmations(db.Read(ctx), now, expiring)
	if err != nil {
		return err
	}
	var errs []error
	for _, k := range all {
		errs = append(errs, db.Tx(ctx, func(tx *gorm.DB) error { return Expire(tx, k, now) }))
	}
	return errors.Join(errs...)
}

// Expire ends the wait of one request.
func Expire(tx *gorm.DB, k process.Confirmation, now time.Time) error {
	ended, err := process.ExpireConfirmation(tx, acting(now), k)
	if err != nil || !ended {
		return err
	}
	root, err := process.RootByKey(tx, k.Root)
	if err != nil {
		return fmt.Errorf("case of confirmation %d: %w", k.ID, err)
	}
	matter, key := root.BusinessKey, "operation."+k.Operation
	if matter == "" {
		matter = root.Project
	}
	return office.Tell(tx, office.Notification{
		Cause: fmt.Sprintf("case-expired:%d", k.ID), Kind: "case-expired", Subject: fmt.Sprintf("case:%d", k.Root), CreatedAt: now,
		Args: models.JSONOf(
			map[string]string{"matter": matter, "what": texts.Text(texts.Chinese, key, nil), "whatEn": texts.Text(texts.English, key, nil)},
		),
	}, k.AskedBy)
}
