package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const stuckModel = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t"><process id="p" isExecutable="true"><startEvent id="s"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="x"/><exclusiveGateway id="x"/><sequenceFlow id="f2" sourceRef="x" targetRef="a"/><sequenceFlow id="f3" sourceRef="x" targetRef="b"/>
<task id="a"/><task id="b"/><sequenceFlow id="f4" sourceRef="a" targetRef="j"/><sequenceFlow id="f5" sourceRef="b" targetRef="j"/>
<parallelGateway id="j" name="汇总"/><sequenceFlow id="f6" sourceRef="j" targetRef="e"/><endEvent id="e"/></process></definitions>`

// TestVerify prints findings in both languages, with the way to the problem, and fails when a deployment would be refused.
func TestVerify(t *testing.T) {
	stuck := filepath.Join(t.TempDir(), "stuck.bpmn")
	if err := os.WriteFile(stuck, []byte(stuckModel), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   []string
		failed bool
		want   []string
	}{
		{[]string{"../../workflows/definitions"}, false, []string{"0 个错误，0 个警告"}},
		{[]string{stuck}, true, []string{"错误 deadlock: 流程会卡在 “汇总”（j）", "s → x → a"}},
		{[]string{"--lang", "en", stuck}, true, []string{`error deadlock: The process can get stuck at "汇总" (j)`}},
		{[]string{"--json", stuck}, true, []string{`"code": "deadlock"`, `"severity": "error"`, `"trace": [`}},
	} {
		var out bytes.Buffer
		command := verifyCommand()
		command.SetOut(&out)
		command.SetArgs(c.args)
		command.SilenceErrors, command.SilenceUsage = true, true
		if err := command.Execute(); errors.Is(err, errReported) != c.failed || err != nil && !c.failed {
			t.Errorf("%v: %v", c.args, err)
		}
		for _, w := range c.want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%v: %q is missing in\n%s", c.args, w, out.String())
			}
		}
	}
}

// TestConformanceCommand plays the small suite in memory and on a database, and fails because some of its cases must.
func TestConformanceCommand(t *testing.T) {
	for _, flags := range [][]string{nil, {"--stored"}, {"--live"}} {
		var out bytes.Buffer
		command := conformanceCommand()
		command.SetOut(&out)
		command.SetArgs(append([]string{"--json", "../../conformance/testdata/mini"}, flags...))
		command.SilenceErrors, command.SilenceUsage = true, true
		if err := command.ExecuteContext(t.Context()); !errors.Is(err, errReported) {
			t.Errorf("%v: %v", flags, err)
		}
		if !strings.Contains(out.String(), `"total": 14`) || !strings.Contains(out.String(), `"passed": 4`) {
			t.Errorf("%v: %s", flags, out.String())
		}
	}
}
