package api

import (
	"net/http"

	"github.com/quancheng/quancheng/models/audit"
)

const changeBegin permission = "change.begin" // of contracts of the own unit's projects

// What a project buys, and the changes of its contracts.
var _ = open(room{
	Grants: map[permission][]string{changeBegin: {"APPLY_CLERK"}},
	Routes: []route{
		{http.MethodGet, "/api/v1/projects/{code}/packages", projectRead, traced(audit.AccessRead, projectPackages), false},
		{http.MethodGet, "/api/v1/projects/{code}/changes", projectRead, projectChanges, false},
		{http.MethodPost, "/api/v1/projects/{code}/changes", changeBegin, beginChange, false},
	},
})
