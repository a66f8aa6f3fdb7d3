package commands

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// Checks is the book of the county's rules, over the books' facts.
var Checks = books.Rules

// RulesOn are the rules in force on a day for what belongs to no project; of a county whose rules have run out, none.
func RulesOn(tx *gorm.DB, on models.Date) (rules.Edition, error) {
	e, err := Checks.Edition(tx, "", on)
	var refused *models.Refusal
	if errors.As(err, &refused) {
		return rules.Edition{}, nil
	}
	return e, err
}

// pointHeader is the task header that makes an act a check point: the model says
// where, so that a case whose model is older goes on as it began.
const pointHeader = "checks"

// answersHeader "later" leaves the soft findings of an act open: they come up with it.
const answersHeader = "answers"

// Point is the check point of a task or service task; empty: none.
func Point(headers map[string]string) string { return headers[pointHeader] }

// Act is what a check point judges: of which project and finding, in which root.
type Act struct {
	Headers map[string]string
	Project string // "" outside a project
	Issue   string // number of a rectification; "" elsewhere
	Root    int64
}

// subject of the point of an act; false: there is none to judge.
func (act Act) subject(tx *gorm.DB, point string) (s rules.Subject, ok bool, err error) {
	if strings.HasPrefix(point, books.SubjectRectification+".") {
		if act.Issue == "" {
			return s, false, nil
		}
		s, err = RectificationSubject(tx, act.Issue, act.Root)
		return s, true, err
	}
	if act.Project == "" {
		return s, false, nil
	}
	s, err = ProjectSubject(tx, act.Project, act.Root)
	return s, true, err
}

// Gate judges a project, or a rectification, at the check point that the headers
// of an act name, if any, before it is done. Called after the
// act's command has written, within the savepoint of the step: rules read the
// books as the act would leave them, and a refusal undoes it.
func Gate(tx *gorm.DB, a models.Acting, act Act) error {
	point := Point(act.Headers)
	if point == "" {
		return nil
	}
	s, ok, err := act.subject(tx, point)
	if err != nil || !ok {
		return err
	}
	if act.Headers[answersHeader] == "later" {
		return Checks.GateOpen(tx, a, point, s)
	}
	return Checks.Gate(tx, a, point, s)
}

// ProjectSubject is a project as the subject of checks.
func ProjectSubject(tx *gorm.DB, project string, root int64) (rules.Subject, error) {
	p, err := books.FindProject(tx, project)
	if err != nil {
		return rules.Subject{}, err
	}
	return rules.Subject{Kind: books.SubjectProject, ID: p.Code, Revision: p.RevisionNo, Root: root, Project: p.Code}, nil
}

// RectificationSubject is a rectification as the subject of checks.
func RectificationSubject(tx *gorm.DB, no string, root int64) (rules.Subject, error) {
	r, err := books.FindRectification(tx, no)
	if err != nil {
		return rules.Subject{}, err
	}
	return rules.Subject{Kind: books.SubjectRectification, ID: r.No, Revision: r.Version, Root: root, Project: string(r.Project)}, nil
}

var _ = rules.Provide(rules.Source{Kind: books.SubjectProject, Facts: []string{"formMissing"}, Gather: formMissing})

// wantedField is a field of the application that a reviewer wants to read.
type wantedField struct {
	key  string
	hide string // what hides it
}

// wantedFields are those of the shipped application form that carry "wanted".
var wantedFields = sync.OnceValues(func() ([]wantedField, error) {
	b, err := definitions.Shipped()
	if err != nil {
		return nil, err
	}
	for _, f := range b.Files {
		if f.Name != "application.form" {
			continue
		}
		var form struct {
			Components []component `json:"components"`
		}
		if err := json.Unmarshal(f.Data, &form); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		return wanted(form.Components), nil
	}
	return nil, fmt.Errorf("the shipped bundle has no application form")
})

type component struct {
	Key         string `json:"key"`
	Path        string `json:"path"`
	Properties  struct{ Wanted string }
	Conditional struct{ Hide string }
	Components  []component `json:"components"`
}

func wanted(all []component) (out []wantedField) {
	for _, x := range all {
		if x.Properties.Wanted == "true" {
			out = append(out, wantedField{x.Key + x.Path, strings.TrimPrefix(x.Conditional.Hide, "=")})
		}
		out = append(out, wanted(x.Components)...)
	}
	return out
}

// formMissing are the pointers of wanted fields that are empty.
func formMissing(tx *gorm.DB, s rules.Subject, _ models.Date) (rules.Facts, error) {
	p, err := books.FindProject(tx, s.ID)
	if err != nil {
		return nil, err
	}
	fields, err := wantedFields()
	if err != nil {
		return nil, err
	}
	values := map[string]any{}
	if len(p.Form) > 0 {
		if err := models.DecodeExact(p.Form, &values); err != nil {
			return nil, fmt.Errorf("form of %s: %w", p.Code, err)
		}
	}
	missing := feel.List{}
	if p.MlpsLevel == 0 {
		missing = append(missing, "mlpsLevel")
	}
	for _, f := range fields {
		hidden, err := holds(f.hide, values)
		if err != nil {
			return nil, err
		}
		if !hidden && empty(values[f.key]) {
			missing = append(missing, "form/"+f.key)
		}
	}
	return rules.Facts{"formMissing": missing}, nil
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return len(v) == 0
	}
	return false
}

// holds evaluates the condition of a field; none does not hold.
func holds(condition string, values map[string]any) (bool, error) {
	if condition == "" {
		return false, nil
	}
	parsed, problems := feel.Parse(condition, feel.Options{})
	if parsed == nil {
		return false, fmt.Errorf("condition %q: %v", condition, problems)
	}
	program, problems := parsed.Compile(feel.Scope{Open: true})
	if program == nil {
		return false, fmt.Errorf("condition %q: %v", condition, problems)
	}
	vars, err := feel.FromGo(values)
	if err != nil {
		return false, fmt.Errorf("condition %q: %w", condition, err)
	}
	v, _ := program.Eval(feel.Env{}, vars.(*feel.Context))
	return v == feel.Value(true), nil
}
