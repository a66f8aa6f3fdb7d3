package dmn

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/feel"
)

const rates = `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="rates" namespace="urn:rates">
<itemDefinition name="tRate"><typeRef>number</typeRef><allowedValues><text>[0..1]</text></allowedValues></itemDefinition>
<inputData id="base" name="base rate"><variable name="base rate" typeRef="tRate"/></inputData>
<decision id="double" name="double rate"><variable name="double rate" typeRef="number"/><informationRequirement><requiredInput href="#base"/></informationRequirement>
  <literalExpression><text>base rate * 2</text></literalExpression></decision>
<businessKnowledgeModel id="Fplus" name="plus"><variable name="plus"/><encapsulatedLogic><formalParameter name="a" typeRef="number"/><literalExpression><text>a + 1</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
</definitions>`

const importer = `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" namespace="urn:m">
<import name="my rates" namespace="urn:rates" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>
<decision id="D" name="D"><variable name="D"/><informationRequirement><requiredDecision href="urn:rates#double"/></informationRequirement>
  <knowledgeRequirement><requiredKnowledge href="urn:rates#Fplus"/></knowledgeRequirement>
  <literalExpression><text>my rates.plus(my rates.double rate)</text></literalExpression></decision>
</definitions>`

func TestImports(t *testing.T) {
	p := program(t, importer, rates)
	for _, given := range []string{`"base rate": 0.5`, `"my rates": {"base rate": 0.5}`, `"my rates.base rate": 0.5`} {
		check(t, p, given, "2.0", "")
	}
	check(t, p, `"base rate": 5`, "null", "not of type tRate")
	if r, err := p.Evaluate("my rates.double rate", feel.Env{}, vars(t, `"base rate": 0.25`)); err != nil || feel.Text(r.Value) != "0.50" {
		t.Errorf("imported decision by name: %v %v", r.Value, err)
	}
}

// TestNestedImports imports one model along two ways; its input may have a value on each.
func TestNestedImports(t *testing.T) {
	base := `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="a" namespace="urn:a">
<inputData id="who" name="who is it"><variable name="who is it" typeRef="string"/></inputData>
<decision id="hello" name="hello"><variable name="hello"/><informationRequirement><requiredInput href="#who"/></informationRequirement>` + literal(`"Hello " + who is it`) + `</decision></definitions>`
	via := func(name string) string {
		return `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="` + name + `" namespace="urn:` + name + `"><import name="A" namespace="urn:a" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>
<decision id="say" name="say it"><variable name="say it"/><informationRequirement><requiredDecision href="urn:a#hello"/></informationRequirement>` + literal(
			`A.hello + " by `+name+`"`,
		) + `</decision></definitions>`
	}
	main := file(`<import name="B 1" namespace="urn:b" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>`,
		`<import name="" namespace="urn:c" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>`,
		`<decision id="D" name="D"><variable name="D"/><informationRequirement><requiredDecision href="urn:b#say"/></informationRequirement>
<informationRequirement><requiredDecision href="urn:c#say"/></informationRequirement>`+literal("[B 1.say it, say it]")+`</decision>`)
	p := program(t, main, base, via("b"), via("c"))
	check(t, p, `"B 1": {A: {"who is it": "x"}}, A: {"who is it": "y"}`, `["Hello x by b", "Hello y by c"]`, "")
	check(t, p, `"B 1.A.who is it": "x", "who is it": "y"`, `["Hello x by b", "Hello y by c"]`, "")
	check(t, p, `"who is it": "z"`, `["Hello z by b", "Hello z by c"]`, "")
}

const factorial = `<businessKnowledgeModel id="F" name="F"><variable name="F"/><encapsulatedLogic><formalParameter name="n" typeRef="number"/>
	<literalExpression><text>if n &lt;= 1 then 1 else n * F(n - 1)</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
<decisionService id="S" name="S"><variable name="S"/><outputDecision href="#D2"/><outputDecision href="#D3"/><inputDecision href="#D1"/><inputData href="#x"/></decisionService>`

