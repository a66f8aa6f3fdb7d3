package outbox

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// MostReplayed is how many events of a stream are told again at once.
const MostReplayed = 500

// head is where the stream towards a bureau stands.
type head struct {
	Target string `gorm:"primaryKey"`
	Seq    int64
	LastID string
}

func (head) TableName() string { return "outbox_head" }

// Number gives an event its place in the stream towards its bureau, once, when it
// is about to leave: without gaps, each naming the one before. Who writes the
// books waits for nobody, as the place is given afterwards.
func Number(tx *gorm.DB, o *Outgoing) error {
	if o.Kind != OutPartner || o.Seq > 0 {
		return nil
	}
	if err := tx.Model(&Outgoing{}).Select("seq", "prev_id").Where("id = ?", o.ID).Take(o).Error; err != nil || o.Seq > 0 {
		return err // numbered by another process since it was read
	}
	h := head{Target: o.Target}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&h).Error; err != nil {
		return fmt.Errorf("stream towards %s: %w", o.Target, err)
	}
	if err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("target = ?", o.Target).Take(&h).Error; err != nil {
		return fmt.Errorf("stream towards %s: %w", o.Target, err)
	}
	o.Seq, o.PrevID = h.Seq+1, h.LastID
	h.Seq, h.LastID = o.Seq, o.ID
	if err := tx.Save(&h).Error; err != nil {
		return fmt.Errorf("stream towards %s: %w", o.Target, err)
	}
	err := tx.Model(&Outgoing{}).Where("id = ?", o.ID).Updates(map[string]any{"seq": o.Seq, "prev_id": o.PrevID}).Error
	if err != nil {
		return fmt.Errorf("outbox %s: %w", o.ID, err)
	}
	return nil
}

// Told are the events of the stream towards a bureau after a number, at most so many.
func Told(tx *gorm.DB, target string, after int64, limit int) ([]Outgoing, error) {
	var rows []Outgoing
	err := tx.Where("kind = ? AND target = ? AND seq > ?", OutPartner, target, max(after, 0)).
		Order("seq").Limit(min(limit, MostReplayed)).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("stream towards %s: %w", target, err)
	}
	return rows, nil
}

// Replay puts events of a stream back into the outbox, marked as told again: a
// bureau has asked for them. It answers how many there are.
func Replay(tx *gorm.DB, target string, from, to int64, now time.Time) (int64, error) {
	values := map[string]any{"state": OutPending, "attempts": 0, "next_at": now.UTC(), "replayed": gorm.Expr("replayed + 1")}
	done := tx.Model(&Outgoing{}).
		Where("kind = ? AND target = ? AND seq BETWEEN ? AND ?", OutPartner, target, from, min(to, from+MostReplayed-1)).Updates(values)
	if done.Error != nil {
		return 0, fmt.Errorf("replay towards %s: %w", target, done.Error)
	}
	return done.RowsAffected, nil
}
