package api

import (
	"net/http"
	"slices"
)

const (
	checkAnswer  permission = "check.answer"
	checkConfirm permission = "check.confirm"
	planWrite    permission = "plan.write"
)

// Checks of the county's rules, and the plan entries that they look at.
var _ = open(room{
	Grants: map[permission][]string{
		checkAnswer:  slices.Concat(applicants, bureau, builders, []string{"RECT_OWNER"}),
		checkConfirm: heads,
		planWrite:    heads,
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/checks/{point}/{kind}/{id}", projectRead, lookChecks, false},
		{http.MethodPost, "/api/v1/checks/{point}/{kind}/{id}/answers", checkAnswer, answerChecks, false},
		{http.MethodPost, "/api/v1/check-answers/{id}/confirm", checkConfirm, confirmCheckAnswer, false},
		{http.MethodGet, "/api/v1/plan-entries", projectRead, listPlanEntries, false},
		{http.MethodPost, "/api/v1/plan-entries", planWrite, addPlanEntry, false},
	},
})
