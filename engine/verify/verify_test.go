package verify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/engine/verify"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// kinds are the words of the test models.
var kinds = map[string]string{"start": "startEvent", "end": "endEvent", "task": "task", "user": "userTask", "xor": "exclusiveGateway",
	"and": "parallelGateway", "or": "inclusiveGateway", "terminate": "endEvent", "fail": "endEvent"}

// model writes a process from words: "xor x" is an element, "a>b" a flow, "a>b?" a conditional one.
func model(text string) []byte {
	var b strings.Builder
	b.WriteString(
		`<definitions xmlns="` + bpmn.NamespaceBPMN + `" xmlns:xsi="` + bpmn.NamespaceXSI + `" xmlns:zeebe="` + bpmn.NamespaceZeebe +
			`" xmlns:qc="` + bpmn.NamespaceQC +
			`" id="d" targetNamespace="t"><process id="p" isExecutable="true">`,
	)
	words := strings.Fields(text)
	for i := 0; i < len(words); i++ {
		from, to, flow := strings.Cut(words[i], ">")
		switch {
		case flow:
			to, conditional := strings.CutSuffix(to, "?")
			fmt.Fprintf(&b, `<sequenceFlow id="f%d" sourceRef="%s" targetRef="%s">`, i, from, to)
			if conditional {
				b.WriteString(`<conditionExpression xsi:type="tFormalExpression">=x</conditionExpression>`)
			}
			b.WriteString(`</sequenceFlow>`)
		case words[i] == "error", words[i] == "beside":
			definition := map[string]string{"error": "<errorEventDefinition/>",
				"beside": "<conditionalEventDefinition><condition xsi:type=\"tFormalExpression\">=y</condition></conditionalEventDefinition>"}[words[i]]
			fmt.Fprintf(
				&b, `<boundaryEvent id="%s" attachedToRef="%s" cancelActivity="%t">%s</boundaryEvent>`, words[i+1], words[i+2],
				words[i] == "error", definition,
			)
			i += 2
		case words[i] == "sub{":
			fmt.Fprintf(&b, `<subProcess id="%s">`, words[i+1])
			i++
		case words[i] == "}":
			b.WriteString(`</subProcess>`)
		default:
			content := map[string]string{"terminate": "<terminateEventDefinition/>", "fail": "<errorEventDefinition/>",
				"user": "<extensionElements><zeebe:userTask/></extensionElements>"}[words[i]]
			fmt.Fprintf(&b, `<%s id="%s">%s</%s>`, kinds[words[i]], words[i+1], content, kinds[words[i]])
			i++
		}
	}
	b.WriteString(`</process></definitions>`)
	return []byte(b.String())
}

