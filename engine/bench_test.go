package engine

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/feel"
)

const bpmnHead = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ` +
	`xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">`

// program compiles the content of a definitions element.
func program(t testing.TB, body string) *Program {
	t.Helper()
	m, diags := bpmn.Parse([]byte(bpmnHead + body + "</definitions>"))
	if bpmn.HasErrors(diags) {
		t.Fatal(diags)
	}
	p, diags := Compile(m, Resources{})
	if p == nil {
		t.Fatal(diags)
	}
	return p
}

// chain is a process of n elements in a row; element is their XML with a place for the id.
func chain(element string, n int) string {
	var b strings.Builder
	b.WriteString(`<process id="p" isExecutable="true"><startEvent id="s"/>`)
	last := "s"
	for i := range n {
		id := fmt.Sprintf("e%d", i)
		fmt.Fprintf(&b, element, id)
		fmt.Fprintf(&b, `<sequenceFlow id="f%d" sourceRef="%s" targetRef="%s"/>`, i, last, id)
		last = id
	}
	fmt.Fprintf(&b, `<endEvent id="end"/><sequenceFlow id="last" sourceRef="%s" targetRef="end"/></process>`, last)
	return b.String()
}

// jobTask is a service task for a worker; userTaskXML waits for a person.
const (
	jobTask     = `<serviceTask id="%s"><extensionElements><zeebe:taskDefinition type="work"/></extensionElements></serviceTask>`
	userTaskXML = `<userTask id="%s"><extensionElements><zeebe:userTask/></extensionElements></userTask>`
)

var benchInput = Input{Now: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)}

func mustStep(t testing.TB, p *Program, s *State, ev Event) []Effect {
	t.Helper()
	effects, err := Step(p, s, ev, benchInput)
	if err != nil {
		t.Fatalf("%s: %v", ev.Type, err)
	}
	return effects
}

func openedJob(effects []Effect) (int64, bool) {
	for _, e := range effects {
		if j, ok := e.(JobOpened); ok {
			return j.Key, true
		}
	}
	return 0, false
}

// BenchmarkInstance runs a process of five service tasks from start to end, one
// step for each job.
func BenchmarkInstance(b *testing.B) {
	p := program(b, chain(jobTask, 5))
	b.ReportAllocs()
	for b.Loop() {
		s := NewState(7)
		effects := mustStep(b, p, s, Event{Type: Start, Process: "p", Variables: Vars{"a": feel.Int(1)}})
		for {
			key, ok := openedJob(effects)
			if !ok {
				break
			}
			effects = mustStep(b, p, s, Event{Type: CompleteJob, Key: key})
		}
		if !s.Ended() {
			b.Fatal("the instance has not ended")
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "instances/s")
}

// BenchmarkStep is one turn of an endless loop of a job, after ten and after ten
// thousand turns before: history costs nothing.
func BenchmarkStep(b *testing.B) {
	loop := `<process id="p" isExecutable="true"><startEvent id="s"/><exclusiveGateway id="g"/>` + fmt.Sprintf(jobTask, "w") +
		`<sequenceFlow id="a" sourceRef="s" targetRef="g"/><sequenceFlow id="b" sourceRef="g" targetRef="w"/><sequenceFlow id="c" sourceRef="w" targetRef="g"/></process>`
	p := program(b, loop)
	for _, before := range []int{10, 10_000} {
		b.Run(fmt.Sprintf("after%d", before), func(b *testing.B) {
			s := NewState(7)
			key, _ := openedJob(mustStep(b, p, s, Event{Type: Start, Process: "p"}))
			turn := func() {
				key, _ = openedJob(mustStep(b, p, s, Event{Type: CompleteJob, Key: key}))
			}
			for range before {
				turn()
			}
			b.ReportAllocs()
			for b.Loop() {
				turn()
				s.counter = 100_000 // keys are never the limit of a benchmark
			}
		})
	}
}

// BenchmarkParallelMultiInstance begins n instances and completes them one by
// one; the metric is the time for each, which must not grow with n.
func BenchmarkParallelMultiInstance(b *testing.B) {
	for _, n := range []int{100, 1000, 4000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := program(b, `<process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="a" sourceRef="s" targetRef="w"/>`+
				`<serviceTask id="w"><extensionElements><zeebe:taskDefinition type="work"/></extensionElements><multiInstanceLoopCharacteristics>`+
				fmt.Sprintf(`<loopCardinality>=%d</loopCardinality>`, n)+`</multiInstanceLoopCharacteristics></serviceTask></process>`)
			for b.Loop() {
				s := NewState(7)
				for _, e := range mustStep(b, p, s, Event{Type: Start, Process: "p"}) {
					if j, ok := e.(JobOpened); ok {
						mustStep(b, p, s, Event{Type: CompleteJob, Key: j.Key})
					}
				}
				if !s.Ended() {
					b.Fatal("the instance has not ended")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/instance")
		})
	}
}

// BenchmarkStoredStep adds what a shell does: read the state, step, write it.
func BenchmarkStoredStep(b *testing.B) {
	p := program(b, chain(userTaskXML, 5))
	s := NewState(7)
	mustStep(b, p, s, Event{Type: Start, Process: "p", Variables: tenVariables()})
	data, _ := json.Marshal(s)
	key := int64(0)
	for _, n := range s.nodes {
		if n.Task != nil {
			key = n.Task.Key
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		s := &State{}
		if err := json.Unmarshal(data, s); err != nil {
			b.Fatal(err)
		}
		mustStep(b, p, s, Event{Type: Operate, Operation: "complete", Key: key})
		if _, err := json.Marshal(s); err != nil {
			b.Fatal(err)
		}
	}
}

func tenVariables() Vars {
	vs := Vars{}
	for i := range 10 {
		vs[fmt.Sprintf("variable%d", i)] = "a value of some length, as forms have them"
	}
	return vs
}

// TestStateSize keeps a waiting instance with ten variables below 2 KB.
func TestStateSize(t *testing.T) {
	p := program(t, chain(userTaskXML, 1))
	s := NewState(7)
	mustStep(t, p, s, Event{Type: Start, Process: "p", Variables: tenVariables()})
	data, err := json.Marshal(s)
	if err != nil || len(data) >= 2048 {
		t.Errorf("%d bytes, %v: %s", len(data), err, data)
	}
}

func BenchmarkCompile200(b *testing.B) {
	m, _ := bpmn.Parse([]byte(bpmnHead + chain(jobTask, 200) + "</definitions>"))
	b.ReportAllocs()
	for b.Loop() {
		if p, diags := Compile(m, Resources{}); p == nil {
			b.Fatal(diags)
		}
	}
}
