package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
)

// CheckFacts are facts that somebody was judged by, kept once.
type CheckFacts struct {
	Digest string `gorm:"primaryKey"` // SHA-256 of Body
	Body   models.JSON
}

// TableName of the entity.
func (CheckFacts) TableName() string { return "check_facts" }

// CheckRun is one judging before an act of ours or after a partner's fact.
type CheckRun struct {
	ID           int64 `gorm:"primaryKey;autoIncrement"`
	Point        string
	SubjectKind  string
	SubjectID    string
	Revision     int
	Root         int64
	Project      string
	Pack         string
	InForce      string
	Digest       string
	FactsDigest  string
	Event        string
	Actor        string
	BusinessDate models.Date
	At           time.Time
}

// TableName of the entity.
func (CheckRun) TableName() string { return "check_run" }

// Gate judges before our own act, keeps the run, and refuses with "checks-block"
// what a hard rule does not allow, what it cannot know, and what nobody answered.
func (b *Book) Gate(tx *gorm.DB, a models.Acting, point string, s Subject) error {
	return b.gate(tx, a, point, s, false)
}

// GateOpen is Gate for an act whose soft findings come up with the act itself:
// they stay open, and a later act at the same point waits for the answers.
func (b *Book) GateOpen(tx *gorm.DB, a models.Acting, point string, s Subject) error {
	return b.gate(tx, a, point, s, true)
}

func (b *Book) gate(tx *gorm.DB, a models.Acting, point string, s Subject, open bool) error {
	rep, f, err := b.Look(tx, a, point, s)
	if err != nil {
		return err
	}
	answers, err := Answers(tx, s)
	if err != nil {
		return err
	}
	p, _ := rep.Edition.Checks().Point(point)
	refusal := models.Refuse("checks-block", "point", point)
	for _, res := range rep.Results {
		rep.refuse(refusal, res, p.Before && !open, answers)
	}
	if err := refusal.OrNil(); err != nil {
		return err
	}
	return keep(tx, a, s, rep, f)
}

// refuse adds what stops an act.
func (rep Report) refuse(to *models.Refusal, res Result, before bool, answers []Answer) {
	k := rep.Edition.ready
	r := k.checks.Rules[res.Rule]
	if r == nil || r.Clock { // forbidding the act that ends a lateness mends nothing
		return
	}
	if res.State == Error {
		rep.fault(to, r, res.State, Finding{Detail: brokenSentence(res.Reason)})
		return
	}
	if r.Kind != KindCheck || len(res.Unwired) > 0 {
		return // the way that it chooses is the model's matter; what nobody gathers yet would stop every case
	}
	for _, f := range res.Findings {
		if r.Hard || before && !f.May && !answered(answers, r.ID, f) {
			rep.fault(to, r, map[bool]string{true: Block, false: Remind}[r.Hard], f)
		}
	}
	if unknown := res.unknown(); unknown != nil && (r.Hard || before && !answered(answers, r.ID, *unknown)) {
		rep.fault(to, r, Unknown, *unknown)
	}
}

// unknown is what is missing as one finding, nil when all is known.
func (res Result) unknown() *Finding {
	if len(res.Missing) == 0 && (res.Reason == "" || res.State == Error) {
		return nil
	}
	f := Finding{Pointer: "", Values: map[string]any{"missing": res.Missing}}
	if len(res.Missing) > 0 {
		f.Pointer = res.Missing[0]
	}
	f.Detail = missingSentence(res.Missing)
	return &f
}

func (rep Report) fault(to *models.Refusal, r *Rule, state string, f Finding) {
	k := rep.Edition.ready
	sat := k.checks.satisfy(r, f, k.params)
	to.Fields = append(to.Fields, models.FieldError{Pointer: f.Pointer, Code: "check", Check: &models.CheckFault{
		Rule: r.ID, State: state, Detail: models.Bilingual(f.Detail), Values: f.Values, Basis: r.Basis, Satisfy: models.Bilingual(sat),
		Name: models.Bilingual(r.Name), Place: f.place(),
	}})
}

// Satisfy is what would make a finding of a rule go away.
func (rep Report) Satisfy(rule string, f Finding) Sentence {
	k := rep.Edition.ready
	return k.checks.satisfy(k.checks.Rules[rule], f, k.params)
}

// Unknown is what is missing for a result as one finding, nil when all is known.
func (res Result) Unknown() *Finding { return res.unknown() }

