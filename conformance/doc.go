// Package conformance runs suites of cases that others wrote: BPMN scenarios,
// faulty models, reference models to read and write, and DMN TCK directories.
// The format is described beside the data.
//
// Scenarios are played on a Driver. A Player is all that a driver is not: the
// virtual clock, routing of messages and signals, automatic workers, and a
// projection of what effects said, on which expectations are checked. It knows
// no case.
package conformance
