package watch

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/partner"
)

// Contact is when a bureau was last heard.
type Contact struct {
	Source       string `gorm:"primaryKey"`
	HeardAt      time.Time
	DriftSeconds int // its clock less ours, at its last message
}

// TableName of the entity.
func (Contact) TableName() string { return "partner_contact" }

const (
	// heardEvery is how often a contact is written at most: each message of a burst need not wait for the one before.
	heardEvery = time.Minute
	// MostDrift is how far a clock may be from ours before somebody is told; beyond webhook.Tolerance nothing is believed.
	MostDrift = 2 * time.Minute
)

// Heard notes that a bureau was heard, and what its clock said.
func Heard(tx *gorm.DB, source string, drift time.Duration, now time.Time) error {
	row := Contact{Source: source, HeardAt: models.Stamp(now), DriftSeconds: int(drift / time.Second)}
	var last []Contact // read first: a burst of messages waits for no common row
	if err := tx.Where("source = ?", source).Find(&last).Error; err != nil {
		return fmt.Errorf("contact with %s: %w", source, err)
	}
	if len(last) > 0 && row.HeardAt.Sub(last[0].HeardAt) < heardEvery &&
		Drifts(time.Duration(last[0].DriftSeconds)*time.Second) == Drifts(drift) {
		return nil
	}
	again := clause.OnConflict{
		Columns: []clause.Column{{Name: "source"}}, DoUpdates: clause.AssignmentColumns([]string{"heard_at", "drift_seconds"}),
	}
	if err := tx.Clauses(again).Create(&row).Error; err != nil {
		return fmt.Errorf("contact with %s: %w", source, err)
	}
	return nil
}

// Drifts reports whether a clock is so far from ours that somebody must be told.
func Drifts(drift time.Duration) bool { return drift > MostDrift || drift < -MostDrift }

// Light says how old what we know of a bureau is.
type Light string

// The lights of FT37: a working day of silence is yellow, three are red.
const (
	Green  Light = "green"
	Yellow Light = "yellow"
	Red    Light = "red"
	Dark   Light = "dark" // never heard
)

// State of the traffic with a bureau.
type State struct {
	Source     string
	Light      Light
	HeardAt    *time.Time // nil: never
	SilentDays int        // working days
	DataUntil  *time.Time // when the newest event that is in the books happened: 数据截至
	Drift      time.Duration
	Stream     string // of the bureau's newest numbered event, "" where it does not number
	Epoch      int
	Seq        int64
	Refused    int64 // messages of the last day that were not believed
	Waiting    int64 // our events that it has not got
	WaitsSince *time.Time
}

// States of the traffic with bureaus, in the order given.
func States(tx *gorm.DB, days *calendar.Calendar, now time.Time, sources ...string) ([]State, error) {
	out := make([]State, len(sources))
	for i, source := range sources {
		s := &out[i]
		s.Source, s.Light = source, Dark
		if err := s.heard(tx, days, now); err != nil {
			return nil, err
		}
		if err := s.stream(tx); err != nil {
			return nil, err
		}
		if err := s.waits(tx); err != nil {
			return nil, err
		}
		n, err := refusedSince(tx, source, now.Add(-24*time.Hour))
		if err != nil {
			return nil, err
		}
		s.Refused = n
	}
	return out, nil
}

func (s *State) heard(tx *gorm.DB, days *calendar.Calendar, now time.Time) error {
	var c Contact
	err := tx.Where("source = ?", s.Source).Take(&c).Error
	if errors.Is(err, gorm.ErrRecordNotFound) { // heard before contacts were kept
		var last partner.PartnerEvent
		err = tx.Where("source = ?", s.Source).Where("NOT offline").Order("id DESC").Limit(1).Take(&last).Error
		c = Contact{HeardAt: last.ReceivedAt}
	}
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("contact with %s: %w", s.Source, err)
	}
	s.HeardAt, s.Drift = &c.HeardAt, time.Duration(c.DriftSeconds)*time.Second
	s.SilentDays = days.Between(models.DateOf(c.HeardAt), models.DateOf(now))
	s.Light = lightOf(s.SilentDays)
	var newest partner.PartnerEvent
	err = tx.Where("source = ? AND state IN ?", s.Source, []string{partner.InboxApplied, partner.InboxDuplicate}).
		Order("occurred_at DESC").Limit(1).Take(&newest).Error
	if err == nil {
		s.DataUntil = &newest.OccurredAt
	} else if !errors.Is(err, gorm.ErrRecordNotFound) {
		return fmt.Errorf("events of %s: %w", s.Source, err)
	}
	return nil
}

// lightOf a silence of so many working days.
func lightOf(days int) Light {
	switch {
	case days > 3:
		return Red
	case days > 1:
		return Yellow
	}
	return Green
}

func (s *State) stream(tx *gorm.DB) error {
	var heads []struct {
		Stream string
		Epoch  int
		Seq    int64
	}
	err := tx.Table("stream_head").Where("source = ?", s.Source).Order("seq DESC").Limit(1).Find(&heads).Error
	if err != nil {
		return fmt.Errorf("stream of %s: %w", s.Source, err)
	}
	if len(heads) > 0 {
		s.Stream, s.Epoch, s.Seq = heads[0].Stream, heads[0].Epoch, heads[0].Seq
	}
	return nil
}

func (s *State) waits(tx *gorm.DB) error {
	var first []outbox.Outgoing
	q := tx.Model(&outbox.Outgoing{}).
		Where("kind = ? AND target = ? AND state <> ?", outbox.OutPartner, s.Source, outbox.OutDelivered)
	if err := q.Session(&gorm.Session{}).Count(&s.Waiting).Error; err != nil {
		return fmt.Errorf("events for %s: %w", s.Source, err)
	}
	if err := q.Order("created_at, id").Limit(1).Find(&first).Error; err != nil {
		return fmt.Errorf("events for %s: %w", s.Source, err)
	}
	if len(first) > 0 {
		s.WaitsSince = &first[0].CreatedAt
	}
	return nil
}
