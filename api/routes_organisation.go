package api

import (
	"net/http"

	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
)

const (
	accountList  permission = "account.list"  // accounts and posts, without personal numbers
	grantRequest permission = "grant.request" // ask for a post or its end
	orgWrite     permission = "org.write"     // units, functions, successors; import
	piReveal     permission = "pi.reveal"     // personal numbers in clear
	grantDecide  permission = "grant.decide"  // release a part of a request
)

// The organisation: who works where, and who asks for that and grants it.
var _ = open(room{
	Roles: map[string]sight{"PI_OFFICER": seesNothing},
	Grants: map[permission][]string{
		accountList:  office.Administrators,
		grantRequest: {office.SysAdmin, "APPLY_LEADER", "BUREAU_DIRECTOR"},
		orgWrite:     {office.SysAdmin},
		piReveal:     {"PI_OFFICER"},
		grantDecide:  {office.SysAdmin, office.SecAdmin},
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/setup", public, getSetup, false},
		{http.MethodPost, "/api/v1/setup", public, setUp, false},
		{http.MethodGet, "/api/v1/units", signedIn, listUnits, false},
		{http.MethodPost, "/api/v1/units", orgWrite, createUnit, false},
		{http.MethodPut, "/api/v1/units/{id}", orgWrite, changeUnit, false},
		{http.MethodPost, "/api/v1/units/{id}/end", orgWrite, endUnit, false},
		{http.MethodPut, "/api/v1/functions/{function}", orgWrite, serveFunction, false},
		{http.MethodGet, "/api/v1/organisation/staffing", accountList, getStaffing, false},
		{http.MethodGet, "/api/v1/organisation/template", orgWrite, organisationTemplate, false},
		{http.MethodGet, "/api/v1/organisation/export", orgWrite, traced(audit.AccessRead, exportOrganisation), false},
		{http.MethodPost, "/api/v1/organisation/import", orgWrite, importOrganisation, true},
		{http.MethodPost, "/api/v1/people/{id}/reveal", piReveal, revealNumber, false},
		{http.MethodGet, "/api/v1/requests", accountList, listRequests, false},
		{http.MethodPost, "/api/v1/requests", grantRequest, askForPost, false},
		{http.MethodGet, "/api/v1/requests/{id}", accountList, getRequest, false},
		{http.MethodPost, "/api/v1/requests/{id}/decide", grantDecide, decideRequest, false},
	},
})
