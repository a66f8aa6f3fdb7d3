package process

import (
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/outbox"
)

// The states of a message.
const (
	MessageBuffered   = "buffered"   // nobody waits for it yet, or a delivery was refused
	MessageDelivering = "delivering" // on its way to a subscription
	MessageCorrelated = "correlated"
	MessageExpired    = "expired" // its time to live passed
)

// Message is a published message, kept until somebody waits for it or its time is over.
type Message struct {
	ID             string `gorm:"primaryKey"`
	Name           string
	CorrelationKey string
	Variables      models.JSON
	State          string
	Subscription   int64
	Root           int64
	Attempts       int
	Refusal        string
	BusinessDate   models.Date
	PublishedAt    time.Time
	ExpiresAt      time.Time
}

// TableName of the entity.
func (Message) TableName() string { return "message" }

// lockPair makes publishing and opening of one pair of name and correlation key
// exclude each other until the transaction ends. On SQLite BEGIN IMMEDIATE already did.
func lockPair(tx *gorm.DB, name, correlation string) error {
	if tx.Name() == models.NameSQLite {
		return nil
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(name + "\x00" + correlation))
	if err := tx.Exec("SELECT pg_advisory_xact_lock(?)", int64(h.Sum64())).Error; err != nil {
		return fmt.Errorf("lock message %s: %w", name, err)
	}
	return nil
}

// Publish stores a message; who waits for it gets it by the outbox. Where nobody
// waits but a process starts by it, it begins an instance. Publishing the same id again changes nothing.
func Publish(tx *gorm.DB, a models.Acting, m Message) error {
	if err := lockPair(tx, m.Name, m.CorrelationKey); err != nil {
		return err
	}
	var known int64
	if err := tx.Model(&Message{}).Where("id = ?", m.ID).Count(&known).Error; err != nil || known > 0 {
		return err
	}
	m.State, m.PublishedAt, m.BusinessDate = MessageBuffered, a.At.UTC(), a.BusinessDate
	if m.ExpiresAt.IsZero() {
		m.ExpiresAt = m.PublishedAt
	}
	if err := tx.Create(&m).Error; err != nil {
		return fmt.Errorf("message %s: %w", m.Name, err)
	}
	var subs []Subscription
	err := tx.Raw(`SELECT s.* FROM subscription s WHERE s.kind = ? AND s.name = ? AND s.correlation_key = ?
		AND NOT EXISTS (SELECT 1 FROM message d WHERE d.subscription = s.key AND d.state = ?) ORDER BY s.key`,
		SubMessage, m.Name, m.CorrelationKey, MessageDelivering).Scan(&subs).Error
	if err != nil {
		return fmt.Errorf("subscriptions to %s: %w", m.Name, err)
	}
	return place(tx, a.At, m, subs)
}

// place sends a buffered message to the oldest waiting subscription; where there is none, it may begin an instance.
func place(tx *gorm.DB, at time.Time, m Message, subs []Subscription) error {
	if len(subs) > 0 {
		return deliver(tx, at, m, subs[0])
	}
	_, err := beginBy(tx, at, m)
	return err
}

// Subscribe opens a wait; the oldest buffered message that fits is sent to it.
func Subscribe(tx *gorm.DB, at time.Time, s Subscription) error {
	if s.Kind == SubMessage {
		if err := lockPair(tx, s.Name, s.CorrelationKey); err != nil {
			return err
		}
	}
	if err := tx.Create(&s).Error; err != nil {
		return fmt.Errorf("subscription to %s: %w", s.Name, err)
	}
	if s.Kind != SubMessage {
		return nil
	}
	return deliverNext(tx, at, s.Key)
}

// deliver marks a message as on its way and asks the outbox to bring it.
func deliver(tx *gorm.DB, at time.Time, m Message, s Subscription) error {
	m.Attempts++
	if err := m.leaves(tx, s.Key, s.Root); err != nil {
		return err
	}
	return outbox.Send(tx, models.Acting{At: at}, outbox.Outgoing{
		ID: m.delivery(), Kind: outbox.OutMessage, Target: fmt.Sprint(s.Root), EventType: m.Name,
		Payload: models.JSONOf(Delivery{Message: m.ID, Subscription: s.Key, Root: s.Root}),
	})
}

// delivery is the id of the event by which the message's newest attempt arrives.
func (m Message) delivery() string { return fmt.Sprintf("m:%s:%d", m.ID, m.Attempts) }

// leaves marks the message as on its way to a subscription (0: to a start event) of a root instance.
func (m Message) leaves(tx *gorm.DB, subscription, root int64) error {
	err := tx.Model(&Message{}).Where("id = ?", m.ID).
		Updates(map[string]any{"state": MessageDelivering, "subscription": subscription, "root": root, "attempts": m.Attempts}).Error
	if err != nil {
		return fmt.Errorf("message %s: %w", m.Name, err)
	}
	return nil
}

