package books

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/rules"
)

// SubjectRectification is the kind of a subject that is a finding on its way to being closed.
const SubjectRectification = "rectification"

// The check points of a rectification.
const (
	PointRectOpen  = "rectification.open"
	PointRectClose = "rectification.close"
)

// What the rules on findings read (domain/checks.md §2 R, §3). Impact and scope of
// R01 are known when who dispatches has told them; else the grade is his.
var (
	_ = rules.Provide(rules.Source{Kind: SubjectRectification, Points: []string{PointRectOpen}, Facts: []string{
		"similarIssues", "dept0", "earlier", "itemCode0", "cause0", "at", "impact", "scope",
	}, Gather: openingFacts})
	_ = rules.Provide(rules.Source{Kind: SubjectRectification, Points: []string{PointRectClose}, Facts: []string{
		"verifier", "owner", "registrar", "closingScores", "after", "dispatchedAt", "siteNote", "returns", "at",
	}, Gather: closingFacts})
)

// Bounds of what is compared: where they cut, the fact is not known (domain/checks.md §3).
const (
	mostCompared = 2000
	bestCompared = 50
)

// clock tells the times of a subject: when they were recorded; of an act that is
// registered after the event (补录), on which day they happened.
type clock struct {
	back bool
	on   models.Date
}

func clockOf(tx *gorm.DB, no string, on models.Date) (clock, error) {
	s, err := lastStep(tx, no)
	return clock{back: s.BackRegistered() && s.BusinessDate == on, on: on}, err
}

func (k clock) time(recorded time.Time, happened models.Date) string {
	if k.back && happened != "" {
		recorded = happened.Start()
	}
	return recorded.In(models.Zone).Format(time.RFC3339)
}

// put adds the moment of the act where it is not that of recording: the end of its day.
func (k clock) put(facts rules.Facts, err error) (rules.Facts, error) {
	if err == nil && k.back {
		facts["at"], _ = feel.ParseDateTime(k.on.AddDays(1).Start().Add(-time.Second).In(models.Zone).Format(time.RFC3339))
	}
	return facts, err
}

// others of the same owner, newest first; ok is false when there are too many to compare.
func othersOf(tx *gorm.DB, r Rectification, having string, args ...any) (rows []Rectification, ok bool, err error) {
	err = tx.Where("owner_dept = ? AND no <> ? AND state <> ?", r.OwnerDept, r.No, RectInvalid).Where(having, args...).
		Order("created_at DESC, no DESC").Limit(mostCompared + 1).Find(&rows).Error
	if err != nil {
		return nil, false, fmt.Errorf("others of %s: %w", r.No, err)
	}
	return rows, len(rows) <= mostCompared, nil
}

func openingFacts(tx *gorm.DB, s rules.Subject, on models.Date) (rules.Facts, error) {
	r, err := FindRectification(tx, s.ID)
	if err != nil {
		return nil, err
	}
	k, err := clockOf(tx, r.No, on)
	if err != nil {
		return nil, err
	}
	before, all, err := othersOf(tx, r, "created_at <= ?", r.CreatedAt)
	if err != nil {
		return nil, err
	}
	var alike []compared
	for _, o := range before {
		if score := Similarity(r.Title+r.Description, o.Title+o.Description); score >= leastScore {
			alike = append(
				alike, compared{score, map[string]any{"ref": o.No, "dept": o.OwnerDept, "openedAt": k.time(o.CreatedAt, o.FoundOn)}},
			)
		}
	}
	facts := map[string]any{"similarIssues": best(alike), "dept0": r.OwnerDept, "earlier": []any{}, "itemCode0": "none", "cause0": "none"}
	if r.Impact != "" {
		facts["impact"], facts["scope"] = r.Impact, r.Scope
	}
	if !all { // too many: not known
		facts["similarIssues"] = nil
	}
	if r.Item == "" { // about no item: nothing of it can come again
		return k.put(factsOf(facts))
	}
	facts["itemCode0"], facts["cause0"] = r.Item, known(r.Cause)
	var closed []Rectification
	if err := tx.Where("item = ? AND state = ? AND no <> ?", r.Item, RectClosed,
		r.No).Order("no DESC").Limit(mostCompared).Find(&closed).Error; err != nil {
		return nil, fmt.Errorf("earlier than %s: %w", r.No, err)
	}
	ends, err := closings(tx, r.Item)
	if err != nil {
		return nil, err
	}
	earlier := []any{}
	for _, o := range closed {
		earlier = append(
			earlier,
			map[string]any{
				"ref": o.No, "itemCode": o.Item, "cause": o.Cause, "closedAt": k.time(closedAt(o, ends[o.No]), o.ClosedOn), "owner": o.Owner,
			},
		)
	}
	facts["earlier"] = earlier
	return k.put(factsOf(facts))
}

// closings are the steps of findings about an item after which they were closed.
func closings(tx *gorm.DB, item string) (map[string][]RectificationStep, error) {
	var steps []RectificationStep
	err := tx.Where("state = ? AND no IN (SELECT no FROM rectification WHERE item = ? AND state = ?)", RectClosed, item, RectClosed).
		Order("no, seq").Find(&steps).Error
	if err != nil {
		return nil, fmt.Errorf("closings of %s: %w", item, err)
	}
	of := map[string][]RectificationStep{}
	for _, s := range steps {
		of[s.No] = append(of[s.No], s)
	}
	return of, nil
}

