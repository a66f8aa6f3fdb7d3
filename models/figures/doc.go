// Package figures computes the half-year report: each figure is a versioned
// definition over the books, a campaign, the service items or a register; the
// number or the sum of the rows behind it is its value (domain/data-model.md §3).
//
// Periods go by business date, both ends included; what was recorded later
// counts where it belongs, until a snapshot cuts by recording time. A project
// that was declared again counts once, with its latest decision (rule X03).
// Rates are rounded once, half up (X01).
package figures