func TestServicesAndKnowledge(t *testing.T) {
	p := program(t, file(
		given("x", "number"), factorial,
		decide(
			"D1", "number", literal("100"),
		),
		decide("D2", "number", literal("D1 + x"), "D1", "x"), decide("D3", "number", literal("F(x)"), "F", "x"),
		`<decision id="D" name="D"><variable name="D"/><informationRequirement><requiredDecision href="#D2"/></informationRequirement>
		 <knowledgeRequirement><requiredKnowledge href="#S"/></knowledgeRequirement><literalExpression><text>[D2, S(x: 3, D1: 4), S("a", 1)]</text></literalExpression></decision>`,
	))
	check(t, p, "x: 1", "[101, {D2: 7, D3: 6}, null]", "argument x")
	r, err := p.Evaluate("S", feel.Env{}, vars(t, "x: 3, D1: 1"))
	if err != nil || feel.Text(r.Value) != "{D2: 4, D3: 6}" {
		t.Errorf("service: %v %v", feel.Text(r.Value), err)
	}
	if r, err = p.Evaluate("F", feel.Env{}, vars(t, "n: 5")); err != nil || feel.Text(r.Value) != "120" {
		t.Errorf("knowledge model: %v %v", feel.Text(r.Value), err)
	}
	if r, err = p.Evaluate("F", feel.Env{}, vars(t, "n: 100000")); err != nil || r.Value != nil || len(r.Warnings) == 0 {
		t.Errorf("endless recursion must end with a warning: %v %v", r, err)
	}
	if _, err = p.Evaluate("nobody", feel.Env{}, nil); !errors.Is(err, ErrUnknown) {
		t.Errorf("unknown name: %v", err)
	}
}

