package api

import "net/http"

const (
	absenceSet      permission = "absence.set"      // for oneself, or as head of the unit
	handover        permission = "handover"         // prepare or confirm one: what of it is the person's is asked of each
	handoverPrepare permission = "handover.prepare" // of whomever: names of steps and numbers of matters, nothing of their content
)

// Absence: who deputises for whom, and what is handed over.
var _ = open(room{
	Grants: map[permission][]string{
		absenceSet: with(business, "AUDITOR"), handover: with(business, "AUDITOR", "SYS_ADMIN"),
		handoverPrepare: {"SYS_ADMIN", "PROCESS_ADMIN"},
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/deputyships", absenceSet, listDeputyships, false},
		{http.MethodPost, "/api/v1/deputyships", absenceSet, setDeputyship, false},
		{http.MethodGet, "/api/v1/deputyships/candidates", absenceSet, deputyCandidates, false},
		{http.MethodPost, "/api/v1/deputyships/{id}/end", absenceSet, endDeputyship, false},
		{http.MethodGet, "/api/v1/holdings/{id}", handover, getHolding, false},
		{http.MethodGet, "/api/v1/handovers", handover, listHandovers, false},
		{http.MethodPost, "/api/v1/handovers", handover, askHandover, false},
		{http.MethodPost, "/api/v1/handovers/{id}/decide", absenceSet, decideHandover, false},
	},
})
