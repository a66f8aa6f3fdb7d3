package engine

// startEvent is where a scope begins (BPMN 2.0.2 §10.5.2, §13.5.1). Whoever
// waited for its trigger has let it occur; it goes through.
type startEvent struct{ passThrough }
