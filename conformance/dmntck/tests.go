package dmntck

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// tests is a test file of the kit.
type tests struct {
	Model string
	Cases []testCase
}

type testCase struct {
	ID        string
	Invocable string // name of the decision service or function to call, or empty
	Inputs    feel.MapVars
	Results   []result
}

// result is an expected value. An errorResult is null like any other: an error evaluates to null.
type result struct {
	Name     string
	Expected feel.Value
}

// errNoTests says that an XML file is none of the kit's.
var errNoTests = errors.New("not a test file")

type xmlTests struct {
	XMLName xml.Name
	Model   string `xml:"modelName"`
	Cases   []struct {
		ID        string    `xml:"id,attr"`
		Invocable string    `xml:"invocableName,attr"`
		Inputs    []xmlNode `xml:"inputNode"`
		Results   []struct {
			Name     string   `xml:"name,attr"`
			Expected *xmlNode `xml:"expected"`
			Computed *xmlNode `xml:"computed"`
		} `xml:"resultNode"`
	} `xml:"testCase"`
}

// xmlNode is a value: a simple one, components of a context, or a list.
type xmlNode struct {
	Name       string    `xml:"name,attr"`
	Nil        string    `xml:"http://www.w3.org/2001/XMLSchema-instance nil,attr"`
	Value      *xmlValue `xml:"value"`
	Components []xmlNode `xml:"component"`
	List       *struct {
		Nil   string    `xml:"http://www.w3.org/2001/XMLSchema-instance nil,attr"`
		Items []xmlNode `xml:"item"`
	} `xml:"list"`
}

type xmlValue struct {
	Type string `xml:"http://www.w3.org/2001/XMLSchema-instance type,attr"`
	Nil  string `xml:"http://www.w3.org/2001/XMLSchema-instance nil,attr"`
	Text string `xml:",chardata"`
}

func readTests(data []byte) (*tests, error) {
	var x xmlTests
	if err := xml.Unmarshal(data, &x); err != nil {
		return nil, err
	}
	if x.XMLName.Local != "testCases" {
		return nil, errNoTests
	}
	t := &tests{Model: x.Model}
	for _, c := range x.Cases {
		out := testCase{ID: c.ID, Invocable: c.Invocable, Inputs: feel.MapVars{}}
		for _, in := range c.Inputs {
			v, err := in.value()
			if err != nil {
				return nil, fmt.Errorf("case %s, input %s: %w", c.ID, in.Name, err)
			}
			out.Inputs[normalise(in.Name)] = v
		}
		for _, r := range c.Results {
			v, err := r.Expected.value()
			if err != nil {
				return nil, fmt.Errorf("case %s, result %s: %w", c.ID, r.Name, err)
			}
			out.Results = append(out.Results, result{Name: normalise(r.Name), Expected: v})
		}
		t.Cases = append(t.Cases, out)
	}
	return t, nil
}

// normalise folds white space, as FEEL compares names.
func normalise(name string) string { return strings.Join(strings.Fields(name), " ") }

func (n *xmlNode) value() (feel.Value, error) {
	switch {
	case n == nil || n.Nil == "true":
		return nil, nil
	case n.List != nil:
		if n.List.Nil == "true" {
			return nil, nil
		}
		l := make(feel.List, len(n.List.Items))
		for i := range n.List.Items {
			v, err := n.List.Items[i].value()
			if err != nil {
				return nil, err
			}
			l[i] = v
		}
		return l, nil
	case len(n.Components) > 0:
		c := feel.NewContext(len(n.Components))
		for i := range n.Components {
			v, err := n.Components[i].value()
			if err != nil {
				return nil, err
			}
			c.Set(normalise(n.Components[i].Name), v)
		}
		return c, nil
	case n.Value == nil || n.Value.Nil == "true":
		return nil, nil
	}
	return n.Value.value()
}

// value reads a simple value of an XML Schema type.
func (v *xmlValue) value() (feel.Value, error) {
	_, typ, ok := strings.Cut(v.Type, ":")
	if !ok {
		typ = v.Type
	}
	text := strings.TrimSpace(v.Text)
	switch typ {
	case "", "string", "anySimpleType":
		return v.Text, nil
	case "decimal", "double", "float", "integer", "int", "long":
		return feel.ParseNumber(text)
	case "boolean":
		return text == "true" || text == "1", nil
	case "date":
		return parsed(feel.ParseDate(text))
	case "time":
		return parsed(feel.ParseTime(text))
	case "dateTime":
		return parsed(feel.ParseDateTime(text))
	case "duration", "dayTimeDuration", "yearMonthDuration":
		return parsed(feel.ParseDuration(text))
	}
	return nil, fmt.Errorf("values of type %q are not known", v.Type)
}

func parsed[T any](v T, ok bool) (feel.Value, error) {
	if !ok {
		return nil, errors.New("the text does not fit its type")
	}
	return v, nil
}

// precision is that to which numbers are compared: the kit gives some with eight digits.
var precision, _ = feel.ParseNumber("0.00000001")

// same compares a value with the expected one.
func same(got, want feel.Value) bool {
	switch w := want.(type) {
	case nil:
		return got == nil
	case feel.Number:
		g, ok := got.(feel.Number)
		if !ok {
			return false
		}
		d, ok := g.Sub(w)
		return ok && d.Abs().Cmp(precision) < 0
	case feel.List:
		g, ok := got.(feel.List)
		if !ok || len(g) != len(w) {
			return false
		}
		for i := range w {
			if !same(g[i], w[i]) {
				return false
			}
		}
		return true
	case *feel.Context:
		g, ok := got.(*feel.Context)
		if !ok || g.Len() != w.Len() {
			return false
		}
		for i, k := range w.Keys() {
			_, v := w.Entry(i)
			if e, ok := g.Get(k); !ok || !same(e, v) {
				return false
			}
		}
		return true
	}
	return feel.Equal(got, want) == true
}
