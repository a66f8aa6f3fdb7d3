package office

import (
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// GrantReview is an audit administrator's signature under the list of a week's
// changes of accounts, posts and policies.
type GrantReview struct {
	Week     models.Date `gorm:"primaryKey"` // its Monday
	SignedBy string
	SignedAt time.Time
	Entries  int
	Digest   string
	Remark   string
}

// TableName of the entity.
func (GrantReview) TableName() string { return "grant_review" }

// ReviewDigest names what is on a list.
func ReviewDigest(rows []audit.AuditEntry) string {
	h := sm3.New()
	for _, r := range rows {
		_, _ = h.Write([]byte(r.Hash))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// ReviewOf is the signature of a week; empty when nobody has signed.
func ReviewOf(tx *gorm.DB, week models.Date) (GrantReview, error) {
	var r GrantReview
	err := tx.Where("week = ?", week).Take(&r).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return r, fmt.Errorf("review of %s: %w", week, err)
	}
	return r, nil
}

// SignReview signs the list of a week, once.
func SignReview(tx *gorm.DB, a models.Acting, week models.Date, rows []audit.AuditEntry, remark string) error {
	before, err := ReviewOf(tx, week)
	if err != nil {
		return err
	}
	if before.SignedBy != "" {
		return models.Refuse("review-signed", "person", before.SignedBy)
	}
	r := GrantReview{Week: week, SignedBy: a.Person, SignedAt: a.At.UTC(), Entries: len(rows), Digest: ReviewDigest(rows), Remark: remark}
	if err := tx.Create(&r).Error; err != nil {
		return fmt.Errorf("review of %s: %w", week, err)
	}
	return audit.Audit(tx, AccountChain, a, audit.AuditEntry{Action: "grants.review", Subject: "week:" + string(week), Digest: r.Digest})
}
