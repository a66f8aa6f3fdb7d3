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
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/partner"
	"github.com/quancheng/quancheng/models/partner/facts"
	"github.com/quancheng/quancheng/models/partner/stream"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/webhook"
)

// Event reads a stored event as the books take it.
func Event(e partner.PartnerEvent) (facts.Event, error) {
	var w webhook.Envelope
	if err := json.Unmarshal(e.Body, &w); err != nil {
		return facts.Event{}, fmt.Errorf("event %s of %s: %w", e.EventID, e.Source, err)
	}
	return facts.Event{
		Source: e.Source, ID: e.EventID, Type: e.EventType, Project: w.Correlation.ProjectCode, ProCode: w.Correlation.ProCode,
		OccurredAt: w.OccurredAt, Seq: w.Seq, Prev: w.PrevEventID, Data: w.Data, Offline: e.Offline,
	}, nil
}

// Apply posts a stored event and remembers what became of it. What came too early
// is held for a while.
func Apply(tx *gorm.DB, a models.Acting, row partner.PartnerEvent, ev facts.Event) (partner.PartnerEvent, error) {
	if err := see(tx, a, row, ev); err != nil {
		return row, err
	}
	early, err := outOfTurn(tx, row, ev)
	if err != nil {
		return row, err
	}
	if early && !ev.Linked {
		row.Project = ev.Project
		if held, err := hold(tx, a, &row, gap); err != nil || held {
			return row, err
		}
	}
	days, err := calendar.Newest(tx)
	if err != nil {
		return row, err
	}
	out, err := facts.Post(tx, a, days, ev)
	if err != nil {
		return row, err
	}
	row.Project, row.Amount, row.Note, row.NaturalKey = out.Project, out.Amount, out.Note, out.NaturalKey
	if _, waits := patience[out.Parked]; waits {
		row.Project = ev.Project
		if held, err := hold(tx, a, &row, out.Parked); err != nil || held {
			return row, err
		}
	}
	return settle(tx, a, row, out)
}

// settle writes what became of an event, publishes its message, and lets what waited for it look again.
func settle(tx *gorm.DB, a models.Acting, row partner.PartnerEvent, out facts.Outcome) (partner.PartnerEvent, error) {
	at := models.Stamp(a.At)
	row.State, row.ProcessedAt, row.HeldFor, row.ParkedReason, row.Candidates = partner.InboxApplied, &at, "", "", nil
	switch {
	case out.Parked != "":
		row.State, row.ParkedReason, row.Candidates = partner.InboxParked, out.Parked, models.JSONOf(out.Candidates)
	case out.Duplicate:
		row.State = partner.InboxDuplicate
	case out.Message != "":
		if err := wake(tx, a, messageID(row), out); err != nil {
			return row, err
		}
	}
	if row.State == partner.InboxApplied {
		if err := beginChanges(tx, a, out.Project); err != nil {
			return row, err
		}
	}
	err := partner.SaveEvent(tx, row)
	if err != nil {
		return row, err
	}
	switch {
	case row.State == partner.InboxParked:
		err = tellParked(tx, a, row)
	case out.Note == facts.EnumUnknown:
		err = tellStrange(tx, a, row)
	}
	if err != nil {
		return row, err
	}
	return row, release(tx, a, row)
}

// tellParked tells the liaisons of the bureau that an event waits for a person.
func tellParked(tx *gorm.DB, a models.Acting, row partner.PartnerEvent) error {
	persons, err := office.InRole(tx, liaisons[row.Source])
	if err != nil {
		return err
	}
	if row.ParkedReason == facts.Unit { // the second person too: nobody books such an amount alone
		heads, err := office.InRole(tx, second)
		if err != nil {
			return err
		}
		persons = append(persons, heads...)
	}
	return office.Tell(tx, office.Notification{
		Cause: fmt.Sprintf(
			"parked:%d", row.ID,
		), Kind: "parked", Subject: fmt.Sprintf("partner:%d", row.ID), Args: models.JSON("{}"), CreatedAt: a.At,
	}, persons...)
}

