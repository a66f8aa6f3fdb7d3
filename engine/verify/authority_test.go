package verify_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/engine/verify"
)

const authorityModel = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:qc="https://quancheng.dev/schema/bpmn/1.0" id="d" targetNamespace="t">
<process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/>
<userTask id="t" name="Sign"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="CHIEF@B"/>%s</extensionElements></userTask>
<sequenceFlow id="f2" sourceRef="t" targetRef="e"/><endEvent id="e"/></process></definitions>`

// What a model says of duties, receivers and authority must mean something.
func TestAuthority(t *testing.T) {
	org := &engine.Org{
		People:    []engine.Person{{ID: "a", Active: []engine.Span{{}}}},
		Posts:     []engine.Post{{Person: "a", Role: "CHIEF", Unit: "B"}},
		Functions: []engine.Function{{Name: "bureau", Unit: "B"}},
	}
	for _, c := range []struct{ ext, want string }{
		{`<qc:task separate="A,B" receivers="transfer:^,delegate:CHIEF@bureau" jumped="second" recall="=x = 1" deputy="capped"/>`, ""},
		{`<qc:task separate="reviewerA"/>`, "unknown-duty"},
		{`<qc:task receivers="transfer:CHEIF@bureau"/>`, "no-receiver"},
		{`<qc:task receivers="transfer:-,transfer:ORGANISER@bureau"/>`, "no-receiver"},
		{`<qc:task receivers="transfer:ORGANISER@bureau"/>`, ""},
		{`<qc:sla workdays="3" pause="lunch"/>`, "bad-authority"},
		{`<qc:sla workdays="3" stops="lunch"/>`, "bad-authority"}, // of a former model
		{`<qc:sla workdays="3" late="wait"/>`, "bad-authority"},
		{`<qc:sla late="superior"/>`, "bad-late"},
		{`<qc:sla workdays="3" late="return"/>`, "bad-late"},
		{`<qc:sla workdays="3" late="agree"/><qc:task about="application"/>`, "bad-late"},
		{`<qc:sla workdays="3" late="agree"/><qc:task about="cc" statutory="true"/>`, "bad-late"},
		{`<qc:sla workdays="3" pause="experts"/>`, ""},
		{`<qc:sla workdays="3" pause="supplement"/>`, ""},
		{`<qc:task returnTo="nowhere"/>`, "bad-return"},
		{`<qc:task returnTo="t"/>`, ""},
		{`<qc:task second="BUREAU_LEGAL@burau"/>`, "bad-second"},
		{`<qc:task receivers="CHIEF@burau"/>`, "bad-receivers"},
		{`<qc:task receivers="sign:="/>`, "bad-receivers"},
		{`<qc:task jumped="maybe"/>`, "bad-authority"},
		{`<qc:task recall="sometimes"/>`, "bad-authority"},
		{`<qc:task deputy="nobody"/>`, "bad-authority"},
		{`<qc:approval policy="any" dedupe="any_earlier" applicant="skip" empty="block" minSeats="2"/>`, ""},
		{`<qc:approval policy="any" dedupe="earlier"/>`, "bad-authority"},
		{`<qc:approval policy="any" empty="agree"/>`, "bad-authority"},
		{`<qc:approval policy="any" minSeats="0"/>`, "bad-authority"},
	} {
		m, problems := bpmn.Parse([]byte(fmt.Sprintf(authorityModel, c.ext)))
		if m == nil {
			t.Fatal(problems)
		}
		found := verify.Model(m, verify.Surroundings{Org: org, Now: time.Unix(0, 0)})
		refused := slices.IndexFunc(found, func(f verify.Finding) bool { return f.Severity == bpmn.Error })
		switch {
		case c.want == "" && refused >= 0:
			t.Errorf("%s: refused for %s", c.ext, found[refused].Text("en"))
		case c.want != "" && (refused < 0 || found[refused].Code != c.want):
			t.Errorf("%s: found %v, want %s", c.ext, found, c.want)
		}
	}
}
