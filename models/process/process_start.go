package process

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/outbox"
)

// Beginning describes a new root instance.
type Beginning struct {
	Root        int64       `json:"root"` // filled by Begin
	Process     string      `json:"process"`
	BusinessKey string      `json:"businessKey,omitempty"`
	Project     string      `json:"-"`
	Dept        string      `json:"-"`
	Variables   models.JSON `json:"variables,omitempty"` // object of start variables

	Element        string `json:"element,omitempty"`        // the event that occurred; "" for the none start
	Definition     int    `json:"definition,omitempty"`     // which of its definitions
	CorrelationKey string `json:"correlationKey,omitempty"` // of the message that occurred
	Into           string `json:"into,omitempty"`           // task at which it begins in the middle

	Acting models.Acting `json:"acting"` // filled by Begin
}

// StartEntry is the id of the outbox entry that starts the instance of a process with a business key.
func StartEntry(process, businessKey string) string {
	return fmt.Sprintf("s:%s:%s", process, businessKey)
}

// Begin creates a root instance of the newest version of a process at step 0,
// and the outbox entry that starts it; both stand or fall with the transaction.
// The key of the instance and the id of the entry come back.
func Begin(tx *gorm.DB, a models.Acting, b Beginning) (root int64, entry string, err error) {
	d, err := NewestDefinition(tx, b.Process)
	if err != nil {
		return 0, "", fmt.Errorf("process %s: %w", b.Process, err)
	}
	if b.BusinessKey != "" {
		entry = StartEntry(b.Process, b.BusinessKey)
	}
	return begin(tx, a, b, d.Bundle, entry)
}

// begin creates a root instance at step 0, and the outbox entry that starts it
// under an id; "" makes one of the instance's key.
func begin(tx *gorm.DB, a models.Acting, b Beginning, bundle, entry string) (int64, string, error) {
	at := a.At.UTC()
	var err error
	b.Root, err = NewRoot(tx, RootState{
		Bundle: bundle, Process: b.Process, BusinessKey: b.BusinessKey, Project: b.Project, Dept: b.Dept, CorrelationKey: b.CorrelationKey,
		State: []byte{}, BusinessDate: a.BusinessDate, CreatedAt: at, UpdatedAt: at,
	})
	if err != nil {
		return 0, "", err
	}
	if entry == "" {
		entry = fmt.Sprintf("s:%d", b.Root)
	}
	if err := keepApplicant(tx, a, b, entry); err != nil {
		return 0, "", err
	}
	b.Acting = a
	b.Acting.Event = entry
	err = outbox.Send(
		tx, a,
		outbox.Outgoing{
			ID: entry, Kind: outbox.OutStart, Target: fmt.Sprint(b.Root), EventType: b.Process, Project: b.Project,
			Payload: models.JSONOf(b),
		},
	)
	return b.Root, entry, err
}

// keepApplicant makes who begins a case, and the unit it is for, its applicant.
func keepApplicant(tx *gorm.DB, a models.Acting, b Beginning, entry string) error {
	p := CaseParty{Root: b.Root, Role: PartyApplicant, Unit: b.Dept, Source: entry, ValidFrom: a.At}
	if a.Person != models.System {
		p.Person = a.Person
	}
	if p.Unit == "" && p.Person == "" {
		return nil
	}
	return KeepParty(tx, p)
}

// beginFor lets the event that a start event waited for begin an instance of
// its process; the system begins it, about the project that the event is about.
func beginFor(tx *gorm.DB, a models.Acting, s StartSubscription, b Beginning, entry string) (int64, error) {
	var err error
	if b.Project, b.Dept, err = concerns(tx, b.Variables, b.BusinessKey); err != nil {
		return 0, err
	}
	b.Process, b.Element, b.Definition = s.Process, s.Element, s.Definition
	root, _, err := begin(tx, models.Acting{Person: models.System, At: a.At, BusinessDate: a.BusinessDate}, b, s.Bundle, entry)
	return root, err
}

// concerns is the project that an event is about, and its department: the one
// that the variable projectCode names, else the one whose code is the key.
func concerns(tx *gorm.DB, variables models.JSON, key string) (code, dept string, err error) {
	var named struct {
		ProjectCode any `json:"projectCode"`
	}
	if err := variables.Into(&named); err != nil {
		return "", "", fmt.Errorf("variables: %w", err)
	}
	if text, ok := named.ProjectCode.(string); ok {
		key = text
	}
	if key == "" {
		return "", "", nil
	}
	var p struct{ Code, DeptID string } // all that a process knows of the books
	if err := tx.Table("project").Select("code", "dept_id").Where("code = ?", key).Limit(1).Scan(&p).Error; err != nil {
		return "", "", fmt.Errorf("project %s: %w", key, err)
	}
	return p.Code, p.DeptID, nil
}
