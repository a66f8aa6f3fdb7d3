package api

import (
	"net/http"
	"slices"

	"github.com/quancheng/quancheng/models/audit"
)

const (
	partnerRead   permission = "partner.read"
	partnerWork   permission = "partner.operate" // register, link and send again
	partnerVerify permission = "partner.verify"  // the second person's check
)

// What the bureaus told us and we told them, and their fakes on a dev server.
var _ = open(room{
	Grants: map[permission][]string{
		partnerRead:   slices.Concat(bureau, liaisons, []string{"COUNTY_LEADER", "AUDITOR"}),
		partnerWork:   liaisons,
		partnerVerify: slices.Concat(heads, liaisons),
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/partners/inbox", partnerRead, traced(audit.AccessRead, partnerInbox), false},
		{http.MethodGet, "/api/v1/partners/outbox", partnerRead, traced(audit.AccessRead, partnerOutbox), false},
		{http.MethodPost, "/api/v1/partners/outbox/{id}/retry", partnerWork, retryOutbox, false},
		{http.MethodGet, "/api/v1/partners/parked", partnerRead, listParked, false},
		{http.MethodPost, "/api/v1/partners/parked/{id}/link", partnerWork, linkParked, false},
		{http.MethodPost, "/api/v1/partners/parked/{id}/correct", partnerWork, correctParked, false},
		{http.MethodPost, "/api/v1/partners/parked/{id}/dismiss", partnerWork, dismissParked, false},
		{http.MethodPost, "/api/v1/partners/parked/{id}/confirm", partnerVerify, confirmParked, false},
		{http.MethodGet, "/api/v1/partners/differences", partnerRead, listDifferences, false},
		{http.MethodPost, "/api/v1/partners/differences/{id}/resolve", partnerWork, resolveDifference, false},
		{http.MethodGet, "/api/v1/partners/offline", partnerRead, listOffline, false},
		{http.MethodPost, "/api/v1/partners/offline", partnerWork, registerOffline, false},
		{http.MethodPost, "/api/v1/partners/offline/{id}/verify", partnerVerify, verifyOffline, false},
		{http.MethodGet, "/fake/{bureau}/faults", signedIn, getFaults, false}, // on a dev server only
		{http.MethodPut, "/fake/{bureau}/faults", signedIn, setFaults, false},
		{http.MethodPut, "/fake/{bureau}/trial", signedIn, passTrial, false},
		{http.MethodPost, "/fake/{bureau}/events", public, fakeBureau, true},    // signed, like a real bureau's
		{http.MethodPost, "/integrations/{partner}", public, partnerHook, true}, // signed; see hook.go
	},
})
