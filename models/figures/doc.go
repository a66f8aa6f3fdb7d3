// Package figures computes the half-year report: each figure is a named query
// over the books, its value is computed from the rows that the query gives, and
// so it can always be drilled down to them (domain/data-model.md §3).
//
// Periods go by business date, both ends included; what was recorded later
// counts where it belongs. A project that was declared again counts once, with
// its latest decision (rule X03). Rates are rounded once, half up (X01).
package figures
