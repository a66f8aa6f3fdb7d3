package forms

import "fmt"

// Answer is a field with what was filled in, as people read it.
type Answer struct{ Label, English, Value string }

// Answers are the filled-in fields of the form's own level that have one value,
// or a list of files, in order. data is as Validate returns it.
func (f *Form) Answers(data map[string]any) []Answer {
	var out []Answer
	f.fields(func(path string, c *component) {
		v, ok := lookup(data, path)
		if !ok || empty(c.kind, v) {
			return
		}
		a := Answer{Label: c.Label, English: c.Properties.English, Value: fmt.Sprint(v)}
		if list, is := v.([]any); is {
			a.Value = fmt.Sprint(len(list))
		}
		for _, o := range c.Values {
			if fmt.Sprint(o.Value) == a.Value {
				a.Value = o.Label
			}
		}
		out = append(out, a)
	})
	return out
}
