// Package conformance runs suites of cases that others wrote: BPMN scenarios,
// faulty models, reference models to read and write, and DMN TCK directories.
// The format is described beside the data.
//
// It finds and reads the cases of a directory tree. Scenarios are played by
// engine/play, decisions by dmntck; report says what came of it.
package conformance
