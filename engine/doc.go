// Package engine is the BPMN token machine: a pure transition function over a
// serialisable state.
//
// # For embedders
//
// Compile turns a bundle of models into a Program once; a Program is immutable
// and safe for concurrent use. NewState is the state of a root instance that has
// not begun; Step with a Start event begins it. From then on, for each event:
//
//  1. load the State (JSON) and bind nothing: Step finds its elements in the Program;
//  2. call Step with the Event and the Input: now, calendar, rule parameters, directory;
//  3. on a *Refusal store nothing: the state in hand is spoilt, the stored one is as
//     it was. Check says beforehand whether Step would refuse, on a copy;
//  4. else store the state and what the effects say in one transaction, and arm one
//     timer at NextDue.
//
// Effects come in the order in which they happened. A job whose type begins with
// "command:" is run by the shell in the same transaction, and its result is the
// next event. Step neither reads a clock nor starts a goroutine; equal arguments
// give byte-equal results.
//
// Called processes (call activities) live in the state of their caller, as
// instances of their own with their own keys. Keys are the root's key · 2²⁰ + a counter.
//
// Program.Starts tells which events begin instances. A process with a conditional
// start event is begun by a Start event with Element, whose Variables are the data
// that changed: it is refused ("condition-not-met") unless the condition is true of
// them. Nobody begins it unasked, because there is no data outside instances.
//
// # Inside
//
// An element instance is a node; nodes form a tree of scopes. A step moves tokens
// from a queue until all of them rest (flow.go, scope.go). What each kind of
// element does is a behaviour (elements.go), one file each. Events reach their
// catchers through subscriptions (subscription.go, conditional.go, timer.go) or,
// errors and escalations, by looking outwards (throw.go). What cannot go on
// because of data is an incident on its node (incident.go), and is tried again
// from the same phase.
//
// An activity with input sets waits, entered and with its boundary events
// listening, until the sources of one set are variables (input_set.go).
//
// A return, a recall, a withdrawal or a jump back ends what lies behind its target
// and leaves what goes on beside it (concurrency.go); branches whose tokens are
// used up stand on their joins again (stand_again.go). Whether a case still ends
// after a jump forward package verify tells from State.Marking.
//
// Two orders are the engine's choice where the standard leaves it open: throw
// events that broadcast act after everything else in the step has come to rest,
// so that a parallel branch of the same step listens already; and joins that
// depend on what can still arrive are decided when nothing else moves.
package engine
