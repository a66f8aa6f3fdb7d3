package api

import "net/http"

const (
	calendarRead    permission = "calendar.read"
	calendarDraft   permission = "calendar.draft"
	calendarPublish permission = "calendar.publish" // a second person: never who drafted it
)

// The calendar of working days: years, make-up days, and what a publication moves.
var _ = open(room{
	Grants: map[permission][]string{
		calendarRead:    with(business, "EXPERT", "AUDITOR"),
		calendarDraft:   {"BUREAU_CHIEF"},
		calendarPublish: {"OFFICE"},
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/calendar", calendarRead, getCalendar, false},
		{http.MethodPost, "/api/v1/calendar/requests", calendarDraft, askCalendar, false},
		{http.MethodPost, "/api/v1/calendar/requests/{id}", calendarPublish, decideCalendar, false},
	},
})
