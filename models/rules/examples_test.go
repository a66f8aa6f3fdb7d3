package rules_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/notrun"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// shippedChecks are the rule files in the binary, compiled.
func shippedChecks(t testing.TB) *rules.Checks {
	t.Helper()
	files, err := definitions.ExampleChecks()
	if err != nil {
		t.Fatal(err)
	}
	var all []rules.File
	for _, f := range files {
		all = append(all, rules.File{Name: f.Name, Body: f.Data})
	}
	c, err := rules.Compile(all)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func shippedTree(t testing.TB) rules.Tree {
	t.Helper()
	p, err := definitions.ExamplePack()
	if err != nil {
		t.Fatal(err)
	}
	return p.Tree()
}

func readExamples(t testing.TB, file string) (out []rules.Example) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		notrun.Skip(t, "%s is not here", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// withParams puts the parameters of a pack into an example that does not state its own.
func withParams(t testing.TB, x rules.Example, tree rules.Tree) rules.Example {
	t.Helper()
	if _, own := x.Facts["params"]; own {
		return x
	}
	return withRaw(x, rawTree(t, tree))
}

func rawTree(t testing.TB, tree rules.Tree) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func withRaw(x rules.Example, raw json.RawMessage) rules.Example {
	facts := map[string]json.RawMessage{"params": raw}
	for k, v := range x.Facts {
		facts[k] = v
	}
	x.Facts = facts
	return x
}

func civil(t testing.TB) calendar.Civil {
	t.Helper()
	days, err := calendar.Default()
	if err != nil {
		t.Fatal(err)
	}
	return calendar.Civil{Calendar: days}
}

func TestExamples(t *testing.T) {
	checks, tree, days := shippedChecks(t), shippedTree(t), civil(t)
	for name, file := range map[string]string{"ours": "testdata/examples.json", "domain": "../../../shared/domain/checks/vectors.json"} {
		t.Run(name, func(t *testing.T) {
			rulesSeen := map[string]bool{}
			for _, x := range readExamples(t, file) {
				rulesSeen[x.Rule] = true
				if p := checks.Play(withParams(t, x, tree), days); !p.Passed {
					t.Errorf("%s %s: %s\n got %s\nwant %s", x.Rule, x.Name, p.Why, p.Got, p.Want)
				}
			}
			for id := range checks.Rules {
				if !rulesSeen[id] {
					t.Errorf("rule %s has no example", id)
				}
			}
		})
	}
	if len(checks.Rules) != 94 {
		t.Errorf("%d rules", len(checks.Rules))
	}
}

// What a moved parameter does not change, no rule reads.
func TestEachParameterMovesItsBoundary(t *testing.T) {
	checks, tree, days := shippedChecks(t), shippedTree(t), civil(t)
	examples := readExamples(t, "testdata/examples.json")
	for rule, keys := range tree {
		for key, value := range keys {
			name := rule + "." + key
			if !readByRules(checks, name) {
				if !processClock[rule] {
					t.Errorf("no rule reads parameter %s", name)
				}
				continue
			}
			if !moves(t, checks, tree, rule, key, value, examples, days) {
				t.Errorf("parameter %s moved by one unit changes no example", name)
			}
		}
	}
}

// processClock are parameters that models and partners read, not checks.
var processClock = map[string]bool{"P05": true, "P06": true, "P10": true, "PARTNER": true}

func readByRules(checks *rules.Checks, name string) bool {
	for _, r := range checks.Rules {
		if r.Reads(name) {
			return true
		}
	}
	return false
}

func moves(
	t *testing.T, checks *rules.Checks, tree rules.Tree, rule, key string, value json.Number, examples []rules.Example, days calendar.Civil,
) bool {
	for _, by := range []string{"up", "down"} {
		moved := rules.Tree{}
		for r, keys := range tree {
			moved[r] = map[string]json.Number{}
			for k, v := range keys {
				moved[r][k] = v
			}
		}
		moved[rule][key] = oneUnit(t, value, by)
		raw := rawTree(t, moved)
		for _, x := range examples {
			if r := checks.Rules[x.Rule]; r == nil || !r.Reads(rule+"."+key) {
				continue
			}
			if p := checks.Play(withRaw(x, raw), days); !p.Passed {
				return true
			}
		}
	}
	return false
}

// Whatever required fact is taken away, or made null, wherever it stands: no rule is satisfied.
func TestMissingFactsAreUnknown(t *testing.T) {
	checks, tree, days := shippedChecks(t), shippedTree(t), civil(t)
	taken, raw := map[string]bool{}, rawTree(t, tree)
	n := 0
	for _, x := range readExamples(t, "testdata/examples.json") {
		if x.Warn || strings.HasPrefix(x.Name, "=") {
			continue
		}
		r := checks.Rules[x.Rule]
		for _, f := range r.Requires {
			for _, one := range cuts(t, x.Facts[f.Name], f, x.Rule) {
				cut := one.raw
				facts := map[string]json.RawMessage{}
				for k, v := range x.Facts {
					facts[k] = v
				}
				if cut == nil {
					delete(facts, f.Name)
				} else {
					facts[f.Name] = cut
				}
				y := x
				y.Facts = facts
				n++
				taken[one.path] = true
				if p := checks.Play(withRaw(y, raw), days); p.State != rules.Unknown {
					t.Errorf("%s %s without %s (%s): %s, gives %s", x.Rule, x.Name, f.Name, strings.TrimSpace(string(cut)), p.State, p.Got)
				}
			}
		}
	}
	for id, r := range checks.Rules {
		for _, path := range required(id, r.Requires) {
			if !taken[path] {
				t.Errorf("%s was never taken away: add an example that has it", path)
			}
		}
	}
	t.Logf("%d facts and columns taken away", n)
}

// required are the paths of all facts and columns that a rule asks for.
func required(at string, fields []rules.Field) (out []string) {
	for _, f := range fields {
		out = append(append(out, at+"."+f.Name), required(at+"."+f.Name, f.Columns)...)
	}
	return out
}

// cutFact is a fact from which something is taken away: the fact itself, or a column of a row.
type cutFact struct {
	path string
	raw  json.RawMessage // nil: not there at all
}

// cuts are a fact without itself (nil), as null, and with each required column of each row missing.
func cuts(t *testing.T, raw json.RawMessage, f rules.Field, at string) (out []cutFact) {
	at += "." + f.Name
	out = append(out, cutFact{at, nil}, cutFact{at, json.RawMessage("null")})
	var list []map[string]json.RawMessage
	var row map[string]json.RawMessage
	put := func(m map[string]json.RawMessage, whole func() any) {
		for _, c := range f.Columns {
			old, there := m[c.Name]
			if !there {
				continue
			}
			for _, sub := range cuts(t, old, c, at) {
				if sub.raw == nil {
					delete(m, c.Name)
				} else {
					m[c.Name] = sub.raw
				}
				b, err := json.Marshal(whole())
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, cutFact{sub.path, b})
			}
			m[c.Name] = old
		}
	}
	if json.Unmarshal(raw, &list) == nil {
		for _, m := range list {
			put(m, func() any { return list })
		}
	} else if json.Unmarshal(raw, &row) == nil {
		put(row, func() any { return row })
	}
	return out
}

func oneUnit(t *testing.T, v json.Number, by string) json.Number {
	t.Helper()
	text := v.String()
	whole, fraction, _ := strings.Cut(text, ".")
	scale := len(strings.TrimRight(fraction, "0"))
	if len(fraction) == 2 && scale < 2 && len(whole) == 1 {
		scale = 2 // a share: a hundredth
	}
	return shift(t, text, scale, by)
}

func shift(t *testing.T, text string, scale int, by string) json.Number {
	t.Helper()
	d, err := decimal.NewFromString(text)
	if err != nil {
		t.Fatal(err)
	}
	unit := decimal.New(1, int32(-scale))
	if by == "down" {
		unit = unit.Neg()
	}
	return json.Number(d.Add(unit).String())
}
