package feel

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"github.com/quancheng/quancheng/notrun"
)

// tckCase is a case of feel-cases.json: one FEEL expression of the DMN TCK over inputs only.
type tckCase struct {
	ID       string               `json:"id"`
	Model    string               `json:"model"`
	Expr     string               `json:"expr"`
	TypeRef  string               `json:"type_ref"`
	Inputs   map[string]*tckValue `json:"inputs"`
	Expected *tckValue            `json:"expected"`
	Error    bool                 `json:"error"`
}

type tckValue struct {
	Type    string               `json:"type"`
	Value   *string              `json:"value"`
	List    []*tckValue          `json:"list"`
	Context map[string]*tckValue `json:"context"`
}

func TestConformance(t *testing.T) {
	dir := notrun.Conformance(t, "")
	data, err := os.ReadFile(filepath.Join(dir, "dmn", "feel-cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var suite struct{ Cases []tckCase }
	if err := json.Unmarshal(data, &suite); err != nil {
		t.Fatal(err)
	}
	models := map[string]*tckModel{}
	passed := 0
	for _, c := range suite.Cases {
		if models[c.Model] == nil {
			models[c.Model] = readModel(t, filepath.Join(dir, "dmn", c.Model))
		}
		if why := c.run(models[c.Model]); why != "" {
			t.Errorf("%s\n\t%s\n\t%s", c.ID, c.Expr, why)
			continue
		}
		passed++
	}
	t.Logf("%d of %d cases pass", passed, len(suite.Cases))
}

func (c tckCase) run(m *tckModel) string {
	scope := Scope{Names: map[string]Type{}, Types: m.types}
	vars := MapVars{}
	var names []string
	for name, in := range c.Inputs {
		names = append(names, name)
		scope.Names[name] = Any
		vars[name], _ = Coerce(in.value(), m.inputs[name])
	}
	e, diags := Parse(c.Expr, Options{Names: names})
	if e == nil {
		return diags[0].Message
	}
	p, diags := e.Compile(scope)
	if p == nil {
		return diags[0].Message
	}
	raw, warnings := p.Eval(Env{}, vars)
	decision := c.ID[strings.LastIndexByte(c.ID, '/')+1:]
	got, _ := Coerce(raw, m.typ(c.TypeRef))
	got, _ = Coerce(got, m.services[decision])
	want := c.Expected.value()
	if !nearlyEqual(got, want) {
		return "got " + Text(got) + ", want " + Text(want)
	}
	if c.Error && raw == nil && len(c.Inputs) == 0 && len(warnings)+len(diags) == 0 {
		return "an error without a word"
	}
	return ""
}

// nearlyEqual allows for numbers that the kit gives with fewer digits.
func nearlyEqual(got, want Value) bool {
	switch w := want.(type) {
	case nil:
		return got == nil
	case Number:
		g, ok := got.(Number)
		if !ok {
			return false
		}
		d, _ := g.Sub(w)
		limit, _ := ParseNumber("0.00000001")
		return d.Abs().Cmp(limit) < 0
	case List:
		g, ok := got.(List)
		if !ok || len(g) != len(w) {
			return false
		}
		for i := range w {
			if !nearlyEqual(g[i], w[i]) {
				return false
			}
		}
		return true
	case *Context:
		g, ok := got.(*Context)
		if !ok || g.Len() != w.Len() {
			return false
		}
		for i, k := range w.Keys() {
			_, v := w.Entry(i)
			if e, ok := g.Get(k); !ok || !nearlyEqual(e, v) {
				return false
			}
		}
		return true
	}
	return Equal(got, want) == true
}

func (v *tckValue) value() Value {
	switch {
	case v == nil:
		return nil
	case v.List != nil:
		l := make(List, len(v.List))
		for i, e := range v.List {
			l[i] = e.value()
		}
		return l
	case v.Context != nil:
		c := NewContext(len(v.Context))
		for k, e := range v.Context {
			c.Set(k, e.value())
		}
		return c
	case v.Value == nil:
		return nil
	}
	switch s := *v.Value; v.Type {
	case "decimal", "double", "integer", "int", "float":
		n, _ := ParseNumber(s)
		return n
	case "boolean":
		return s == "true"
	case "date", "time", "dateTime", "duration":
		t, _ := parseTemporal(s)
		return t
	default:
		return s
	}
}

// tckModel is what the cases need from their model beside the expression.
type tckModel struct {
	types    map[string]Type
	inputs   map[string]Type // of input data
	services map[string]Type // results of decision services, by their only output decision
}

// readModel reads the types of a model as far as FEEL's own types can say them.
func readModel(t *testing.T, file string) *tckModel {
	doc := etree.NewDocument()
	if err := doc.ReadFromFile(file); err != nil {
		t.Fatal(err)
	}
	m := &tckModel{map[string]Type{}, map[string]Type{}, map[string]Type{}}
	items := doc.Root().SelectElements("itemDefinition")
	for range items { // definitions may refer to later ones
		for _, item := range items {
			m.types[item.SelectAttrValue("name", "")] = m.itemType(item)
		}
	}
	for _, in := range doc.FindElements("//inputData/variable") {
		m.inputs[in.SelectAttrValue("name", "")] = m.typ(in.SelectAttrValue("typeRef", ""))
	}
	for _, service := range doc.FindElements("//decisionService") {
		out := service.SelectElements("outputDecision")
		v := service.SelectElement("variable")
		if f, ok := m.typ(v.SelectAttrValue("typeRef", "")).(*FunctionType); ok && len(out) == 1 {
			m.services[strings.TrimPrefix(out[0].SelectAttrValue("href", ""), "#_")] = f.Result
		}
	}
	return m
}

// typ finds a type by name; nil, which takes everything, without one.
func (m *tckModel) typ(name string) Type {
	name = strings.TrimPrefix(strings.TrimSpace(name), "feel:")
	if t, ok := m.types[name]; ok {
		return t
	}
	t, _ := TypeByName(name)
	return t
}

func (m *tckModel) itemType(item *etree.Element) Type {
	var typ Type = Any
	if ref := item.SelectElement("typeRef"); ref != nil {
		typ = orAny(m.typ(ref.Text()))
	}
	if fields := item.SelectElements("itemComponent"); len(fields) > 0 {
		c := &ContextType{}
		for _, f := range fields {
			c.Fields = append(c.Fields, Field{f.SelectAttrValue("name", ""), m.itemType(f)})
		}
		typ = c
	}
	if f := item.SelectElement("functionItem"); f != nil {
		typ = &FunctionType{Result: orAny(m.typ(f.SelectAttrValue("outputTypeRef", "")))}
	}
	if item.SelectAttrValue("isCollection", "") == "true" {
		typ = &ListType{typ}
	}
	return typ
}
