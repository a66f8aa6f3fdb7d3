package api

import "net/http"

// Finding and taking out: the search over all rooms, filters that a person
// keeps, lists as sheets. What is found and taken out is what the person sees.
var _ = open(room{
	Routes: []route{
		{http.MethodGet, "/api/v1/search", signedIn, find, false},
		{http.MethodGet, "/api/v1/views", signedIn, listViews, false},
		{http.MethodPost, "/api/v1/views", signedIn, saveView, false},
		{http.MethodDelete, "/api/v1/views/{id}", signedIn, dropView, false},
		{http.MethodGet, "/api/v1/exports/{list}", signedIn, exportList, false}, // and what the list itself needs
	},
})