// tellStrange tells the liaisons of the bureau that it uses a value that we do not know: the event counts, the value is OTHER.
func tellStrange(tx *gorm.DB, a models.Acting, row partner.PartnerEvent) error {
	persons, err := office.InRole(tx, liaisons[row.Source])
	if err != nil {
		return err
	}
	return office.Tell(tx, office.Notification{
		Cause: fmt.Sprintf("enum:%d", row.ID), Kind: "partner-value", Subject: fmt.Sprintf("partner:%d", row.ID),
		Args: models.JSON("{}"), CreatedAt: a.At,
	}, persons...)
}

// second is the role whose holders confirm what a liaison decided, beside other liaisons.
const second = "BUREAU_CHIEF"

// tellSecond tells who may confirm that a decision about a parked event waits.
func tellSecond(tx *gorm.DB, a models.Acting, row partner.PartnerEvent) error {
	var persons []string
	for _, role := range []string{liaisons[row.Source], second} {
		held, err := office.InRole(tx, role)
		if err != nil {
			return err
		}
		persons = append(persons, held...)
	}
	persons = slices.DeleteFunc(persons, func(id string) bool { return id == a.Person })
	return office.Tell(tx, office.Notification{
		Cause: fmt.Sprintf("parked-decided:%d:%d", row.ID, a.At.UnixMilli()), Kind: "parked-decided", CreatedAt: a.At,
		Subject: fmt.Sprintf("partner:%d", row.ID), Args: models.JSON("{}"),
	}, persons...)
}

// wake publishes the message of an event: for who waits for the project, and for
// who waits for the package or contract. A package that was won beside the one that
// the project's life follows begins its own. How an earlier attempt ended may still
// wait for a contract of the package; it is not told to that of a later award.
func wake(tx *gorm.DB, a models.Acting, id string, out facts.Outcome) error {
	if err := process.SendMessage(tx, a, id, out.Message, out.Key, nil); err != nil {
		return err
	}
	if out.Also != "" {
		for _, f := range out.Over {
			if err := process.Forget(tx, message(f.Source, f.EventID)+"/"+out.Also); err != nil {
				return err
			}
		}
		if err := process.SendMessage(tx, a, id+"/"+out.Also, out.Message, out.Also, nil); err != nil {
			return err
		}
	}
	return beginPackages(tx, a, out.Project)
}

// see notes the event's number in its stream, when it is looked at for the first
// time: later the stream may have begun anew. A partner that was restored numbers again.
func see(tx *gorm.DB, a models.Acting, row partner.PartnerEvent, ev facts.Event) error {
	if row.State != partner.InboxReceived {
		return nil
	}
	restarted, err := stream.See(tx, position(row, ev), a.At)
	if err != nil || !restarted {
		return err
	}
	return audit.Audit(
		tx, "r:partners", a,
		audit.AuditEntry{
			Action: "stream.restarted", Subject: "stream:" + row.Source + ":" + row.Stream,
			Detail: models.JSONOf(map[string]any{"seq": row.Seq, "event": row.EventID}),
		},
	)
}

// messageID is the id of the message that an event publishes: one, however often it is tried.
func messageID(e partner.PartnerEvent) string { return message(e.Source, e.EventID) }

func message(source, event string) string { return "p:" + source + ":" + event }

// Verify is the second person's check of an offline registration. An accepted
// one becomes an event of the inbox, and has the same effect as one that arrived.
func Verify(tx *gorm.DB, a models.Acting, id int64, accept bool, note string) (books.Offline, error) {
	o, ev, err := VerifyOffline(tx, a, id, accept, note)
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
	row, _, err := partner.ReceiveEvent(tx, partner.PartnerEvent{
		Source: ev.Source, EventID: ev.ID, EventType: ev.Type, Body: body, ReceivedAt: a.At, OccurredAt: ev.OccurredAt, Offline: true,
	})
	if err != nil {
		return o, err
	}
	_, err = Apply(tx, a, row, *ev)
	return o, err
}
