package api

import (
	"net/http"
	"slices"

	"github.com/quancheng/quancheng/models"
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
		{http.MethodGet, "/api/v1/reports/half-year", reportRead, traced(models.AccessExport, halfYear), false},
		{http.MethodGet, "/api/v1/reports/half-year/{figure}/rows", reportRead, traced(models.AccessExport, halfYearRows), false},
	},
})
