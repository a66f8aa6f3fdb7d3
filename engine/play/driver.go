package play

import (
	"strings"
	"time"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
)

// Driver is the engine that a scenario is played on, with its store. It keeps
// no clock and routes nothing: the player tells the time with each call and
// answers what effects ask for.
type Driver interface {
	// Deploy lets models in as one deployment and lists the event starts of
	// their processes. What the gates refuse is a *Rejected.
	Deploy(files []File, now time.Time) ([]engine.StartTrigger, error)
	// NextStart is the trigger after t fired, or false when its cycle is over.
	NextStart(t engine.StartTrigger, now time.Time) (engine.StartTrigger, bool)
	// Start begins a root instance of the latest version of ev.Process and says
	// its key. An *engine.Refusal leaves nothing behind.
	Start(ev engine.Event, now time.Time) (root int64, effects []engine.Effect, err error)
	// Send applies an event to a root instance. An *engine.Refusal changes nothing.
	Send(root int64, ev engine.Event, now time.Time) ([]engine.Effect, error)
	// Restart stops the engine and starts it again from what it stored.
	Restart() error
	// Close gives back what the driver holds.
	Close() error
}

// File is a model to deploy.
type File struct {
	Name string
	Data []byte
}

// Rejected is a deployment that the gates refuse, with all of its problems.
type Rejected struct{ Diagnostics []bpmn.Diagnostic }

// Error lists the problems.
func (r *Rejected) Error() string {
	var lines []string
	for _, d := range r.Diagnostics {
		if d.Severity == bpmn.Error {
			lines = append(lines, d.String())
		}
	}
	return strings.Join(lines, "\n")
}

// gate reads files and applies the structure gate: bpmn.Check and engine.Compile.
// It compiles the first file with the others, and earlier models, as its resources.
func gate(files []File, earlier []*bpmn.Model) (*engine.Program, []*bpmn.Model, error) {
	var models []*bpmn.Model
	var problems []bpmn.Diagnostic
	for _, f := range files {
		m, diags := bpmn.Parse(f.Data)
		problems = append(problems, diags...)
		if m != nil {
			problems = append(problems, bpmn.Check(m)...)
			models = append(models, m)
		}
	}
	if bpmn.HasErrors(problems) || len(models) == 0 {
		return nil, nil, &Rejected{problems}
	}
	rest := append(append([]*bpmn.Model{}, models[1:]...), earlier...)
	p, diags := engine.Compile(models[0], engine.Resources{Models: rest})
	if bpmn.HasErrors(diags) || p == nil {
		return nil, nil, &Rejected{diags}
	}
	return p, models, nil
}
