package engine

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/feel"
)

func (c *compiler) report(sev bpmn.Severity, rule string, pos bpmn.Pos, id, format string, args ...any) {
	c.diags = append(
		c.diags,
		bpmn.Diagnostic{Rule: rule, Severity: sev, Line: pos.Line, Col: pos.Col, Element: id, Message: fmt.Sprintf(format, args...)},
	)
}

func (c *compiler) fail(rule string, pos bpmn.Pos, id, format string, args ...any) {
	c.report(bpmn.Error, rule, pos, id, format, args...)
}

func (c *compiler) warn(rule string, pos bpmn.Pos, id, format string, args ...any) {
	c.report(bpmn.Warn, rule, pos, id, format, args...)
}

// expr compiles FEEL after "=", else the text is a literal. An empty text is nil.
func (c *compiler) expr(id string, pos bpmn.Pos, text string) *expr {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	source, isFEEL := strings.CutPrefix(text, "=")
	if !isFEEL {
		return &expr{text: fmt.Sprintf("%q", text), value: text}
	}
	parsed, diags := feel.Parse(source, feel.Options{Camunda: true})
	if !c.feel(id, pos, text, diags) {
		return nil
	}
	program, diags := parsed.Compile(feel.Scope{Open: true})
	if !c.feel(id, pos, text, diags) {
		return nil
	}
	return &expr{text: text, program: program}
}

// feel reports the diagnostics of an expression and whether it can be used.
func (c *compiler) feel(id string, pos bpmn.Pos, text string, diags []feel.Diagnostic) bool {
	ok := true
	for _, d := range diags {
		sev := bpmn.Warn
		if d.Severity == feel.Error {
			sev, ok = bpmn.Error, false
		}
		c.report(sev, "expression", pos, id, "the expression %s, at %d:%d: %s", text, d.Line, d.Col+1, d.Message)
		c.diags[len(c.diags)-1].Hint = d.Hint
	}
	return ok
}

// expression compiles an expression element.
func (c *compiler) expression(id string, e *bpmn.Expression) *expr {
	if e == nil {
		return nil
	}
	return c.expr(id, e.Pos, e.Text)
}

// literalText is the text of an expression that is none.
func literalText(x *expr) (string, bool) {
	if x == nil || x.program != nil {
		return "", false
	}
	text, ok := x.value.(string)
	return text, ok
}

// condition compiles an expression that must be true or false.
func (c *compiler) condition(id string, e *bpmn.Expression) *expr {
	if e == nil {
		return nil
	}
	switch e.Text {
	case "true", "false":
		return &expr{text: e.Text, value: e.Text == "true"}
	}
	x := c.expression(id, e)
	if x == nil || x.program == nil {
		if x != nil || e.Text == "" { // else the expression is reported already
			c.fail("condition", e.Pos, id, "the condition %q of %s is not a FEEL expression; begin it with =", e.Text, id)
		}
		return literal(nil)
	}
	return x
}

// details compiles what an element has of its own.
func (c *compiler) details(el *element) {
	e, x := el.src, &el.src.Ext
	for _, m := range x.Inputs {
		el.inputs = c.mapping(el, el.inputs, m)
	}
	for _, m := range x.Outputs {
		el.outputs = c.mapping(el, el.outputs, m)
	}
	c.dataFlow(el)
	c.inputSets(el)
	if e.Event != nil {
		el.interrupting, el.parallelCatch = e.Event.Interrupting, e.Event.ParallelMultiple && len(e.Event.Definitions) > 1
		for _, d := range e.Event.Definitions {
			el.events = append(el.events, c.event(el, d))
		}
		c.link(el)
	}
	if t := x.TaskDefinition; t != nil {
		c.job(el, t)
	}
	if e.Gateway != nil && e.Gateway.ActivationCondition != nil {
		el.activation = c.condition(el.id, e.Gateway.ActivationCondition)
	}
	if e.Activity != nil {
		c.activity(el)
	}
}

