package bundles

import (
	"encoding/json"
	"slices"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/forms"
	"github.com/quancheng/quancheng/models"
)

// deciding are the operations that submit the form of a task.
var deciding = []string{"complete", "agree", "disagree", "abstain", "reject"}

// Submission is an operation that submits what a task asks for.
type Submission struct {
	Event engine.Event
	Form  string // of the task; "": none
	Data  []byte // JSON as it was submitted; none: nothing
}

// Submits reports whether an operation on a task with a form or a command submits something.
func Submits(operation, form, command string) bool {
	return slices.Contains(deciding, operation) && (form != "" || command != "")
}

// Submit holds a submission against the state of the matter and then against
// the form: a stranger does not learn what it asks for. It returns what the form
// asks for of the answers, and what its expressions and the task's command see.
// An error is a refusal of the engine's, or *models.Refusal with a pointer to each answer that is wrong.
func (b *Bundle) Submit(state *engine.State, in engine.Input, s Submission) (clean, scope map[string]any, err error) {
	if err := engine.Check(b.Program, state, s.Event, in); err != nil {
		return nil, nil, err
	}
	if scope, err = Plain(state.Visible(s.Event.Key)); err != nil {
		return nil, nil, err
	}
	data := map[string]any{}
	if len(s.Data) > 0 {
		if err := models.JSON(s.Data).Into(&data); err != nil {
			return nil, nil, models.Refuse("invalid-data").Field("", "not-an-object")
		}
	}
	form := b.Forms[s.Form]
	if form == nil {
		if s.Form == "" && len(data) > 0 {
			return nil, nil, models.Refuse("no-form")
		}
		return data, scope, nil
	}
	clean, problems := form.Validate(data, scope, feel.Env{Now: in.Now, Zone: models.Zone, Calendar: in.Calendar})
	return clean, scope, refusalOfForm(problems).OrNil()
}

// refusalOfForm points to each answer that is wrong; without fields nothing is.
func refusalOfForm(problems []forms.Problem) *models.Refusal {
	refusal := models.Refuse("invalid-data")
	for _, p := range problems {
		refusal.Field(p.Pointer, "form-field", "zh", p.In("zh"), "en", p.In("en"))
	}
	return refusal
}

// Plain gives variables as commands and forms read them: JSON values with exact numbers.
func Plain(vs engine.Vars) (map[string]any, error) {
	raw, err := json.Marshal(vs)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	return out, models.JSON(raw).Into(&out)
}

// Variables reads JSON values as process variables.
func Variables(values map[string]any) (engine.Vars, error) {
	raw, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	var vs engine.Vars
	return vs, json.Unmarshal(raw, &vs)
}
