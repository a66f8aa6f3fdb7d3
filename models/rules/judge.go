package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
)

// Tree are parameters by rule and key: Tree["B06"]["L3"].
type Tree = map[string]map[string]json.Number

// ready is an edition that can judge.
type ready struct {
	checks   *Checks
	tree     Tree
	params   *feel.Context
	calendar feel.Calendar // nil: Monday to Friday
}

// MakeEdition readies rules and parameters for judging; the digest names both.
func MakeEdition(name Edition, checks *Checks, tree Tree, calendar feel.Calendar) (Edition, error) {
	params := feel.NewContext(len(tree))
	for _, rule := range sortedKeys(tree) {
		keys := feel.NewContext(len(tree[rule]))
		for _, key := range sortedKeys(tree[rule]) {
			n, err := feel.ParseNumber(tree[rule][key].String())
			if err != nil {
				return name, fmt.Errorf("parameter %s.%s: %w", rule, key, err)
			}
			keys.Set(key, n)
		}
		params.Set(rule, keys)
	}
	name.ready = &ready{checks: checks, tree: tree, params: params, calendar: calendar}
	return name, nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Checks are the rules of an edition; nil of a bare one.
func (e Edition) Checks() *Checks {
	if e.ready == nil {
		return nil
	}
	return e.ready.checks
}

// Params are the parameters of a rule as this edition has them, by key; nil: it has none.
func (e Edition) Params(rule string) map[string]json.Number {
	if e.ready == nil {
		return nil
	}
	return e.ready.tree[rule]
}

// Judge evaluates the rules of a point over facts. It reads nothing else, and
// writes nothing: the same facts and edition give the same report.
func Judge(point string, f Facts, e Edition) Report {
	rep := Report{Point: point, Edition: e}
	if e.ready == nil {
		return rep
	}
	p, ok := e.ready.checks.Point(point)
	if !ok {
		return rep
	}
	for _, id := range p.Rules {
		rep.Results = append(rep.Results, e.ready.judge(id, f))
	}
	return rep
}

// JudgeRule evaluates one rule, whatever points name it.
func JudgeRule(id string, f Facts, e Edition) Result {
	if e.ready == nil {
		return Result{Rule: id, State: Error, Reason: "no rules"}
	}
	return e.ready.judge(id, f)
}

func (k *ready) judge(id string, f Facts) Result {
	res := Result{Rule: id}
	r := k.checks.Rules[id]
	switch {
	case r == nil:
		res.State, res.Reason = Error, "the pack has no rule "+id
	case r.broken != "":
		res.State, res.Reason = Error, r.broken
	default:
		if lacks := r.lacking(k.tree); len(lacks) > 0 {
			res.State, res.Reason = Error, "the pack lacks parameters: "+strings.Join(lacks, ", ")
			break
		}
		k.decide(r, f, &res)
		res.State = stateOf(r, res)
		for i := range res.Findings {
			res.Findings[i].Detail = k.checks.detail(r, res.Findings[i], k.params)
		}
	}
	return res
}

func stateOf(r *Rule, res Result) string {
	switch {
	case res.State == Error:
		return Error
	case len(res.Findings) > 0 && r.Hard:
		return Block
	case len(res.Missing) > 0 || res.Reason != "":
		return Unknown
	case len(res.Findings) > 0:
		return Remind
	}
	return Pass
}

// decide runs a rule over its facts, or over each row of its list.
func (k *ready) decide(r *Rule, f Facts, res *Result) {
	vars := feel.MapVars{"params": k.params, "on": f["on"], "at": f["at"]}
	for _, field := range r.Requires {
		if field.Name == "row" {
			continue
		}
		v, missing := field.read(f[field.Name], "/"+field.Name)
		vars[field.Name] = v
		res.Missing = append(res.Missing, missing...)
	}
	if r.Each == "" {
		if len(res.Missing) == 0 {
			k.run(r, vars, -1, res)
		}
		return
	}
	rows, ok := f[r.Each].(feel.List)
	if !ok {
		res.Missing = append(res.Missing, "/"+r.Each)
	}
	if len(res.Missing) > 0 {
		return
	}
	column, _ := r.Requires.Find("row")
	for i, item := range rows {
		row, missing := column.read(item, fmt.Sprintf("/%s/%d", r.Each, i))
		if len(missing) > 0 {
			res.Missing = append(res.Missing, missing...)
			continue
		}
		vars["row"] = row
		k.run(r, vars, i, res)
	}
}

// run evaluates a rule once; row is the index of the row, -1 without.
func (k *ready) run(r *Rule, vars feel.MapVars, row int, res *Result) {
	env := feel.Env{Zone: models.Zone, Calendar: k.calendar}
	if at, ok := vars["at"].(feel.DateTime); ok {
		env.Now = momentOf(at)
	}
	out, err := k.checks.program.Evaluate(r.ID, env, vars)
	at := "/" + r.Each + "/" + fmt.Sprint(row)
	if row < 0 {
		at = ""
	}
	switch {
	case err != nil:
		res.State, res.Reason = Error, err.Error()
	case len(out.Warnings) > 0 && stopped(out.Warnings[0].Message):
		res.State, res.Reason = Error, out.Warnings[0].Message
	case len(out.Warnings) > 0 || out.Value == nil:
		res.Reason = "the decision gives no value"
		if len(out.Warnings) > 0 {
			res.Reason = out.Warnings[0].Message
		}
		if at != "" {
			res.Missing = append(res.Missing, at)
		}
	case r.Kind != KindCheck && row >= 0:
		list, _ := res.Value.(feel.List)
		res.Value = append(list, out.Value)
	case r.Kind != KindCheck:
		res.Value = out.Value
	default:
		found, ok := findings(out.Value, r, row)
		if !ok {
			res.State, res.Reason = Error, "the decision of a check gives a list of findings"
		}
		if r.Binds {
			bound := boundOf(r, vars)
			for i := range found {
				found[i].bound = bound
			}
		}
		res.Findings = append(res.Findings, found...)
	}
}

// boundOf is the digest of what a rule has read: the same cut over other lines, or by another ratio, is another matter.
func boundOf(r *Rule, vars feel.MapVars) string {
	all := feel.NewContext(len(r.Requires))
	for _, field := range r.Requires {
		all.Set(field.Name, vars[field.Name])
	}
	raw, err := feel.ToJSON(all)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// stopped tells a limit of the evaluator from missing data: who asks too much has a broken rule.
func stopped(message string) bool { return strings.HasPrefix(message, "stopped after") }

func momentOf(t feel.DateTime) time.Time {
	raw, err := feel.ToJSON(t)
	if err != nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, strings.Trim(string(raw), `"`))
	if err != nil {
		return time.Time{}
	}
	return at
}

// placed are the keys of a finding that are no values.
var placed = []string{"field", "line", "ref", "must", "act", "bad"}

func findings(v feel.Value, r *Rule, row int) (out []Finding, ok bool) {
	list, ok := v.(feel.List)
	if !ok {
		return nil, false
	}
	for _, item := range list {
		c, ok := item.(*feel.Context)
		if !ok {
			return nil, false
		}
		f := Finding{Values: map[string]any{}, vars: map[string]feel.Value{}}
		for i := range c.Len() {
			key, value := c.Entry(i)
			f.vars[key] = value
			if !slices.Contains(placed, key) {
				f.Values[key] = plain(value)
			}
		}
		f.Field, f.Ref, f.Act = shownText(f.vars["field"]), shownText(f.vars["ref"]), shownText(f.vars["act"])
		f.May = f.vars["must"] == feel.Value(false)
		if n, isNumber := f.vars["line"].(feel.Number); isNumber {
			if line, whole := n.Int64(); whole {
				f.Line = int(line)
			}
		}
		f.Pointer = f.pointer(r, row)
		out = append(out, f)
	}
	return out, true
}

func shownText(v feel.Value) string {
	if v == nil {
		return ""
	}
	return shown(v)
}

// pointer says where in the subject: the line of a list, or the row that was decided.
func (f Finding) pointer(r *Rule, row int) string {
	list := r.Each
	if list == "" {
		list = "lines"
	}
	index := row
	if f.Line > 0 {
		index = f.Line - 1
	}
	switch {
	case index < 0:
		return "/" + f.Field
	case f.Field == list || f.Field == "sheet":
		return fmt.Sprintf("/%s/%d", f.Field, index)
	}
	return fmt.Sprintf("/%s/%d/%s", list, index, f.Field)
}

// plain is a value as JSON holds it, numbers exact.
func plain(v feel.Value) any {
	raw, err := feel.ToJSON(v)
	if err != nil {
		return nil
	}
	var out any
	if err := models.DecodeExact(raw, &out); err != nil {
		return nil
	}
	return out
}
