package api

import (
	"net/http"

	"github.com/quancheng/quancheng/models/office"
)

const (
	accountCreate   permission = "account.create"   // inactive ones
	accountActivate permission = "account.activate" // activate, disable, unlock, sign out, one-time code
	factorReset     permission = "factor.reset"     // ask to forget a lost second factor
	policyWrite     permission = "policy.write"
	setsWrite       permission = "sets.write" // a county's own roles
)

// Accounts: how people prove who they are, and who administers that.
var _ = open(room{
	Grants: map[permission][]string{
		accountCreate: {office.SysAdmin}, factorReset: {office.SysAdmin},
		accountActivate: {office.SecAdmin}, policyWrite: {office.SecAdmin}, setsWrite: {office.SecAdmin},
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/sign-in/providers", public, listProviders, false},
		{http.MethodGet, "/api/v1/sign-in/{provider}", public, leaveForProvider, false},
		{http.MethodGet, "/api/v1/sign-in/{provider}/callback", public, comeFromProvider, false},
		{http.MethodPost, "/api/v1/session/code", signsIn, showFactor, false},
		{http.MethodGet, "/api/v1/me/credentials", signsIn, ownFactor, false},
		{http.MethodPut, "/api/v1/me/password", signsIn, setPassword, false},
		{http.MethodPost, "/api/v1/me/factor", signsIn, offerFactor, false},
		{http.MethodPut, "/api/v1/me/factor", signsIn, confirmFactor, false},
		{http.MethodPost, "/api/v1/me/recovery-codes", signedIn, renewRecovery, false},
		{http.MethodGet, "/api/v1/me/sessions", signedIn, ownSessions, false},
		{http.MethodDelete, "/api/v1/me/sessions", signedIn, endOtherSessions, false},
		{http.MethodDelete, "/api/v1/me/sessions/{id}", signedIn, endOwnSession, false},
		{http.MethodGet, "/api/v1/me/links", signedIn, ownLinks, false},
		{http.MethodPost, "/api/v1/me/links/{provider}", signedIn, offerLink, false},
		{http.MethodDelete, "/api/v1/me/links/{provider}", signedIn, endLink, false},
		{http.MethodGet, "/api/v1/accounts", accountList, listAccounts, false},
		{http.MethodPost, "/api/v1/accounts", accountCreate, createAccount, false},
		{http.MethodPost, "/api/v1/accounts/{id}/activate", accountActivate, accountAct(office.ActivateAccount), false},
		{http.MethodPost, "/api/v1/accounts/{id}/disable", accountActivate, accountAct(silent(disableAccount)), false},
		{http.MethodPost, "/api/v1/accounts/{id}/unlock", accountActivate, accountAct(silent(office.UnlockAccount)), false},
		{http.MethodPost, "/api/v1/accounts/{id}/sign-out", accountActivate, accountAct(silent(office.EndAccountSessions)), false},
		{http.MethodPost, "/api/v1/accounts/{id}/code", accountActivate, accountAct(office.AccountCode), false},
		{http.MethodPost, "/api/v1/accounts/{id}/factor-reset", factorReset, askFactorReset, false},
		{http.MethodGet, "/api/v1/policies", accountList, getPolicies, false},
		{http.MethodPut, "/api/v1/policies", policyWrite, setPolicies, false},
		{http.MethodGet, "/api/v1/permission-sets", accountList, listPermissionSets, false},
		{http.MethodPut, "/api/v1/permission-sets/{id}", setsWrite, setPermissionSet, false},
	},
})
