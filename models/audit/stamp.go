package audit

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Stamp is what a time-stamp authority says of a seal: it, and all before it, was there at that moment.
type Stamp struct {
	Seal  int64 `gorm:"primaryKey"`
	At    time.Time
	Token []byte // RFC 3161
}

// TableName of the entity.
func (Stamp) TableName() string { return "audit_stamp" }

// stampEvery is how often an authority is asked: seals link, so that a stamp speaks for all before it.
const stampEvery = time.Hour

// ToStamp is the number of the newest seal, and what is stamped of it, when it is time to ask an authority; 0: it is not.
func ToStamp(tx *gorm.DB, now time.Time) (no int64, text string, err error) {
	var seal AuditSeal
	err = tx.Omit("heads").Order("no DESC").Take(&seal).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return 0, "", nil
	}
	if err != nil {
		return 0, "", fmt.Errorf("audit seals: %w", err)
	}
	var last Stamp
	err = tx.Order("seal DESC").Take(&last).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return 0, "", fmt.Errorf("stamps of the audit: %w", err)
	}
	if last.Seal == seal.No || err == nil && now.Sub(last.At) < stampEvery {
		return 0, "", nil
	}
	return seal.No, signedSeal + seal.Hash, nil
}

// Keep stores a stamp; the first of a seal stays.
func (s Stamp) Keep(tx *gorm.DB) error {
	s.At = s.At.UTC()
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&s).Error; err != nil {
		return fmt.Errorf("stamp of seal %d: %w", s.Seal, err)
	}
	return nil
}

// stamps holds the authority's tokens against the seals. Where nobody is asked any more they are not looked at.
func (v Verifier) stamps(tx *gorm.DB, r *AuditResult) error {
	if v.Stamped == nil {
		return nil
	}
	var rows []struct {
		Stamp Stamp `gorm:"embedded"`
		Hash  string
	}
	err := tx.Raw(`SELECT t.*, COALESCE(s.hash, '') AS hash
		FROM audit_stamp t LEFT JOIN audit_seal s ON s.no = t.seal ORDER BY t.seal`).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("stamps of the audit: %w", err)
	}
	for _, row := range rows {
		at, err := v.Stamped(row.Stamp.Token, signedSeal+row.Hash)
		if err != nil || !at.Equal(row.Stamp.At) {
			r.Break = &AuditBreak{Seq: row.Stamp.Seal, Cause: StampDiffers}
			return nil
		}
		r.Stamped++
	}
	return nil
}
