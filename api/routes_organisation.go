package api

import (
	"net/http"

	"github.com/quancheng/quancheng/models/office"
)

const (
	accountList  permission = "account.list"  // accounts and posts, without personal numbers
	grantRequest permission = "grant.request" // ask for a post or its end
	grantDecide  permission = "grant.decide"  // release a part of a request
)

// The organisation: who works where, and who asks for that and grants it.
var _ = open(room{
	Grants: map[permission][]string{
		accountList:  office.Administrators,
		grantRequest: {office.SysAdmin, "APPLY_LEADER", "BUREAU_DIRECTOR"},
		grantDecide:  {office.SysAdmin, office.SecAdmin},
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/requests", accountList, listRequests, false},
		{http.MethodPost, "/api/v1/requests", grantRequest, askForPost, false},
		{http.MethodGet, "/api/v1/requests/{id}", accountList, getRequest, false},
		{http.MethodPost, "/api/v1/requests/{id}/decide", grantDecide, decideRequest, false},
	},
})
