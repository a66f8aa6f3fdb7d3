// Package engine is the BPMN token machine: a pure transition function over a
// serialisable state.
//
// An embedder loads the State of a root process instance, calls Step with one
// Event and the Input it needs from outside, and stores the new state together
// with what the returned effects say, in one transaction. Step neither reads a
// clock nor starts a goroutine; equal arguments give byte-equal results.
//
// Called processes (call activities) live in the state of their caller.
package engine
