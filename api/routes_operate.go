package api

import (
	"net/http"

	"github.com/quancheng/quancheng/models/audit"
)

// Cases for who operates: found by where they stand, looked into, repaired. Who
// may repair one is who governs it.
const (
	caseOperate permission = "case.operate" // the page of a case for who operates it; of which cases is said by its model
	caseRepair  permission = "case.repair"  // try again what was refused, of a case that one governs
)

var _ = open(room{
	Grants: map[permission][]string{
		caseOperate: with(business, "EXPERT", "AUDITOR", "SYS_ADMIN"),
		caseRepair:  with(business, "EXPERT", "SYS_ADMIN"),
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/cases", incidentRead, searchCases, false},
		{http.MethodGet, "/api/v1/cases/elements", incidentRead, countElements, false},
		{http.MethodGet, "/api/v1/instances/{key}/operation", caseOperate, traced(audit.AccessRead, getCaseOperation), false},
		{http.MethodPost, "/api/v1/instances/{key}/variables", taskWork, setCaseVariables, false},
		{http.MethodPost, "/api/v1/instances/{key}/variables/preview", taskWork, foretellRepair, false},
	},
})
