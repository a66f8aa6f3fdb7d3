package api

import (
	"net/http"
)

// Cases as a whole: what is done with one whether or not a task is open. What
// each act needs beside the route is in the table of acts.
var _ = open(room{
	Routes: []route{
		{http.MethodGet, "/api/v1/instances/{key}", taskRead, getCase, false},
		{http.MethodPost, "/api/v1/instances/{key}/{act}", taskWork, actOnCase, false},
		{http.MethodGet, "/api/v1/confirmations", taskWork, listConfirmations, false},
		{http.MethodGet, "/api/v1/supervisions", taskSupervise, listSupervisions, false},
		{http.MethodGet, "/api/v1/stuck", incidentRead, listStuck, false},
		{http.MethodGet, "/api/v1/partners/gaps", partnerRead, listGaps, false},
	},
})
