package engine

import (
	"strings"
	"testing"
	"time"
)

func TestParseReceivers(t *testing.T) {
	for _, c := range []struct{ in, op, want string }{
		{"", "transfer", "= ^"}, {"", "addParallel", "="}, {"", "delegate", "u"},
		{"FINANCE_LIAISON@finance", "transfer", "= ^ FINANCE_LIAISON@finance"},
		{"transfer:^", "transfer", "^"}, {"transfer:^", "delegate", "u"},
		{"add:-", "addBefore", "-"}, {"-", "transfer", "-"}, {"-,transfer:=", "transfer", "="},
		{"transfer:APPLY_LEADER@own", "transfer", "= ^ APPLY_LEADER@own"},
		{"deputy:-,deputy:BUREAU_DEPUTY@own", "deputy", "- BUREAU_DEPUTY@own"},
	} {
		r, err := ParseReceivers(strings.FieldsFunc(c.in, func(r rune) bool { return r == ',' }))
		if err != nil || strings.Join(r[c.op], " ") != c.want {
			t.Errorf("%q, %s: got %v, %v; want %s", c.in, c.op, r[c.op], err, c.want)
		}
	}
	for _, bad := range []string{"FINANCE", "CHIEF@burau", "@bureau", "sign:=", "transfer:x"} {
		if r, err := ParseReceivers([]string{bad}); err == nil {
			t.Errorf("%q: got %v, want an error", bad, r)
		}
	}
}

func TestUnmetReceivers(t *testing.T) {
	org := &Org{
		People: []Person{{ID: "a", Active: []Span{{}}}}, Posts: []Post{{Person: "a", Role: "CHIEF", Unit: "B"}},
		Functions: []Function{{Name: "bureau", Unit: "B"}},
	}
	for in, want := range map[string]string{"transfer:-,transfer:CHIEF@bureau": "", "delegate:-,delegate:CHEIF@bureau": "delegate",
		"delegate:-,delegate:CHIEF@finance": "delegate", "CHEIF@bureau": "", "transfer:CHIEF@own": ""} {
		r, err := ParseReceivers(strings.Split(in, ","))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for op := range r.Unmet(org.At(time.Unix(0, 0))) {
			got = op
		}
		if got != want {
			t.Errorf("%s: unmet %q, want %q", in, got, want)
		}
	}
}

// Separation holds both ways, and nobody is separate from what is not there.
func TestDuties(t *testing.T) {
	for _, pair := range [][2]string{{"A", "B"}, {"B", "A"}, {"draft", "sign"}, {"legal", "A"}, {"owner", "verifier"}, {"joint", "joint"}} {
		if duties[pair[0]][pair[1]] == "" {
			t.Errorf("%s and %s are not separate", pair[0], pair[1])
		}
	}
	if duties["head"]["legal"] != "" || duties["record"]["draft"] != "" {
		t.Error("duties are separate that one person may have")
	}
}
