// Package models keeps the books: the organisation, projects and their money,
// documents, rectifications, the state of processes and what is projected from
// it, messages in and out, and the audit chain.
//
// It knows rows, money and people; it knows no tokens, no HTTP and no Temporal.
// Every change is made by a function that takes the transaction it belongs to,
// so that the books move together with the token or not at all.
package models
