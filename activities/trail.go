package activities

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/process"
)

// trail is where the tokens of an event went. Most elements are entered and left
// in the same event, so its rows are written together once all tokens rest.
type trail struct {
	elements  []*process.ElementInstance
	flows     []process.FlowTaken
	variables []process.Variable
}

func (t *trail) enter(e process.ElementInstance) { t.elements = append(t.elements, &e) }

// leave ends a visit that began in this event; false for an older one.
func (t *trail) leave(key int64, outcome string, at time.Time) bool {
	for _, e := range t.elements {
		if e.Key == key {
			e.State, e.LeftAt = outcome, &at
			return true
		}
	}
	return false
}

func (t *trail) take(f process.FlowTaken) {
	for i, have := range t.flows {
		if have.Instance == f.Instance && have.Flow == f.Flow {
			t.flows[i].Times++
			return
		}
	}
	t.flows = append(t.flows, f)
}

func (t *trail) set(v process.Variable) {
	for i, have := range t.variables {
		if have.Scope == v.Scope && have.Name == v.Name {
			t.variables[i] = v
			return
		}
	}
	t.variables = append(t.variables, v)
}

// write stores the rows and begins a new trail.
func (t *trail) write(tx *gorm.DB) error {
	now := *t
	*t = trail{}
	if len(now.elements) > 0 {
		if err := process.EnterElements(tx, now.elements); err != nil {
			return fmt.Errorf("visits: %w", err)
		}
	}
	if len(now.flows) > 0 {
		if err := process.TakeFlows(tx, now.flows); err != nil {
			return fmt.Errorf("flows: %w", err)
		}
	}
	if len(now.variables) > 0 {
		if err := process.SetVariables(tx, now.variables); err != nil {
			return fmt.Errorf("variables: %w", err)
		}
	}
	return nil
}
