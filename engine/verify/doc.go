// Package verify explores the state space of a model before it is let in: can
// it get stuck, leave tokens behind, run for ever, multiply tokens, or hold
// elements that nothing reaches? Admit joins this with all that is checked
// before a deployment.
//
// Each scope is explored by itself; a sub-process is then one activity of its
// parent. Conditions are not evaluated: every choice is possible. Boundary
// events may occur whenever their activity runs; one that does not interrupt
// occurs at most once. Messages, signals and timers arrive in the end. A
// finding that needs a combination of several conditions may be impossible in
// truth, and is a warning.
//
// After asks the same of a running case: from where its tokens would stand after
// a jump or a return, does each of them still find an end?
package verify
