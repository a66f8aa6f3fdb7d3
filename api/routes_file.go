package api

import "net/http"

// Files of matters outside projects, and files that come in pieces wherever they go.
var _ = open(room{
	Routes: []route{
		{http.MethodPost, "/api/v1/files", processBegin, uploadFile, true},
		{http.MethodPost, "/api/v1/uploads", taskRead, openUpload, false},
		{http.MethodGet, "/api/v1/uploads/{id}", taskRead, getUpload, false},
		{http.MethodPatch, "/api/v1/uploads/{id}", taskRead, addPiece, true},
		{http.MethodDelete, "/api/v1/uploads/{id}", taskRead, dropUpload, false},
		{http.MethodGet, "/api/v1/files", processBegin, listOwnFiles, false},
		{http.MethodGet, "/api/v1/files/{id}", taskRead, downloadFile, false},
		{http.MethodGet, "/api/v1/instances/{key}/files", taskRead, listMatterFiles, false},
		{http.MethodPost, "/api/v1/instances/{key}/files", taskWork, uploadMatterFile, true},
	},
})
