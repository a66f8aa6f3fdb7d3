package api

import (
	"net/http"
	"slices"

	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/registers"
)

const (
	registerRead  permission = "register.read"
	registerWrite permission = "register.write"
)

// hall are the roles of the service hall and of the walks (domain/access.md §1).
var hall = []string{"WINDOW", "WINDOW_HEAD", "ORGANISER", "WALK_COORDINATOR", "WALKER"}

// Registers: who reads and writes which one stands in its file, see models/registers.
var _ = open(room{
	Roles: map[string]sight{
		"WINDOW": seesNothing, "WINDOW_HEAD": seesNothing, "ORGANISER": seesAll, "WALK_COORDINATOR": seesOwn,
		"WALKER": seesOwn,
	},
	Grants: map[permission][]string{
		registerRead:  slices.Concat(business, hall, []string{"EXPERT", "AUDITOR"}),
		registerWrite: slices.Concat(business, hall),
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/registers", registerRead, listRegisters, false},
		{http.MethodGet, "/api/v1/registers/{id}", registerRead, getRegister, false},
		{http.MethodGet, "/api/v1/registers/{id}/entries", registerRead, listEntries, false},
		{http.MethodPost, "/api/v1/registers/{id}/entries", registerWrite, addEntry, false},
		{http.MethodGet, "/api/v1/registers/{id}/entries/{entry}", registerRead, getEntry, false},
		{http.MethodPut, "/api/v1/registers/{id}/entries/{entry}", registerWrite, editEntry, false},
		{http.MethodPost, "/api/v1/registers/{id}/entries/{entry}/verify", registerWrite, actOnEntry(registers.Verify, false), false},
		{http.MethodPost, "/api/v1/registers/{id}/entries/{entry}/void", registerWrite, actOnEntry(registers.Strike, true), false},
		{
			http.MethodPost, "/api/v1/registers/{id}/entries/{entry}/rectification", registerWrite, actOnEntry(acts.BeginFromEntry, false),
			false,
		},
		{http.MethodPost, "/api/v1/registers/{id}/import", registerWrite, importEntries, true},
		{http.MethodGet, "/api/v1/registers/{id}/imports", registerRead, listImports, false},
		{http.MethodPost, "/api/v1/registers/{id}/imports/{import}/withdraw", registerWrite, withdrawImport, false},
		{http.MethodGet, "/api/v1/registers/{id}/export", registerRead, traced(audit.AccessExport, exportEntries), false},
		{http.MethodGet, "/api/v1/registers/{id}/totals", registerRead, registerTotals, false},
	},
})
