package forms

import (
	"fmt"
	"strings"
)

// Answer is a field with what was filled in, as people read it.
type Answer struct{ Label, English, Value string }

// Answers are the filled-in fields of the form, in order: of a dynamic list what stands
// in each of its rows, of files how many there are. data is as Validate returns it.
func (f *Form) Answers(data map[string]any) []Answer {
	var out []Answer
	f.fields(func(path string, c *component) {
		v, ok := lookup(data, path)
		if _, is := v.(bool); is || ok && !empty(c.kind, v) { // an unticked box is an answer
			out = append(out, Answer{Label: c.Label, English: c.Properties.English, Value: c.reads(v)})
		}
	})
	return out
}

// reads is a value as people read it: an option by its label, a row of a list by its fields.
func (c *component) reads(v any) string {
	switch v := v.(type) {
	case bool:
		return map[bool]string{true: "✓", false: "✗"}[v]
	case []any:
		if c.kind == kindFiles {
			return fmt.Sprint(len(v))
		}
		each := make([]string, len(v))
		for i, e := range v {
			each[i] = c.reads(e)
		}
		return strings.Join(each, "；")
	case map[string]any:
		row := &Form{components: c.Components}
		var cells []string
		for _, a := range row.Answers(v) {
			cells = append(cells, a.Value)
		}
		return strings.Join(cells, "，")
	}
	for _, o := range c.Values {
		if fmt.Sprint(o.Value) == fmt.Sprint(v) {
			return o.Label
		}
	}
	return fmt.Sprint(v)
}
