package api

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
)

// minReason is how long a reason is at least (domain/approval.md §1).
const minReason = 5

// complete refuses a request that lacks what its operation asks for, or says what it does not take.
func (op operation) complete(in wire.OperationRequest) error {
	p := invalid()
	if op.Reason == engine.Required && utf8.RuneCountInString(strings.TrimSpace(in.Reason)) < minReason {
		p.field("/reason", "reason-required", "limit", "5")
	}
	if op.Opinion == engine.Required && strings.TrimSpace(in.Opinion) == "" && strings.TrimSpace(in.Reason) == "" {
		p.field("/opinion", "field.required")
	}
	if op.People > 0 && in.To == "" && len(in.Persons) == 0 {
		p.field("/to", "person-required")
	}
	if op.Code && in.Code == "" {
		p.field("/code", "field.required")
	}
	if op.Target == "jump" && in.Target == "" {
		p.field("/target", "field.required")
	}
	if op.Seat && op.People == 0 && in.Seat == 0 {
		p.field("/seat", "field.required")
	}
	for _, said := range []struct {
		pointer string
		wrong   bool
	}{
		{"/to", op.People == 0 && !op.Evidence && in.To != ""},
		{"/persons", op.People < 2 && len(in.Persons) > 0},
		{"/mode", !op.Mode && !op.Evidence && op.Target != "return" && in.Mode != ""},
		{"/evidence", !op.Evidence && in.Evidence != ""},
		{"/decidedOn", !op.Evidence && in.DecidedOn != ""},
		{"/pause", op.Name != appendStep && in.Pause != ""},
		{"/code", !op.Code && in.Code != ""},
		{"/data", !op.Data && len(in.Data) > 0},
	} {
		if said.wrong {
			p.field(said.pointer, "field.unexpected")
		}
	}
	if len(p.Fields) > 0 {
		return p
	}
	return nil
}

// persons are all that a request names.
func persons(in wire.OperationRequest) []string {
	if in.To == "" || slices.Contains(in.Persons, in.To) {
		return in.Persons
	}
	return append([]string{in.To}, in.Persons...)
}
