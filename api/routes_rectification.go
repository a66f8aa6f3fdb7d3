package api

import (
	"net/http"
	"slices"
)

const (
	rectRead  permission = "rectification.read"
	rectRaise permission = "rectification.raise"
	rectFile  permission = "rectification.file"

	recheckRead permission = "recheck.read"
	rectRecheck permission = "recheck.act"
)

// Issues and their rectification.
var _ = open(room{
	Grants: map[permission][]string{
		rectRead:  with(business, "AUDITOR"),
		rectRaise: slices.Concat(applicants, bureau),
		rectFile:  slices.Concat(business, walkers),

		recheckRead: with(bureau, "COUNTY_LEADER", "AUDITOR", "ORGANISER"),
		rectRecheck: {"RECT_VERIFIER", "BUREAU_CHIEF"},
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/projects/{code}/rectifications", rectRead, projectRectifications, false},
		{http.MethodGet, "/api/v1/rectifications", rectRead, listRectifications, false},
		{http.MethodPost, "/api/v1/rectifications", rectRaise, raiseRectification, false},
		{http.MethodGet, "/api/v1/rectifications/{no}", rectRead, getRectification, false},
		{http.MethodGet, "/api/v1/rectifications/{no}/documents", rectRead, listRectificationDocuments, false},
		{http.MethodPost, "/api/v1/rectifications/{no}/documents", rectFile, uploadRectificationDocument, true},
		{http.MethodGet, "/api/v1/rectifications/{no}/documents/{id}", rectRead, downloadRectificationDocument, false},
		{http.MethodGet, "/api/v1/rechecks", recheckRead, listRechecks, false},
		{http.MethodPost, "/api/v1/rechecks", rectRecheck, drawRechecks, false},
		{http.MethodPost, "/api/v1/rechecks/{no}", rectRecheck, recheck, false},
		{http.MethodGet, "/api/v1/rectifications/{no}/diagram", rectRead, rectificationDiagram, false},
	},
})
