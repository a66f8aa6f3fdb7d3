package enginetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/engine/play"
	"github.com/quancheng/quancheng/feel"
)

// Script plays the file "script" of a txtar archive on the engine in memory. A
// line "> command" is a command, the lines below it are what happened. With
// update, what happens is written back.
//
//	> deploy FILE…                  let models of the archive in (flow lists are repaired)
//	> start PROCESS [EVENT] [x=1 …] values are JSON, or else texts
//	> complete TASK [x=1 …]         the oldest open user task of that element
//	> job TYPE [x=1 …]              complete the oldest waiting job
//	> fail TYPE RETRIES [MESSAGE]   fail it
//	> error TYPE CODE               answer it with a BPMN error
//	> message NAME KEY [x=1 …]      > signal NAME [x=1 …]
//	> advance DURATION|next         > drain
//	> set x=1 …                     variables of the instance started last
//	> resolve                       try all incidents again
//	> cancel                        > restart
//	> act PERSON OPERATION TASK [to=TASK] [with=A,B] [mode=M] [code=C] [post=P] [seat=N] [admin=yes] [x=1 …]
//	                                the open approval or task of that element, else the one that was open last
//	> govern PERSON EVENT [code=C]  suspend, resume, withdraw or terminate the instance started last
func Script(t *testing.T, file string, update bool) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range archive.Files {
		f := &archive.Files[i]
		if f.Name != "script" {
			continue
		}
		got := perform(t, archive, string(f.Data))
		if got == string(f.Data) {
			return
		}
		if !update {
			t.Fatalf("%s differs; look, then run the test with -update\n%s", file, difference(string(f.Data), got))
		}
		f.Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatalf("%s has no file called script", file)
}

// difference is the first line that differs, with those before it.
func difference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return fmt.Sprintf(
		"line %d\n  have %q\n  want %q\nafter\n%s", i+1, at(b, i), at(a, i), strings.Join(b[max(0, i-8):min(i, len(b))], "\n"),
	)
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(the end)"
}

// perform runs the commands of a script and gives it back with what happened.
func perform(t *testing.T, archive *txtar.Archive, script string) string {
	models := map[string][]byte{}
	for _, f := range archive.Files {
		if path.Ext(f.Name) == ".bpmn" {
			models[f.Name] = repaired(t, f.Name, f.Data)
		}
	}
	model := func(name string) ([]byte, error) {
		if data, ok := models[name]; ok {
			return data, nil
		}
		return nil, fmt.Errorf("the archive has no file %q", name)
	}
	var out strings.Builder
	p := play.NewPlayer(play.NewMemory(true), model, nil)
	p.Tolerate()
	names, seated := map[int64]string{}, map[int64]string{}
	p.Observe = func(e engine.Effect) {
		if line := describe(e, names, seated); line != "" {
			fmt.Fprintf(&out, "  %s\n", line)
		}
	}
	for _, line := range strings.Split(script, "\n") {
		command, ok := strings.CutPrefix(line, "> ")
		if !ok {
			if strings.HasPrefix(line, "#") {
				fmt.Fprintln(&out, line)
			}
			continue
		}
		fmt.Fprintln(&out, line)
		if command == "resolve" {
			if err := p.Resolve(); err != nil {
				fmt.Fprintf(&out, "  refused: %v\n", err)
			}
			continue
		}
		if do := approval(p, command); do != nil {
			if err := do(); err != nil {
				fmt.Fprintf(&out, "  refused: %s\n", strings.ReplaceAll(err.Error(), "\n", "\n  "))
			}
			continue
		}
		step, err := read(command)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if err := p.Do(step); err != nil {
			fmt.Fprintf(&out, "  refused: %s\n", strings.ReplaceAll(err.Error(), "\n", "\n  "))
		}
	}
	return out.String()
}

