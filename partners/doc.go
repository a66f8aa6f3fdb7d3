// Package partners holds the fake finance and procurement bureaus of the demo
// and of the tests. They receive our events, answer 202, and after a short
// delay send by themselves what a real bureau would: budget, tender, award,
// payment, with amounts that fit together. Faults make them misbehave.
//
// A bureau keeps its queue in a file, so that killing the process between
// our event and its answers loses nothing: an event is stored before it is
// acknowledged, and an answer leaves the queue after it was acknowledged.
package partners