// Delivery is the outbox's order to bring a message to a subscription.
type Delivery struct {
	Message      string `json:"message"`
	Subscription int64  `json:"subscription"`
	Root         int64  `json:"root"`
}

// MessageByID loads a message, or ErrNotFound.
func MessageByID(tx *gorm.DB, id string) (Message, error) {
	var m Message
	err := tx.Where("id = ?", id).Take(&m).Error
	return m, err
}

// Correlated ends the delivery of a message that was applied. A subscription
// that stays open gets the next message that waits for it; where none is open
// any more, that message may begin an instance.
func Correlated(tx *gorm.DB, at time.Time, id string) error {
	m, err := MessageByID(tx, id)
	if err != nil {
		return fmt.Errorf("message %s: %w", id, err)
	}
	if err := lockPair(tx, m.Name, m.CorrelationKey); err != nil {
		return err
	}
	err = tx.Model(&Message{}).Where("id = ?", id).Updates(map[string]any{"state": MessageCorrelated, "refusal": ""}).Error
	if err != nil {
		return fmt.Errorf("message %s: %w", id, err)
	}
	if err := deliverNext(tx, at, m.Subscription); err != nil {
		return err
	}
	return beginByOldest(tx, at, []string{m.Name}, m.CorrelationKey)
}

// deliverNext sends the oldest buffered message that fits an open subscription, if any.
func deliverNext(tx *gorm.DB, at time.Time, subscription int64) error {
	var s Subscription
	err := tx.Where("key = ? AND kind = ?", subscription, SubMessage).Take(&s).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("subscription %d: %w", subscription, err)
	}
	var m Message
	err = tx.Where("name = ? AND correlation_key = ? AND state = ? AND expires_at > ?", s.Name, s.CorrelationKey, MessageBuffered,
		at.UTC()).
		Order("published_at, id").
		Take(&m).
		Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("messages %s: %w", s.Name, err)
	}
	return deliver(tx, at, m, s)
}

// Redeliver sends buffered messages for which somebody waits: those whose
// delivery was refused by an instance that was suspended.
func Redeliver(tx *gorm.DB, at time.Time, limit int) error {
	var subs []Subscription
	err := tx.Raw(`SELECT s.* FROM subscription s WHERE s.kind = ?
		AND EXISTS (SELECT 1 FROM message m WHERE m.name = s.name AND m.correlation_key = s.correlation_key AND m.state = ? AND m.expires_at > ?)
		AND NOT EXISTS (SELECT 1 FROM message d WHERE d.subscription = s.key AND d.state = ?) ORDER BY s.key LIMIT ?`,
		SubMessage, MessageBuffered, at.UTC(), MessageDelivering, limit).Scan(&subs).Error
	if err != nil {
		return fmt.Errorf("messages that are waited for: %w", err)
	}
	for _, s := range subs {
		if err := lockPair(tx, s.Name, s.CorrelationKey); err != nil {
			return err
		}
		if err := deliverNext(tx, at, s.Key); err != nil {
			return err
		}
	}
	return nil
}

// Returned puts a message whose delivery was refused back into the buffer. When
// its subscription is gone, the next one that waits gets it, or it begins an instance.
func Returned(tx *gorm.DB, at time.Time, id, code string) error {
	m, err := MessageByID(tx, id)
	if err != nil {
		return fmt.Errorf("message %s: %w", id, err)
	}
	if m.State != MessageDelivering {
		return nil
	}
	if err := lockPair(tx, m.Name, m.CorrelationKey); err != nil {
		return err
	}
	refused := m.Subscription
	err = tx.Model(&Message{}).Where("id = ?", id).
		Updates(map[string]any{"state": MessageBuffered, "subscription": 0, "refusal": code}).Error
	if err != nil || !m.ExpiresAt.After(at) {
		return err
	}
	var subs []Subscription
	err = tx.Where(`kind = ? AND name = ? AND correlation_key = ? AND key <> ?
		AND NOT EXISTS (SELECT 1 FROM message d WHERE d.subscription = subscription.key AND d.state = ?)`,
		SubMessage, m.Name, m.CorrelationKey, refused, MessageDelivering).Order("key").Limit(1).Find(&subs).Error
	if err != nil {
		return fmt.Errorf("subscriptions to %s: %w", m.Name, err)
	}
	return place(tx, at, m, subs)
}

// Forget ends the wait of a buffered message before its time; one that is under way, or unknown, stays as it is.
func Forget(tx *gorm.DB, id string) error {
	err := tx.Model(&Message{}).Where("id = ? AND state = ?", id, MessageBuffered).Update("state", MessageExpired).Error
	if err != nil {
		return fmt.Errorf("message %s: %w", id, err)
	}
	return nil
}

// ExpireMessages ends the wait of buffered messages whose time to live passed.
func ExpireMessages(tx *gorm.DB, now time.Time) error {
	return tx.Model(&Message{}).Where("state = ? AND expires_at <= ?", MessageBuffered, now.UTC()).Update("state", MessageExpired).Error
}