func TestSoundness(t *testing.T) {
	for _, c := range []struct{ name, model, want string }{
		{"sequence", "start s task A end e s>A A>e", ""},
		{"split and join", "start s and a task A task B and j end e s>a a>A a>B A>j B>j j>e", ""},
		{"choice and merge", "start s xor x task A task B xor m end e s>x x>A? x>B A>m B>m m>e", ""},
		{"choice into a parallel join", "start s xor x task A task B and j end e s>x x>A? x>B A>j B>j j>e", "error deadlock j"},
		{"parallel split into a merge", "start s and a task A task B xor m task C end e s>a a>A a>B A>m B>m m>C C>e", "error twice m"},
		{"inclusive", "start s or o task A task B or j end e s>o o>A? o>B? A>j B>j j>e", ""},
		{"inclusive into a parallel join", "start s or o task A task B and j end e s>o o>A? o>B? A>j B>j j>e", "error deadlock j"},
		{"choice into an inclusive join", "start s xor x task A task B or j end e s>x x>A? x>B A>j B>j j>e", ""},
		{"inclusive join in a loop", "start s xor m or o task A task B or j xor x end e s>m m>o o>A? o>B? A>j B>j j>x x>m? x>e", ""},
		{"inclusive in a loop, entered by one branch",
			"start s task I or o task A task B task B2 xor n or j xor y end e s>I I>n o>A? o>n? n>B B>B2 A>j B2>j j>y y>o? y>e", ""},
		{"loop without a way out", "start s xor m task A end e s>m m>A A>m", "error no-end m error unreachable e"},
		{"branch beside a loop without a way out", "start s xor x task A task B end e s>x x>e? x>A A>B B>A", "error no-end A"},
		{"loop that multiplies tokens", "start s xor m and a task A end e s>m m>a a>A a>m A>e", "error unbounded"},
		{"one branch ends, the join waits", "start s and a task A task B xor x end e1 and j end e s>a a>A a>B A>j B>x x>j? x>e1 j>e",
			"error tokens-left j"},
		{"nothing leads there", "start s task A end e task L end le s>A A>e L>le", "error unreachable L"},
		{"a circle that nothing leads into", "start s task A xor x task L end e s>A A>e x>L L>x? x>e", "error unreachable x"},
		{"terminate ends what waits", "start s and a task A terminate t task B and j end e s>a a>A a>B A>t B>j j>e", ""},
		{"boundary event", "start s task A error b A task R xor m end e s>A A>m b>R R>m m>e", ""},
		{"boundary path into a parallel join", "start s task A error b A and j end e s>A A>j b>j j>e", "error deadlock j"},
		{"non-interrupting beside", "start s task A beside b A end e end f s>A A>e b>f", ""},
		{"sub-process that fails on one way",
			"start s sub{ S start is xor x task A end ie fail ff is>x x>ff? x>A A>ie } error b S end e end f s>S S>e b>f", ""},
		{"sub-process that always fails", "start s sub{ S start is fail ff is>ff } error b S end e end f s>S S>e b>f",
			"error unreachable e"},
		{"stuck in a sub-process", "start s sub{ S start is xor x task A task B and j end ie is>x x>A? x>B A>j B>j j>ie } end e s>S S>e",
			"error deadlock j"},
		{"two conditions that may exclude each other",
			"start s and a xor x xor y task A task B and j end e end f end g s>a a>x a>y x>A? A>j x>f y>B? B>j y>g j>e",
			"error tokens-left j"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, diags := bpmn.Parse(model(c.model))
			if m == nil {
				t.Fatal(diags)
			}
			var got []string
			for _, f := range verify.Soundness(m, 2000) {
				got = append(got, short(f))
				for _, lang := range []string{"zh", "en"} {
					if text := f.Text(lang); !strings.Contains(text, f.Element) || strings.Contains(text, "%!") {
						t.Errorf("%s in %s: %q", f.Code, lang, text)
					}
				}
			}
			if s := strings.Join(got, " "); s != c.want && !(strings.HasSuffix(c.want, "unbounded") && strings.HasPrefix(s, c.want)) {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}

func short(f verify.Finding) string {
	level := map[bpmn.Severity]string{bpmn.Error: "error", bpmn.Warn: "warning"}[f.Severity]
	return level + " " + f.Code + " " + f.Element
}

func TestTraceLeadsToTheProblem(t *testing.T) {
	m, _ := bpmn.Parse(model("start s xor x task A task B and j end e s>x x>A? x>B A>j B>j j>e"))
	f := verify.Soundness(m, 100)[0]
	if want := []string{"s", "x", "A"}; !slices.Equal(f.Trace, want) {
		t.Errorf("got %v, want %v", f.Trace, want)
	}
	for _, lang := range []string{"zh", "en"} {
		if text := f.Text(lang); !strings.Contains(text, "j") || strings.Contains(text, "%!") {
			t.Errorf("%s: %s", lang, text)
		}
	}
}

// A space that is too large is cut, and said to be.
func TestLimit(t *testing.T) {
	var b strings.Builder
	b.WriteString("start s and a and j end e s>a j>e")
	for i := range 12 { // 3 to the 12th markings, and no block to make one of
		fmt.Fprintf(&b, " xor x%d task A%d end e%d a>x%d x%d>A%d? x%d>e%d A%d>j", i, i, i, i, i, i, i, i, i)
	}
	m, _ := bpmn.Parse(model(b.String()))
	fs := verify.Soundness(m, 500)
	if len(fs) != 1 || fs[0].Code != "not-explored" || fs[0].Severity != bpmn.Warn {
		t.Errorf("got %v", fs)
	}
}

// The models in the binary pass the whole gate without an error.
func TestShippedModelsAreAdmitted(t *testing.T) {
	b, err := definitions.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	var files []verify.File
	for _, f := range b.Of(".bpmn") {
		files = append(files, verify.File{Name: f.Name, Data: f.Data})
	}
	for _, f := range verify.Admit(files, verify.Surroundings{}) {
		t.Errorf("%s:%d: %s %s %v", f.File, f.Line, short(f), f.Text("en"), f.Trace)
	}
}

func TestAdmitLooksAround(t *testing.T) {
	task := `<definitions xmlns="` + bpmn.NamespaceBPMN + `" xmlns:zeebe="` + bpmn.NamespaceZeebe + `" xmlns:qc="` + bpmn.NamespaceQC + `" id="d" targetNamespace="t"><process id="p" isExecutable="true">
<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="A"/>
<userTask id="A"><extensionElements><zeebe:userTask/>%s</extensionElements></userTask><sequenceFlow id="f2" sourceRef="A" targetRef="e"/><endEvent id="e"/></process></definitions>`
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	office := &engine.Org{
		People: []engine.Person{
			{ID: "ann", Active: []engine.Span{{}}}, {ID: "bob", Active: []engine.Span{{}}}, {ID: "gone", Active: []engine.Span{{To: now}}},
		},
		Posts: []engine.Post{
			{Person: "ann", Role: "CHIEF", Unit: "DP34"}, {Person: "bob", Role: "CLERK", Unit: "DP20"},
			{Person: "gone", Role: "CHIEF", Unit: "DP20"},
		},
		Functions: []engine.Function{
			{Name: "bureau", Unit: "DP34"}, {Name: "joint", Unit: "DP20"}, {Name: "joint", Unit: "DP34", Order: 1},
			{Name: "hall", Unit: "DP34", Span: engine.Span{To: now}},
		},
	}
	around := verify.Surroundings{
		Org: office, Now: now, Command: func(name string) bool { return name == "project.stage" },
		JobType: func(string) bool { return false },
	}
	around.Resources.Forms = map[string]bool{"sheet": true}
	const held = `<zeebe:assignmentDefinition candidateGroups="CHIEF@DP34"/>`
	for _, c := range []struct{ content, want string }{
		{held, ""},
		{`<zeebe:assignmentDefinition candidateGroups="=&quot;CLERK@&quot; + deptId"/>`, ""},
		{`<zeebe:assignmentDefinition candidateGroups="CHIEF@DP34, GONE@DP34"/>`, "error unknown-group A"},
		{`<zeebe:assignmentDefinition candidateGroups="=&quot;GONE@&quot; + deptId"/>`, "error unknown-group A"},
		{`<zeebe:assignmentDefinition candidateGroups="JOINT@DP34"/>`, "warning unknown-group A"},
		{`<zeebe:assignmentDefinition candidateUsers="nobody-here"/>`, "error unknown-person A"},
		{`<zeebe:assignmentDefinition candidateUsers="ann,bob"/><qc:approval policy="percent" minQuorum="5"/>`, "error quorum A"},
		{`<zeebe:assignmentDefinition candidateUsers="ann,bob"/><qc:approval policy="percent" veto="anne"/>`, "error not-a-candidate A"},
		{`<zeebe:assignmentDefinition candidateUsers="ann,bob"/><qc:approval policy="primary" primary="CHIEF@DP34"/>`,
			"error not-a-candidate A"},
		{`<zeebe:assignmentDefinition candidateUsers="ann,bob"/><qc:approval policy="weight" weights="bo:3"/>`, "error not-a-candidate A"},
		{held + `<zeebe:ioMapping><zeebe:output source="=x" target="amount"/></zeebe:ioMapping><qc:approval policy="any" keyFields="=[amount]"/>`, ""},
		{held + `<zeebe:ioMapping><zeebe:output source="=x" target="amount"/></zeebe:ioMapping><qc:approval policy="any" keyFields="=[amout]"/>`, "error unknown-key A"},
		{`<zeebe:assignmentDefinition candidateGroups="CHIEF@DP20"/>`, "warning vacant-group A"},
		{`<zeebe:assignmentDefinition candidateGroups="=&quot;CHIEF@&quot; + org.bureau"/>`, ""},
		{`<zeebe:assignmentDefinition candidateGroups="=[&quot;CLERK@&quot; + org.bureau, &quot;CLERK@&quot; + deptId]"/>`,
			"warning vacant-group A"},
		{`<zeebe:assignmentDefinition candidateGroups="=for u in org.joint return &quot;CHIEF@&quot; + u"/>`, "warning vacant-group A"},
		{`<zeebe:assignmentDefinition candidateGroups="=&quot;CHIEF@&quot; + org.hall"/>`, "warning no-unit(hall) A"},
		{`<zeebe:assignmentDefinition candidateGroups="=&quot;CHIEF@&quot; + org.burea"/>`, "warning unknown-function(burea) A"},
		{held + `<zeebe:ioMapping><zeebe:input source="=org.finance" target="x"/></zeebe:ioMapping>`, "warning no-unit(finance) A"},
		{``, "warning no-candidates A"},
		{held + `<zeebe:formDefinition formId="other"/>`, "error no-such-form A"},
		{held + `<qc:command name="project.burn"/>`, "error unknown-command A"},
		{held + `<zeebe:taskDefinition type="print"/>`, "error unknown-job A"},
		{held + `<zeebe:taskDefinition type="command:project.burn"/>`, "error unknown-command A"},
		{held + `<zeebe:taskDefinition type="command:project.stage"/>`, ""},
		{held + `<qc:approval policy="most"/>`, "error approval A"},
		{held + `<qc:approval policy="percent" threshold="2"/>`, "error approval A"},
		{held + `<qc:approval policy="weight" weights="CHIEF@DP34:much"/>`, "error approval A"},
		{held + `<qc:approval policy="any" operations="agree, applaud"/>`, "error approval A"},
		{held + `<qc:approval policy="any" operations="agree, return" returnTo="e"/>`, "error approval A"},
		{held + `<qc:approval policy="any" operations="agree, return" returnTo="A"/>`, ""},
	} {
		var got []string
		for _, f := range verify.Admit([]verify.File{{Name: "m.bpmn", Data: fmt.Appendf(nil, task, c.content)}}, around) {
			if !strings.HasPrefix(f.Code, "EXT") { // what was repaired
				s := short(f)
				if strings.HasPrefix(f.Code, "no-unit") || f.Code == "unknown-function" {
					s = strings.Replace(s, f.Code, f.Code+"("+f.Arg+")", 1)
				}
				got = append(got, s)
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: got %q, want %q", c.content, s, c.want)
		}
	}
}

func TestAdmitRefusesWhatIsNoModel(t *testing.T) {
	fs := verify.Admit([]verify.File{{Name: "x.bpmn", Data: []byte("no xml")}}, verify.Surroundings{})
	if !verify.HasErrors(fs) || fs[0].File != "x.bpmn" || fs[0].Text("zh") == "" {
		t.Errorf("got %+v", fs)
	}
}

// Nothing starts a process by a condition, and its author is told; a condition inside is another matter.
func TestConditionalStartIsSaid(t *testing.T) {
	const condition = `<conditionalEventDefinition><condition xsi:type="tFormalExpression">=true</condition></conditionalEventDefinition>`
	model := `<definitions xmlns="` + bpmn.NamespaceBPMN + `" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="t"><process id="p" isExecutable="true">
<startEvent id="s">` + condition + `</startEvent><sequenceFlow id="f1" sourceRef="s" targetRef="A"/><task id="A"/><sequenceFlow id="f2" sourceRef="A" targetRef="e"/><endEvent id="e"/>
<subProcess id="sub" triggeredByEvent="true"><startEvent id="i">` + condition + `</startEvent><sequenceFlow id="f3" sourceRef="i" targetRef="ie"/><endEvent id="ie"/></subProcess></process></definitions>`
	var got []string
	for _, f := range verify.Admit([]verify.File{{Name: "m.bpmn", Data: []byte(model)}}, verify.Surroundings{}) {
		if !strings.HasPrefix(f.Code, "EXT") {
			got = append(got, short(f))
		}
	}
	if s := strings.Join(got, " "); s != "warning conditional-start s" {
		t.Errorf("got %q", s)
	}
}
