package engine

import (
	"errors"
	"time"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/feel"
)

// Resources are what a model refers to outside its own file.
type Resources struct {
	// Models are the other BPMN files of the bundle; call activities find processes there.
	Models []*bpmn.Model
	// Decisions evaluates business rule tasks (zeebe:calledDecision); nil: the bundle has none.
	Decisions Decisions
	// Forms are the ids of the bundle's forms.
	Forms map[string]bool
}

// Decisions is the edge between the engine and the decision models of a bundle.
type Decisions interface {
	// Has reports whether the decision id is known.
	Has(id string) bool
	// Decide evaluates it. An error becomes an incident.
	Decide(id string, env feel.Env, vars feel.Vars) (feel.Value, error)
}

// Program is a compiled bundle, safe for concurrent use.
type Program struct{}

// State is the whole state of a root process instance with its called
// instances. It serialises to JSON and back without loss.
type State struct{}

// Consequences is what an operation would do (DESIGN §5).
type Consequences struct {
	Ends      []Task // tasks that would end
	Opens     []Task // tasks that would open
	Voids     []Task // tasks whose verdicts would be void
	Completes bool   // the root instance would end
}

var errContract = errors.New("engine: not built yet")

// Compile checks and compiles a model with its resources; all problems come at once.
func Compile(m *bpmn.Model, r Resources) (*Program, []bpmn.Diagnostic) {
	return nil, []bpmn.Diagnostic{{Message: errContract.Error()}}
}

// NewState is the state at step 0 of a root instance that has not begun; Step with a Start event begins it.
func NewState(key int64) *State { return &State{} }

// Step applies one event. On error the state must not be used again. A *Refusal
// is the caller's fault; any other error is a defect.
func Step(p *Program, s *State, ev Event, in Input) ([]Effect, error) { return nil, errContract }

// Check reports whether Step would accept the event; the state is untouched.
func Check(p *Program, s *State, ev Event, in Input) error { return errContract }

// Preview tells what Step would do; the state is untouched.
func Preview(p *Program, s *State, ev Event, in Input) (Consequences, error) {
	return Consequences{}, errContract
}

// NextDue is the earliest due moment of the state's timers.
func (s *State) NextDue() (time.Time, bool) { return time.Time{}, false }

// DueTimers lists the keys of the timers that are due at now, earliest first.
func (s *State) DueTimers(now time.Time) []int64 { return nil }
