package models

import (
	"encoding/json"

	"gorm.io/gorm"
)

// StartIntent is the payload of an outgoing start: a root instance that begins
// once the transaction is committed. The event type is the process id.
type StartIntent struct {
	Process     string         `json:"process"`
	BusinessKey string         `json:"businessKey"`
	Variables   map[string]any `json:"variables"`
	Acting      Acting         `json:"acting"`
}

// MessageIntent is the payload of an outgoing message. The event type is its name.
type MessageIntent struct {
	Name           string         `json:"name"`
	CorrelationKey string         `json:"correlationKey"`
	Variables      map[string]any `json:"variables,omitempty"`
	Acting         Acting         `json:"acting"`
}

// SendStart asks for a root instance. Its id is derived from process and
// business key: one thing has one life.
func SendStart(tx *gorm.DB, a Acting, process, businessKey, project string, vars map[string]any) error {
	return Send(tx, a, Outgoing{
		ID: "s:" + process + ":" + businessKey, Kind: OutStart, EventType: process, Project: project,
		Payload: JSONOf(StartIntent{Process: process, BusinessKey: businessKey, Variables: vars, Acting: a}),
	})
}

// SendMessage publishes a message once the transaction is committed.
func SendMessage(tx *gorm.DB, a Acting, id, name, project string, vars map[string]any) error {
	return Send(tx, a, Outgoing{
		ID: id, Kind: OutMessage, EventType: name, Project: project,
		Payload: JSONOf(MessageIntent{Name: name, CorrelationKey: project, Variables: vars, Acting: a}),
	})
}

// SendPartner tells a partner about an event of ours; data is what
// integration.md §4 lists for its type.
func SendPartner(tx *gorm.DB, a Acting, id, partner, event, project string, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return Send(tx, a, Outgoing{ID: id, Kind: OutPartner, Target: partner, EventType: event, Project: project, Payload: raw})
}
