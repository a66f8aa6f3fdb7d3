package api

import "net/http"

const absenceSet permission = "absence.set" // for oneself, or as head of the unit

// Absence: who deputises for whom, and what is handed over.
var _ = open(room{
	Grants: map[permission][]string{absenceSet: with(business, "AUDITOR")},
	Routes: []route{
		{http.MethodGet, "/api/v1/deputyships", absenceSet, listDeputyships, false},
		{http.MethodPost, "/api/v1/deputyships", absenceSet, setDeputyship, false},
		{http.MethodGet, "/api/v1/deputyships/candidates", absenceSet, deputyCandidates, false},
		{http.MethodPost, "/api/v1/deputyships/{id}/end", absenceSet, endDeputyship, false},
		{http.MethodGet, "/api/v1/holdings/{id}", absenceSet, getHolding, false},
		{http.MethodGet, "/api/v1/handovers", absenceSet, listHandovers, false},
		{http.MethodPost, "/api/v1/handovers", absenceSet, askHandover, false},
		{http.MethodPost, "/api/v1/handovers/{id}/decide", processGovern, decideHandover, false},
	},
})
