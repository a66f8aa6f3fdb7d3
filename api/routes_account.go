package api

import "net/http"

// Accounts: how people prove who they are, and who administers that.
var _ = open(room{
	Routes: []route{
		{http.MethodPost, "/api/v1/session/code", signsIn, showFactor, false},
		{http.MethodGet, "/api/v1/me/credentials", signsIn, ownFactor, false},
		{http.MethodPut, "/api/v1/me/password", signsIn, setPassword, false},
		{http.MethodPost, "/api/v1/me/factor", signsIn, offerFactor, false},
		{http.MethodPut, "/api/v1/me/factor", signsIn, confirmFactor, false},
		{http.MethodPost, "/api/v1/me/recovery-codes", signedIn, renewRecovery, false},
		{http.MethodGet, "/api/v1/me/sessions", signedIn, ownSessions, false},
		{http.MethodDelete, "/api/v1/me/sessions", signedIn, endOtherSessions, false},
		{http.MethodDelete, "/api/v1/me/sessions/{id}", signedIn, endOwnSession, false},
	},
})
