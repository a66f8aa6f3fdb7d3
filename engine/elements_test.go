package engine

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/quancheng/quancheng/bpmn"
)

var updateDocs = flag.Bool("update-docs", false, "write docs/elements.md")

// docRow is one element of the standard in docs/elements.md.
type docRow struct {
	name    string
	section string // of BPMN 2.0.2
	file    string // behaviour
	match   func(*bpmn.Element) bool
}

func ofKind(k bpmn.Kind) func(*bpmn.Element) bool {
	return func(e *bpmn.Element) bool { return e.Kind == k && !e.EventSubProcess() }
}

func eventSub(e *bpmn.Element) bool {
	return e.Kind == bpmn.KindStartEvent && e.Parent != nil && e.Parent.EventSubProcess()
}

// triggers are the event definitions and the files that know them.
var triggers = []struct {
	kind bpmn.EventKind
	name string
	file string
}{
	{
		bpmn.MessageEvent, "message", "subscription.go",
	}, {bpmn.TimerEvent, "timer", "timer.go"}, {bpmn.ConditionalEvent, "conditional", "conditional.go"},
	{
		bpmn.SignalEvent, "signal", "subscription.go",
	}, {bpmn.ErrorEvent, "error", "throw.go"}, {bpmn.EscalationEvent, "escalation", "throw.go"},
	{bpmn.CompensateEvent, "compensation", "compensation.go"}, {bpmn.CancelEvent, "cancel", "element_transaction.go"},
	{bpmn.LinkEvent, "link", "element_event_throw.go"}, {bpmn.TerminateEvent, "terminate", "element_event_end.go"},
}

// positions are where events stand, with the definitions that the standard
// allows there (BPMN 2.0.2 table 10.93).
var positions = []struct {
	name, section string
	match         func(*bpmn.Element) bool
	triggers      string
}{
	{
		"start event", "§10.5.2", func(e *bpmn.Element) bool { return e.Kind == bpmn.KindStartEvent && !eventSub(e) },
		"message timer conditional signal",
	},
	{
		"start event of an event sub-process, interrupting", "§10.3.5",
		func(e *bpmn.Element) bool { return eventSub(e) && e.Event.Interrupting },
		"message timer conditional signal error escalation compensation",
	},
	{
		"start event of an event sub-process, not interrupting", "§10.3.5",
		func(e *bpmn.Element) bool { return eventSub(e) && !e.Event.Interrupting }, "message timer conditional signal escalation",
	},
	{"intermediate catch event", "§10.5.4", ofKind(bpmn.KindIntermediateCatchEvent), "message timer conditional signal link"},
	{
		"boundary event, interrupting", "§10.5.4",
		func(e *bpmn.Element) bool { return e.Kind == bpmn.KindBoundaryEvent && e.Event.Interrupting },
		"message timer conditional signal error escalation compensation cancel",
	},
	{
		"boundary event, not interrupting", "§10.5.4",
		func(e *bpmn.Element) bool { return e.Kind == bpmn.KindBoundaryEvent && !e.Event.Interrupting },
		"message timer conditional signal escalation",
	},
	{"intermediate throw event", "§10.5.4", ofKind(bpmn.KindIntermediateThrowEvent), "message signal escalation compensation link"},
	{"end event", "§10.5.3", ofKind(bpmn.KindEndEvent), "message signal error escalation compensation cancel terminate"},
}

