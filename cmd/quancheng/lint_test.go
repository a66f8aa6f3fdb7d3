package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const faultyDecision = `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="x" namespace="urn:x">
<inputData id="a" name="amount"><variable name="amount" typeRef="number"/></inputData>
<decision id="d" name="d"><variable name="d"/><informationRequirement><requiredInput href="#a"/></informationRequirement>
<decisionTable><input label="金额"><inputExpression typeRef="number"><text>amount</text></inputExpression></input><output name="o"/>
<rule><inputEntry><text>&lt; 10</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>
<rule><inputEntry><text>[9..20)</text></inputEntry><outputEntry><text>amont</text></outputEntry></rule>
</decisionTable></decision></definitions>`

// TestLint prints every finding with its place and witness, and fails when there is an error.
func TestLint(t *testing.T) {
	faulty := filepath.Join(t.TempDir(), "faulty.dmn")
	if err := os.WriteFile(faulty, []byte(faultyDecision), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := t.TempDir()
	form := `{"id":"f","components":[{"id":"a","type":"textfield","key":"x","conditional":{"hide":"=not(("}},{"id":"b","type":"nothing"}]}`
	if err := os.WriteFile(filepath.Join(broken, "f.form"), []byte(form), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   []string
		failed bool
		want   []string
	}{
		{[]string{"../../workflows/definitions/approval_level.dmn", "../../workflows/definitions/qc_p12_archive.bpmn"}, false,
			[]string{"0 errors, 0 warnings in 2 files"}},
		{[]string{faulty}, true, []string{":4:1: warning table-gap (d): no rule holds, for 金额 >= 20", ":6:1: error table-overlap (d)",
			"for 金额 [9..10)",
			":6:71: error feel (d): unknown name", "did you mean “amount”", "2 errors, 1 warnings in 1 files"}},
		{[]string{"../../web/e2e/own"}, false, []string{"0 errors, 0 warnings in 3 files"}},
		{[]string{broken}, true, []string{"f.form:form f: a (textfield): expression =not((", "b (nothing): unknown component type"}},
		{[]string{"--camunda", faulty}, true, []string{"1 errors, 1 warnings in 1 files"}},
	} {
		var out bytes.Buffer
		command := lintCommand()
		command.SetOut(&out)
		command.SetArgs(c.args)
		command.SilenceErrors, command.SilenceUsage = true, true
		if err := command.Execute(); errors.Is(err, errReported) != c.failed {
			t.Errorf("%v: %v", c.args, err)
		}
		for _, w := range c.want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%v: %q is missing in\n%s", c.args, w, out.String())
			}
		}
	}
}
