package api

import (
	"net/http"
	"slices"
)

const (
	processBegin   permission = "process.begin"   // which processes is said by their models
	messagePublish permission = "message.publish" // of which processes is said by their models
)

// What people begin by themselves (发起), and the pages of what was begun. Who
// sees a case is decided by its part in it (case_sight.go).
var _ = open(room{
	Grants: map[permission][]string{
		processBegin:   slices.Concat(business, walkers, []string{"EXPERT", "AUDITOR"}),
		messagePublish: business,
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/processes", processBegin, listProcesses, false},
		{http.MethodGet, "/api/v1/processes/{id}", processBegin, getProcess, false},
		{http.MethodPost, "/api/v1/processes/{id}/instances", processBegin, beginProcess, false},
		{http.MethodPost, "/api/v1/processes/{id}/drafts", processBegin, createStartDraft, false},
		{http.MethodGet, "/api/v1/drafts", processBegin, listStartDrafts, false},
		{http.MethodGet, "/api/v1/drafts/{id}", processBegin, getStartDraft, false},
		{http.MethodPut, "/api/v1/drafts/{id}", processBegin, saveStartDraft, false},
		{http.MethodDelete, "/api/v1/drafts/{id}", processBegin, dropStartDraft, false},
		{http.MethodGet, "/api/v1/matters", taskRead, listMatters, false},
		{http.MethodGet, "/api/v1/instances/{key}/matter", taskRead, getMatter, false},
		{http.MethodGet, "/api/v1/instances/{key}/diagram", taskRead, caseDiagram, false},
		{http.MethodPost, "/api/v1/messages", messagePublish, publishMessage, false},
	},
})
