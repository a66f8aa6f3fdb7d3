package papers

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// minReason is how long the reason of a voiding is at least, in characters.
const minReason = 10

// AskVoid asks that a paper be void, for a reason; the successor, where there is
// one, holds instead. A second person confirms it with ConfirmVoid.
func AskVoid(tx *gorm.DB, a models.Acting, d *Document, successor string) error {
	a.Reason = strings.TrimSpace(a.Reason)
	switch {
	case d.Template == "" || d.DocNo == "":
		return models.Refuse("paper-not-issued")
	case d.VoidedOn != "":
		return models.Refuse("paper-void-already", "no", string(d.DocNo))
	case utf8.RuneCountInString(a.Reason) < minReason:
		return models.Refuse("invalid-data").Field("/reason", "reason-short", "limit", strconv.Itoa(minReason))
	}
	if successor != "" {
		var n int64
		if err := tx.Model(&Document{}).Where("id = ? AND id <> ? AND template = ? AND project = ? AND voided_on IS NULL", successor, d.ID,
			d.Template, d.Project).Count(&n).Error; err != nil {
			return fmt.Errorf("successor of %s: %w", d.DocNo, err)
		}
		if n == 0 {
			return models.Refuse("invalid-data").Field("/replacedBy", "paper-successor-unknown")
		}
	}
	at := models.Stamp(a.At)
	d.VoidAskedBy, d.VoidAskedAt, d.VoidReason, d.ReplacedBy = a.Person, &at, a.Reason, successor
	return save(
		tx, a, d, "document.void.ask",
		map[string]any{"void_asked_by": a.Person, "void_asked_at": at, "void_reason": a.Reason, "replaced_by": successor},
	)
}

// ConfirmVoid is the second person's word: number and text stay, marked 作废.
func ConfirmVoid(tx *gorm.DB, a models.Acting, d *Document) error {
	switch {
	case d.VoidedOn != "":
		return models.Refuse("paper-void-already", "no", string(d.DocNo))
	case d.VoidAskedBy == "":
		return models.Refuse("paper-void-unasked", "no", string(d.DocNo))
	case d.VoidAskedBy == a.Person:
		return models.Refuse("paper-void-second")
	}
	d.VoidedOn, d.VoidedBy = a.On(), a.Person
	return save(tx, a, d, "document.void", map[string]any{"voided_on": d.VoidedOn, "voided_by": a.Person})
}

func save(tx *gorm.DB, a models.Acting, d *Document, action string, columns map[string]any) error {
	done := tx.Model(&Document{}).Where("id = ? AND voided_on IS NULL", d.ID).Updates(columns)
	if done.Error != nil {
		return fmt.Errorf("void %s: %w", d.DocNo, done.Error)
	}
	if done.RowsAffected == 0 {
		return models.Refuse("paper-void-already", "no", string(d.DocNo))
	}
	return audit.Audit(tx, "r:documents", a, audit.AuditEntry{
		Action: action, Subject: "document:" + d.ID, Project: d.Project, Digest: d.DocDigest,
		Detail: models.JSONOf(map[string]any{"docNo": d.DocNo, "reason": d.VoidReason, "replacedBy": d.ReplacedBy}),
	})
}
