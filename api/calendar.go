package api

import (
	"net/http"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/sla"
)

// What the page of the calendar lists at most.
const (
	calendarRequests = 20
	calendarMoves    = 20
)

// getCalendar shows the published years, those that are not though clocks run into
// them, and the drafts with what they would move.
func getCalendar(c *call) (any, error) {
	days, err := calendar.Newest(c.db())
	if err != nil {
		return nil, err
	}
	out := wire.Calendar{Version: days.Version, Years: []wire.CalendarYear{}, Requests: []wire.CalendarRequest{}}
	for _, year := range days.Years() {
		y, _ := days.Year(year)
		first := models.DateOf(time.Date(year, 1, 1, 0, 0, 0, 0, models.Zone))
		out.Years = append(out.Years, wire.CalendarYear{
			Year: year, Workdays: days.Between(first.AddDays(-1), models.DateOf(time.Date(year, 12, 31, 0, 0, 0, 0, models.Zone))),
			Holidays: dayList(y.Holidays), Makeup: dayList(y.Workdays),
		})
	}
	var last *time.Time
	if err := c.db().Raw("SELECT max(due_at) FROM task WHERE state <> 'closed' AND calendar > 0").Row().Scan(&last); err != nil {
		last = nil // no clock runs
	}
	until := models.DateOf(c.now).Year() + 1
	if last != nil {
		until = max(until, models.DateOf(*last).Year())
	}
	for year := models.DateOf(c.now).Year(); year <= until; year++ {
		if days.Provisional(year) {
			out.Provisional = append(out.Provisional, year)
		}
	}
	all, err := sla.CalendarRequests(c.db(), calendarRequests)
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	for _, k := range all {
		w, err := c.calendarRequest(d, k, days.Version)
		if err != nil {
			return nil, err
		}
		out.Requests = append(out.Requests, w)
	}
	return out, nil
}

// dayList is days as they travel: YYYY-MM-DD.
func dayList(days []models.Date) []string {
	out := make([]string, 0, len(days))
	for _, d := range days {
		out = append(out, string(d))
	}
	return out
}

func (c *call) calendarRequest(d *directory, k sla.CalendarRequest, newest int) (wire.CalendarRequest, error) {
	var days calendar.Year
	if err := k.Days.Into(&days); err != nil {
		return wire.CalendarRequest{}, err
	}
	if err := d.know(k.AskedBy, k.DecidedBy); err != nil {
		return wire.CalendarRequest{}, err
	}
	w := wire.CalendarRequest{
		ID: keyText(k.ID), Year: k.Year, Holidays: dayList(days.Holidays), Makeup: dayList(days.Workdays), Source: k.Source, Reason: k.Reason,
		State: k.State, AskedBy: d.ref(k.AskedBy, ""), AskedAt: k.AskedAt.In(models.Zone), ExpiresAt: k.ExpiresAt.In(models.Zone),
		DecidedBy: d.maybe(k.DecidedBy, ""), DecidedAt: local(k.DecidedAt), Note: k.Note,
	}
	if k.State != sla.CalendarWaiting {
		return w, nil
	}
	if !c.now.Before(k.ExpiresAt) {
		w.State = sla.CalendarExpired
		return w, nil
	}
	w.Superseded = k.Base != newest
	w.MayDecide = c.who.may(calendarPublish) && k.AskedBy != c.who.Person.ID
	if !c.who.may(calendarDraft) && !c.who.may(calendarPublish) {
		return w, nil
	}
	moves, n, err := k.Moves(c.db(), c.now, calendarMoves)
	w.Moved = n
	for _, m := range moves {
		w.Moves = append(w.Moves, wire.CalendarMove{
			Task: keyText(m.Task), Name: m.Name, Project: m.Project, From: m.From.In(models.Zone), To: m.To.In(models.Zone),
		})
	}
	return w, err
}

// askCalendar drafts a year; nothing changes until a second person publishes it.
func askCalendar(c *call) (any, error) {
	var in wire.CalendarDraft
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		days := calendar.Year{Holidays: sortedDays(in.Holidays), Workdays: sortedDays(in.Makeup)}
		k, err := sla.AskCalendar(tx, a, in.Year, days, in.Source)
		if err != nil {
			return reply{}, err
		}
		d, err := c.directory()
		if err != nil {
			return reply{}, err
		}
		w, err := c.calendarRequest(d, k, k.Base)
		return reply{Status: http.StatusAccepted, Body: w}, err
	})
}

func sortedDays(days []string) []models.Date {
	out := make([]models.Date, 0, len(days))
	for _, d := range days {
		out = append(out, models.Date(d))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// decideCalendar is the second person's word about a draft.
func decideCalendar(c *call) (any, error) {
	in, id, a, err := c.secondWord()
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		k, moved, err := sla.DecideCalendar(tx, a, id, in.Accept)
		return reply{Status: http.StatusOK, Body: wire.CalendarDecision{State: k.State, Moved: moved}}, err
	})
}
