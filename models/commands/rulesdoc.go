package commands

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/plan"
	"github.com/quancheng/quancheng/models/rulebook"
	"github.com/quancheng/quancheng/models/rules"
)

// RulesPage is docs/rules.md: each rule of the shipped pack with its kind,
// decision, facts, and where it is enforced. enforced are the points that the
// shipped models name, tested the rules with examples.
func RulesPage(enforced []string, tested map[string]int) (string, error) {
	checks, err := rulebook.ExampleChecks()
	if err != nil {
		return "", err
	}
	enforced = append(slices.Clone(enforced), books.PointAward, plan.Point) // after the bureau's facts, by breaches; by the pool's commands
	var b strings.Builder
	b.WriteString(
		"# The rules\n\nGenerated from `workflows/definitions/checks` (`QUANCHENG_UPDATE=1 go test ./cmd/quancheng -run TestRulesPage`). A " +
			"rule is *enforced* at a point where a\n" +
			"shipped model names the point and a room gathers all of its facts; where a fact has no source yet it is *shown* as unknown and holds " +
			"up nothing.\n" +
			"What the procurement bureau tells is judged at `award`: what does not hold is a breach that stops the contract, never a refusal of " +
			"the fact.\n" +
			"An entry of the reserve pool is judged at `plan` when its unit hands it over; what a soft rule finds there is answered by the " +
			"pre-check.\n" +
			"Z01 to Z03 are no decisions: they say how judging itself works (`models/rules`).\n\n" +
			"| Rule | Name | Kind | Decision | Facts | Enforced at | Shown only at | Examples |\n|--|--|--|--|--|--|--|--:|\n",
	)
	ids := make([]string, 0, len(checks.Rules))
	for id := range checks.Rules {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		r := checks.Rules[id]
		held, shown := where(checks, r, enforced)
		fmt.Fprintf(
			&b, "| %s | %s %s | %s | `%s` | %s | %s | %s | %d |\n", id, r.Name.ZH, r.Name.EN, kindOf(r), r.File,
			strings.Join(r.Requires.Names(), " "), held, shown, tested[id],
		)
	}
	return b.String(), nil
}

func kindOf(r *rules.Rule) string {
	switch {
	case r.Kind != rules.KindCheck:
		return r.Kind
	case r.Hard:
		return "hard"
	}
	return "soft"
}

func where(checks *rules.Checks, r *rules.Rule, enforced []string) (held, shown string) {
	var yes, no []string
	for _, p := range checks.Points {
		if !slices.Contains(p.Rules, r.ID) {
			continue
		}
		lacks := rules.Unwired(p.Name, kindAt(p.Name), r)
		switch {
		case slices.Contains(askedByCommands, r.ID):
			yes = append(yes, p.Name+" (by its command)")
		case !slices.Contains(enforced, p.Name):
			no = append(no, p.Name+" (no act yet)")
		case len(lacks) > 0:
			no = append(no, p.Name+" (no "+strings.Join(lacks, ", ")+")")
		default:
			yes = append(yes, p.Name)
		}
	}
	return strings.Join(yes, ", "), strings.Join(no, ", ")
}

// askedByCommands are the rules that a command asks by itself, with facts that it has at hand: no act of a model is their point.
var askedByCommands = []string{"R06", "R09", "W01", "W02", "W03", "W04", "W05", "W06", "X01", "X02", "X03", "X04"}

// kindAt is the kind of subject that is judged at a point.
func kindAt(point string) string {
	if strings.HasPrefix(point, books.SubjectRectification+".") {
		return books.SubjectRectification
	}
	if point == plan.Point {
		return plan.SubjectEntry
	}
	return books.SubjectProject
}
