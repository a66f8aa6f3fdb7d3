package process

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/outbox"
)

// reseatMark is the moment up to which changes of the organisation by the clock have reached the tasks.
type reseatMark struct {
	ID    int
	Until time.Time
}

func (reseatMark) TableName() string { return "reseat_mark" }

// ReseatEnded asks to seat anew what somebody holds whose deputyship or post has
// ended since the last time, and what nobody could take when somebody's post has
// begun. However many processes ask, each end is asked about once.
func ReseatEnded(tx *gorm.DB, now time.Time) error {
	now = models.Stamp(now)
	first := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&reseatMark{ID: 1, Until: now.AddDate(0, 0, -7)})
	if first.Error != nil {
		return fmt.Errorf("seats: %w", first.Error)
	}
	var mark reseatMark
	if err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = 1").Take(&mark).Error; err != nil {
		return fmt.Errorf("seats: %w", err)
	}
	if !now.After(mark.Until) {
		return nil
	}
	since, until := mark.Until.UTC(), now
	var persons []string
	err := tx.Raw(`SELECT deputy FROM deputyship WHERE valid_to > ? AND valid_to <= ? OR ended_at > ? AND ended_at <= ?
		UNION SELECT person_id FROM post WHERE valid_to > ? AND valid_to <= ?
		ORDER BY 1`, since, until, since, until, since, until).Scan(&persons).Error
	if err != nil {
		return fmt.Errorf("seats: %w", err)
	}
	var began int64
	if err := tx.Raw(`SELECT count(*) FROM post WHERE valid_from > ? AND valid_from <= ?`, since, until).Scan(&began).Error; err != nil {
		return fmt.Errorf("seats: %w", err)
	}
	if err := tx.Model(&reseatMark{}).Where("id = 1").Update("until", until).Error; err != nil {
		return fmt.Errorf("seats: %w", err)
	}
	var named []string
	for _, p := range persons {
		named = append(named, `%"`+p+`"%`)
	}
	if began > 0 {
		named = append(named, `%"governors"%`) // nobody could take it
	}
	return reseatNaming(tx, now, named)
}

// ReseatOf asks to seat anew all that some persons have a part in.
func ReseatOf(tx *gorm.DB, now time.Time, persons ...string) error {
	var named []string
	for _, p := range persons {
		named = append(named, `%"`+p+`"%`)
	}
	return reseatNaming(tx, now, named)
}

// reseatNaming does so for the cases in whose open tasks one of some words stands.
func reseatNaming(tx *gorm.DB, now time.Time, named []string) error {
	if len(named) == 0 {
		return nil
	}
	where, args := strings.TrimSuffix(strings.Repeat("CAST(detail AS TEXT) LIKE ? OR ", len(named)), " OR "), make([]any, 0, 2*len(named))
	for _, n := range named {
		args = append(args, n)
	}
	holders := make([]string, 0, len(named))
	for _, n := range named {
		holders = append(holders, strings.Trim(n, `%"`))
	}
	var roots []int64
	err := tx.Raw(`SELECT DISTINCT root FROM task WHERE `+notClosed+` AND (`+where+` OR assignee IN ?) ORDER BY root`,
		append(args, holders)...).
		Scan(&roots).
		Error
	if err != nil {
		return fmt.Errorf("seats: %w", err)
	}
	for root := range slices.Values(roots) {
		if err := askReseat(tx, root, now); err != nil {
			return err
		}
	}
	return nil
}

// askReseat sends the event to a case, once for a moment.
func askReseat(tx *gorm.DB, root int64, now time.Time) error {
	id := fmt.Sprintf("reseat:%d:%d", root, now.UnixMilli())
	var n int64
	if err := tx.Model(&outbox.Outgoing{}).Where("id = ?", id).Count(&n).Error; err != nil || n > 0 {
		return err
	}
	return outbox.Send(
		tx, models.Acting{Person: models.System, At: now, BusinessDate: models.DateOf(now)},
		outbox.Outgoing{ID: id, Kind: outbox.OutReseat, Target: fmt.Sprint(root), Payload: models.JSON("{}")},
	)
}
