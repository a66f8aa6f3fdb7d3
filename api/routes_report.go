package api

import (
	"net/http"
	"slices"

	"github.com/quancheng/quancheng/models/audit"
)

const (
	reportRead permission = "report.read"
)

// The half-year report. It names everybody's projects.
var _ = open(room{
	Grants: map[permission][]string{
		reportRead: slices.Concat(bureau, liaisons, []string{"JOINT", "COUNTY_LEADER", "AUDITOR"}),
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/reports/half-year", reportRead, traced(audit.AccessExport, halfYear), false},
		{http.MethodGet, "/api/v1/reports/half-year/{figure}/rows", reportRead, traced(audit.AccessExport, halfYearRows), false},
	},
})
