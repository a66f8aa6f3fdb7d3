package exchange

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/partner"
	"github.com/quancheng/quancheng/models/partner/watch"
)

// Taken is a file that was taken in.
type Taken struct {
	ID     int64 `gorm:"primaryKey"`
	Source string
	Name   string
	Digest string
	Events int
	Fresh  int // that were new
	Amount models.Money
	Actor  string
	At     time.Time
}

// TableName of the entity.
func (Taken) TableName() string { return "partner_file" }

// Take puts the events of a file into the inbox, all or none. The same file again
// changes nothing, and is answered as it was the first time (FT36). An event of another body under an id
// that is known refuses the file: the books have the first.
func Take(tx *gorm.DB, a models.Acting, f File) (Taken, bool, error) {
	var there Taken
	err := tx.Where("source = ? AND digest = ?", f.Source, f.Digest).Take(&there).Error
	if err == nil || !errors.Is(err, gorm.ErrRecordNotFound) {
		return there, err == nil, err
	}
	row := Taken{
		Source: f.Source, Name: f.Name, Digest: f.Digest, Events: len(f.Events), Amount: f.Amount, Actor: a.Person, At: models.Stamp(a.At),
	}
	for i, e := range f.Events {
		_, known, err := partner.ReceiveEvent(tx, partner.PartnerEvent{
			Source: f.Source, EventID: e.EventID, EventType: e.EventType, Body: f.Lines[i], ReceivedAt: a.At, OccurredAt: e.OccurredAt,
			Stream: e.Stream, Seq: e.Seq,
		})
		if errors.Is(err, partner.ErrDigestConflict) {
			return row, false, models.Refuse("exchange-conflict", "event", e.EventID)
		}
		if err != nil {
			return row, false, err
		}
		if !known {
			row.Fresh++
		}
	}
	if err := tx.Create(&row).Error; err != nil {
		return row, false, fmt.Errorf("file %s of %s: %w", f.Name, f.Source, err)
	}
	if err := watch.Heard(tx, f.Source, 0, a.At); err != nil {
		return row, false, err
	}
	return row, false, audit.Audit(tx, "r:partners", a, audit.AuditEntry{
		Action: "exchange.taken", Subject: "file:" + f.Name,
		Detail: models.JSONOf(map[string]any{"digest": f.Digest, "events": row.Events, "fresh": row.Fresh, "amount": row.Amount.String()}),
	})
}

// Files that were taken in, the newest first.
func Files(tx *gorm.DB, limit int) ([]Taken, error) {
	var rows []Taken
	if err := tx.Order("id DESC").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("files of the bureaus: %w", err)
	}
	return rows, nil
}