// docRows lists all that can be executed.
func docRows() []docRow {
	rows := []docRow{
		{"process", "§10.2", "element_process.go", ofKind(bpmn.KindProcess)},
		{"abstract task", "§10.3.3", "elements.go", ofKind(bpmn.KindTask)},
		{"manual task", "§10.3.3", "elements.go", ofKind(bpmn.KindManualTask)},
		{"user task", "§10.3.3", "element_user_task.go", ofKind(bpmn.KindUserTask)},
		{"service task", "§10.3.3", "element_service_task.go", ofKind(bpmn.KindServiceTask)},
		{"send task", "§10.3.3", "element_send_task.go", ofKind(bpmn.KindSendTask)},
		{"receive task", "§10.3.3", "element_receive_task.go", ofKind(bpmn.KindReceiveTask)},
		{"script task", "§10.3.3", "element_script_task.go", ofKind(bpmn.KindScriptTask)},
		{"business rule task", "§10.3.3", "element_business_rule_task.go", ofKind(bpmn.KindBusinessRuleTask)},
		{"call activity", "§10.3.6", "element_call_activity.go", ofKind(bpmn.KindCallActivity)},
		{"global task", "§10.3.7", "elements.go", ofKind(bpmn.KindGlobalTask)},
		{"global manual task", "§10.3.7", "elements.go", ofKind(bpmn.KindGlobalManualTask)},
		{"global user task", "§10.3.7", "element_user_task.go", ofKind(bpmn.KindGlobalUserTask)},
		{"global script task", "§10.3.7", "element_script_task.go", ofKind(bpmn.KindGlobalScriptTask)},
		{"global business rule task", "§10.3.7", "element_business_rule_task.go", ofKind(bpmn.KindGlobalBusinessRuleTask)},
		{"sub-process", "§10.3.5", "element_sub_process.go", ofKind(bpmn.KindSubProcess)},
		{"event sub-process", "§10.3.5", "element_sub_process.go", (*bpmn.Element).EventSubProcess},
		{"transaction", "§10.3.5", "element_transaction.go", ofKind(bpmn.KindTransaction)},
		{
			"ad-hoc sub-process, parallel", "§10.3.5", "element_ad_hoc.go",
			func(e *bpmn.Element) bool { return e.Kind == bpmn.KindAdHocSubProcess && !e.Scope.AdHoc.Sequential },
		},
		{
			"ad-hoc sub-process, sequential", "§10.3.5", "element_ad_hoc.go",
			func(e *bpmn.Element) bool { return e.Kind == bpmn.KindAdHocSubProcess && e.Scope.AdHoc.Sequential },
		},
		{"standard loop", "§10.3.8", "loop.go", func(e *bpmn.Element) bool { return e.Activity != nil && e.Activity.Loop != nil }},
		{"multi-instance, parallel", "§10.3.8", "loop.go", multi(func(m *bpmn.MultiInstance) bool { return !m.Sequential })},
		{"multi-instance, sequential", "§10.3.8", "loop.go", multi(func(m *bpmn.MultiInstance) bool { return m.Sequential })},
		{
			"multi-instance with events", "§10.3.8", "loop.go",
			multi(func(m *bpmn.MultiInstance) bool { return m.Behavior != "" && m.Behavior != "All" }),
		},
		{
			"compensation handler", "§10.7.1", "compensation.go",
			func(e *bpmn.Element) bool { return e.Activity != nil && e.Activity.ForCompensation },
		},
		{"start and completion quantity", "§10.3", "flow.go", func(e *bpmn.Element) bool {
			return e.Activity != nil && (e.Activity.StartQuantity > 1 || e.Activity.CompletionQuantity > 1)
		}},
		{
			"conditional flow of an activity", "§8.4.13", "flow.go",
			func(e *bpmn.Element) bool { return e.Activity != nil && hasCondition(e) },
		},
		{"exclusive gateway", "§10.6.2", "element_gateway_exclusive.go", ofKind(bpmn.KindExclusiveGateway)},
		{"inclusive gateway", "§10.6.3", "element_gateway_inclusive.go", ofKind(bpmn.KindInclusiveGateway)},
		{"parallel gateway", "§10.6.4", "element_gateway_parallel.go", ofKind(bpmn.KindParallelGateway)},
		{"complex gateway", "§10.6.5", "element_gateway_complex.go", ofKind(bpmn.KindComplexGateway)},
		{"event-based gateway", "§10.6.6", "element_gateway_event_based.go", ofKind(bpmn.KindEventBasedGateway)},
		{
			"event-based gateway that begins a process", "§10.6.6", "element_gateway_event_based.go",
			func(e *bpmn.Element) bool { return e.Gateway != nil && e.Gateway.Instantiate },
		},
	}
	for _, p := range positions {
		if !strings.Contains(p.name, "boundary") && !strings.Contains(p.name, "sub-process") && !strings.Contains(p.name, "catch") {
			rows = append(
				rows,
				docRow{
					p.name + ": none", p.section, "elements.go",
					func(e *bpmn.Element) bool { return p.match(e) && len(e.Event.Definitions) == 0 },
				},
			)
		}
		for _, t := range triggers {
			if strings.Contains(" "+p.triggers+" ", " "+t.name+" ") {
				rows = append(
					rows,
					docRow{p.name + ": " + t.name, p.section, t.file, func(e *bpmn.Element) bool { return p.match(e) && e.Has(t.kind) }},
				)
			}
		}
	}
	for _, parallel := range []bool{false, true} {
		name := map[bool]string{false: "multiple events", true: "parallel multiple events"}[parallel]
		rows = append(rows, docRow{name, "§10.5.5", "subscription.go", func(e *bpmn.Element) bool {
			return e.Event != nil && len(e.Event.Definitions) > 1 && e.Event.ParallelMultiple == parallel
		}})
	}
	rows = append(rows, docRow{"input sets of an activity", "§10.4.1, §13.3.2", "input_set.go", func(e *bpmn.Element) bool {
		return e.Kind.IsActivity() && e.IO != nil && len(e.IO.InputSets) > 0
	}})
	return rows
}

func multi(f func(*bpmn.MultiInstance) bool) func(*bpmn.Element) bool {
	return func(e *bpmn.Element) bool { return e.Activity != nil && e.Activity.Multi != nil && f(e.Activity.Multi) }
}

