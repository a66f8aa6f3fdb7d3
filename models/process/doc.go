// Package process holds what is projected from the state of processes, and what moves towards them:
// root instances, tasks and inboxes, bundles, waits, messages and starts. It knows no tokens (package
// engine does) and no books.
package process
