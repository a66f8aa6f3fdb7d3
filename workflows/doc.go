// Package workflows holds the one durable loop: a workflow per root process
// instance that puts events in order, keeps one timer, and has outside work
// done. It knows no rule: what an event means is decided by Commit, and the
// workflow adopts what Commit returned (DESIGN §3).
//
// A run starts by asking the database what is due (ResumeLoad). So whatever
// happened to Temporal's records (a termination, a reset, a restore), the next
// run goes on from the truth.
//
// Nothing in this package may change what a stored history replays to; see
// replay_test.go.
package workflows
