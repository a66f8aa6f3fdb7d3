package api

import (
	"net/http"

	"github.com/quancheng/quancheng/models/audit"
)

const (
	auditRead   permission = "audit.read"
	auditExport permission = "audit.export"
	auditVerify permission = "audit.verify"
	grantReview permission = "grant.review" // sign the list of a week's changes
)

// The audit.
var _ = open(room{
	Grants: map[permission][]string{
		auditRead: {
			"AUDITOR", "AUDIT_ADMIN",
		}, auditExport: {"AUDITOR", "AUDIT_ADMIN"}, auditVerify: {"AUDIT_ADMIN"}, grantReview: {"AUDIT_ADMIN"},
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/audit", auditRead, traced(audit.AccessRead, searchAudit), false},
		{http.MethodGet, "/api/v1/audit/verify", auditVerify, traced(audit.AccessRead, verifyAudit), false},
		{http.MethodGet, "/api/v1/audit/proof", auditVerify, traced(audit.AccessRead, proveRow), false},
		{http.MethodGet, "/api/v1/audit/export", auditExport, traced(audit.AccessExport, exportAudit), false},
		{http.MethodGet, "/api/v1/grants/{week}", grantReview, getReview, false},
		{http.MethodPost, "/api/v1/grants/{week}", grantReview, signReview, false},
	},
})
