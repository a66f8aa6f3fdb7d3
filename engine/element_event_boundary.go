package engine

// boundaryEvent is an event on the border of an activity (BPMN 2.0.2 §10.5.4,
// §13.5.3). It occurs through a subscription of the activity; it goes through.
type boundaryEvent struct{ passThrough }
