// Package forms reads form-js forms (bpmn.io's JSON) and validates submitted
// data against them on the server: what the browser checked is checked again,
// and what the form does not ask for is refused.
//
// Read are components, groups with a path, dynamic lists, validate, options
// (static, by key, by expression), conditional.hide and expression fields, which the
// server computes itself; expressions are FEEL.
// Layout and appearance are the browser's business and are passed over.
package forms

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// Form is a form-js form, ready to validate. It is safe for concurrent use.
type Form struct {
	ID         string
	components []*component
}

// component is one form-js component; which fields matter depends on Type.
type component struct {
	ID          string          `json:"id"`
	Type        string          `json:"type"`
	Key         string          `json:"key"`
	Path        string          `json:"path"` // group, dynamiclist
	Label       string          `json:"label"`
	Subtype     string          `json:"subtype"` // datetime: date, time, datetime
	DateLabel   string          `json:"dateLabel"`
	Disabled    bool            `json:"disabled"`
	Readonly    json.RawMessage `json:"readonly"` // bool or expression
	Multiple    json.RawMessage `json:"multiple"`
	Decimals    *int            `json:"decimalDigits"`
	AsText      bool            `json:"serializeToString"` // number: stored as its decimal text
	Values      []option        `json:"values"`
	Increment   json.RawMessage `json:"increment"`             // number: step, a number or its text
	Zone        string          `json:"timeSerializingFormat"` // datetime: no_timezone, utc_offset, utc_normalized
	NotPast     bool            `json:"disallowPassedDates"`   // datetime
	Expression  string          `json:"expression"`            // what an expression field computes
	ValuesKey   string          `json:"valuesKey"`
	ValuesExpr  string          `json:"valuesExpression"`
	Validate    validation      `json:"validate"`
	Conditional conditional     `json:"conditional"`
	Components  []*component    `json:"components"`
	Properties  struct {
		English string `json:"en"`  // the label in English
		Was     string `json:"was"` // the key that the field had in former versions
	} `json:"properties"`
	hide         *feel.Program
	readonly     *feel.Program
	readonlyTrue bool
	required     *feel.Program
	options      *feel.Program
	computed     *feel.Program
	least, most  *feel.Program // min, max, as far as they are expressions
	kind         kind
	compiled     *regexp.Regexp
}

type option struct {
	Label string `json:"label"`
	Value any    `json:"value"`
}

type validation struct {
	Required       json.RawMessage `json:"required"` // bool or expression
	MinLength      *int            `json:"minLength"`
	MaxLength      *int            `json:"maxLength"`
	Min            json.RawMessage `json:"min"`
	Max            json.RawMessage `json:"max"`
	Pattern        string          `json:"pattern"`
	PatternMessage string          `json:"patternErrorMessage"`
	ValidationType string          `json:"validationType"` // email, phone, custom
}

type conditional struct {
	Hide string `json:"hide"`
}

// Parse reads a form. The error lists every component that cannot be used.
func Parse(data []byte) (*Form, error) {
	var raw struct {
		ID         string       `json:"id"`
		Type       string       `json:"type"`
		Components []*component `json:"components"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("forms: not a form-js form: %w", err)
	}
	f := &Form{ID: raw.ID, components: raw.Components}
	var problems []string
	prepare(f.components, &problems)
	if len(problems) > 0 {
		return nil, fmt.Errorf("forms: form %s: %s", raw.ID, strings.Join(problems, "; "))
	}
	return f, nil
}

// Keys lists the top-level names that the form reads and writes, in order.
func (f *Form) Keys() []string {
	var keys []string
	seen := map[string]bool{}
	var collect func([]*component)
	collect = func(cs []*component) {
		for _, c := range cs {
			name, _, _ := strings.Cut(c.path(), ".")
			if name != "" && !seen[name] {
				seen[name] = true
				keys = append(keys, name)
			}
			if c.kind == kindGroup && c.Path == "" {
				collect(c.Components)
			}
		}
	}
	collect(f.components)
	return keys
}

// path is where the component's value stands in the data of its level, with dots; "" for none.
func (c *component) path() string {
	switch {
	case c.kind == kindGroup || c.kind == kindList:
		return c.Path
	case c.kind.takesValue():
		return c.Key
	}
	return ""
}

func prepare(cs []*component, problems *[]string) {
	for _, c := range cs {
		if err := c.prepare(); err != nil {
			*problems = append(*problems, fmt.Sprintf("%s (%s): %v", c.ID, c.Type, err))
		}
		prepare(c.Components, problems)
	}
}

// prepare finds the component's kind and compiles its expressions.
func (c *component) prepare() error {
	k, ok := kinds[c.Type]
	if !ok {
		return fmt.Errorf("unknown component type")
	}
	c.kind = k
	if k.takesValue() && c.Key == "" {
		return fmt.Errorf("has no key")
	}
	for _, e := range []struct {
		src string
		to  **feel.Program
	}{
		{c.Conditional.Hide, &c.hide},
		{c.ValuesExpr, &c.options},
		{expression(c.Validate.Required), &c.required},
		{expression(c.Readonly), &c.readonly},
		{c.Expression, &c.computed},
		{expression(c.Validate.Min), &c.least},
		{expression(c.Validate.Max), &c.most},
	} {
		if e.src == "" {
			continue
		}
		p, err := compile(e.src)
		if err != nil {
			return err
		}
		*e.to = p
	}
	c.readonlyTrue = c.Disabled || string(c.Readonly) == "true"
	return c.preparePattern()
}

// expression is the source of a JSON string that begins with "=", else "".
func expression(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil && strings.HasPrefix(s, "=") {
		return s
	}
	return ""
}

func compile(src string) (*feel.Program, error) {
	expr, diags := feel.Parse(strings.TrimPrefix(src, "="), feel.Options{Camunda: true})
	if d := firstError(diags); d != nil {
		return nil, fmt.Errorf("expression %s: %d:%d %s", src, d.Line, d.Col, d.Message)
	}
	program, diags := expr.Compile(feel.Scope{Open: true})
	if d := firstError(diags); d != nil {
		return nil, fmt.Errorf("expression %s: %d:%d %s", src, d.Line, d.Col, d.Message)
	}
	return program, nil
}

func firstError(diags []feel.Diagnostic) *feel.Diagnostic {
	for i := range diags {
		if diags[i].Severity == feel.Error {
			return &diags[i]
		}
	}
	return nil
}

// Headline is what the first field for text says that is answered: what people
// call by it what they filled in. data is as Validate returns it.
func (f *Form) Headline(data map[string]any) string {
	return headline(f.components, data)
}

func headline(cs []*component, data map[string]any) string {
	for _, c := range cs {
		switch c.kind {
		case kindGroup:
			within := data
			if c.Path != "" {
				v, _ := lookup(data, c.Path)
				within, _ = v.(map[string]any)
			}
			if text := headline(c.Components, within); text != "" {
				return text
			}
		case kindText:
			v, _ := lookup(data, c.Key)
			if text, ok := v.(string); ok && strings.TrimSpace(text) != "" {
				first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
				return first
			}
		}
	}
	return ""
}
