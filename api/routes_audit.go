package api

import (
	"net/http"

	"github.com/quancheng/quancheng/models/audit"
)

const (
	auditRead permission = "audit.read"
)

// The audit.
var _ = open(room{
	Grants: map[permission][]string{
		auditRead: with(heads, "AUDITOR", "AUDIT_ADMIN"),
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/audit", auditRead, traced(audit.AccessRead, searchAudit), false},
		{http.MethodGet, "/api/v1/audit/verify", auditRead, traced(audit.AccessRead, verifyAudit), false},
	},
})
