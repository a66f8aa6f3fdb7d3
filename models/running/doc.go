// Package running takes in projects that already run (存量项目): a workbook of
// sheets brings projects in mid-life with their lines, what the review made of
// them, the numbers of their papers, contracts, milestones and payments so far.
//
// Read and Make never write: Make says of each project whether it can be taken in,
// where its life goes on, and which cell of which row stands against it. Ask keeps
// a workbook until a second person decides; Decide writes all its projects in one
// transaction, each with its books balanced and its life begun at its stage.
package running
