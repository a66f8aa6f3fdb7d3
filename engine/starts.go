package engine

import "time"

// StartTrigger is an event that starts a new root instance of a deployed
// process. The shell keeps it as a subscription or a schedule, and answers it
// with a Start event whose Element names it.
type StartTrigger struct {
	Process string
	Element string
	Kind    string    // "message", "signal", "timer", "conditional"
	Name    string    // message or signal name
	Due     time.Time // timer: the next moment; see Program.NextStart
	Count   int       // timer: starts that already happened
}

// Starts lists the event starts of every process of the program. Names and
// timers are evaluated with Input only: no instance exists yet. An expression
// that fails is an error that names the element.
func (p *Program) Starts(in Input) ([]StartTrigger, error) { return nil, errContract }

// NextStart is the trigger after t fired, or false when its cycle is over.
func (p *Program) NextStart(t StartTrigger, in Input) (StartTrigger, bool) {
	return StartTrigger{}, false
}
