package dmn

import (
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/feel"
)

// file wraps elements in definitions of DMN 1.5.
func file(elements ...string) string {
	return `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">` + strings.Join(
		elements, "\n",
	) + `</definitions>`
}

// given is an input data element of the type, whose id is its name.
func given(name, typeRef string) string {
	return fmt.Sprintf(`<inputData id=%q name=%q><variable name=%q typeRef=%q/></inputData>`, name, name, name, typeRef)
}

// decide is a decision D, or of another name, that requires the inputs.
func decide(name, typeRef, logic string, inputs ...string) string {
	var needs strings.Builder
	for _, in := range inputs {
		kind := "requiredInput"
		if strings.HasPrefix(in, "D") {
			kind = "requiredDecision"
		}
		outer := "informationRequirement"
		if strings.HasPrefix(in, "F") {
			kind, outer = "requiredKnowledge", "knowledgeRequirement"
		}
		fmt.Fprintf(&needs, `<%s><%s href="#%s"/></%s>`, outer, kind, in, outer)
	}
	return fmt.Sprintf(
		`<decision id=%q name=%q><variable name=%q typeRef=%q/>%s%s</decision>`, name, name, name, typeRef, needs.String(), logic,
	)
}

// literal is a literal expression.
func literal(text string) string {
	return `<literalExpression><text>` + html.EscapeString(text) + `</text></literalExpression>`
}

// tab writes a decision table. Inputs are "expression: type", outputs "name: type = values | default", both with
// optional parts; a rule is "entries -> outputs" with ; between entries.
func tab(policy string, inputs, outputs []string, rules ...string) string {
	var b strings.Builder
	policy, aggregation, _ := strings.Cut(policy, "/")
	fmt.Fprintf(&b, `<decisionTable id="T" hitPolicy=%q`, policy)
	if aggregation != "" {
		fmt.Fprintf(&b, ` aggregation=%q`, aggregation)
	}
	b.WriteString(">\n")
	for _, in := range inputs {
		expr, typ, _ := strings.Cut(in, ": ")
		typ, values, _ := strings.Cut(typ, " = ")
		fmt.Fprintf(
			&b, "<input><inputExpression typeRef=%q><text>%s</text></inputExpression>%s</input>\n", typ, html.EscapeString(expr),
			textElement("inputValues", values),
		)
	}
	for _, out := range outputs {
		out, fallback, _ := strings.Cut(out, " | ")
		out, values, _ := strings.Cut(out, " = ")
		name, typ, _ := strings.Cut(out, ": ")
		fmt.Fprintf(
			&b, "<output name=%q typeRef=%q>%s%s</output>\n", name, typ, textElement("outputValues", values),
			textElement("defaultOutputEntry", fallback),
		)
	}
	for i, r := range rules {
		in, out, _ := strings.Cut(r, "->")
		fmt.Fprintf(&b, "<rule id=\"r%d\">", i+1)
		for _, e := range strings.Split(in, ";") {
			b.WriteString(textElement("inputEntry", strings.TrimSpace(e)))
		}
		for _, e := range strings.Split(out, ";") {
			b.WriteString(textElement("outputEntry", strings.TrimSpace(e)))
		}
		b.WriteString("</rule>\n")
	}
	b.WriteString("</decisionTable>")
	return b.String()
}

func textElement(name, text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf("<%s><text>%s</text></%s>", name, html.EscapeString(text), name)
}

// mustParse reads a model without problems.
func mustParse(t testing.TB, src string) *Model {
	t.Helper()
	m, diags := Parse([]byte(src))
	if len(diags) > 0 {
		t.Fatalf("parse: %v", diags)
	}
	return m
}

// program compiles a model that has no problems.
func program(t testing.TB, src string, imports ...string) *Program {
	t.Helper()
	var o Options
	for _, i := range imports {
		o.Imports = append(o.Imports, mustParse(t, i))
	}
	p, diags := Compile(mustParse(t, src), o)
	if len(diags) > 0 {
		t.Fatalf("compile: %v", diags)
	}
	return p
}

// vars evaluates a FEEL context to variables.
func vars(t testing.TB, src string) feel.Vars {
	t.Helper()
	c, ok := value(t, "{"+src+"}").(*feel.Context)
	if !ok {
		t.Fatalf("%s is no context", src)
	}
	return c
}

// value evaluates a FEEL expression.
func value(t testing.TB, src string) feel.Value {
	t.Helper()
	e, faults := feel.Parse(src, feel.Options{})
	if e == nil {
		t.Fatalf("%s: %v", src, faults)
	}
	p, faults := e.Compile(feel.Scope{})
	if p == nil {
		t.Fatalf("%s: %v", src, faults)
	}
	v, _ := p.Eval(feel.Env{}, nil)
	return v
}

// check evaluates D and compares its value; warns is a part of a warning that must come, or none when empty.
func check(t *testing.T, p *Program, inputs, want, warns string) {
	t.Helper()
	r, err := p.Evaluate("D", feel.Env{}, vars(t, inputs))
	if err != nil {
		t.Fatal(err)
	}
	w := value(t, want)
	if feel.Text(r.Value) != feel.Text(w) {
		t.Errorf("with %s: got %s, want %s; warnings %v", inputs, feel.Text(r.Value), feel.Text(w), r.Warnings)
	}
	all := fmt.Sprint(r.Warnings)
	if warns == "" && len(r.Warnings) > 0 || !strings.Contains(all, warns) {
		t.Errorf("with %s: warnings %s, want %q", inputs, all, warns)
	}
}
