package api

import "net/http"

// route is a row of the table of routes. Its path is written as in openapi.yaml.
type route struct {
	Method string
	Path   string
	Needs  permission
	Do     handler
	Raw    bool // the handler reads the body itself
}

// routes is everything that the server answers besides the browser client. Each
// row says which permission it needs; whose data it reaches is decided in the queries.
var routes = []route{
	{http.MethodPost, "/api/v1/session", public, signIn, false},
	{http.MethodDelete, "/api/v1/session", signedIn, signOut, false},
	{http.MethodGet, "/api/v1/me", signedIn, getMe, false},
	{http.MethodGet, "/api/v1/people", public, listPeople, false}, // without a session on a dev server only
	{http.MethodGet, "/api/v1/events", signedIn, liveEvents, false},

	{http.MethodGet, "/openapi.json", public, openAPI, false},
	{http.MethodGet, "/healthz", public, healthz, false},
	{http.MethodGet, "/readyz", public, readyz, false},
	{http.MethodGet, "/metrics", public, metrics, false},
}
