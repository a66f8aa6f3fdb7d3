// Package sla watches the clocks of user tasks (domain/processes.md §0, rule
// G03). A clock counts working days; its stages are rows of one table: remind,
// overdue, escalated, recorded. Sweep moves every open task to the stage that it
// has reached, once for each due time, however many processes sweep and wherever
// one of them is killed. A clock stands still while its instance is suspended,
// and is counted again when a year of the calendar is published or corrected.
//
// Lights are the same stages, computed when they are read. Nothing here
// decides a task: none is ever approved because its time is over.
package sla