// Breaches judges after a partner's fact, which is never refused: what does not
// hold is a breach. The run is kept; results are those of rules that make breaches.
func (b *Book) Breaches(tx *gorm.DB, a models.Acting, point string, s Subject) ([]Result, error) {
	rep, f, err := b.Look(tx, a, point, s)
	if err != nil {
		return nil, err
	}
	if err := keep(tx, a, s, rep, f); err != nil {
		return nil, err
	}
	var out []Result
	for _, res := range rep.Results {
		if r := rep.Edition.Checks().Rules[res.Rule]; r != nil && r.Breach && res.State == Block {
			out = append(out, res)
		}
	}
	return out, nil
}

// Judged reports whether a project has been judged at a point before an act of ours.
func Judged(tx *gorm.DB, point, project string) (bool, error) {
	var n int64
	if err := tx.Model(&CheckRun{}).Where("project = ? AND point = ?", project, point).Limit(1).Count(&n).Error; err != nil {
		return false, fmt.Errorf("check runs of %s at %s: %w", project, point, err)
	}
	return n > 0, nil
}

// keep stores a run with a row per rule.
func keep(tx *gorm.DB, a models.Acting, s Subject, rep Report, f Facts) error {
	digest, err := keepFacts(tx, f)
	if err != nil {
		return err
	}
	run := CheckRun{
		Point: rep.Point, SubjectKind: s.Kind, SubjectID: s.ID, Revision: s.Revision, Root: s.Root, Project: s.Project,
		Pack: rep.Edition.Pack, InForce: rep.Edition.InForce, Digest: rep.Edition.Digest, FactsDigest: digest,
		Event: a.Event, Actor: a.Person, BusinessDate: a.On(), At: models.Stamp(a.At),
	}
	if err := tx.Create(&run).Error; err != nil {
		return fmt.Errorf("check run of %s %s: %w", s.Kind, s.ID, err)
	}
	rows := make([]RuleEval, 0, len(rep.Results))
	for _, res := range rep.Results {
		rows = append(rows, res.row(run, rep))
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("rules of check run %d: %w", run.ID, err)
	}
	return nil
}

func (res Result) row(run CheckRun, rep Report) RuleEval {
	row := RuleEval{
		Root: run.Root, Project: run.Project, Decision: res.Rule, Pack: run.Pack, InForce: run.InForce, Event: run.Event, At: run.At,
		Inputs: models.JSON("{}"), Output: models.JSON("null"), Hits: models.JSON("[]"),
		Run: run.ID, Rule: res.Rule, State: res.State,
		Findings: models.JSONOf(orEmpty(res.Findings)), Missing: models.JSONOf(orEmpty(res.Missing)),
	}
	if r := rep.Edition.Checks().Rules[res.Rule]; r != nil && r.Kind == KindCheck {
		row.Severity = map[bool]string{true: "hard", false: "soft"}[r.Hard]
	}
	if raw, err := feel.ToJSON(res.Value); err == nil {
		row.Output = raw
	}
	return row
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// keepFacts stores facts once, whoever was judged by them.
func keepFacts(tx *gorm.DB, f Facts) (string, error) {
	all := feel.NewContext(len(f))
	for _, name := range sortedKeys(f) {
		all.Set(name, f[name])
	}
	body, err := feel.ToJSON(all)
	if err != nil {
		return "", fmt.Errorf("facts: %w", err)
	}
	sum := sha256.Sum256(body)
	row := CheckFacts{Digest: hex.EncodeToString(sum[:]), Body: body}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return "", fmt.Errorf("facts %s: %w", row.Digest, err)
	}
	return row.Digest, nil
}

// StoredFacts reads facts back as the rules of a pack read them, for a judging again.
func StoredFacts(tx *gorm.DB, digest string) (Facts, error) {
	var row CheckFacts
	if err := tx.Where("digest = ?", digest).Take(&row).Error; err != nil {
		return nil, fmt.Errorf("facts %s: %w", digest, err)
	}
	v, err := feel.FromJSON(row.Body)
	if err != nil {
		return nil, fmt.Errorf("facts %s: %w", digest, err)
	}
	all, _ := v.(*feel.Context)
	out := Facts{}
	for _, name := range all.Keys() {
		out[name], _ = all.Get(name)
	}
	out["on"], _ = Field{Name: "on", Kind: 'd'}.read(out["on"], "/on")
	out["at"], _ = Field{Name: "at", Kind: 't'}.read(out["at"], "/at")
	return out, nil
}

func brokenSentence(why string) Sentence {
	return Sentence{ZH: "规则本身有错，不能判定，请联系管理员：" + why, EN: "The rule itself is broken and cannot judge; tell the operator: " + why}
}
