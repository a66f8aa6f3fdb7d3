package api

import (
	"net/http"

	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/privacy"
)

const (
	privacyRead   permission = "privacy.read"
	privacyErase  permission = "privacy.erase"  // ask for a list, or for the end of a hold
	privacyHold   permission = "privacy.hold"   // keep what would be erased
	privacyDecide permission = "privacy.decide" // be the second person
)

// Personal data: what is kept of whom, and how it ends (domain: access.md §5 row 26).
// Where nobody is the personal information officer, the office stands in.
var _ = open(room{
	Grants: map[permission][]string{
		privacyRead:   append([]string{"PI_OFFICER", "OFFICE"}, privacy.Deciders...),
		privacyErase:  {"PI_OFFICER", "OFFICE"},
		privacyHold:   append([]string{"PI_OFFICER", "OFFICE"}, privacy.Deciders...),
		privacyDecide: privacy.Deciders,
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/privacy", privacyRead, getPrivacy, false},
		{http.MethodGet, "/api/v1/privacy/due", privacyRead, traced(audit.AccessRead, listPrivacyDue), false},
		{http.MethodPost, "/api/v1/privacy/lists", privacyErase, askErase, false},
		{http.MethodPost, "/api/v1/privacy/reveals", piReveal, askReveal, false},
		{http.MethodPost, "/api/v1/privacy/lists/{id}", privacyDecide, decidePrivacy, false},
		{http.MethodPost, "/api/v1/privacy/holds", privacyHold, setHold, false},
		{http.MethodPost, "/api/v1/privacy/holds/{id}/lift", privacyErase, liftPersonalHold, false},
	},
})
