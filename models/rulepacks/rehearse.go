package rulepacks

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
)

// Matter is what rules were asked about: a project, or whatever a room has.
type Matter struct {
	rules.Subject
	Title string
	Pack  string                  // pinned
	Over  bool                    // nothing is decided about it any more
	Past  func(point string) bool // whether what the point is about has been decided
}

// Row is what a rule said of a subject, and what it would have said under the draft.
type Row struct {
	Subject string `json:"subject"`
	Rule    string `json:"rule"`
	Before  any    `json:"before"` // state of a check, value of a route or computation; null: not judged yet
	After   any    `json:"after"`
	Decided bool   `json:"decided"` // the act is done; false: the draft would still meet it

	Title    string   `json:"-"`
	Point    string   `json:"-"`
	Findings [2]int   `json:"-"` // of a check, before and after
	Missing  []string `json:"-"` // facts that the draft asks for and that were not kept
	Reason   string   `json:"-"` // of an error
	Changed  bool     `json:"-"`
	Stops    bool     `json:"-"` // the act would be refused, and was not
	Pinned   bool     `json:"-"` // the subject keeps the pack that it has, unless it is pinned anew
}

// Rehearsal is “若当时如此”: the kept facts judged again under a draft. It changes nothing.
type Rehearsal struct {
	Rows     []Row `json:"-"`
	Judged   int   `json:"judged"`   // rows with an evaluation
	Changed  int   `json:"changed"`  // of them, decided or not
	Ahead    int   `json:"ahead"`    // changed, and not decided yet
	Stops    int   `json:"stops"`    // acts ahead that would be refused
	Subjects int   `json:"subjects"` // with a change
	Pinned   int   `json:"pinned"`   // running subjects that keep their pack
}

// Rehearse judges the last kept facts of each matter again, for the rules that
// the draft can change. The latest run in which a rule stood is the one that counts.
func (d *Draft) Rehearse(tx *gorm.DB, diff Diff, matters []Matter) (Rehearsal, error) {
	var out Rehearsal
	evals, err := lastEvaluations(tx, diff.Rules)
	if err != nil {
		return out, err
	}
	judged := map[string]bool{}
	for key := range evals {
		judged[key.rule] = true
	}
	changed := map[string]bool{}
	for _, m := range matters {
		facts := rememberedFacts{tx: tx, known: map[string]rules.Facts{}}
		if m.Pack != "" && !m.Over {
			out.Pinned++
		}
		for _, rule := range diff.Rules {
			e, there := evals[evalKey{m.Kind, m.ID, rule}]
			if !there && !judged[rule] {
				continue // no model asks for this rule: nothing to compare
			}
			row := Row{Subject: m.ID, Rule: rule, Title: m.Title, Pinned: m.Pack != "", Decided: m.Over || m.Past(d.pointOf(rule))}
			if there {
				row.Point, row.Decided = e.Point, m.Over || m.Past(e.Point)
				f, err := facts.of(e.FactsDigest)
				if err != nil {
					return out, err
				}
				row.compare(e, d.checks.Rules[rule], rules.JudgeRule(rule, f, d.edition))
				out.Judged++
			}
			if row.Changed {
				out.Changed++
				changed[m.ID] = true
			}
			if row.Changed && !row.Decided {
				out.Ahead++
			}
			if row.Stops {
				out.Stops++
			}
			out.Rows = append(out.Rows, row)
		}
	}
	out.Subjects = len(changed)
	sort.SliceStable(out.Rows, func(i, j int) bool { return out.Rows[i].Rule < out.Rows[j].Rule })
	return out, nil
}

// compare fills in what was said and what would be.
func (row *Row) compare(e evaluation, r *rules.Rule, now rules.Result) {
	row.Findings, row.Missing, row.Reason = [2]int{len(e.found()), len(now.Findings)}, now.Missing, now.Reason
	if r.Kind == rules.KindCheck {
		row.Before, row.After = e.State, now.State
		row.Changed = e.State != now.State || !sameJSON(places(e.found()), places(now.Findings))
	} else {
		row.Before, row.After = valueOf(e.State, json.RawMessage(e.Output)), valueOf(now.State, jsonOf(now.Value))
		row.Changed = !sameJSON(row.Before, row.After)
	}
	refuses := now.State == rules.Error || r.Hard && (now.State == rules.Block || now.State == rules.Unknown)
	row.Stops = row.Changed && !row.Decided && refuses && now.State != e.State && !r.Clock
}

// valueOf is what a route or computation gave; one that could not is its state.
func valueOf(state string, value json.RawMessage) any {
	if state == rules.Error || state == rules.Unknown {
		return state
	}
	var out any
	if models.DecodeExact(value, &out) != nil {
		return nil
	}
	return out
}

func jsonOf(v feel.Value) json.RawMessage {
	raw, err := feel.ToJSON(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return raw
}

// places are where findings are, whatever their sentences say.
func places(all []rules.Finding) []string {
	out := make([]string, len(all))
	for i, f := range all {
		out[i] = f.Place() + "|" + f.Act
	}
	slices.Sort(out)
	return out
}

func sameJSON(a, b any) bool { return string(models.JSONOf(a)) == string(models.JSONOf(b)) }

// pointOf is the first check point that asks for a rule.
func (d *Draft) pointOf(rule string) string {
	for _, p := range d.checks.Points {
		if slices.Contains(p.Rules, rule) {
			return p.Name
		}
	}
	return ""
}

type evalKey struct{ kind, id, rule string }

// evaluation is a row of a kept run.
type evaluation struct {
	SubjectKind, SubjectID, Rule, Point, FactsDigest, State string
	Output, Findings                                        models.JSON
}

func (e evaluation) found() (out []rules.Finding) {
	if len(e.Findings) == 0 || e.Findings.Into(&out) != nil {
		return nil
	}
	return out
}

// lastEvaluations are the newest rows of the rules for each subject.
func lastEvaluations(tx *gorm.DB, of []string) (map[evalKey]evaluation, error) {
	out := map[evalKey]evaluation{}
	if len(of) == 0 {
		return out, nil
	}
	var all []evaluation
	err := tx.Raw(`SELECT c.subject_kind, c.subject_id, e.rule, c.point, c.facts_digest, e.state, e.output, e.findings
FROM rule_eval e JOIN check_run c ON c.id = e.run
WHERE e.id IN (SELECT MAX(x.id) FROM rule_eval x JOIN check_run r ON r.id = x.run WHERE x.run > 0 AND x.rule IN @rules
GROUP BY r.subject_kind, r.subject_id, x.rule)
ORDER BY e.id`, map[string]any{"rules": of}).Scan(&all).Error
	if err != nil {
		return nil, fmt.Errorf("kept evaluations: %w", err)
	}
	for _, e := range all {
		out[evalKey{e.SubjectKind, e.SubjectID, e.Rule}] = e
	}
	return out, nil
}

// rememberedFacts reads facts that several rules of a matter share once.
type rememberedFacts struct {
	tx    *gorm.DB
	known map[string]rules.Facts
}

func (r rememberedFacts) of(digest string) (rules.Facts, error) {
	if f, ok := r.known[digest]; ok {
		return f, nil
	}
	f, err := rules.StoredFacts(r.tx, digest)
	if err != nil {
		return nil, err
	}
	r.known[digest] = f
	return f, nil
}
