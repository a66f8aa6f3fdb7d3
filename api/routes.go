package api

import (
	"net/http"

	"github.com/quancheng/quancheng/models"
)

// route is a row of the table of routes. Its path is written as in api/openapi.
type route struct {
	Method string
	Path   string
	Needs  permission
	Do     handler
	Raw    bool // the handler reads the body itself
}

// signed reports whether a partner's signature is what the route believes.
func (r route) signed() bool { return r.Raw && r.Needs == public }

// routes is everything that the server answers besides the browser client. Each
// row says which permission it needs; whose data it reaches is decided in the queries.
var routes = []route{
	{http.MethodPost, "/api/v1/session", public, signIn, false},
	{http.MethodDelete, "/api/v1/session", signedIn, signOut, false},
	{http.MethodGet, "/api/v1/me", signedIn, getMe, false},
	{http.MethodGet, "/api/v1/people", public, listPeople, false}, // without a session on a dev server only
	{http.MethodGet, "/api/v1/events", signedIn, liveEvents, false},

	{http.MethodGet, "/api/v1/notifications", signedIn, listNotifications, false},
	{http.MethodPost, "/api/v1/notifications/read", signedIn, readNotifications, false},
	{http.MethodPost, "/api/v1/notifications/{id}/read", signedIn, readNotification, false},

	{http.MethodGet, "/api/v1/reference", signedIn, getReference, false},

	{http.MethodGet, "/api/v1/projects", projectRead, listProjects, false},
	{http.MethodPost, "/api/v1/projects", projectCreate, createProject, false},
	{http.MethodGet, "/api/v1/projects/{code}", projectRead, getProject, false},
	{http.MethodPatch, "/api/v1/projects/{code}", projectCreate, editProject, false},
	{http.MethodPut, "/api/v1/projects/{code}/lines", projectCreate, putLines, false},
	{http.MethodPost, "/api/v1/projects/{code}/submit", projectCreate, submitProject, false},
	{http.MethodPost, "/api/v1/projects/{code}/withdraw", projectCreate, withdrawProject, false},
	{http.MethodGet, "/api/v1/projects/{code}/timeline", projectRead, projectTimeline, false},
	{http.MethodGet, "/api/v1/projects/{code}/ledger", projectRead, traced(models.AccessRead, projectLedger), false},
	{http.MethodGet, "/api/v1/projects/{code}/diagram", projectRead, projectDiagram, false},
	{http.MethodGet, "/api/v1/projects/{code}/documents", projectRead, listDocuments, false},
	{http.MethodPost, "/api/v1/projects/{code}/documents", documentAdd, uploadDocument, true},
	{http.MethodGet, "/api/v1/projects/{code}/documents/{id}", projectRead, downloadDocument, false},
	{http.MethodGet, "/api/v1/projects/{code}/rectifications", rectRead, projectRectifications, false},

	{http.MethodGet, "/api/v1/tasks", taskRead, listTasks, false},
	{http.MethodPost, "/api/v1/tasks/batch", taskWork, batchTasks, false},
	{http.MethodGet, "/api/v1/tasks/{key}", taskRead, getTask, false},
	{http.MethodPost, "/api/v1/tasks/{key}/preview", taskWork, previewTask, false},
	{http.MethodPut, "/api/v1/tasks/{key}/draft", taskWork, saveTaskDraft, false},
	{http.MethodPost, "/api/v1/tasks/{key}/{operation}", taskWork, operateTask, false},
	{http.MethodPost, "/api/v1/confirmations/{id}", processGovern, decideConfirmation, false},
	{http.MethodGet, "/api/v1/outcomes/{event}", signedIn, getOutcome, false}, // of events of one's own

	{http.MethodGet, "/api/v1/rectifications", rectRead, listRectifications, false},
	{http.MethodPost, "/api/v1/rectifications", rectRaise, raiseRectification, false},
	{http.MethodGet, "/api/v1/rectifications/{no}", rectRead, getRectification, false},
	{http.MethodGet, "/api/v1/rectifications/{no}/diagram", rectRead, rectificationDiagram, false},

	{http.MethodGet, "/api/v1/reports/half-year", reportRead, traced(models.AccessExport, halfYear), false},
	{http.MethodGet, "/api/v1/reports/half-year/{figure}/rows", reportRead, traced(models.AccessExport, halfYearRows), false},

	{http.MethodGet, "/api/v1/partners/inbox", partnerRead, traced(models.AccessRead, partnerInbox), false},
	{http.MethodGet, "/api/v1/partners/outbox", partnerRead, traced(models.AccessRead, partnerOutbox), false},
	{http.MethodPost, "/api/v1/partners/outbox/{id}/retry", partnerWork, retryOutbox, false},
	{http.MethodGet, "/api/v1/partners/parked", partnerRead, listParked, false},
	{http.MethodPost, "/api/v1/partners/parked/{id}/link", partnerWork, linkParked, false},
	{http.MethodPost, "/api/v1/partners/parked/{id}/dismiss", partnerWork, dismissParked, false},
	{http.MethodPost, "/api/v1/partners/parked/{id}/confirm", partnerVerify, confirmParked, false},
	{http.MethodGet, "/api/v1/partners/differences", partnerRead, listDifferences, false},
	{http.MethodPost, "/api/v1/partners/differences/{id}/resolve", partnerWork, resolveDifference, false},
	{http.MethodGet, "/api/v1/partners/offline", partnerRead, listOffline, false},
	{http.MethodPost, "/api/v1/partners/offline", partnerWork, registerOffline, false},
	{http.MethodPost, "/api/v1/partners/offline/{id}/verify", partnerVerify, verifyOffline, false},
	{http.MethodGet, "/api/v1/incidents", incidentRead, listIncidents, false},
	{http.MethodPost, "/api/v1/incidents/{key}/retry", incidentRetry, retryIncident, false},
	{http.MethodGet, "/api/v1/duty-records", dutyRead, listDuties, false},
	{http.MethodGet, "/api/v1/audit", auditRead, traced(models.AccessRead, searchAudit), false},
	{http.MethodGet, "/api/v1/audit/verify", auditRead, traced(models.AccessRead, verifyAudit), false},

	{http.MethodGet, "/fake/{bureau}/faults", signedIn, getFaults, false}, // on a dev server only
	{http.MethodPut, "/fake/{bureau}/faults", signedIn, setFaults, false},
	{http.MethodPost, "/fake/{bureau}/events", public, fakeBureau, true},    // signed, like a real bureau's
	{http.MethodPost, "/integrations/{partner}", public, partnerHook, true}, // signed; see hook.go

	{http.MethodGet, "/openapi.json", public, openAPI, false},
	{http.MethodGet, "/healthz", public, healthz, false},
	{http.MethodGet, "/readyz", public, readyz, false},
	{http.MethodGet, "/metrics", public, metrics, false},
}
