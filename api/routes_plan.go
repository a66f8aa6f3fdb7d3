package api

import (
	"net/http"
	"slices"

	"github.com/quancheng/quancheng/models/audit"
)

const (
	planRead   permission = "plan.read"
	planEnter  permission = "plan.enter"
	planCheck  permission = "plan.check"
	planScore  permission = "plan.score"
	planRecord permission = "plan.record"
	planFile   permission = "plan.file"
)

// The reserve pool and the annual plan (P0). A unit sees its own entries, the house all of them.
var _ = open(room{
	Grants: map[permission][]string{
		planRead:   slices.Concat(applicants, bureau, []string{"APPLY_FINANCE", "JOINT", "COUNTY_LEADER", "FINANCE_LIAISON", "AUDITOR"}),
		planEnter:  {"APPLY_CLERK"},
		planCheck:  {"BUREAU_REVIEW_A"},
		planScore:  {"BUREAU_CHIEF"},
		planRecord: {"OFFICE"},
		planFile:   {"APPLY_CLERK", "OFFICE", "BUREAU_CHIEF"},
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/plans", planRead, listPlans, false},
		{http.MethodPost, "/api/v1/plans", planWrite, createPlan, false},
		{http.MethodGet, "/api/v1/plans/{year}", planRead, getPlan, false},
		{http.MethodPatch, "/api/v1/plans/{year}", planWrite, patchPlan, false},
		{http.MethodPost, "/api/v1/plans/{year}/close", planWrite, closePlan, false},
		{http.MethodPost, "/api/v1/plans/{year}/urge", planWrite, urgePlan, false},
		{http.MethodPost, "/api/v1/plans/{year}/entries", planEnter, addPoolEntry, false},
		{http.MethodPut, "/api/v1/plans/{year}/entries/{id}", planEnter, putPoolEntry, false},
		{http.MethodPost, "/api/v1/plans/{year}/entries/{id}/drop", planEnter, dropPoolEntry, false},
		{http.MethodPost, "/api/v1/plans/{year}/entries/{id}/decide", planCheck, decidePoolEntry, false},
		{http.MethodPut, "/api/v1/plans/{year}/scores", planScore, putPlanScores, false},
		{http.MethodPut, "/api/v1/plans/{year}/meeting", planRecord, putPlanMeeting, false},
		{http.MethodPost, "/api/v1/plans/{year}/documents", planFile, uploadPlanDocument, true},
		{http.MethodGet, "/api/v1/plans/{year}/documents/{id}", planRead, traced(audit.AccessExport, downloadPlanDocument), false},
	},
})
