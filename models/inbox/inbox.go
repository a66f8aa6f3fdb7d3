// Package inbox brings partners' events from the transport into the books: each
// stored event is posted once, in one transaction with the message that wakes
// the process and with what is remembered about the event.
//
// The transport (partner_inbox) knows bytes and states, package facts knows what
// an event means; this package is the step between them.
package inbox

import (
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/facts"
	"github.com/quancheng/quancheng/models/register"
	"github.com/quancheng/quancheng/partners/webhook"
)

// Event reads a stored event as the books take it.
func Event(e models.PartnerEvent) (facts.Event, error) {
	var w webhook.Envelope
	if err := json.Unmarshal(e.Body, &w); err != nil {
		return facts.Event{}, fmt.Errorf("event %s of %s: %w", e.EventID, e.Source, err)
	}
	return facts.Event{
		Source: e.Source, ID: e.EventID, Type: e.EventType, Project: w.Correlation.ProjectCode, ProCode: w.Correlation.ProCode,
		OccurredAt: w.OccurredAt, Stream: w.Stream, Seq: w.Seq, Data: w.Data, Offline: e.Offline,
	}, nil
}

// Apply posts a stored event and remembers what became of it.
func Apply(tx *gorm.DB, a models.Acting, row models.PartnerEvent, ev facts.Event) (models.PartnerEvent, error) {
	days, err := calendar.Newest(tx)
	if err != nil {
		return row, err
	}
	out, err := facts.Post(tx, a, days, ev)
	if err != nil {
		return row, err
	}
	at := a.At.UTC().Truncate(time.Millisecond)
	row.State, row.ProcessedAt, row.Project, row.Amount, row.Note = models.InboxApplied, &at, out.Project, out.Amount, out.Note
	row.NaturalKey, row.ParkedReason, row.Candidates = out.NaturalKey, "", nil
	switch {
	case out.Parked != "":
		row.State, row.ParkedReason, row.Candidates = models.InboxParked, out.Parked, models.JSONOf(out.Candidates)
	case out.Duplicate:
		row.State = models.InboxDuplicate
	case out.Message != "":
		if err := models.SendMessage(tx, a, messageID(row), out.Message, out.Key, nil); err != nil {
			return row, err
		}
	}
	return row, models.SaveEvent(tx, row)
}

// messageID is the id of the message that an event publishes: one, however often it is tried.
func messageID(e models.PartnerEvent) string { return "p:" + e.Source + ":" + e.EventID }

// Verify is the second person's check of an offline registration. An accepted
// one becomes an event of the inbox, and has the same effect as one that arrived.
func Verify(tx *gorm.DB, a models.Acting, id int64, accept bool, note string) (models.Offline, error) {
	o, ev, err := register.VerifyOffline(tx, a, id, accept, note)
	if err != nil || ev == nil {
		return o, err
	}
	body, err := json.Marshal(webhook.Envelope{
		EventID: ev.ID, EventType: ev.Type, SchemaVersion: "1.0", Source: ev.Source, OccurredAt: ev.OccurredAt, SentAt: a.At,
		Correlation: webhook.Correlation{ProjectCode: ev.Project}, Data: ev.Data,
	})
	if err != nil {
		return o, err
	}
	row, _, err := models.ReceiveEvent(tx, models.PartnerEvent{
		Source: ev.Source, EventID: ev.ID, EventType: ev.Type, Body: body, ReceivedAt: a.At, OccurredAt: ev.OccurredAt, Offline: true,
	})
	if err != nil {
		return o, err
	}
	_, err = Apply(tx, a, row, *ev)
	return o, err
}
