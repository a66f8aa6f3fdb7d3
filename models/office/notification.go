package office

import (
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
)

// NotificationKind names the sentence of a notification: notification.<kind> in the catalogues.
type NotificationKind string

// Notification tells a person that something concerns him. It holds the values
// of its sentence, never the sentence: that is made when it is read.
type Notification struct {
	ID        int64 `gorm:"primaryKey"`
	Person    string
	Cause     string // derived from what caused it, such as "sla:42:overdue": the same cause tells a person once
	Kind      NotificationKind
	Subject   string      // task:42, project:XM-2022-001 or rectification:ZG-2022-001
	Args      models.JSON // map[string]string; an English reader gets "nameEn", where there is one, for {name}
	CreatedAt time.Time
	ReadAt    *time.Time
}

// TableName of the entity.
func (Notification) TableName() string { return "notification" }

// Tell gives a notification to persons, in the transaction of its cause, and
// lets their open clients know. Whoever was told of the cause before is not told again.
func Tell(tx *gorm.DB, n Notification, persons ...string) error {
	if len(n.Args) == 0 {
		n.Args = models.JSON("{}")
	}
	n.CreatedAt = models.Stamp(n.CreatedAt)
	var told []string
	var rows []Notification
	for _, p := range persons {
		row := n
		row.Person = p
		done := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "person"}, {Name: "cause"}}, DoNothing: true}).Create(&row)
		if done.Error != nil {
			return fmt.Errorf("notify %s of %s: %w", p, n.Cause, done.Error)
		}
		if done.RowsAffected == 1 {
			told, rows = append(told, p), append(rows, row)
		}
	}
	if len(told) == 0 {
		return nil
	}
	if err := push(tx, rows); err != nil {
		return err
	}
	return models.Notify(tx, models.Notice{Kind: "notification", Key: n.Subject, Persons: told})
}

// NotificationsOf lists what a person was told: unread first, then newest first.
// Cursor is that of the last one of the page before, empty for the first page.
func NotificationsOf(tx *gorm.DB, person, cursor string, limit int) ([]Notification, error) {
	q := tx.Where("person = ?", person).Order("read_at IS NOT NULL, id DESC").Limit(limit)
	if cursor != "" {
		id, err := strconv.ParseInt(cursor[1:], 10, 64)
		switch {
		case err != nil:
			return nil, models.Refuse("invalid-cursor")
		case cursor[0] == 'u':
			q = q.Where("(read_at IS NOT NULL OR id < ?)", id)
		case cursor[0] == 'r':
			q = q.Where("read_at IS NOT NULL AND id < ?", id)
		default:
			return nil, models.Refuse("invalid-cursor")
		}
	}
	var all []Notification
	err := q.Find(&all).Error
	return all, err
}

// Cursor marks the place of a notification in its person's list.
func (n Notification) Cursor() string {
	if n.ReadAt == nil {
		return "u" + strconv.FormatInt(n.ID, 10)
	}
	return "r" + strconv.FormatInt(n.ID, 10)
}

// ReadNotification marks one of a person's notifications as read; ErrNotFound when he has none of this id.
func ReadNotification(tx *gorm.DB, person string, id int64, at time.Time) (Notification, error) {
	var n Notification
	if err := tx.Where("person = ? AND id = ?", person, id).Take(&n).Error; err != nil {
		return n, err
	}
	if n.ReadAt != nil {
		return n, nil
	}
	read := models.Stamp(at)
	n.ReadAt = &read
	return n, markRead(tx, person, "id = ?", id, read)
}

// ReadNotifications marks everything a person was told, up to an id, as read:
// what came in after he looked stays unread.
func ReadNotifications(tx *gorm.DB, person string, through int64, at time.Time) error {
	return markRead(tx, person, "id <= ?", through, models.Stamp(at))
}

func markRead(tx *gorm.DB, person, which string, id int64, at time.Time) error {
	err := tx.Model(&Notification{}).Where("person = ? AND read_at IS NULL", person).Where(which, id).Update("read_at", at).Error
	if err != nil {
		return fmt.Errorf("read notifications of %s: %w", person, err)
	}
	return models.Notify(tx, models.Notice{Kind: "notification", Persons: []string{person}})
}
