package api

import (
	"net/http"
	"slices"

	"github.com/quancheng/quancheng/models/audit"
)

const (
	reportRead    permission = "report.read"
	reportWrite   permission = "report.write"
	reportApprove permission = "report.approve"
)

// The half-year report. It names everybody's projects.
var _ = open(room{
	Grants: map[permission][]string{
		reportRead:    slices.Concat(bureau, liaisons, []string{"JOINT", "COUNTY_LEADER", "AUDITOR", "ORGANISER"}),
		reportWrite:   {"OFFICE", "BUREAU_CHIEF", "ORGANISER"},
		reportApprove: {"BUREAU_DEPUTY", "BUREAU_DIRECTOR"},
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/reports/half-year", reportRead, traced(audit.AccessExport, halfYear), false},
		{http.MethodGet, "/api/v1/reports/half-year/paper", reportRead, traced(audit.AccessExport, reportPaper), false},
		{http.MethodGet, "/api/v1/reports/half-year/{figure}/rows", reportRead, traced(audit.AccessExport, halfYearRows), false},
		{http.MethodGet, "/api/v1/reports", reportRead, listReports, false},
		{http.MethodPost, "/api/v1/reports", reportWrite, takeReport, false},
		{http.MethodGet, "/api/v1/reports/{snapshot}", reportRead, traced(audit.AccessExport, getReport), false},
		{http.MethodGet, "/api/v1/reports/{snapshot}/corrections", reportRead, traced(audit.AccessExport, correctReport), false},
		{http.MethodGet, "/api/v1/reports/{snapshot}/comparison", reportRead, compareReport, false},
		{http.MethodPost, "/api/v1/reports/{snapshot}/begin", reportWrite, beginReport, false},
		{http.MethodPut, "/api/v1/reports/{snapshot}/sections/{section}/owner", reportWrite, ownSection, false},
		{http.MethodPut, "/api/v1/reports/{snapshot}/sections/{section}", reportWrite, writeSection, false},
		{http.MethodPost, "/api/v1/reports/{snapshot}/notes/{check}", reportWrite, annotateReport, false},
		{http.MethodPost, "/api/v1/reports/{snapshot}/notes/{check}/approve", reportApprove, approveNote, false},
		{http.MethodPost, "/api/v1/reports/{snapshot}/lock", reportApprove, lockReport, false},
	},
})
