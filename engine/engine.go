package engine

import (
	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/dmn"
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
	// Decide evaluates it, and shows how. An error becomes an incident.
	Decide(id string, env feel.Env, vars feel.Vars) (dmn.Result, error)
}

// Consequences is what an operation would do (DESIGN §5).
type Consequences struct {
	Ends      []Task           // tasks that would end
	Opens     []Task           // tasks that would open
	Voids     []VerdictsVoided // verdicts that would be void
	Enters    []Place          // elements that tokens would enter, in order
	Completes bool             // the root instance would end
}

// Place is an element of a process, as a token meets it.
type Place struct {
	Key     int64 // of the element instance; 0: none is there yet
	Process string
	Element string
	Kind    string // BPMN local name
	Name    string
	Root    bool // it lies in the root process, and in no process that is called
}
