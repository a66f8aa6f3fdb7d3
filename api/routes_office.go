package api

import (
	"net/http"
)

// The directory of people.
var _ = open(room{
	Routes: []route{
		{http.MethodGet, "/api/v1/people", public, listPeople, false}, // without a session on a dev server only
	},
})
