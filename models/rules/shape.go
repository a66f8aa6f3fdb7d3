package rules

import (
	"fmt"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// Shape is what a rule requires of its facts, as the attribute "requires" of
// qc:rule says it: names with their columns in braces, a list marked by [], and
// the kind of a value that JSON cannot tell: n number, d date, t date and time,
// b boolean; else text.
//
//	lines{no, amount n}, funding[] n, heldOn d
type Shape []Field

// Field is one fact, or one column of its rows.
type Field struct {
	Name    string
	Kind    byte  // 'n', 'd', 't', 'b', or 0
	Columns Shape // of a row, or of each row of a list
}

// ParseShape reads the text of "requires".
func ParseShape(s string) (Shape, error) {
	p := shapeParser{rest: s}
	shape, err := p.fields()
	if err == nil && p.rest != "" {
		err = fmt.Errorf("nothing was expected at %q", p.rest)
	}
	if err != nil {
		return nil, fmt.Errorf("requires %q: %w", s, err)
	}
	return shape, nil
}

type shapeParser struct{ rest string }

func (p *shapeParser) fields() (out Shape, err error) {
	for {
		f, err := p.field()
		if err != nil {
			return nil, err
		}
		out = append(out, f)
		if !p.take(",") {
			return out, nil
		}
	}
}

func (p *shapeParser) field() (f Field, err error) {
	p.rest = strings.TrimLeft(p.rest, " \n\t")
	n := strings.IndexFunc(p.rest, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_'
	})
	if n < 0 {
		n = len(p.rest)
	}
	if n == 0 {
		return f, fmt.Errorf("a name was expected at %q", p.rest)
	}
	f.Name, p.rest = p.rest[:n], p.rest[n:]
	if p.take("{") {
		if f.Columns, err = p.fields(); err != nil {
			return f, err
		}
		if !p.take("}") {
			return f, fmt.Errorf("the brace of %s is not closed", f.Name)
		}
		return f, nil
	}
	p.take("[]")
	for _, kind := range []byte("ndtb") {
		if p.take(string(kind)) {
			f.Kind = kind
			break
		}
	}
	return f, nil
}

func (p *shapeParser) take(token string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(p.rest, " \n\t"), token)
	if ok {
		p.rest = rest
	}
	return ok
}

// Names are the facts, without their columns.
func (s Shape) Names() []string {
	out := make([]string, len(s))
	for i, f := range s {
		out[i] = f.Name
	}
	return out
}

// Find is the field of a name.
func (s Shape) Find(name string) (Field, bool) {
	for _, f := range s {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// read gives a value with text read as the dates that the field says it is, and
// the pointers of what is not known below it: null, absent, or no such date.
func (f Field) read(v feel.Value, at string) (feel.Value, []string) {
	switch v := v.(type) {
	case nil:
		return nil, []string{at}
	case feel.List:
		out, missing := make(feel.List, len(v)), []string(nil)
		for i, item := range v {
			var lacks []string
			out[i], lacks = f.read(item, fmt.Sprintf("%s/%d", at, i))
			missing = append(missing, lacks...)
		}
		return out, missing
	case *feel.Context:
		out, missing := v.Clone(), []string(nil)
		for _, column := range f.Columns {
			item, _ := v.Get(column.Name)
			read, lacks := column.read(item, at+"/"+column.Name)
			out.Set(column.Name, read)
			missing = append(missing, lacks...)
		}
		return out, missing
	}
	if len(f.Columns) > 0 { // a row was promised
		return nil, []string{at}
	}
	if text, ok := v.(string); ok {
		if v = f.moment(text); v == nil {
			return nil, []string{at}
		}
	}
	return v, nil
}

// moment reads the text of a date; text that is to be none stays.
func (f Field) moment(text string) feel.Value {
	switch f.Kind {
	case 'd':
		if d, ok := feel.ParseDate(text); ok {
			return d
		}
		return nil
	case 't':
		if t, ok := feel.ParseDateTime(text); ok {
			return t
		}
		return nil
	case 'n', 'b':
		return nil // a number or a truth value was promised
	}
	return text
}
