package api

import (
	"net/http"

	"github.com/quancheng/quancheng/models/audit"
)

const (
	runningRead   permission = "running.read"   // batches of projects that already run
	runningImport permission = "running.import" // ask for one: a registration of past days
	runningDecide permission = "running.decide" // be the second person for one
)

// Projects that already run, taken in from a workbook: who registers past days asks,
// who verifies them, or the head of the section, takes in (domain/access.md §1).
var _ = open(room{
	Roles: map[string]sight{"BACK_VERIFIER": seesNothing},
	Grants: map[permission][]string{
		runningRead:   with(heads, "BACK_REGISTRAR", "BACK_VERIFIER", "BUREAU_ACCEPT", "AUDITOR"),
		runningImport: {"BACK_REGISTRAR", "BUREAU_ACCEPT"},
		runningDecide: with(heads, "BACK_VERIFIER"),
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/running/template", runningImport, runningTemplate, false},
		{http.MethodGet, "/api/v1/running/imports", runningRead, listRunning, false},
		{http.MethodPost, "/api/v1/running/imports", runningImport, importRunning, true},
		{http.MethodGet, "/api/v1/running/imports/{id}", runningRead, traced(audit.AccessRead, getRunning), false},
		{http.MethodPost, "/api/v1/running/imports/{id}/decide", runningDecide, decideRunning, false},
		{http.MethodPost, "/api/v1/running/imports/{id}/withdraw", runningImport, withdrawRunning, false},
	},
})
