package papers

import (
	_ "embed" // the vocabulary
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v4"

	"github.com/quancheng/quancheng/feel"
)

//go:embed vocabulary.yaml
var vocabularyFile []byte

// vocabulary are the roots that every template may name under facts, and their types.
var vocabulary = func() map[string]feel.Type {
	var raw map[string]any
	if err := yaml.Unmarshal(vocabularyFile, &raw); err != nil {
		panic("papers: vocabulary.yaml: " + err.Error())
	}
	types := map[string]feel.Type{}
	for name, shape := range raw {
		t, err := typeOf(shape)
		if err != nil {
			panic("papers: vocabulary.yaml: " + name + ": " + err.Error())
		}
		types[name] = t
	}
	return types
}()

// always are the roots that every paper has.
var always = []string{"paper", "house", "project", "contact", "basis"}

var plainTypes = map[string]feel.Type{
	"text": feel.StringType, "number": feel.NumberType, "date": feel.DateType, "time": feel.DateTimeType, "flag": feel.BooleanType,
}

// typeOf reads a shape: the name of a plain type, a list of one row, or fields.
func typeOf(shape any) (feel.Type, error) {
	switch s := shape.(type) {
	case string:
		if t, ok := plainTypes[s]; ok {
			return t, nil
		}
		return nil, fmt.Errorf("there is no type %q: text, number, date, time, flag", s)
	case []any:
		if len(s) != 1 {
			return nil, fmt.Errorf("a list has the shape of one row in brackets")
		}
		row, err := typeOf(s[0])
		return &feel.ListType{Elem: row}, err
	case map[string]any:
		c := &feel.ContextType{}
		for _, name := range slices.Sorted(maps.Keys(s)) {
			t, err := typeOf(s[name])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			c.Fields = append(c.Fields, feel.Field{Name: name, Type: t})
		}
		return c, nil
	}
	return nil, fmt.Errorf("%v is no shape of facts", shape)
}

// fit turns a JSON value into one of a type: texts of numbers, dates and moments
// become what they say. Absent fields are null. The path is for people.
func fit(t feel.Type, v any, path string) (feel.Value, error) {
	if _, fields := t.(*feel.ContextType); v == nil && fields {
		v = map[string]any{} // every field of it is null
	}
	if v == nil {
		return nil, nil
	}
	switch t := t.(type) {
	case *feel.ListType:
		items, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("%s is not a list", path)
		}
		l := make(feel.List, len(items))
		for i, item := range items {
			var err error
			if l[i], err = fit(t.Elem, item, fmt.Sprintf("%s[%d]", path, i+1)); err != nil {
				return nil, err
			}
		}
		return l, nil
	case *feel.ContextType:
		m, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s has no fields", path)
		}
		c := feel.NewContext(len(t.Fields))
		for _, f := range t.Fields {
			x, err := fit(f.Type, m[f.Name], path+"."+f.Name)
			if err != nil {
				return nil, err
			}
			c.Set(f.Name, x)
		}
		return c, nil
	}
	return fitPlain(t, v, path)
}

func fitPlain(t feel.Type, v any, path string) (feel.Value, error) {
	x, err := feel.FromGo(v)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s, isText := x.(string)
	switch {
	case t == feel.StringType && isText:
		if s = clean(s); s == "" {
			return nil, nil
		}
		return s, nil
	case isText && s == "":
		return nil, nil // none
	case t == feel.StringType:
		if n, ok := x.(feel.Number); ok {
			return n.Decimal().Text('f'), nil
		}
	case t == feel.NumberType && isText:
		n, err := feel.ParseNumber(s)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is not a number", path, s)
		}
		return n, nil
	case t == feel.DateType && isText:
		if len(s) > 10 {
			s = s[:10]
		}
		if d, ok := feel.ParseDate(s); ok {
			return d, nil
		}
	case t == feel.DateTimeType && isText:
		if d, ok := feel.ParseDateTime(s); ok {
			return d, nil
		}
	}
	if !t.Contains(x) {
		return nil, fmt.Errorf("%s: %v is not a %s", path, v, t)
	}
	return x, nil
}
