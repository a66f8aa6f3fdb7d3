// Package stream keeps account of the numbered streams in which partners tell
// their events: where each stands, which numbers are missing, and when a
// partner that was restored began to number again (integration.md §5, FT08, FT09).
//
// The books do not depend on the order of events; a gap says what to ask for.
package stream

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/partner"
)

// Position is an event's place in a stream.
type Position struct {
	Source, Stream string
	Seq            int64
	EventID        string
	Prev           string // event id of its predecessor, "" when the partner does not say
}

// head is where a stream stands.
type head struct {
	Source string `gorm:"primaryKey"`
	Stream string `gorm:"primaryKey"`
	Epoch  int
	Seq    int64

	Compared int // epoch since which the books were compared whole
}

func (head) TableName() string { return "stream_head" }

type told struct {
	Source  string `gorm:"primaryKey"`
	Stream  string `gorm:"primaryKey"`
	Epoch   int    `gorm:"primaryKey"`
	Seq     int64  `gorm:"primaryKey"`
	EventID string
}

func (told) TableName() string { return "stream_event" }

// Gap is a range of numbers that has not reached us.
type Gap struct {
	Source    string `gorm:"primaryKey"`
	Stream    string `gorm:"primaryKey"`
	Epoch     int    `gorm:"primaryKey"`
	FromSeq   int64  `gorm:"primaryKey"`
	ToSeq     int64
	FoundAt   time.Time
	AskedAt   *time.Time // when the partner was asked to send it again
	AlarmedAt *time.Time // when it was given up
}

// TableName of the entity.
func (Gap) TableName() string { return "stream_gap" }

// See notes an event's number. restarted says that the number was another
// event's: the partner was restored and numbers again, a new epoch begins, and
// what we have needs to be reconciled. Nothing is ever deleted.
func See(tx *gorm.DB, p Position, at time.Time) (restarted bool, err error) {
	if p.Stream == "" || p.Seq == 0 {
		return false, nil
	}
	h, known, err := lock(tx, p)
	if err != nil {
		return false, err
	}
	var there told
	err = tx.Where("source = ? AND stream = ? AND epoch = ? AND seq = ?", p.Source, p.Stream, h.Epoch, p.Seq).Take(&there).Error
	switch {
	case err == nil && there.EventID == p.EventID:
		return false, nil
	case err == nil:
		restarted = true
		h.Epoch, h.Seq = h.Epoch+1, p.Seq
	case !errors.Is(err, gorm.ErrRecordNotFound):
		return false, fmt.Errorf("stream %s %d: %w", p.Stream, p.Seq, err)
	case known && p.Seq > h.Seq+1:
		g := Gap{Source: p.Source, Stream: p.Stream, Epoch: h.Epoch, FromSeq: h.Seq + 1, ToSeq: p.Seq - 1, FoundAt: models.Stamp(at)}
		err = tx.Create(&g).Error
	case known && p.Seq < h.Seq:
		err = fill(tx, h, p.Seq)
	default:
		err = nil
	}
	if err != nil {
		return false, fmt.Errorf("gap of stream %s: %w", p.Stream, err)
	}
	h.Seq = max(h.Seq, p.Seq)
	if err := tx.Save(&h).Error; err != nil {
		return false, fmt.Errorf("stream %s: %w", p.Stream, err)
	}
	row := told{p.Source, p.Stream, h.Epoch, p.Seq, p.EventID}
	if err := tx.Create(&row).Error; err != nil {
		return false, fmt.Errorf("stream %s %d: %w", p.Stream, p.Seq, err)
	}
	return restarted, nil
}

// lock keeps the stream for the transaction; known is false at its first event.
func lock(tx *gorm.DB, p Position) (h head, known bool, err error) {
	h = head{Source: p.Source, Stream: p.Stream, Epoch: 1, Seq: p.Seq, Compared: 1}
	fresh := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&h)
	if fresh.Error != nil {
		return h, false, fmt.Errorf("stream %s: %w", p.Stream, fresh.Error)
	}
	if fresh.RowsAffected == 1 {
		return h, false, nil
	}
	err = tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("source = ? AND stream = ?", p.Source, p.Stream).Take(&h).Error
	return h, true, err
}

// fill takes a number out of the gap that it belongs to.
func fill(tx *gorm.DB, h head, seq int64) error {
	var gaps []Gap
	err := tx.Where("source = ? AND stream = ? AND epoch = ? AND from_seq <= ? AND to_seq >= ?", h.Source, h.Stream, h.Epoch, seq, seq).
		Find(&gaps).
		Error
	if err != nil {
		return err
	}
	for _, g := range gaps {
		if err := tx.Delete(&g).Error; err != nil {
			return err
		}
		for _, rest := range [][2]int64{{g.FromSeq, seq - 1}, {seq + 1, g.ToSeq}} {
			if rest[0] > rest[1] {
				continue
			}
			g.FromSeq, g.ToSeq = rest[0], rest[1]
			if err := tx.Create(&g).Error; err != nil {
				return err
			}
		}
	}
	return nil
}

// Follows reports whether an event's predecessor is known, or cannot be: the
// partner names none, or the stream begins with this event.
func Follows(tx *gorm.DB, p Position) (bool, error) {
	if p.Prev == "" || p.Stream == "" {
		return true, nil
	}
	var n int64
	err := tx.Model(&partner.PartnerEvent{}).Where("source = ? AND event_id = ?", p.Source, p.Prev).Count(&n).Error
	if err == nil && n == 0 {
		err = tx.Model(&told{}).Where("source = ? AND stream = ? AND event_id <> ?", p.Source, p.Stream, p.EventID).Count(&n).Error
		return n == 0, err
	}
	return n > 0, err
}

// Gaps of all streams, the oldest first.
func Gaps(tx *gorm.DB) ([]Gap, error) {
	var gaps []Gap
	if err := tx.Order("found_at, source, stream, epoch, from_seq").Find(&gaps).Error; err != nil {
		return nil, fmt.Errorf("gaps of streams: %w", err)
	}
	return gaps, nil
}

// Note keeps when a gap was asked for and given up; one that was filled meanwhile stays closed.
func Note(tx *gorm.DB, g Gap) error {
	err := tx.Model(&Gap{}).Where("source = ? AND stream = ? AND epoch = ? AND from_seq = ?", g.Source, g.Stream, g.Epoch, g.FromSeq).
		Updates(map[string]any{"asked_at": g.AskedAt, "alarmed_at": g.AlarmedAt}).Error
	if err != nil {
		return fmt.Errorf("gap of stream %s: %w", g.Stream, err)
	}
	return nil
}

// Restart is a stream that its bureau numbers again, and whose books were not compared whole since.
type Restart struct {
	Source, Stream string
	Epoch          int
}

// Restarted are the streams whose bureau was restored, and whose books nobody has compared since.
func Restarted(tx *gorm.DB) ([]Restart, error) {
	var heads []head
	if err := tx.Where("epoch > compared").Order("source, stream").Find(&heads).Error; err != nil {
		return nil, fmt.Errorf("restarted streams: %w", err)
	}
	out := make([]Restart, len(heads))
	for i, h := range heads {
		out[i] = Restart{h.Source, h.Stream, h.Epoch}
	}
	return out, nil
}

// Compared notes that the books were compared whole since a bureau was restored.
func Compared(tx *gorm.DB, r Restart) error {
	err := tx.Model(&head{}).Where("source = ? AND stream = ? AND compared < ?", r.Source, r.Stream, r.Epoch).Update("compared", r.Epoch).Error
	if err != nil {
		return fmt.Errorf("stream %s: %w", r.Stream, err)
	}
	return nil
}
