// Package calendar counts working days (工作日) by the State Council's yearly
// notices: weekends and holidays are off, make-up days (调休) are on. The data
// is versioned: a newly published year makes a new version, the newest counts.
//
// days.json is taken from the notices for 2020–2026 as npm chinese-days 1.5.7
// (MIT) collects them. A year that was not published yet is provisional: its
// weekends are off and nothing else is known (rule G05).
package calendar

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

//go:embed days.json
var published []byte

// Source of the data in the binary.
const Source = "国务院办公厅年度放假通知，经 chinese-days 1.5.7 整理"

// Year is what a notice says about a year.
type Year struct {
	Holidays []models.Date `json:"holidays"`
	Workdays []models.Date `json:"workdays"` // make-up days on weekends
}

// Calendar is one version. It is read-only and safe for concurrent use.
type Calendar struct {
	Version int
	years   map[string]Year
	off     map[models.Date]bool
	on      map[models.Date]bool
}

// Default is version 1: the data in the binary.
var Default = sync.OnceValues(func() (*Calendar, error) { return parse(1, published) })

func parse(version int, data []byte) (*Calendar, error) {
	c := &Calendar{Version: version, off: map[models.Date]bool{}, on: map[models.Date]bool{}}
	if err := json.Unmarshal(data, &c.years); err != nil {
		return nil, fmt.Errorf("calendar %d: %w", version, err)
	}
	for year, y := range c.years {
		for _, list := range []struct {
			days []models.Date
			into map[models.Date]bool
		}{{y.Holidays, c.off}, {y.Workdays, c.on}} {
			for _, d := range list.days {
				if _, err := models.ParseDate(string(d)); err != nil || string(d[:4]) != year {
					return nil, fmt.Errorf("calendar %d: year %s holds %q", version, year, d)
				}
				list.into[d] = true
			}
		}
	}
	return c, nil
}

// Newest is the newest version in the database, else the data in the binary.
func Newest(tx *gorm.DB) (*Calendar, error) {
	var rows []WorkCalendar
	if err := tx.Order("version DESC").Limit(1).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	if len(rows) == 0 {
		return Default()
	}
	return parse(rows[0].Version, rows[0].Data)
}

// Publish adds years to the calendar, or corrects them, as a new version.
func Publish(tx *gorm.DB, a models.Acting, years map[string]Year, source string) (*Calendar, error) {
	now, err := Newest(tx)
	if err != nil {
		return nil, err
	}
	merged := map[string]Year{}
	for y, days := range now.years {
		merged[y] = days
	}
	for y, days := range years {
		merged[y] = days
	}
	data := models.JSONOf(merged)
	next, err := parse(now.Version+1, data)
	if err != nil {
		return nil, models.Refuse("invalid-calendar", "why", err.Error())
	}
	row := WorkCalendar{Version: next.Version, Data: data, Source: source, At: a.At.UTC(), Actor: a.Person}
	if err := tx.Create(&row).Error; err != nil {
		return nil, fmt.Errorf("calendar %d: %w", next.Version, err)
	}
	return next, audit.Audit(
		tx, "r:calendar", a,
		audit.AuditEntry{Action: "publish", Subject: fmt.Sprintf("calendar:%d", next.Version), Detail: models.JSONOf(years)},
	)
}

// IsWorkday reports whether people work on a day.
func (c *Calendar) IsWorkday(d models.Date) bool {
	if c.on[d] || c.off[d] {
		return c.on[d]
	}
	switch d.Start().Weekday() {
	case time.Saturday, time.Sunday:
		return false
	}
	return true
}

// Provisional reports whether a year was not published in this version (rule G05).
func (c *Calendar) Provisional(year int) bool {
	_, ok := c.years[fmt.Sprint(year)]
	return !ok
}

// After is the date n working days after d, which itself is day 0. With n = 0 it is d.
func (c *Calendar) After(d models.Date, n int) models.Date {
	for n > 0 {
		d = d.AddDays(1)
		if c.IsWorkday(d) {
			n--
		}
	}
	return d
}

// Between counts the working days after a up to b; negative when b is before a.
func (c *Calendar) Between(a, b models.Date) int {
	if b < a {
		return -c.Between(b, a)
	}
	n := 0
	for a < b {
		a = a.AddDays(1)
		if c.IsWorkday(a) {
			n++
		}
	}
	return n
}

// Interval is a pause from one day to another, both included.
type Interval struct{ From, To models.Date }

// AfterPaused is After, where days within pauses do not count. Pauses that
// overlap are a union, never summed (rule G02).
func (c *Calendar) AfterPaused(d models.Date, n int, pauses []Interval) models.Date {
	for n > 0 {
		d = d.AddDays(1)
		if c.IsWorkday(d) && !within(d, pauses) {
			n--
		}
	}
	return d
}

func within(d models.Date, pauses []Interval) bool {
	for _, p := range pauses {
		if p.From <= d && d <= p.To {
			return true
		}
	}
	return false
}

// cutOff is the end of the day's office hours (rule G04).
const cutOff = 17*time.Hour + 30*time.Minute

// Received is the day on which something counts as received: after half past
// five, or on a day off, it is the next working day.
func (c *Calendar) Received(at time.Time) models.Date {
	d := models.DateOf(at)
	if c.IsWorkday(d) && at.Sub(d.Start()) <= cutOff {
		return d
	}
	return c.After(d, 1)
}

// Civil is the calendar as expressions and the engine ask it: by year, month and day.
type Civil struct{ *Calendar }

// IsWorkday reports whether people work on a day.
func (c Civil) IsWorkday(year int, month time.Month, day int) bool {
	return c.Calendar.IsWorkday(models.DateOf(time.Date(year, month, day, 0, 0, 0, 0, models.Zone)))
}

// Year is what was published about a year; false: nothing was.
func (c *Calendar) Year(year int) (Year, bool) {
	y, published := c.years[fmt.Sprint(year)]
	return y, published
}

// Years are the published years, in order.
func (c *Calendar) Years() (out []int) {
	for name := range c.years {
		if y, err := strconv.Atoi(name); err == nil {
			out = append(out, y)
		}
	}
	slices.Sort(out)
	return out
}

// With is the calendar as it would be with a year, or its correction. It is no version of its own.
func (c *Calendar) With(year int, days Year) (*Calendar, error) {
	merged := map[string]Year{fmt.Sprint(year): days}
	for y, have := range c.years {
		if y != fmt.Sprint(year) {
			merged[y] = have
		}
	}
	return parse(c.Version, models.JSONOf(merged))
}
