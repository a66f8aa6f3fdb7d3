package api

import (
	"net/http"

	"github.com/quancheng/quancheng/models/audit"
)

// Cases for who operates: found by where they stand, looked into, repaired. Who
// may repair one is who governs it.
var _ = open(room{
	Routes: []route{
		{http.MethodGet, "/api/v1/cases", incidentRead, searchCases, false},
		{http.MethodGet, "/api/v1/cases/elements", incidentRead, countElements, false},
		{http.MethodGet, "/api/v1/instances/{key}/operation", incidentRead, traced(audit.AccessRead, getCaseOperation), false},
		{http.MethodPost, "/api/v1/instances/{key}/variables", taskWork, setCaseVariables, false},
		{http.MethodPost, "/api/v1/instances/{key}/variables/preview", taskWork, foretellRepair, false},
	},
})
