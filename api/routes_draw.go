package api

import "net/http"

const (
	expertRead permission = "expert.read"
	expertKeep permission = "expert.keep"
	drawRead   permission = "draw.read"

	strikeRead   permission = "seat.void.read"
	strikeAsk    permission = "seat.void.ask"    // two persons: a head asks,
	strikeDecide permission = "seat.void.decide" // the deputy or the director decides
)

// The pool of experts and the record of draws.
var _ = open(room{
	Grants: map[permission][]string{
		drawRead:   with(bureau, "AUDITOR", "JOINT", "COUNTY_LEADER"),
		expertRead: with(heads, "AUDITOR"),
		expertKeep: heads,

		strikeRead:   with(heads, "AUDITOR"),
		strikeAsk:    heads,
		strikeDecide: {"BUREAU_DEPUTY", "BUREAU_DIRECTOR"},
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/projects/{code}/draws", drawRead, listDraws, false},
		{http.MethodGet, "/api/v1/projects/{code}/seat-voids", strikeRead, listStrikes, false},
		{http.MethodPost, "/api/v1/projects/{code}/seat-voids", strikeAsk, askStrike, false},
		{http.MethodPost, "/api/v1/seat-voids/{id}", strikeDecide, decideStrike, false},
		{http.MethodGet, "/api/v1/experts", expertRead, listExperts, false},
		{http.MethodPut, "/api/v1/experts/{id}", expertKeep, putExpert, false},
	},
})
