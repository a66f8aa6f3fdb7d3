package sla

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/process"
)

// The states of a calendar request.
const (
	CalendarWaiting   = "waiting"
	CalendarPublished = "published"
	CalendarRefused   = "refused"
	CalendarExpired   = "expired"
)

// CalendarRequest is a year of the calendar that somebody has drafted; it counts
// when a second person has published it (domain: access.md §5, row 28).
type CalendarRequest struct {
	ID        int64 `gorm:"primaryKey"`
	Year      int
	Days      models.JSON // calendar.Year
	Source    string
	Reason    string
	Base      int // version of the calendar that it was held against
	State     string
	AskedBy   string
	AskedAt   time.Time
	ExpiresAt time.Time
	DecidedBy string
	DecidedAt *time.Time
	Note      string
}

// TableName of the entity.
func (CalendarRequest) TableName() string { return "calendar_request" }

// Move is a due time that a year would move.
type Move struct {
	Task     int64
	Name     string
	Project  string
	From, To time.Time
}

// AskCalendar drafts a year, or a correction of it, for a second person to publish
// within a working day.
func AskCalendar(tx *gorm.DB, a models.Acting, year int, days calendar.Year, source string) (CalendarRequest, error) {
	var k CalendarRequest
	now, err := calendar.Newest(tx)
	if err != nil {
		return k, err
	}
	if err := checkYear(now, models.DateOf(a.At).Year(), year, days, source, a.Reason); err != nil {
		return k, err
	}
	c, err := Load(tx, models.DateOf(a.At))
	if err != nil {
		return k, err
	}
	k = CalendarRequest{
		Year: year, Days: models.JSONOf(days), Source: strings.TrimSpace(source), Reason: strings.TrimSpace(a.Reason), Base: now.Version,
		State: CalendarWaiting, AskedBy: a.Person, AskedAt: models.Stamp(a.At), ExpiresAt: models.Stamp(c.Due(a.At, 1, nil)),
	}
	if err := expireCalendars(tx, a.At); err != nil {
		return k, err
	}
	done := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&k)
	if done.Error != nil {
		return k, fmt.Errorf("calendar of %d: %w", year, done.Error)
	}
	if done.RowsAffected == 0 {
		return k, models.Refuse("asked-already")
	}
	return k, auditCalendar(tx, a, k, "asked")
}

// checkYear says everything that is wrong with a draft.
func checkYear(now *calendar.Calendar, today, year int, days calendar.Year, source, reason string) error {
	f := models.Refuse("invalid-data")
	if year < today-1 || year > today+2 {
		f.Field("/year", "calendar-year", "from", fmt.Sprint(today-1), "to", fmt.Sprint(today+2))
	}
	if strings.TrimSpace(source) == "" {
		f.Field("/source", "required")
	}
	if len([]rune(strings.TrimSpace(reason))) < 5 {
		f.Field("/reason", "reason-too-short")
	}
	off := map[models.Date]bool{}
	for i, d := range days.Holidays {
		if inYear(d, year) {
			off[d] = true
			continue
		}
		f.Field(fmt.Sprintf("/holidays/%d", i), "calendar-day", "day", string(d), "year", fmt.Sprint(year))
	}
	for i, d := range days.Workdays {
		at := fmt.Sprintf("/workdays/%d", i)
		switch {
		case !inYear(d, year):
			f.Field(at, "calendar-day", "day", string(d), "year", fmt.Sprint(year))
		case off[d]:
			f.Field(at, "calendar-both", "day", string(d))
		case !weekend(d):
			f.Field(at, "calendar-not-weekend", "day", string(d))
		}
	}
	if len(days.Holidays) == 0 {
		f.Field("/holidays", "required")
	}
	if len(f.Fields) > 0 {
		return f
	}
	if was, published := now.Year(year); published && string(models.JSONOf(was)) == string(models.JSONOf(days)) {
		return models.Refuse("calendar-unchanged", "year", fmt.Sprint(year))
	}
	return nil
}

func inYear(d models.Date, year int) bool {
	_, err := models.ParseDate(string(d))
	return err == nil && d.Year() == year
}

func weekend(d models.Date) bool {
	day := d.Start().Weekday()
	return day == time.Saturday || day == time.Sunday
}

