// Package similar finds what would be built or bought a second time (rules A03,
// A04, B09, B10): projects by name, need and functions, budget lines by name,
// specification and unit.
//
// It is a pure leaf: no database, no clock, no chance. Texts are cut into runs
// of neighbouring characters and into words of the field (words.txt, which a
// county may edit), weighed by how rare they are in a Corpus, and compared piece
// by piece; a few readings (what is maintained or supervised instead of built,
// what is expressly not built, amounts with their units) say what plain overlap
// cannot. Features are put together by weights that were fitted once
// (weights.go) and scaled so that Alert is the boundary of "similar" for both
// kinds. Every comparison is symmetric and says which words matched.
package similar

// Alert is the score from which two things count as similar: the value that the
// example pack has for A03.alert.
const Alert = 0.75
