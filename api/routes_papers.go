package api

import (
	"net/http"

	"github.com/quancheng/quancheng/models/audit"
)

const (
	paperRead permission = "paper.read"
	paperVoid permission = "paper.void" // two persons: one asks, another confirms
)

// Papers that the house issues, and the public's question after one.
var _ = open(room{
	Grants: map[permission][]string{
		paperRead: with(business, "EXPERT", "AUDITOR"),
		paperVoid: heads,
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/documents/{id}", paperRead, traced(audit.AccessRead, showPaper), false},
		{http.MethodPost, "/api/v1/documents/{id}/void", paperVoid, voidPaper, false},
		{http.MethodGet, "/api/v1/verify/{token}", public, verifyPaper, false},
		{http.MethodGet, "/verify/{token}", public, verifyPaper, false},
	},
})
