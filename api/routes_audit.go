package api

import (
	"net/http"

	"github.com/quancheng/quancheng/models"
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
		{http.MethodGet, "/api/v1/audit", auditRead, traced(models.AccessRead, searchAudit), false},
		{http.MethodGet, "/api/v1/audit/verify", auditRead, traced(models.AccessRead, verifyAudit), false},
	},
})
