package bundles

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/workflows/definitions"
)

// flows are "from to" pairs; capital letters approve, by the role that stands for the letter.
func lastOf(t *testing.T, flows string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" ` +
		`xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:qc="https://quancheng.dev/schema/bpmn/1.0" targetNamespace="x">` +
		`<bpmn:process id="p" isExecutable="true"><bpmn:startEvent id="s"/><bpmn:endEvent id="e"/>`)
	seen := map[string]bool{"s": true, "e": true}
	for i, f := range strings.Fields(flows) {
		from, to, _ := strings.Cut(f, ">")
		for _, id := range []string{from, to} {
			if seen[id] {
				continue
			}
			seen[id] = true
			if strings.ToUpper(id) == id {
				fmt.Fprintf(&b, `<bpmn:userTask id="t%s"><bpmn:extensionElements><zeebe:userTask/><zeebe:assignmentDefinition candidateGroups='="R%s@" + x'/>`+
					`<qc:approval policy="any" operations="agree"/></bpmn:extensionElements></bpmn:userTask>`, id, id)
			} else {
				fmt.Fprintf(&b, `<bpmn:exclusiveGateway id="%s"/>`, id)
			}
		}
		of := func(id string) string {
			if strings.ToUpper(id) == id {
				return "t" + id
			}
			return id
		}
		fmt.Fprintf(&b, `<bpmn:sequenceFlow id="f%d" sourceRef="%s" targetRef="%s"/>`, i, of(from), of(to))
	}
	b.WriteString(`</bpmn:process></bpmn:definitions>`)
	bundle, problems := Compile(definitions.Bundle{Files: []definitions.File{{Name: "p.bpmn", Data: []byte(b.String())}}})
	if bundle == nil {
		t.Fatalf("%s: %v", flows, problems)
	}
	var out []string
	for _, a := range bundle.LastApprovals("p") {
		out = append(out, strings.Join(a.Roles, ","))
	}
	return strings.Join(out, " ")
}

func TestLastApprovals(t *testing.T) {
	for flows, want := range map[string]string{
		"s>AA AA>BB BB>e":                  "RBB",
		"s>AA AA>x x>e x>BB BB>e":          "RBB", // may end after the first
		"s>AA AA>BB BB>x x>AA x>e":         "RBB", // leads back
		"s>AA AA>x x>BB x>CC BB>e CC>e":    "RBB RCC",
		"s>x x>AA x>BB AA>BB BB>y y>x y>e": "RBB",
		"s>x x>e":                          "",
	} {
		if got := lastOf(t, flows); got != want {
			t.Errorf("%s: %q, want %q", flows, got, want)
		}
	}
}