func (c *compiler) mapping(el *element, list []mapping, m bpmn.Mapping) []mapping {
	target := strings.Split(strings.TrimSpace(m.Target), ".")
	for _, part := range target {
		if part == "" {
			c.fail("mapping", m.Pos, el.id, "the mapping of %s has the target %q, which is not a variable", el.id, m.Target)
			return list
		}
	}
	source := c.expr(el.id, m.Pos, m.Source)
	if source == nil {
		source = literal(nil)
	}
	return append(list, mapping{source, target})
}

func (c *compiler) job(el *element, t *bpmn.TaskDefinition) {
	typ := c.expr(el.id, t.Pos, t.Type)
	if typ == nil {
		c.fail("job-type", t.Pos, el.id, "the job type of %s is empty", el.id)
		return
	}
	retries := c.expr(el.id, t.Pos, t.Retries)
	if retries == nil {
		retries = literal("3")
	}
	el.job = &jobPlan{typ: typ, retries: retries, headers: el.src.Ext.Headers}
}

// activity compiles tasks, sub-processes and call activities.
func (c *compiler) activity(el *element) {
	e, a, x := el.src, el.src.Activity, &el.src.Ext
	el.startQuantity, el.completionQuantity = a.StartQuantity, a.CompletionQuantity
	if a.StartQuantity < 1 || a.CompletionQuantity < 1 {
		c.fail("quantity", e.Pos, el.id, "startQuantity and completionQuantity of %s must be at least 1", el.id)
	}
	if a.Loop != nil {
		el.loop = &loop{
			testBefore: a.Loop.TestBefore, maximum: c.expression(el.id, a.Loop.Maximum), condition: c.condition(el.id, a.Loop.Condition),
		}
	}
	if a.Multi != nil {
		c.multi(el, a.Multi)
	}
	switch el.kind {
	case bpmn.KindUserTask, bpmn.KindGlobalUserTask:
		c.userTask(el)
	case bpmn.KindCallActivity:
		c.callActivity(el)
	case bpmn.KindScriptTask, bpmn.KindGlobalScriptTask:
		c.script(el)
	case bpmn.KindBusinessRuleTask, bpmn.KindGlobalBusinessRuleTask:
		if d := x.CalledDecision; d != nil {
			el.decision, el.result = c.expr(el.id, d.Pos, d.Decision), d.Result
			if id, fixed := literalText(el.decision); fixed && c.r.Decisions != nil && !c.r.Decisions.Has(id) {
				c.fail("no-such-decision", d.Pos, el.id, "the bundle has no decision %q", id)
			}
		}
	case bpmn.KindSendTask, bpmn.KindReceiveTask:
		m := a.Message
		if m == nil && a.Operation != nil {
			m = a.Operation.InMessage
		}
		if m != nil {
			el.message = c.message(el, m, "")
		}
		if el.kind == bpmn.KindReceiveTask {
			if el.message == nil {
				c.warn("no-message", e.Pos, el.id, "the receive task %s names no message; it will stop with an incident", el.id)
				el.message = &event{kind: bpmn.MessageEvent}
			}
			el.events, el.interrupting = []*event{el.message}, true
		}
	case bpmn.KindAdHocSubProcess:
		h := e.Scope.AdHoc
		el.adHoc = &adHoc{
			sequential: h.Sequential, cancelRemaining: h.CancelRemaining, completion: c.condition(el.id, h.CompletionCondition),
			active: c.expr(el.id, e.Pos, x.ActiveElements),
		}
	}
}

