// Package api is the HTTP face of Quancheng: it authenticates, validates,
// checks permissions, pre-checks operations on the stored state, and asks the
// workflow to move tokens. Reads come from the tables; drafts, documents and
// registers are commands of package models.
//
// api/openapi is the contract: requests are validated against it, tests
// validate responses, and the web client generates its types from it.
package api
