package office

import (
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

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
	rows, channels, err := insert(tx, n, persons)
	if err != nil {
		return fmt.Errorf("notify of %s: %w", n.Cause, err)
	}
	var told []string
	for _, r := range rows {
		told = append(told, r.Person)
	}
	if len(told) == 0 {
		return nil
	}
	if channels > 0 {
		if err := push(tx, rows); err != nil {
			return err
		}
	}
	return models.Notify(tx, models.Notice{Kind: "notification", Key: n.Subject, Persons: told})
}

// insert writes a notification for each person who has none of its cause, and says
// whose they are and how many channels the house has, in one statement.
func insert(tx *gorm.DB, n Notification, persons []string) (rows []Notification, channels int, err error) {
	if len(persons) == 0 {
		return nil, 0, nil
	}
	var values []string
	var args []any
	for _, p := range persons {
		values, args = append(values, "(?, ?, ?, ?, ?, ?)"), append(args, p, n.Cause, n.Kind, n.Subject, n.Args, n.CreatedAt)
	}
	var made []struct {
		ID       int64
		Person   string
		Channels int
	}
	err = tx.Raw("INSERT INTO notification (person, cause, kind, subject, args, created_at) VALUES "+strings.Join(values, ", ")+
		" ON CONFLICT (person, cause) DO NOTHING RETURNING id, person, (SELECT count(*) FROM notice_channel) AS channels",
		args...).Scan(&made).Error
	for _, m := range made {
		row := n
		row.ID, row.Person = m.ID, m.Person
		rows, channels = append(rows, row), m.Channels
	}
	return rows, channels, err
}

// NotificationFilter chooses what a person was told; zero values choose all of it.
type NotificationFilter struct {
	Part   Part
	Sort   string // of NotificationSorting
	Cursor string
	Limit  int
}

// NotificationSorting is by what is still unread, by when it was told, as its id tells, or by its kind.
var NotificationSorting = models.Sorting[Notification]{
	Usual: "-unread",
	Key:   models.Place[Notification]{Column: "id", Of: func(n Notification) any { return n.ID }},
	Places: map[string]models.Place[Notification]{
		"unread": {Column: "CASE WHEN read_at IS NULL THEN 1 ELSE 0 END", Of: func(n Notification) any {
			if n.ReadAt == nil {
				return int64(1)
			}
			return int64(0)
		}},
		"createdAt": {Column: "id", Of: func(n Notification) any { return n.ID }},
		"kind":      {Column: "kind", Of: func(n Notification) any { return string(n.Kind) }},
	},
}

// NotificationsOf lists what a person was told, unread first, then newest first, unless Sort says otherwise, with the cursor of the
// next page.
func NotificationsOf(tx *gorm.DB, person string, f NotificationFilter) ([]Notification, string, error) {
	order, err := NotificationSorting.Pick(f.Sort)
	if err != nil {
		return nil, "", err
	}
	rows, next, err := order.Page(f.Part.In(tx.Model(&Notification{}).Where("person = ?", person)), f.Cursor, f.Limit)
	if err != nil {
		return nil, "", fmt.Errorf("notifications of %s: %w", person, err)
	}
	return rows, next, nil
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

// TellRoles tells the active holders of roles who does what, and why.
func TellRoles(tx *gorm.DB, a models.Acting, n Notification, roles ...string) error {
	var who Person
	if err := tx.Where("id = ?", a.Person).Limit(1).Find(&who).Error; err != nil {
		return fmt.Errorf("person %s: %w", a.Person, err)
	}
	n.Args = models.JSONOf(map[string]string{"who": who.Name, "whoEn": who.NameEn, "reason": a.Reason})
	for _, role := range roles {
		persons, err := InRole(tx, role)
		if err != nil {
			return err
		}
		if err := Tell(tx, n, persons...); err != nil {
			return err
		}
	}
	return nil
}
