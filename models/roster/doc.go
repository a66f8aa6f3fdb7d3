// Package roster reads and writes lists of units, people and posts (名册) as
// spreadsheets, and says what a list would change before anything is changed.
//
// A row is a post of a person in a unit; a person with several posts has several
// rows, one without a post has a row without a role. A list is complete for the
// units that it names: who works there and is not listed leaves.
package roster
