package inbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/partner/facts"
)

// OfflineFact is a partner's fact entered by hand (线下登记).
type OfflineFact struct {
	Partner    string
	EventType  string
	Project    string
	OccurredOn models.Date
	Data       json.RawMessage
	Evidence   string // document id
	Reason     string
}

// liaisons may register for their bureau.
var liaisons = map[string]string{"finance": "FINANCE_LIAISON", "procurement": "PROCUREMENT_LIAISON"}

// RegisterOffline registers a partner's fact. It takes effect when a second
// person has checked it.
func RegisterOffline(tx *gorm.DB, a models.Acting, in OfflineFact) (books.Offline, error) {
	o := books.Offline{
		Partner: in.Partner, EventType: in.EventType, Project: in.Project, OccurredOn: in.OccurredOn, Evidence: in.Evidence,
		Reason: strings.TrimSpace(in.Reason),
		State:  books.OfflineWaiting, RegisteredBy: a.Person, RegisteredAt: models.Stamp(a.At),
	}
	if !a.HasRole(liaisons[in.Partner]) {
		return o, models.Refuse("not-the-liaison", "partner", in.Partner)
	}
	f := models.Refuse("invalid-data")
	if !slices.Contains(facts.Types(), in.EventType) || facts.Sender(in.EventType) != in.Partner {
		f.Field("/eventType", "event-unknown", "type", in.EventType)
	} else {
		for _, m := range facts.Mistakes(in.EventType, in.Data) {
			f.Field("/data/"+m.Field, m.Code)
		}
	}
	if _, err := models.ParseDate(string(in.OccurredOn)); err != nil {
		f.Field("/occurredOn", "date-format")
	} else if in.OccurredOn > models.DateOf(a.At) {
		f.Field("/occurredOn", "date-in-future")
	}
	if len([]rune(o.Reason)) < 5 {
		f.Field("/reason", "reason-too-short")
	}
	if err := known(tx, f, in); err != nil {
		return o, err
	}
	if err := f.OrNil(); err != nil {
		return o, err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, in.Data); err != nil {
		return o, models.Refuse("invalid-data").Field("/data", "not-readable")
	}
	o.Data = compact.Bytes()
	no, err := models.NextCode(tx, "OFF", models.DateOf(a.At).Year())
	if err != nil {
		return o, err
	}
	o.EventID = no
	if err := tx.Create(&o).Error; err != nil {
		return o, fmt.Errorf("offline registration: %w", err)
	}
	return o, auditOffline(tx, a, o, "offline.register")
}

// known checks that project and evidence exist.
func known(tx *gorm.DB, f *models.Refusal, in OfflineFact) error {
	var n int64
	if err := tx.Model(&books.Project{}).Where("code = ?", in.Project).Count(&n).Error; err != nil {
		return fmt.Errorf("project %s: %w", in.Project, err)
	}
	if n == 0 {
		f.Field("/project", "project-unknown", "code", in.Project)
	}
	if in.Evidence == "" {
		return nil
	}
	if err := tx.Model(&papers.Document{}).Where("id = ?", in.Evidence).Count(&n).Error; err != nil {
		return fmt.Errorf("document %s: %w", in.Evidence, err)
	}
	if n == 0 {
		f.Field("/evidence", "document-unknown", "id", in.Evidence)
	}
	return nil
}

// VerifyOffline is the second person's check. An accepted registration becomes
// an event as if it had just arrived; the caller posts it (facts.Post) in the
// same transaction.
func VerifyOffline(tx *gorm.DB, a models.Acting, id int64, accept bool, note string) (books.Offline, *facts.Event, error) {
	var o books.Offline
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take(&o).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return o, nil, models.Refuse("not-found", "what", fmt.Sprint(id))
	}
	if err != nil {
		return o, nil, fmt.Errorf("offline registration %d: %w", id, err)
	}
	if o.State != books.OfflineWaiting {
		return o, nil, models.Refuse("checked-already")
	}
	if o.RegisteredBy == a.Person {
		return o, nil, models.Refuse("second-person-needed")
	}
	note = strings.TrimSpace(note)
	if !accept && len([]rune(note)) < 5 {
		return o, nil, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	at := models.Stamp(a.At)
	o.State, o.VerifiedBy, o.VerifiedAt, o.Note = books.OfflineRefused, models.Optional(a.Person), &at, note
	if accept {
		o.State = books.OfflineAccepted
	}
	if err := tx.Save(&o).Error; err != nil {
		return o, nil, fmt.Errorf("offline registration %d: %w", id, err)
	}
	if err := auditOffline(tx, a, o, "offline."+o.State); err != nil || !accept {
		return o, nil, err
	}
	return o, &facts.Event{
		Source: o.Partner, ID: o.EventID, Type: o.EventType, Project: o.Project, OccurredAt: o.OccurredOn.Start(),
		Data:    json.RawMessage(o.Data),
		Offline: true, Linked: true,
	}, nil
}

func auditOffline(tx *gorm.DB, a models.Acting, o books.Offline, action string) error {
	e := audit.AuditEntry{
		Action: action, Subject: "offline:" + o.EventID, Project: o.Project,
		Detail: models.JSONOf(map[string]any{"type": o.EventType, "occurredOn": o.OccurredOn}),
	}
	return audit.Audit(tx, "r:offline", a, e)
}

// OfflineFilter chooses registrations; zero values choose all.
type OfflineFilter struct {
	Project string
	Before  int64 // id of the last one of the page before
	Limit   int
}

// Offlines lists registrations, newest first.
func Offlines(tx *gorm.DB, f OfflineFilter) ([]books.Offline, error) {
	q := tx.Order("id DESC").Limit(f.Limit)
	if f.Project != "" {
		q = q.Where("project = ?", f.Project)
	}
	if f.Before > 0 {
		q = q.Where("id < ?", f.Before)
	}
	var rows []books.Offline
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("offline registrations: %w", err)
	}
	return rows, nil
}
