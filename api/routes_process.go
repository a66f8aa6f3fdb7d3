package api

import (
	"net/http"
)

const (
	incidentRead  permission = "incident.read"
	incidentRetry permission = "incident.retry"
	dutyRead      permission = "duty.read" // what was not done long after its due time
)

// What became of processes without anybody's doing: incidents, and what was not done in time.
var _ = open(room{
	Grants: map[permission][]string{
		incidentRead:  with(heads, "AUDITOR", "SYS_ADMIN"),
		incidentRetry: with(heads, "SYS_ADMIN"),
		dutyRead:      with(heads, "COUNTY_LEADER", "AUDITOR"),
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/incidents", incidentRead, listIncidents, false},
		{http.MethodPost, "/api/v1/incidents/{key}/retry", caseRepair, retryIncident, false},
		{http.MethodGet, "/api/v1/duty-records", dutyRead, listDuties, false},
	},
})
