package api

import (
	"net/http"
	"slices"

	"github.com/quancheng/quancheng/models/audit"
)

const (
	projectRead   permission = "project.read"
	projectCreate permission = "project.create" // draft, submit and withdraw for the own department
	documentAdd   permission = "document.add"
)

// Projects with their papers.
var _ = open(room{
	Grants: map[permission][]string{
		projectRead:   with(business, "EXPERT", "AUDITOR"),
		projectCreate: applicants,
		documentAdd:   slices.Concat(applicants, bureau, liaisons, builders, []string{"RECT_OWNER", "JOINT"}),
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/projects", projectRead, listProjects, false},
		{http.MethodGet, "/api/v1/portfolio", projectRead, getPortfolio, false},
		{http.MethodPost, "/api/v1/projects", projectCreate, createProject, false},
		{http.MethodGet, "/api/v1/projects/{code}", projectRead, watched(audit.AccessRead, getProject), false},
		{http.MethodPatch, "/api/v1/projects/{code}", projectCreate, editProject, false},
		{http.MethodPut, "/api/v1/projects/{code}/lines", projectCreate, putLines, false},
		{http.MethodPost, "/api/v1/projects/{code}/submit", projectCreate, submitProject, false},
		{http.MethodPost, "/api/v1/projects/{code}/withdraw", projectCreate, withdrawProject, false},
		{http.MethodGet, "/api/v1/projects/{code}/revisions", projectRead, listRevisions, false},
		{http.MethodGet, "/api/v1/projects/{code}/timeline", projectRead, projectTimeline, false},
		{http.MethodGet, "/api/v1/projects/{code}/ledger", projectRead, traced(audit.AccessRead, projectLedger), false},
		{http.MethodGet, "/api/v1/projects/{code}/diagram", projectRead, projectDiagram, false},
		{http.MethodGet, "/api/v1/projects/{code}/documents", projectRead, listDocuments, false},
		{http.MethodPost, "/api/v1/projects/{code}/documents", documentAdd, uploadDocument, true},
		{http.MethodGet, "/api/v1/projects/{code}/documents/{id}", projectRead, downloadDocument, false},
	},
})