// closedAt is when a finding was closed: the moment of the step that did it, where
// it was recorded on that day, else the day. What is written to its row later
// does not close it anew.
func closedAt(r Rectification, steps []RectificationStep) time.Time {
	if r.ClosedOn == "" { // of a former release
		return r.UpdatedAt
	}
	for _, s := range steps {
		if models.DateOf(s.At) == r.ClosedOn {
			return s.At
		}
	}
	return r.ClosedOn.Start()
}

func closingFacts(tx *gorm.DB, s rules.Subject, on models.Date) (rules.Facts, error) {
	r, err := FindRectification(tx, s.ID)
	if err != nil {
		return nil, err
	}
	k, err := clockOf(tx, r.No, on)
	if err != nil {
		return nil, err
	}
	facts := map[string]any{
		"verifier": map[string]any{
			"person": orNone(r.Verifier), "unit": orNone(r.VerifierUnit),
		}, "owner": map[string]any{"person": cmp.Or(r.Owner, notYet), "unit": r.OwnerDept},
		"registrar": r.Registrar, "returns": r.Returns, "siteNote": []any{},
	}
	if r.SiteNote != "" {
		facts["siteNote"] = []any{r.SiteNote}
	}
	if step, there, err := Dispatched(tx, r.No); err != nil {
		return nil, err
	} else if there {
		facts["dispatchedAt"] = k.time(step.At, step.BusinessDate)
	} else {
		facts["dispatchedAt"] = nil
	}
	if facts["closingScores"], err = closingScores(tx, r); err != nil {
		return nil, err
	}
	if facts["after"], err = afterFiles(tx, r, k); err != nil {
		return nil, err
	}
	return k.put(factsOf(facts))
}

// notYet stands for who has mended it while nobody has: he asks for more time, and nothing is closed. Nobody's id has a blank.
const notYet = "not yet"

// orNone: before the check nobody is the verifier.
func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// exactScore keeps what a bound of two decimals could turn on: 0.8999 is below 0.90.
func exactScore(score float64) json.Number {
	return json.Number(fmt.Sprintf("%.4f", math.Floor(score*10_000+1e-9)/10_000))
}

// compared is a row of what something is alike to.
type compared struct {
	score float64
	row   map[string]any
}

// best are the rows that are most alike, best first.
func best(all []compared) []any {
	slices.SortStableFunc(all, func(a, b compared) int { return cmp.Compare(b.score, a.score) })
	out := []any{}
	for _, c := range all[:min(len(all), bestCompared)] {
		c.row["score"] = exactScore(c.score)
		out = append(out, c.row)
	}
	return out
}

// planScores hold what was done against the plan of it.
func planScores(r Rectification) ([]compared, error) {
	var plan []Measure
	if err := r.Measures.Into(&plan); err != nil {
		return nil, fmt.Errorf("measures of %s: %w", r.No, err)
	}
	texts := []string{""}
	for _, m := range plan {
		texts[0] += m.Text
	}
	if len(plan) > 1 {
		for _, m := range plan {
			texts = append(texts, m.Text)
		}
	}
	var scores []compared
	for _, text := range texts {
		if score := Similarity(r.Evidence, text); score >= leastScore {
			scores = append(scores, compared{score, map[string]any{"ref": r.No, "kind": "plan"}})
		}
	}
	return scores, nil
}

// LikePlan are the facts of rule R04 of what is about to be handed in: how much it is like the plan.
func LikePlan(r Rectification) (rules.Facts, error) {
	scores, err := planScores(r)
	if err != nil {
		return nil, err
	}
	return factsOf(map[string]any{"closingScores": best(scores)})
}

// closingScores hold what was done against the plan of it and the owner's other closings.
func closingScores(tx *gorm.DB, r Rectification) (any, error) {
	scores, err := planScores(r)
	if err != nil {
		return nil, err
	}
	others, all, err := othersOf(tx, r, "evidence <> ''")
	if err != nil || !all {
		return nil, err
	}
	for _, o := range others {
		if score := Similarity(r.Evidence, o.Evidence); score >= leastScore {
			scores = append(scores, compared{score, map[string]any{"ref": o.No, "kind": "closing"}})
		}
	}
	return best(scores), nil
}

// afterFiles are the files that show how it is now, with the other rectifications that they prove too.
func afterFiles(tx *gorm.DB, r Rectification, k clock) (any, error) {
	var ids []string
	if err := r.AfterDocs.Into(&ids); err != nil {
		return nil, fmt.Errorf("evidence of %s: %w", r.No, err)
	}
	var docs []papers.Document
	if err := tx.Select("id", "title", "digest", "dated", "created_at").Where("id IN ? AND digest <> ''",
		append(ids, "")).Order("id").Find(&docs).Error; err != nil {
		return nil, fmt.Errorf("evidence of %s: %w", r.No, err)
	}
	out := []any{}
	for _, d := range docs {
		reused, err := UsedElsewhere(tx, r.No, d.Digest)
		if err != nil {
			return nil, err
		}
		out = append(
			out, map[string]any{"ref": d.Title, "hash": d.Digest, "takenAt": k.time(d.CreatedAt, d.Dated), "reused": orEmptyText(reused)},
		)
	}
	return out, nil
}
