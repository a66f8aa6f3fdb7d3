package watch

import (
	"encoding/hex"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
)

// Refused is a message in a bureau's name that was not believed.
type Refused struct {
	ID      int64 `gorm:"primaryKey"`
	Source  string
	EventID string
	Why     string
	Remote  string
	Body    []byte // its beginning
	Digest  string // SM3 of the whole body
	Size    int
	At      time.Time
}

// TableName of the entity.
func (Refused) TableName() string { return "partner_quarantine" }

const (
	keptOfBody = 16 << 10 // bytes: enough to see what it is
	mostKept   = 200      // of a bureau: who sends without a key fills no disk
	alarmAfter = 5        // refusals within alarmWithin
)

const alarmWithin = 10 * time.Minute

// liaisons are told when somebody tries again and again.
var liaisons = map[string]string{"finance": "FINANCE_LIAISON", "procurement": "PROCUREMENT_LIAISON"}

// Quarantine keeps a message that was not believed, apart from the events (FT25).
// alarm is true at the fifth within ten minutes, for which the liaisons and the
// security administrator are told; the bureau is not shut out for that.
func Quarantine(tx *gorm.DB, r Refused) (alarm bool, err error) {
	sum := sm3.Sum(r.Body)
	r.Digest, r.Size, r.At = hex.EncodeToString(sum[:]), len(r.Body), models.Stamp(r.At)
	r.Body = r.Body[:min(len(r.Body), keptOfBody)]
	before, err := refusedSince(tx, r.Source, r.At.Add(-alarmWithin))
	if err != nil {
		return false, err
	}
	if err := tx.Create(&r).Error; err != nil {
		return false, fmt.Errorf("quarantine of %s: %w", r.Source, err)
	}
	err = tx.Exec(`DELETE FROM partner_quarantine WHERE source = ? AND id <= (SELECT id FROM partner_quarantine WHERE source = ?
		ORDER BY id DESC LIMIT 1 OFFSET ?)`, r.Source, r.Source, mostKept).Error
	if err != nil {
		return false, fmt.Errorf("quarantine of %s: %w", r.Source, err)
	}
	if before+1 != alarmAfter {
		return false, nil
	}
	return true, tell(tx, r)
}

func tell(tx *gorm.DB, r Refused) error {
	var persons []string
	for _, role := range []string{liaisons[r.Source], "SEC_ADMIN"} {
		held, err := office.InRole(tx, role)
		if err != nil {
			return err
		}
		persons = append(persons, held...)
	}
	return office.Tell(tx, office.Notification{
		Cause: fmt.Sprintf("refused:%s:%d", r.Source, r.ID), Kind: "partner-refused", Subject: "partner:" + r.Source,
		Args: models.JSONOf(map[string]string{"n": fmt.Sprint(alarmAfter)}), CreatedAt: r.At,
	}, persons...)
}

// refusedSince counts the messages of a bureau that were not believed since a moment.
func refusedSince(tx *gorm.DB, source string, since time.Time) (n int64, err error) {
	if err = tx.Model(&Refused{}).Where("source = ? AND at > ?", source, since.UTC()).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("quarantine of %s: %w", source, err)
	}
	return n, nil
}

// Refusals are the newest messages that were not believed.
func Refusals(tx *gorm.DB, limit int) ([]Refused, error) {
	var rows []Refused
	if err := tx.Order("id DESC").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("quarantine: %w", err)
	}
	return rows, nil
}