func (c *compiler) callActivity(el *element) {
	e, called := el.src, el.src.Ext.CalledElement
	plan := &callPlan{propagateParent: true}
	text := e.Activity.CalledElement
	if called != nil {
		plan.propagateParent, plan.propagateChild = called.PropagateParent, called.PropagateChild
		if called.Process != "" {
			text = called.Process
		}
	}
	if i := strings.LastIndexByte(text, ':'); i >= 0 && !strings.HasPrefix(text, "=") {
		text = text[i+1:] // a QName
	}
	if plan.process = c.expr(el.id, e.Pos, text); plan.process == nil {
		c.warn("no-process", e.Pos, el.id, "the call activity %s does not name a process; it will stop with an incident", el.id)
		plan.process = literal("")
	}
	el.call = plan
}

func (c *compiler) script(el *element) {
	a, x := el.src.Activity, &el.src.Ext
	switch {
	case x.Script != nil:
		el.script, el.result = c.expr(el.id, x.Script.Pos, x.Script.Expression), x.Script.Result
	case el.job == nil && a.Script != "" && strings.Contains(strings.ToLower(a.ScriptFormat), "feel"):
		el.script = c.expr(el.id, el.src.Pos, "="+strings.TrimPrefix(strings.TrimSpace(a.Script), "="))
		el.result = x.Properties["resultVariable"]
	case el.job == nil && a.Script != "":
		c.fail("script", el.src.Pos, el.id, "%s has a script in %q; write FEEL, or give it a job type", el.id, a.ScriptFormat)
	}
}

// multi compiles a multi-instance marker: zeebe:loopCharacteristics, or the
// standard's data references.
func (c *compiler) multi(el *element, m *bpmn.MultiInstance) {
	mi := &multiInstance{
		sequential: m.Sequential, cardinality: c.expression(el.id, m.Cardinality), completion: c.condition(el.id, m.CompletionCondition),
		behaviour: m.Behavior,
	}
	if z := m.Zeebe; z != nil {
		mi.collection, mi.item = c.expr(el.id, z.Pos, z.InputCollection), z.InputElement
		mi.output, mi.outputTo = c.expr(el.id, z.Pos, z.OutputElement), z.OutputCollection
		mi.own = resultVariable(z.OutputElement)
	} else {
		c.dataLoop(el, m, mi)
	}
	if mi.collection == nil && mi.cardinality == nil {
		c.fail("multi-instance", m.Pos, el.id, "the multi-instance %s has neither a collection nor a cardinality", el.id)
		mi.cardinality = literal("0")
	}
	if m.NoneEvent != nil {
		mi.none = c.event(el, m.NoneEvent)
	}
	if m.OneEvent != nil {
		mi.one = c.event(el, m.OneEvent)
	}
	for _, b := range m.Complex {
		cb := complexBehaviour{condition: c.condition(el.id, b.Condition)}
		for _, d := range b.Event {
			cb.events = append(cb.events, c.event(el, d))
		}
		mi.complex = append(mi.complex, cb)
	}
	el.multi = mi
}

// resultName matches an output element that is a variable or a path in one.
var resultName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_.]*)?$`)

// resultVariable is the variable that each instance gets for its own result, so
// that parallel instances do not overwrite one another.
func resultVariable(outputElement string) string {
	path := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(outputElement), "="))
	if !resultName.MatchString(path) {
		return ""
	}
	name, _, _ := strings.Cut(path, ".")
	return name
}

// dataLoop reads loopDataInputRef and its siblings: the variables have the names of the data.
func (c *compiler) dataLoop(el *element, m *bpmn.MultiInstance, mi *multiInstance) {
	variable := func(ref string) *expr { return c.expr(el.id, m.Pos, "=`"+ref+"`") }
	if m.InputRef != "" {
		mi.collection = variable(c.dataName(m.InputRef))
	}
	if m.InputItem != nil {
		mi.item = orID(m.InputItem.Name, m.InputItem.ID)
	}
	if m.OutputRef != "" {
		mi.outputTo = c.dataName(m.OutputRef)
	}
	if m.OutputItem != nil && mi.outputTo != "" {
		mi.output = variable(orID(m.OutputItem.Name, m.OutputItem.ID))
	}
}

func orID(name, id string) string {
	if name != "" {
		return name
	}
	return id
}
