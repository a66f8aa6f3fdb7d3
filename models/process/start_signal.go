package process

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/outbox"
)

// Signal is broadcast to everybody who waits for its name.
type Signal struct {
	ID        string // begins the ids of what it leads to
	Name      string
	Variables models.JSON // object; empty is none
	Thrower   int64       // root instance that threw it and has served itself; 0 is none
}

// Broadcast sends a signal by the outbox to every root instance that waits for
// it, and begins an instance at every start event that does.
func Broadcast(tx *gorm.DB, a models.Acting, s Signal) error {
	if len(s.Variables) == 0 {
		s.Variables = models.JSON(`{}`)
	}
	roots, err := SignalRoots(tx, s.Name)
	if err != nil {
		return err
	}
	for _, root := range roots {
		if root == s.Thrower {
			continue
		}
		err := outbox.Send(
			tx, a,
			outbox.Outgoing{
				ID: fmt.Sprintf("%s:%d", s.ID, root), Kind: outbox.OutSignal, Target: fmt.Sprint(root), EventType: s.Name,
				Payload: s.Variables,
			},
		)
		if err != nil {
			return err
		}
	}
	starts, err := signalStarts(tx, s.Name)
	if err != nil {
		return err
	}
	for _, t := range starts {
		entry := fmt.Sprintf("s:%s:%s:%s:%d", s.ID, t.Process, t.Element, t.Definition)
		if _, err := beginFor(tx, a, t, Beginning{Variables: s.Variables}, entry); err != nil {
			return err
		}
	}
	return nil
}

// signalStarts lists the start events that a signal triggers. Where an instance
// has begun at the same event and waits for just this signal, as after another
// definition of a parallel multiple start, the signal is for that instance.
func signalStarts(tx *gorm.DB, name string) ([]StartSubscription, error) {
	var all []StartSubscription
	err := tx.Where(`kind = ? AND name = ? AND NOT EXISTS (SELECT 1 FROM subscription s JOIN process_instance i ON i.key = s.instance
		WHERE s.kind = start_subscription.kind AND s.name = start_subscription.name AND s.element = start_subscription.element
		AND i.process = start_subscription.process)`,
		SubSignal, name).Order("process, element, definition").Find(&all).Error
	if err != nil {
		return nil, fmt.Errorf("starts by signal %s: %w", name, err)
	}
	return all, nil
}
