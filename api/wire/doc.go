// Package wire holds what travels over the domain API, as api/openapi
// describes it: the server writes it, package client reads it, and tests
// validate real answers against the document.
//
// Keys are decimal strings, money is a decimal string in 元, moments are
// RFC 3339 with offset, business dates are YYYY-MM-DD.
package wire
