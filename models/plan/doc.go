// Package plan holds P0: the reserve pool and the annual plan of a fiscal year
// (domain/processes.md). A call asks the units, each answers with entries of the
// pool or with “none”; entries are pre-checked against what is there already,
// scored, and decided by the joint meeting. What the plan then has are rows of
// books.PlanEntry, which projects draw on; they never change.
//
// Order of a year: OPEN → CLOSED (pre-check) → RANKED → DECIDED → PUBLISHED. The
// processes are the call (Process), a unit's answer (UnitProcess), an entry that
// the pre-check returned (ReturnProcess) and the urgent way (UrgentProcess).
// Package acts begins them, package commands moves them on.
package plan
