package api

import (
	"net/http"
	"slices"

	"github.com/quancheng/quancheng/models/audit"
)

const (
	serviceRead      permission = "service.read"
	serviceWrite     permission = "service.write"
	campaignRead     permission = "campaign.read"
	campaignOrganise permission = "campaign.organise"
	campaignList     permission = "campaign.list"
	campaignWalk     permission = "campaign.walk"
)

// walkers take part in the campaign's cases and in what their walks have found.
var walkers = []string{"ORGANISER", "WALK_COORDINATOR", "WALKER"}

// Service items, and the campaigns in which directors walk them.
var _ = open(room{
	Grants: map[permission][]string{
		serviceRead:      slices.Concat(business, hall, []string{"EXPERT", "AUDITOR"}),
		serviceWrite:     {"ORGANISER", "WINDOW_HEAD", "OFFICE", "BUREAU_CHIEF", "WALK_COORDINATOR"},
		campaignRead:     slices.Concat(business, hall, []string{"AUDITOR"}),
		campaignOrganise: {"ORGANISER", "BUREAU_CHIEF"},
		campaignList:     {"WALK_COORDINATOR"},
		campaignWalk:     {"WALKER", "WALK_COORDINATOR"},
		taskRead:         walkers,
		taskWork:         walkers,
		rectRead:         walkers,
		paperRead:        walkers, // records of walks, and the papers of what they have found
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/service-items", serviceRead, listServiceItems, false},
		{http.MethodGet, "/api/v1/service-items/{code}", serviceRead, getServiceItem, false},
		{http.MethodPut, "/api/v1/service-items/{code}", serviceWrite, putServiceItem, false},
		{http.MethodPost, "/api/v1/service-items/import", serviceWrite, importServiceItems, true},
		{http.MethodGet, "/api/v1/service-items/export", serviceRead, traced(audit.AccessExport, exportServiceItems), false},
		{http.MethodGet, "/api/v1/service-items/figures", serviceRead, serviceFigures, false},
		{http.MethodGet, "/api/v1/capabilities", serviceRead, listCapabilities, false},
		{http.MethodPut, "/api/v1/capabilities/{code}", serviceWrite, putCapability, false},

		{http.MethodGet, "/api/v1/campaigns", campaignRead, listCampaigns, false},
		{http.MethodPost, "/api/v1/campaigns", campaignOrganise, createCampaign, false},
		{http.MethodGet, "/api/v1/campaigns/{id}", campaignRead, getCampaign, false},
		{http.MethodGet, "/api/v1/campaigns/{id}/units/{unit}/items", campaignRead, listCampaignItems, false},
		{http.MethodPut, "/api/v1/campaigns/{id}/units/{unit}/items", campaignList, putCampaignItems, false},
		{http.MethodPost, "/api/v1/campaigns/{id}/units/{unit}/look", campaignOrganise, lookAgain, false},
		{http.MethodPost, "/api/v1/campaigns/{id}/items/{item}/book", campaignWalk, bookItem, false},
		{http.MethodPost, "/api/v1/campaigns/{id}/items/{item}/drop", campaignOrganise, dropItem, false},
		{http.MethodGet, "/api/v1/campaigns/{id}/walks", campaignRead, listWalks, false},
		{http.MethodGet, "/api/v1/campaigns/{id}/issues", campaignRead, listCampaignIssues, false},
		{http.MethodGet, "/api/v1/campaigns/{id}/bulletins", campaignRead, listBulletins, false},
		{http.MethodPost, "/api/v1/campaigns/{id}/bulletins", campaignOrganise, publishBulletin, false},
		{http.MethodPost, "/api/v1/walks", campaignWalk, recordWalk, false},
	},
})
