package api

import (
	"net/http"
)

const (
	backRegister permission = "books.backregister" // business dates in the past (补录)
)

// What everybody meets: signing in, what one was told, and the server itself.
var _ = open(room{
	Grants: map[permission][]string{
		backRegister: {"BACK_REGISTRAR"},
	},
	Routes: []route{
		{http.MethodPost, "/api/v1/session", public, signIn, false},
		{http.MethodDelete, "/api/v1/session", signsIn, signOut, false},
		{http.MethodGet, "/api/v1/me", signsIn, getMe, false},
		{http.MethodGet, "/api/v1/events", signedIn, liveEvents, false},
		{http.MethodGet, "/api/v1/notifications", signedIn, listNotifications, false},
		{http.MethodPost, "/api/v1/notifications/read", signedIn, readNotifications, false},
		{http.MethodPost, "/api/v1/notifications/unread", signedIn, unreadNotifications, false},
		{http.MethodPost, "/api/v1/notifications/{id}/read", signedIn, readNotification, false},
		{http.MethodGet, "/api/v1/reference", signedIn, getReference, false},
		{http.MethodGet, "/openapi.json", public, openAPI, false},
		{http.MethodGet, "/healthz", public, healthz, false},
		{http.MethodGet, "/readyz", public, readyz, false},
		{http.MethodGet, "/metrics", public, metrics, false},
	},
})
