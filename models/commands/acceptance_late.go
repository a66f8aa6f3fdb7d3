package commands

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

var _ = foretold(map[string]Plan{
	"acceptance.late":   acceptanceLate,
	"acceptance.extend": acceptanceExtend,
	"acceptance.grant":  acceptanceGrant,
})

// acceptanceLate says whether nobody has asked for the final acceptance when its time is up (D09).
func acceptanceLate(tx *gorm.DB, c Call) (Result, Write, error) {
	if err := c.decidable(); err != nil {
		return nil, nil, err
	}
	requests, err := books.AcceptanceRequests(tx, c.text("projectCode"))
	if err != nil {
		return nil, nil, err
	}
	late := !slices.ContainsFunc(requests, func(r books.AcceptanceRequest) bool { return r.Kind == books.Final })
	return Result{"acceptanceLate": late}, nil, nil
}

// acceptanceExtend asks for a later final acceptance (延期验收).
func acceptanceExtend(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		ExtendedTo string    `json:"extendedTo"`
		Reason     string    `json:"reason"`
		Document   documents `json:"document"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	f := check()
	to := f.date("/extendedTo", in.ExtendedTo)
	if to != "" && to <= models.DateOf(c.Acting.At) {
		f.Field("/extendedTo", "extension-in-past")
	}
	reason := f.reason("/reason", in.Reason)
	if err := f.proofs(tx, "/document", project, in.Document); err != nil {
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	row := books.AcceptanceExtension{
		Project: project, ExtendedTo: to, Reason: reason, Documents: models.JSONOf(in.Document), AskedBy: c.Acting.Person,
		AskedAt: c.Acting.At.UTC(),
	}
	return Result{"extendedTo": string(to)}, func() error {
		if err := tx.Raw("SELECT COALESCE(MAX(no), 0) + 1 FROM acceptance_extension WHERE project = ?",
			project).Scan(&row.No).Error; err != nil {
			return fmt.Errorf("extensions of %s: %w", project, err)
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("extension of %s: %w", project, err)
		}
		return nil
	}, nil
}

// acceptanceGrant grants the newest extension.
func acceptanceGrant(tx *gorm.DB, c Call) (Result, Write, error) {
	project := c.text("projectCode")
	return Result{}, func() error {
		err := tx.Exec(
			"UPDATE acceptance_extension SET granted_on = ? WHERE project = ? AND no = (SELECT MAX(no) FROM acceptance_extension WHERE project = ?)",
			c.Acting.On(), project, project,
		).Error
		if err != nil {
			return fmt.Errorf("extension of %s: %w", project, err)
		}
		return nil
	}, nil
}
