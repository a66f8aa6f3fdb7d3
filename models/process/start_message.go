package process

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// A message for which no instance waits begins one, where a process starts by
// it. Its pair of name and correlation key is locked by the caller. As in
// Camunda 8, a correlation key has at most one open instance of a process: the
// next message with that key stays in the buffer until the instance has ended
// or its own time is over. Without a key every message begins an instance.

// beginBy lets a buffered message begin an instance; false when nothing starts
// by it, an instance waits for it, or its key is taken.
func beginBy(tx *gorm.DB, at time.Time, m Message) (bool, error) {
	starts, err := StartSubscriptions(tx, SubMessage, m.Name)
	if err != nil || len(starts) == 0 {
		return false, err
	}
	s := starts[0] // the only one
	free, err := mayBeginBy(tx, s.Process, m)
	if err != nil || !free {
		return false, err
	}
	m.Attempts++
	a := models.Acting{At: at, BusinessDate: m.BusinessDate}
	b := Beginning{BusinessKey: m.CorrelationKey, CorrelationKey: m.CorrelationKey, Variables: m.Variables}
	root, err := beginFor(tx, a, s, b, m.delivery())
	if err != nil {
		return false, err
	}
	return true, m.leaves(tx, 0, root)
}

// mayBeginBy reports whether no instance waits for the message, and its key has
// no open instance of the process.
func mayBeginBy(tx *gorm.DB, process string, m Message) (bool, error) {
	if m.CorrelationKey != "" { // messages of other names start the process too
		if err := lockPair(tx, "start of "+process, m.CorrelationKey); err != nil {
			return false, err
		}
	}
	var taken int64
	err := tx.Raw(`SELECT (SELECT count(*) FROM subscription WHERE kind = ? AND name = ? AND correlation_key = ?)
		+ (SELECT count(*) FROM root_state WHERE open AND process = ? AND correlation_key = ? AND correlation_key <> '')`,
		SubMessage, m.Name, m.CorrelationKey, process, m.CorrelationKey).Scan(&taken).Error
	if err != nil {
		return false, fmt.Errorf("who has message %s: %w", m.Name, err)
	}
	return taken == 0, nil
}

// BeginNext gives the correlation key of a root instance that has ended to the
// oldest message that waited for it.
func BeginNext(tx *gorm.DB, at time.Time, ended RootState) error {
	if ended.CorrelationKey == "" {
		return nil
	}
	var names []string
	err := tx.Model(&StartSubscription{}).
		Where("process = ? AND kind = ?", ended.Process, SubMessage).
		Order("name").
		Pluck("name", &names).
		Error
	if err != nil {
		return fmt.Errorf("message starts of %s: %w", ended.Process, err)
	}
	for _, name := range names {
		if err := lockPair(tx, name, ended.CorrelationKey); err != nil {
			return err
		}
	}
	return beginByOldest(tx, at, names, ended.CorrelationKey)
}

// beginByOldest lets the oldest buffered message of some names and one key begin an instance.
func beginByOldest(tx *gorm.DB, at time.Time, names []string, key string) error {
	var m Message
	err := tx.Where("name IN ? AND correlation_key = ? AND state = ? AND expires_at > ?", names, key, MessageBuffered, at.UTC()).
		Order("published_at, id").Take(&m).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("messages %v: %w", names, err)
	}
	_, err = beginBy(tx, at, m)
	return err
}

// BeginBuffered lets buffered messages begin instances that could not when they
// were published: the start event was deployed later, or an instance that
// waited for the message has gone without it.
func BeginBuffered(tx *gorm.DB, at time.Time, limit int) error {
	var waiting []Message
	err := tx.Raw(`SELECT m.* FROM message m JOIN start_subscription t ON t.kind = ? AND t.name = m.name
		WHERE m.state = ? AND m.expires_at > ?
		AND NOT EXISTS (SELECT 1 FROM subscription s WHERE s.kind = t.kind AND s.name = m.name AND s.correlation_key = m.correlation_key)
		AND NOT EXISTS (SELECT 1 FROM root_state r WHERE r.open AND r.process = t.process AND r.correlation_key = m.correlation_key
		AND r.correlation_key <> '')
		ORDER BY m.published_at, m.id LIMIT ?`, SubMessage, MessageBuffered, at.UTC(), limit).Scan(&waiting).Error
	if err != nil {
		return fmt.Errorf("messages that may begin instances: %w", err)
	}
	for _, m := range waiting {
		if err := lockPair(tx, m.Name, m.CorrelationKey); err != nil {
			return err
		}
		if m, err = MessageByID(tx, m.ID); err != nil {
			return fmt.Errorf("message %s: %w", m.ID, err)
		}
		if m.State != MessageBuffered { // taken since
			continue
		}
		if _, err := beginBy(tx, at, m); err != nil {
			return err
		}
	}
	return nil
}
