package api

import (
	"net/http"
	"slices"

	"github.com/quancheng/quancheng/models/audit"
)

const (
	stuckRead     permission = "stuck.read"
	stuckRegister permission = "stuck.register"
	stuckRaise    permission = "stuck.raise"
	stuckExport   permission = "stuck.export"
)

// desk are those who sit at the window for what could not be done.
var desk = []string{"WINDOW", "WINDOW_HEAD"}

// Cases of the window (W2): who sees which, and how much of a citizen, is models/stuck and stuckSight.
var _ = open(room{
	Grants: map[permission][]string{
		stuckRead: slices.Concat(
			desk, heads,
			[]string{"OFFICE", "ORGANISER", "RECT_VERIFIER", "RECT_OWNER", "WALKER", "APPLY_LEADER", "COUNTY_LEADER", "AUDITOR"},
		),
		stuckRegister: desk,
		stuckRaise:    {"WINDOW_HEAD", "ORGANISER", "BUREAU_CHIEF", "RECT_VERIFIER"},
		stuckExport:   {"WINDOW_HEAD", "ORGANISER", "OFFICE", "BUREAU_CHIEF", "AUDITOR"},
		taskRead:      desk,
		taskWork:      desk,
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/stuck-cases", stuckRead, listStuckReports, false},
		{http.MethodPost, "/api/v1/stuck-cases", stuckRegister, registerStuck, false},
		{http.MethodGet, "/api/v1/stuck-cases/scope", stuckRegister, scopeStuck, false},
		{http.MethodGet, "/api/v1/stuck-cases/export", stuckExport, traced(audit.AccessExport, exportStuck), false},
		{http.MethodGet, "/api/v1/stuck-cases/{no}", stuckRead, getStuck, false},
		{http.MethodPost, "/api/v1/stuck-cases/{no}/reveal", stuckRead, revealStuck, false},
		{http.MethodPost, "/api/v1/stuck-cases/{no}/rectification", stuckRaise, raiseStuck, false},
	},
})
