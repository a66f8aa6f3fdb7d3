package api

import "net/http"

// How each person is told; what he was told is the house's (notifications).
var _ = open(room{
	Routes: []route{
		{http.MethodGet, "/api/v1/notices/settings", signedIn, getNoticeSettings, false},
		{http.MethodGet, "/api/v1/notices/digests", signedIn, listDigests, false},
		{http.MethodPut, "/api/v1/notices/settings", signedIn, putNoticeSettings, false},
	},
})
