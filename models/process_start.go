package models

import (
	"fmt"

	"gorm.io/gorm"
)

// Beginning describes a new root instance.
type Beginning struct {
	Root        int64  `json:"root"` // filled by Begin
	Process     string `json:"process"`
	BusinessKey string `json:"businessKey,omitempty"`
	Project     string `json:"-"`
	Dept        string `json:"-"`
	Variables   JSON   `json:"variables,omitempty"` // object of start variables
	Acting      Acting `json:"acting"`              // filled by Begin
}

// Begin creates a root instance of the newest version of a process at step 0,
// and the outbox entry that starts it; both stand or fall with the transaction.
// The key of the instance and the id of the entry come back.
func Begin(tx *gorm.DB, a Acting, b Beginning) (root int64, entry string, err error) {
	d, err := NewestDefinition(tx, b.Process)
	if err != nil {
		return 0, "", fmt.Errorf("process %s: %w", b.Process, err)
	}
	at := a.At.UTC()
	b.Root, err = NewRoot(tx, RootState{
		Bundle: d.Bundle, Process: b.Process, BusinessKey: b.BusinessKey, Project: b.Project, Dept: b.Dept,
		State: []byte{}, BusinessDate: a.BusinessDate, CreatedAt: at, UpdatedAt: at,
	})
	if err != nil {
		return 0, "", err
	}
	b.Acting = a
	b.Acting.Event = fmt.Sprintf("s:%s:%s", b.Process, b.BusinessKey)
	if b.BusinessKey == "" {
		b.Acting.Event = fmt.Sprintf("s:%d", b.Root)
	}
	err = Send(tx, a, Outgoing{ID: b.Acting.Event, Kind: OutStart, Target: fmt.Sprint(b.Root), EventType: b.Process, Project: b.Project, Payload: JSONOf(b)})
	return b.Root, b.Acting.Event, err
}