// TestTrace tells an applicant why: the inputs, what was required, the rules that hold with their annotations.
func TestTrace(t *testing.T) {
	table := strings.Replace(tab("FIRST", []string{"x: number"}, []string{"out: string"}, `< 10 -> "small"`, `- -> "big"`),
		"<rule id=\"r1\">", `<annotation name="why"/><rule id="r1">`, 1)
	table = strings.Replace(
		table, "</outputEntry></rule>", "</outputEntry><annotationEntry><text>below ten</text></annotationEntry></rule>", 1,
	)
	p := program(t, file(given("x", "number"), decide("D1", "string", table, "x"), decide("D", "string", literal(`D1 + "!"`), "D1")))
	r, err := p.Explain("D", feel.Env{}, vars(t, "x: 3"))
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, s := range r.Trace.Steps {
		got += fmt.Sprintf("%s %s %v = %s", s.Kind, s.Name, s.Inputs, feel.Text(s.Value))
		for _, h := range s.Tables {
			got += fmt.Sprintf(" by %s %s %v: %v", h.HitPolicy, h.Table, h.Inputs, h.Rules)
		}
		got += "\n"
	}
	want := `input x [] = 3
decision D1 [{x 3}] = small by FIRST T [{x 3}]: [{1 r1 [< 10] [{why below ten}]}]
decision D [{D1 small}] = small!
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestDiagnostics compiles faulty models: every fault is named with its place, and nothing panics when it runs.
func TestDiagnostics(t *testing.T) {
	for name, c := range map[string]struct {
		src  string
		want []string // rule: part of the message
	}{
		"all at once": {file(decide("D", "tNone", literal("x +"), "x"), decide("D2", "number", literal("unknown + 1"), "D")),
			[]string{`type-unknown (D): there is no type "tNone"`, "ref-unresolved (D):", "feel (D):", "feel (D2): unknown name"}},
		"requirement cycle": {file(decide("D", "number", literal("D2"), "D2"), decide("D2", "number", literal("D"), "D")),
			[]string{"requirement-cycle"}},
		"type cycle": {file(`<itemDefinition name="a"><typeRef>b</typeRef></itemDefinition><itemDefinition name="b"><typeRef>a</typeRef></itemDefinition>`), []string{"type-cycle"}},
		"external function": {file(decide("D", "Any", `<functionDefinition kind="Java"><context/></functionDefinition>`)),
			[]string{"external-function (D):"}},
		"table shape": {file(decide("D", "Any", tab("UNIQUE", []string{"1: number"}, []string{"o: number"}, "1; 2 -> 3"))),
			[]string{"table-shape (r1):"}},
		"hit policy": {file(decide("D", "Any", tab("SOMETIMES", []string{"1: number"}, []string{"o: number"}, "1 -> 3"))),
			[]string{"table-policy"}},
		"priority": {file(decide("D", "Any", tab("PRIORITY", []string{"1: number"}, []string{"o: number"}, "1 -> 3"))),
			[]string{"table-priority"}},
		"language": {file(decide("D", "Any",
			`<literalExpression expressionLanguage="http://example.org/basic"><text>1</text></literalExpression>`)), []string{"language"}},
		"unresolved import": {file(`<import name="x" namespace="urn:none" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>`),
			[]string{"import-unresolved"}},
		"duplicates":       {file(given("x", "number"), given("x", "number")), []string{"duplicate-id", "duplicate-name"}},
		"misspelt element": {file(`<decison name="x"/>`), []string{"element-unknown"}},
		"no logic":         {file(decide("D", "number", "")), []string{"logic-missing"}},
		"not XML":          {"<definitions", []string{"xml"}},
		"not DMN":          {"<definitions/>", []string{"not-dmn"}},
		"entities":         {`<!DOCTYPE x [<!ENTITY a "b">]><definitions/>`, []string{"DOCTYPE"}},
		"depth":            {strings.Repeat("<a>", 1000), []string{"nested deeper"}},
	} {
		t.Run(name, func(t *testing.T) {
			m, diags := Parse([]byte(c.src))
			if m != nil {
				p, more := Compile(m, Options{})
				diags = append(diags, more...)
				if p.Has("D") {
					if _, err := p.Explain("D", feel.Env{}, nil); err != nil {
						t.Error(err)
					}
				}
			}
			all := fmt.Sprint(diags)
			for _, w := range c.want {
				if !strings.Contains(all, w) {
					t.Errorf("got %s\nwant %s", all, w)
				}
			}
		})
	}
}

// TestPlaceOfFault points at the very character inside the file.
func TestPlaceOfFault(t *testing.T) {
	src := file(decide("D", "number", "<literalExpression><text>\n  1 +\n  nobody</text></literalExpression>"))
	_, diags := Compile(mustParse(t, src), Options{})
	if len(diags) != 1 || diags[0].Line != 3 || diags[0].Col != 3 {
		t.Errorf("got %v, want 3:3", diags)
	}
}

func TestDecisions(t *testing.T) {
	ds, diags := NewDecisions([]*Model{mustParse(t, importer), mustParse(t, rates)}, Options{})
	if len(diags[0])+len(diags[1]) > 0 {
		t.Fatal(diags)
	}
	if !ds.Has("D") || !ds.Has("double") || ds.Has("Fplus") || ds.Has("base") {
		t.Error("decisions are found by id, other elements are none")
	}
	if r, err := ds.Decide("D", feel.Env{}, vars(t, `"base rate": 0.5`)); err != nil || feel.Text(r.Value) != "2.0" {
		t.Errorf("decide: %v %v", r.Value, err)
	}
	var null *NullError
	if _, err := ds.Decide("D", feel.Env{}, nil); !errors.As(err, &null) || !strings.Contains(err.Error(), "no value was given") {
		t.Errorf("a null with a cause is an error: %v", err)
	}
}

// TestCamundaDialect reads variables that no requirement declares, as files of Camunda Modeler do.
func TestCamundaDialect(t *testing.T) {
	m := mustParse(
		t,
		file(
			decide("D", "Any", tab("FIRST", []string{"amount: number"}, []string{"out: string"}, `< limits.low -> "small"`, `- -> "big"`)),
		),
	)
	p, diags := Compile(m, Options{Camunda: true})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	check(t, p, "amount: 5, limits: {low: 10}", `"small"`, "")
	if _, diags = Compile(m, Options{}); len(diags) == 0 {
		t.Error("strictly, undeclared names are errors")
	}
}

// TestFunctionsOutliveTheirEvaluation calls functions that decisions gave, in another program and in none.
func TestFunctionsOutliveTheirEvaluation(t *testing.T) {
	p := program(
		t,
		file(
			given("x", "number"), factorial, decide("D1", "number", literal("1")), decide("D2", "number", literal("D1 + x"), "D1", "x"),
			decide("D3", "number", literal("2")),
			`<decision id="D" name="D"><variable name="D"/><knowledgeRequirement><requiredKnowledge href="#F"/></knowledgeRequirement><knowledgeRequirement><requiredKnowledge href="#S"/></knowledgeRequirement>
		<context><contextEntry><variable name="f"/>`+literal(
				"F",
			)+`</contextEntry><contextEntry><variable name="s"/>`+literal(
				"S",
			)+`</contextEntry><contextEntry><variable name="own"/><functionDefinition><formalParameter name="n"/>`+literal(
				"F(n) + 1",
			)+`</functionDefinition></contextEntry></context></decision>`,
		),
	)
	r, err := p.Evaluate("D", feel.Env{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	other := program(t, file(given("fs", "Any"), decide("D", "Any", literal("[fs.f(5), fs.s(3, 4).D2, fs.own(3)]"), "fs")))
	if got, err := other.Explain("D", feel.Env{}, feel.MapVars{"fs": r.Value}); err != nil || feel.Text(got.Value) != "[120, 7, 7]" {
		t.Errorf("in another program: %s %v %v", feel.Text(got.Value), got.Warnings, err)
	}
	e, _ := feel.Parse("[fs.f(5), fs.s(3, 4).D2, fs.own(3)]", feel.Options{})
	q, _ := e.Compile(feel.Scope{Open: true})
	if got, warnings := q.Eval(feel.Env{}, feel.MapVars{"fs": r.Value}); feel.Text(got) != "[120, 7, 7]" {
		t.Errorf("in no program: %s %v", feel.Text(got), warnings)
	}
}
