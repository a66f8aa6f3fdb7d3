package api

import (
	"net/http"
	"slices"

	"github.com/quancheng/quancheng/models/audit"
)

const (
	courseRead      permission = "course.read"
	inspectionRead  permission = "inspection.read"
	inspectionBegin permission = "inspection.begin"
	archiveTake     permission = "archive.take"
	wholeFileTake   permission = "project.whole-file"
	evaluationRead  permission = "evaluation.read"
	evaluationBegin permission = "evaluation.begin" // the clerk of the unit's own projects, the head of the section of all
)

// How projects are built and accepted, and the spot checks of those under construction.
var _ = open(room{
	Grants: map[permission][]string{
		courseRead: slices.Concat(
			applicants, bureau, builders, []string{"APPLY_FINANCE", "RECT_OWNER", "FINANCE_LIAISON", "COUNTY_LEADER", "AUDITOR"},
		),
		inspectionRead:  slices.Concat(bureau, []string{"COUNTY_LEADER", "AUDITOR"}),
		inspectionBegin: {"BUREAU_CHIEF"},
		archiveTake:     slices.Concat(heads, []string{"ARCHIVIST", "AUDITOR"}),
		wholeFileTake:   {"AUDITOR"},
		evaluationRead: slices.Concat(
			applicants, bureau, []string{"APPLY_FINANCE", "FINANCE_LIAISON", "COUNTY_LEADER", "AUDITOR"},
		),
		evaluationBegin: {"APPLY_CLERK", "BUREAU_CHIEF"},
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/projects/{code}/course", courseRead, traced(audit.AccessRead, projectCourse), false},
		{http.MethodGet, "/api/v1/projects/{code}/archive-package", archiveTake, traced(audit.AccessExport, takeArchivePackage), false},
		{http.MethodGet, "/api/v1/projects/{code}/whole-file", wholeFileTake, traced(audit.AccessExport, takeWholeFile), false},
		{http.MethodGet, "/api/v1/projects/{code}/evaluations", evaluationRead, traced(audit.AccessRead, projectEvaluations), false},
		{http.MethodPost, "/api/v1/projects/{code}/evaluations", evaluationBegin, beginEvaluation, false},
		{http.MethodGet, "/api/v1/inspections", inspectionRead, listInspections, false},
		{http.MethodPost, "/api/v1/inspections", inspectionBegin, drawInspections, false},
	},
})
