package api

import "net/http"

// Files of matters outside projects.
var _ = open(room{
	Routes: []route{
		{http.MethodPost, "/api/v1/files", processBegin, uploadFile, true},
		{http.MethodGet, "/api/v1/files/{id}", taskRead, downloadFile, false},
		{http.MethodGet, "/api/v1/instances/{key}/files", taskRead, listMatterFiles, false},
		{http.MethodPost, "/api/v1/instances/{key}/files", taskWork, uploadMatterFile, true},
	},
})
