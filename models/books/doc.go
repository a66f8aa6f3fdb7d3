// Package books holds projects and their money: lines, sheets, reviews, procurement, contracts,
// construction, acceptance, payments, rectifications, the ledger, the facts that partners reported,
// and breaches. It knows no processes.
package books