// DecideCalendar is the second person's word about a draft. What he publishes
// counts every running clock again.
func DecideCalendar(tx *gorm.DB, a models.Acting, id int64, accept bool) (CalendarRequest, int, error) {
	var k CalendarRequest
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take(&k).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return k, 0, models.Refuse("no-such-calendar")
	}
	if err != nil {
		return k, 0, fmt.Errorf("calendar request %d: %w", id, err)
	}
	now, err := calendar.Newest(tx)
	switch {
	case err != nil:
		return k, 0, err
	case k.State != CalendarWaiting || !a.At.Before(k.ExpiresAt):
		return k, 0, models.Refuse("checked-already")
	case k.AskedBy == a.Person:
		return k, 0, models.Refuse("second-person-needed")
	case !accept && len([]rune(strings.TrimSpace(a.Reason))) < 5:
		return k, 0, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	case accept && now.Version != k.Base:
		return k, 0, models.Refuse("calendar-moved-on")
	}
	at := models.Stamp(a.At)
	k.State, k.DecidedBy, k.DecidedAt, k.Note = CalendarRefused, a.Person, &at, strings.TrimSpace(a.Reason)
	moved, act := 0, "refused"
	if accept {
		var days calendar.Year
		if err := k.Days.Into(&days); err != nil {
			return k, 0, err
		}
		k.State, act = CalendarPublished, "confirmed"
		if _, moved, err = Publish(tx, a, map[string]calendar.Year{fmt.Sprint(k.Year): days}, k.Source); err != nil {
			return k, 0, err
		}
	}
	if err := tx.Save(&k).Error; err != nil {
		return k, 0, fmt.Errorf("calendar request %d: %w", id, err)
	}
	return k, moved, auditCalendar(tx, a, k, act)
}

// expireCalendars ends the wait of drafts that nobody has published in time.
func expireCalendars(tx *gorm.DB, now time.Time) error {
	err := tx.Model(&CalendarRequest{}).Where("state = ? AND expires_at <= ?", CalendarWaiting, models.Stamp(now)).
		Update("state", CalendarExpired).Error
	if err != nil {
		return fmt.Errorf("calendar requests: %w", err)
	}
	return nil
}

// CalendarRequests are the newest drafts, newest first.
func CalendarRequests(tx *gorm.DB, limit int) (all []CalendarRequest, err error) {
	if err = tx.Order("id DESC").Limit(limit).Find(&all).Error; err != nil {
		err = fmt.Errorf("calendar requests: %w", err)
	}
	return all, err
}

// Moves are the due times that a draft would move, soonest first, and how many in all.
func (k CalendarRequest) Moves(tx *gorm.DB, now time.Time, limit int) ([]Move, int, error) {
	c, err := Load(tx, models.DateOf(now))
	if err != nil {
		return nil, 0, err
	}
	var days calendar.Year
	if err := k.Days.Into(&days); err != nil {
		return nil, 0, err
	}
	if c.Calendar, err = c.Calendar.With(k.Year, days); err != nil {
		return nil, 0, err
	}
	var running []process.Task
	if err := tx.Where("state <> ? AND calendar > 0 AND due_at IS NOT NULL", process.TaskClosed).Order("due_at, key").
		Find(&running).Error; err != nil {
		return nil, 0, fmt.Errorf("running clocks: %w", err)
	}
	var out []Move
	n := 0
	for _, t := range running {
		pauses, err := pausesOf(tx, t.Key)
		if err != nil {
			return nil, 0, err
		}
		to := c.Due(t.CreatedAt, t.DueWorkdays, pauses)
		if to.Equal(*t.DueAt) {
			continue
		}
		if n++; len(out) < limit {
			out = append(out, Move{t.Key, t.Name, t.Project, *t.DueAt, to})
		}
	}
	return out, n, nil
}

func auditCalendar(tx *gorm.DB, a models.Acting, k CalendarRequest, act string) error {
	return audit.Audit(tx, "r:calendar", a, audit.AuditEntry{
		Action: "calendar." + act, Subject: fmt.Sprintf("calendar-request:%d", k.ID),
		Detail: models.JSONOf(map[string]any{"year": k.Year, "source": k.Source, "days": k.Days, "base": k.Base}),
	})
}
