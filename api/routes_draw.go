package api

import "net/http"

const (
	expertRead permission = "expert.read"
	expertKeep permission = "expert.keep"
	drawRead   permission = "draw.read"
)

// The pool of experts and the record of draws.
var _ = open(room{
	Grants: map[permission][]string{
		drawRead:   with(bureau, "AUDITOR", "JOINT", "COUNTY_LEADER"),
		expertRead: with(heads, "AUDITOR"),
		expertKeep: heads,
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/projects/{code}/draws", drawRead, listDraws, false},
		{http.MethodGet, "/api/v1/experts", expertRead, listExperts, false},
		{http.MethodPut, "/api/v1/experts/{id}", expertKeep, putExpert, false},
	},
})
