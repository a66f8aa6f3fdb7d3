// Package models is the ground floor of the books: the database and its
// migrations, money, dates, refusals, who acts, codes and live notices. The
// rooms above it hold the rows, each in a package of its own (docs/architecture.md).
//
// All of them know rows, money and people; they know no tokens, no HTTP and no
// Temporal. Every change is made by a function that takes the transaction it
// belongs to, so that the books move together with the token or not at all.
package models
