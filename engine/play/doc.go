// Package play plays scenarios on a Driver: steps that start, complete, send or
// wait, and expectations on what they leave.
//
// A Player is all that a driver is not: the virtual clock, routing of messages
// and signals, automatic workers, and a projection of what effects said, on
// which expectations are checked. It knows no case, and reads no file: whoever
// plays gives it the models. The format is described beside the conformance data.
package play
