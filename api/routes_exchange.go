package api

import (
	"net/http"

	"github.com/quancheng/quancheng/models/audit"
)

// The line to the bureaus itself: what we told them, asked for again; files in its
// place; how it stands; months that are closed with them.
var _ = open(room{
	Routes: []route{
		{http.MethodGet, "/api/v1/partners/health", partnerRead, partnerHealth, false},
		{http.MethodGet, "/api/v1/partners/refusals", partnerRead, listRefusals, false},
		{http.MethodGet, "/api/v1/partners/files", partnerRead, listExchange, false},
		{http.MethodPost, "/api/v1/partners/files", partnerWork, takeExchange, true},
		{http.MethodGet, "/api/v1/partners/files/{partner}/{date}", partnerWork, traced(audit.AccessRead, giveExchange), false},
		{http.MethodGet, "/api/v1/partners/months", partnerRead, listMonths, false},
		{http.MethodPost, "/api/v1/partners/months", partnerWork, closeMonth, false},
		{http.MethodGet, "/integrations/{partner}/events", public, tellAgain, true},            // signed, like what comes in
		{http.MethodPost, "/integrations/{partner}/events/replay", public, replayEvents, true}, // signed
	},
})