func hasCondition(e *bpmn.Element) bool {
	for _, f := range e.Outgoing {
		if f.Condition != nil {
			return true
		}
	}
	return false
}

// scriptModels reads the models of all scripts, by script name in order.
func scriptModels(t *testing.T) (names []string, elements map[string][]*bpmn.Element) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts (%v)", err)
	}
	elements = map[string][]*bpmn.Element{}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		names = append(names, name)
		for _, f := range archive.Files {
			if filepath.Ext(f.Name) != ".bpmn" {
				continue
			}
			m, diags := bpmn.Parse(
				[]byte(
					`<definitions xmlns="` + bpmn.NamespaceBPMN + `" xmlns:xsi="` + bpmn.NamespaceXSI +
						`" xmlns:zeebe="` + bpmn.NamespaceZeebe + `">` + string(
						f.Data,
					) + `</definitions>`,
				),
			)
			if m == nil {
				t.Fatalf("%s: %v", file, diags)
			}
			for _, e := range append(append([]*bpmn.Element{}, m.Processes...), m.GlobalTasks...) {
				elements[name] = append(elements[name], below(e)...)
			}
		}
	}
	return names, elements
}

func below(e *bpmn.Element) []*bpmn.Element {
	out := []*bpmn.Element{e}
	if e.Scope != nil {
		for _, c := range e.Scope.Elements {
			out = append(out, below(c)...)
		}
	}
	return out
}

// TestElementsDocument keeps docs/elements.md in step with the code: every
// element of the standard has a behaviour and a script that plays it.
func TestElementsDocument(t *testing.T) {
	names, elements := scriptModels(t)
	var b strings.Builder
	b.WriteString(
		"# Elements of BPMN 2.0.2 that are executed\n\nGenerated by `go test ./engine -run TestElementsDocument -update-docs`; a test fails when it is stale.\n" +
			"Scripts are `engine/testdata/*.txtar`. Besides, `conformance` plays suites that others wrote, and `engine/enginetest` random models.\n\n" +
			"| element | section | behaviour | scripts |\n|---|---|---|---|\n",
	)
	rows := docRows()
	plays := make([][]string, len(rows)) // scripts by row
	breadth := map[string]int{}          // rows by script
	for i, r := range rows {
		for _, name := range names {
			if slices.ContainsFunc(elements[name], r.match) {
				plays[i] = append(plays[i], name)
				breadth[name]++
			}
		}
	}
	for i, r := range rows {
		if _, err := os.Stat(r.file); err != nil {
			t.Errorf("%s: there is no file %s", r.name, r.file)
		}
		if len(plays[i]) == 0 {
			t.Errorf("%s: no script plays it", r.name)
		}
		fmt.Fprintf(&b, "| %s | %s | [%s](../engine/%s) | %s |\n", r.name, r.section, r.file, r.file, scriptLinks(plays[i], breadth))
	}
	b.WriteString("\nChoreographies, conversations, artifacts, lanes and message flows are read, checked, written and not executed.\n")
	const file = "../docs/elements.md"
	if *updateDocs {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil || string(have) != b.String() {
		t.Errorf("%s is stale (%v): run the test with -update-docs", file, err)
	}
}

// mostScripts is how many scripts a row names.
const mostScripts = 4

// scriptLinks names the scripts that are most about a row: those that play the fewest others.
func scriptLinks(scripts []string, breadth map[string]int) string {
	slices.SortStableFunc(scripts, func(a, b string) int { return breadth[a] - breadth[b] })
	var links []string
	for _, name := range scripts[:min(len(scripts), mostScripts)] {
		links = append(links, fmt.Sprintf("[%s](../engine/testdata/%s.txtar)", name, name))
	}
	if rest := len(scripts) - len(links); rest > 0 {
		links = append(links, fmt.Sprintf("and %d more", rest))
	}
	return strings.Join(links, ", ")
}

// TestEveryKindHasARow: a kind that can be executed without a row in the document would be untested.
func TestEveryKindHasARow(t *testing.T) {
	for kind := range behaviours {
		probe := []*bpmn.Element{
			{
				Kind: kind, Event: &bpmn.EventPart{}, Gateway: &bpmn.GatewayPart{}, Activity: &bpmn.ActivityPart{},
				Scope: &bpmn.ScopePart{AdHoc: &bpmn.AdHocPart{}},
			},
		}
		if kind == bpmn.KindBoundaryEvent || kind == bpmn.KindIntermediateCatchEvent {
			probe[0].Event.Definitions = []*bpmn.EventDefinition{{Kind: bpmn.MessageEvent}}
		}
		found := false
		for _, r := range docRows() {
			found = found || r.match(probe[0])
		}
		if !found {
			t.Errorf("docs/elements.md has no row for %s", kind)
		}
	}
}
