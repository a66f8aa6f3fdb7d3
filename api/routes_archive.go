package api

import (
	"net/http"
	"slices"

	"github.com/quancheng/quancheng/models/audit"
)

const (
	archiveRead    permission = "archive.read"
	archiveCorrect permission = "archive.correct" // ask to put an archive right; place a hold
	archiveDecide  permission = "archive.decide"  // be the second person for that
)

// Archives after their hand-over: versions beside them, and holds.
var _ = open(room{
	Grants: map[permission][]string{
		archiveRead:    slices.Concat(heads, []string{"ARCHIVIST", "AUDITOR"}),
		archiveCorrect: {"ARCHIVIST"},
		archiveDecide:  heads,
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/projects/{code}/archive", archiveRead, traced(audit.AccessRead, getArchive), false},
		{http.MethodPost, "/api/v1/projects/{code}/archive/corrections", archiveCorrect, askCorrection, false},
		{http.MethodPost, "/api/v1/projects/{code}/archive/corrections/{version}/decide", archiveDecide, decideCorrection, false},
		{http.MethodPost, "/api/v1/projects/{code}/archive/documents", archiveCorrect, uploadCorrection, true},
		{http.MethodPost, "/api/v1/projects/{code}/archive/holds", archiveCorrect, placeHold, false},
		{http.MethodPost, "/api/v1/projects/{code}/archive/holds/{id}/lift", archiveDecide, liftHold, false},
	},
})
