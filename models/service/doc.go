// Package service holds what people come for and what projects reuse: the
// service items (事项) of every unit with all their versions, and the
// capabilities of the city brain.
//
// An item's versions are rows that are never changed. The report's shares of
// shortened and instant items are computed over the versions that were in force
// on a day, see Figures.
package service
