package api

import "net/http"

const (
	packRead    permission = "rulepack.read"
	packDraft   permission = "rulepack.draft"
	packLook    permission = "rulepack.rehearse"
	packPublish permission = "rulepack.publish" // a second person: never who drafted it
)

// Rule packs that the county owns.
var _ = open(room{
	Roles: map[string]sight{"RULE_DRAFTER": seesNothing, "RULE_PUBLISHER": seesNothing},
	Grants: map[permission][]string{
		packRead:    with(business, "RULE_DRAFTER", "RULE_PUBLISHER", "EXPERT", "AUDITOR"),
		packDraft:   {"RULE_DRAFTER"},
		packLook:    with(heads, "RULE_DRAFTER", "RULE_PUBLISHER"),
		packPublish: {"RULE_PUBLISHER"},
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/rulepacks", packRead, listRulePacks, false},
		{http.MethodPost, "/api/v1/rulepacks", packDraft, draftRulePack, false},
		{http.MethodPost, "/api/v1/rulepacks/rehearse", packLook, lookRulePack, false},
		{http.MethodGet, "/api/v1/rulepacks/{id}", packRead, getRulePack, false},
		{http.MethodDelete, "/api/v1/rulepacks/{id}", packDraft, dropRulePack, false},
		{http.MethodPost, "/api/v1/rulepacks/{id}/rehearse", packLook, rehearseRulePack, false},
		{http.MethodPost, "/api/v1/rulepacks/{id}/publish", packPublish, publishRulePack, false},
	},
})
