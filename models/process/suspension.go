package process

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/outbox"
)

// suspension says until when a case is suspended (中止): then it goes on by itself.
type suspension struct {
	Root    int64 `gorm:"primaryKey"`
	UntilAt time.Time
}

func (suspension) TableName() string { return "suspension" }

// SuspendUntil notes when a suspended case goes on; the zero time: when somebody resumes it.
func SuspendUntil(tx *gorm.DB, root int64, until time.Time) error {
	if err := tx.Delete(&suspension{}, "root = ?", root).Error; err != nil {
		return fmt.Errorf("suspension of %d: %w", root, err)
	}
	if until.IsZero() {
		return nil
	}
	if err := tx.Create(&suspension{root, models.Stamp(until)}).Error; err != nil {
		return fmt.Errorf("suspension of %d: %w", root, err)
	}
	return nil
}

// resumedAtOnce bounds one sweep.
const resumedAtOnce = 200

// ResumeEnded asks the cases to go on whose suspension is over, each once. What
// has been resumed, or has ended, in the meantime has no row any more, or refuses it.
func ResumeEnded(tx *gorm.DB, now time.Time) error {
	var over []suspension
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).
		Where("until_at <= ?", models.Stamp(now)).Order("root").Limit(resumedAtOnce).Find(&over).Error
	if err != nil {
		return fmt.Errorf("suspensions: %w", err)
	}
	a := models.Acting{Person: models.System, At: now, BusinessDate: models.DateOf(now)}
	for _, s := range over {
		if err := tx.Delete(&suspension{}, "root = ?", s.Root).Error; err != nil {
			return fmt.Errorf("suspension of %d: %w", s.Root, err)
		}
		err := outbox.Send(tx, a, outbox.Outgoing{
			ID: fmt.Sprintf("resume:%d:%d", s.Root, s.UntilAt.UnixMilli()), Kind: outbox.OutResume, Target: fmt.Sprint(s.Root),
			Payload: models.JSON("{}"),
		})
		if err != nil {
			return err
		}
	}
	return nil
}
