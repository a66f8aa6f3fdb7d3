// Package activities holds Commit, the one place where the engine meets the
// books: an event for a root process instance becomes a new state, its
// projections, the books' changes, audit, outbox and outcome, in one
// transaction or not at all (DESIGN §3).
//
// Before the transaction, a request must carry the seal of one of our processes
// (package trust). What does not is applied by nobody and stored nowhere.
//
// The order inside the transaction:
//
//  0. the row of the root instance is locked, so that steps of one instance exclude each other
//  1. event_outcome by event id: the same digest answers again, another is key reuse
//  2. root_state at step n, and the compiled bundle from the cache
//  3. behind a savepoint: may the actor (engine.Step on a copy), the form, the domain
//     command of the task, engine.Step; then each command:NAME job that it opened,
//     fed back until none is left; effects become rows as they come
//  4. root_state … WHERE step = n; nobody there any more: everything again from 1
//  5. act, audit, outcome
//
// A refusal rolls back to the savepoint and is an outcome. Of a person it is the
// answer; of a timer, a message or a job it becomes an incident that keeps the
// event, and a retry applies the same event again. Technical trouble is returned
// and tried again by the caller. Anything else is a defect: stored as the outcome,
// with an incident and an alarm, so that the queue goes on.
package activities
