package engine

import (
	"slices"
	"testing"

	"github.com/quancheng/quancheng/dmn"
	"github.com/quancheng/quancheng/feel"
)

// TestIncidentsAreTriedAgain: an expression that cannot be evaluated stops its
// token at the element; once the variable is mended, the same element goes on.
func TestIncidentsAreTriedAgain(t *testing.T) {
	task := func(id, inner string) string {
		return `<userTask id="` + id + `"><extensionElements><zeebe:userTask/>` + inner + `</extensionElements>`
	}
	two := `<parallelGateway id="f"/><sequenceFlow id="f1" sourceRef="s" targetRef="f"/><task id="a"/><task id="b"/>` +
		`<sequenceFlow id="f2" sourceRef="f" targetRef="a"/><sequenceFlow id="f3" sourceRef="f" targetRef="b"/>` +
		`<sequenceFlow id="f4" sourceRef="a" targetRef="x"/><sequenceFlow id="f5" sourceRef="b" targetRef="x"/>`
	for _, c := range []struct{ name, body, code string }{
		{"flow condition",
			`<exclusiveGateway id="x"/><sequenceFlow id="f1" sourceRef="s" targetRef="x"/><sequenceFlow id="f2" sourceRef="x" targetRef="u"><conditionExpression xsi:type="tFormalExpression">=v &gt; 0</conditionExpression></sequenceFlow>` + task("u", "") + "</userTask>", "condition"},
		{"timer", task("x", "") +
			`</userTask><sequenceFlow id="f1" sourceRef="s" targetRef="x"/><boundaryEvent id="b" attachedToRef="x"><timerEventDefinition id="d"><timeDuration xsi:type="tFormalExpression">=if v = null then 5 else "PT1H"</timeDuration></timerEventDefinition></boundaryEvent>`, "timer"},
		{"collection", task("x", "") +
			`<multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=if v = null then null else [v]" inputElement="i"/></extensionElements></multiInstanceLoopCharacteristics></userTask><sequenceFlow id="f1" sourceRef="s" targetRef="x"/>`, "collection"},
		{"cardinality", task("x", "") +
			`<multiInstanceLoopCharacteristics><loopCardinality>=if v = null then -1 else v</loopCardinality></multiInstanceLoopCharacteristics></userTask><sequenceFlow id="f1" sourceRef="s" targetRef="x"/>`, "number"},
		{"called process",
			`<callActivity id="x"><extensionElements><zeebe:calledElement processId="=if v = null then &quot;none&quot; else &quot;q&quot;"/></extensionElements></callActivity><sequenceFlow id="f1" sourceRef="s" targetRef="x"/>`, "no-such-process"},
		{"job type",
			`<serviceTask id="x"><extensionElements><zeebe:taskDefinition type="=if v = null then null else &quot;work&quot;"/></extensionElements></serviceTask><sequenceFlow id="f1" sourceRef="s" targetRef="x"/>`, "name"},
		{"candidates", task("x", `<zeebe:assignmentDefinition candidateGroups="=if v = null then 7 else [&quot;G&quot;]"/>`) +
			`</userTask><sequenceFlow id="f1" sourceRef="s" targetRef="x"/>`, "candidates"},
		{"activation condition", two +
			`<complexGateway id="x"><activationCondition xsi:type="tFormalExpression">=activationCount &gt;= v + 1</activationCondition></complexGateway><sequenceFlow id="f6" sourceRef="x" targetRef="u"/>` + task("u", "") + "</userTask>", "condition"},
	} {
		body := `<process id="p" isExecutable="true"><startEvent id="s"/>` + c.body +
			`</process><process id="q" isExecutable="true">` + task(
			"uq", "",
		) + `</userTask></process>`
		g := newGame(t, body, nil)
		raised := incidents(g.effects)
		if len(raised) != 1 || raised[0].Element != "x" || raised[0].Code != c.code {
			t.Errorf("%s: incidents %+v, want %s at x", c.name, raised, c.code)
			continue
		}
		if err := g.step(Event{Type: ResolveIncident, Key: raised[0].Key}); err != nil {
			t.Fatal(err)
		}
		again := incidents(g.effects)
		if len(again) != 1 || again[0].Code != c.code {
			t.Errorf("%s: tried again without a cure, incidents are %+v", c.name, again)
			continue
		}
		if err := g.step(Event{Type: SetVariables, Key: 3, Variables: Vars{"v": feel.Int(1)}}); err != nil {
			t.Fatal(err)
		}
		if err := g.step(Event{Type: ResolveIncident, Key: again[0].Key}); err != nil {
			t.Fatal(err)
		}
		_, job := openedJob(g.effects)
		if left := incidents(g.effects); len(left) != 0 || len(g.tasks) != 1 && !job {
			t.Errorf("%s: after the cure incidents are %+v, open are %v", c.name, left, g.open())
		}
	}
}

func incidents(effects []Effect) []IncidentRaised {
	var out []IncidentRaised
	for _, e := range effects {
		if i, ok := e.(IncidentRaised); ok {
			out = append(out, i)
		}
	}
	return out
}

// decisionTable answers one decision, and fails on another.
type decisionTable struct{}

func (decisionTable) Has(id string) bool { return id == "level" }
func (decisionTable) Decide(_ string, _ feel.Env, vars feel.Vars) (dmn.Result, error) {
	amount, _ := vars.Get("amount")
	if n, ok := amount.(feel.Number); ok && n.Cmp(feel.Int(100)) > 0 {
		return dmn.Result{Value: "high", Trace: &dmn.Trace{Steps: []dmn.TraceStep{{Kind: "input", Name: "amount", Value: n}}}}, nil
	}
	return dmn.Result{}, faultf("x", "the table has no row for %v", amount)
}

func TestBusinessRuleTask(t *testing.T) {
	p := program(
		t,
		`<process id="p" isExecutable="true"><businessRuleTask id="r"><extensionElements><zeebe:calledDecision decisionId="=&quot;level&quot;" resultVariable="level"/></extensionElements></businessRuleTask>`+
			`<sequenceFlow id="f" sourceRef="r" targetRef="u"/><userTask id="u"><extensionElements><zeebe:userTask/></extensionElements></userTask></process>`,
	)
	p.decisions = decisionTable{}
	s := NewState(1)
	raised := incidents(mustStep(t, p, s, Event{Type: Start, Process: "p"}))
	if len(raised) != 1 || raised[0].Code != "decision" || raised[0].Element != "r" {
		t.Fatalf("incidents: %+v", raised)
	}
	mustStep(t, p, s, Event{Type: SetVariables, Key: 1, Variables: Vars{"amount": feel.Int(101)}})
	effects := mustStep(t, p, s, Event{Type: ResolveIncident, Key: raised[0].Key})
	if got := s.owners[1].Vars["level"]; got != "high" {
		t.Errorf("level is %v", got)
	}
	i := slices.IndexFunc(effects, func(e Effect) bool { _, ok := e.(DecisionMade); return ok })
	if i < 0 {
		t.Fatalf("no effect says how it was decided: %+v", effects)
	}
	if made := effects[i].(DecisionMade); made.Decision != "level" || made.Element != "r" || made.Output != "high" || len(made.Trace) != 1 {
		t.Errorf("decided %+v", made)
	}
}