// repaired adds what the models of scripts leave out for brevity.
func repaired(t *testing.T, name string, data []byte) []byte {
	if !bytes.Contains(data, []byte("definitions")) {
		data = []byte(prolog + string(data) + "</definitions>\n")
	}
	m, diags := bpmn.Parse(data)
	if m == nil {
		t.Fatalf("%s: %v", name, diags)
	}
	bpmn.Repair(m)
	out, err := m.Write()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// read turns a command into a step of the conformance format.
func read(command string) (*play.Step, error) {
	words := strings.Fields(command)
	var plain []string
	vars := map[string]json.RawMessage{}
	for _, w := range words[1:] {
		name, value, ok := strings.Cut(w, "=")
		if !ok {
			plain = append(plain, w)
			continue
		}
		vars[name] = json.RawMessage(value)
		if !json.Valid(vars[name]) {
			text, err := json.Marshal(value)
			if err != nil {
				return nil, err
			}
			vars[name] = text
		}
	}
	data, err := json.Marshal(vars)
	if err != nil {
		return nil, err
	}
	c := commands[words[0]]
	if c.step == nil || len(plain) < c.words {
		return nil, errors.New("the command is unknown, or lacks words")
	}
	plain = append(plain, "", "")
	s := c.step(plain)
	s.Vars = data
	return s, nil
}

// commands are the words of a script; each needs so many plain words.
var commands = map[string]struct {
	words int
	step  func(w []string) *play.Step
}{
	"deploy": {1, func(w []string) *play.Step {
		return &play.Step{Do: "deploy", Models: w[:len(w)-2], Result: "ok"}
	}},
	"start": {1, func(w []string) *play.Step {
		return &play.Step{Do: "start", Instance: "it", Process: w[0], Element: w[1]}
	}},
	"complete": {1, func(w []string) *play.Step {
		return &play.Step{Do: "complete", Task: &play.Filter{ID: &w[0]}}
	}},
	"job": {1, func(w []string) *play.Step { return &play.Step{Do: "complete_job", Type: w[0]} }},
	"fail": {2, func(w []string) *play.Step {
		return &play.Step{Do: "fail_job", Type: w[0], Retries: len(strings.Trim(w[1], "0")), Message: w[2]}
	}},
	"error": {2, func(w []string) *play.Step {
		return &play.Step{Do: "throw_error", Type: w[0], Code: w[1]}
	}},
	"message": {1, func(w []string) *play.Step { return &play.Step{Do: "message", Name: w[0], Key: w[1]} }},
	"signal":  {1, func(w []string) *play.Step { return &play.Step{Do: "signal", Name: w[0]} }},
	"advance": {1, func(w []string) *play.Step {
		if w[0] == "next" {
			return &play.Step{Do: "advance", To: "next_timer"}
		}
		return &play.Step{Do: "advance", By: w[0]}
	}},
	"drain":   {0, func([]string) *play.Step { return &play.Step{Do: "drain"} }},
	"set":     {0, func([]string) *play.Step { return &play.Step{Do: "set_vars", Instance: "it"} }},
	"cancel":  {0, func([]string) *play.Step { return &play.Step{Do: "cancel", Instance: "it"} }},
	"restart": {0, func([]string) *play.Step { return &play.Step{Do: "restart"} }},
}

// describe is an effect in one line, or "" for those that follow from others.
func describe(e engine.Effect, names map[int64]string, seated map[int64]string) string {
	switch e := e.(type) {
	case engine.InstanceStarted:
		names[e.Key] = e.Process
		return "begin " + e.Process
	case engine.InstanceEnded:
		return fmt.Sprintf("end %s %s", names[e.Key], e.Outcome)
	case engine.ElementEntered:
		if e.Loop > 0 {
			return fmt.Sprintf("enter %s %s #%d", e.Kind, e.Element, e.Loop)
		}
		return fmt.Sprintf("enter %s %s", e.Kind, e.Element)
	case engine.ElementLeft:
		if e.Outcome == engine.Completed {
			return "leave " + e.Element
		}
		return fmt.Sprintf("leave %s %s", e.Element, e.Outcome)
	case engine.TaskOpened:
		seated[e.Task.Key] = e.Task.Element
		return seats("task "+e.Task.Element+":", e.Task.Seats)
	case engine.TaskChanged:
		return seats("task "+e.Task.Element+":", e.Task.Seats)
	case engine.TaskClosed:
		return seats(strings.TrimRight(fmt.Sprintf("task %s closed %s %s", seated[e.Key], e.Outcome, e.Operation), " ")+":", e.Seats)
	case engine.JobOpened:
		return fmt.Sprintf("job %s of %s", e.Type, e.Element)
	case engine.SubscriptionOpened:
		return strings.TrimSpace(fmt.Sprintf("wait for %s %s %s", e.Kind, e.Name, e.CorrelationKey))
	case engine.TimerArmed:
		return fmt.Sprintf("timer %s at %s", e.Element, e.Due.UTC().Format(time.RFC3339))
	case engine.IncidentRaised:
		return fmt.Sprintf("incident %s at %s: %s", e.Code, e.Element, e.Message)
	case engine.IncidentResolved:
		return "incident resolved"
	case engine.VariableSet:
		return fmt.Sprintf("%s = %s", e.Name, value(e.Value))
	case engine.MessageThrown:
		return strings.TrimSpace(fmt.Sprintf("throw message %s %s", e.Name, e.CorrelationKey))
	case engine.SignalThrown:
		return "throw signal " + e.Name
	}
	return ""
}

func value(v any) string {
	data, err := feel.ToJSON(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}
