package activities

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// trail is where the tokens of an event went. Most elements are entered and left
// in the same event, so its rows are written together once all tokens rest.
type trail struct {
	elements  []*models.ElementInstance
	flows     []models.FlowTaken
	variables []models.Variable
}

func (t *trail) enter(e models.ElementInstance) { t.elements = append(t.elements, &e) }

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

func (t *trail) take(f models.FlowTaken) {
	for i, have := range t.flows {
		if have.Instance == f.Instance && have.Flow == f.Flow {
			t.flows[i].Times++
			return
		}
	}
	t.flows = append(t.flows, f)
}

func (t *trail) set(v models.Variable) {
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
		if err := models.EnterElements(tx, now.elements); err != nil {
			return fmt.Errorf("visits: %w", err)
		}
	}
	if len(now.flows) > 0 {
		if err := models.TakeFlows(tx, now.flows); err != nil {
			return fmt.Errorf("flows: %w", err)
		}
	}
	if len(now.variables) > 0 {
		if err := models.SetVariables(tx, now.variables); err != nil {
			return fmt.Errorf("variables: %w", err)
		}
	}
	return nil
}
