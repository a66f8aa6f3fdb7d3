package plan

import (
	"cmp"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/similar"
)

// SubjectEntry is the kind of a subject that is an entry of the pool.
const SubjectEntry = "pool"

// Point is the check point of entries: sent, pre-checked.
const Point = "plan"

// What the pool knows of an entry (domain/checks.md §4, point plan). It has no
// lines and no sheet yet: known to be none.
var _ = rules.Provide(rules.Source{Kind: SubjectEntry, Facts: []string{
	"title", "lines", "secrecy", "marks", "similar", "matches", "reuse", "sheet", "plannedStart",
}, Gather: entryFacts})

// Subject of the rules.
func (e Entry) Subject() rules.Subject {
	return rules.Subject{Kind: SubjectEntry, ID: e.ID, Revision: e.Revision}
}

// Alike is one thing that an entry is like: a project, a system, or another entry of the pool.
type Alike = books.Like

// KindEntry of a likeness: another entry of the pool.
const KindEntry = "plan"

func (e Entry) described() (similar.Project, Form, error) {
	f, err := e.Read()
	return similar.Project{Name: f.Name, Need: f.Problem, Functions: f.Functions}, f, err
}

// Likeness finds what an entry is like: submissions, inventory, and other entries
// that wait in the pool or stand in a plan. An entry that it was carried from is itself.
func Likeness(tx *gorm.DB, e Entry, on models.Date) ([]Alike, error) {
	own, _, err := e.described()
	if err != nil {
		return nil, err
	}
	out, err := books.DetectText(tx, own, on)
	if err != nil {
		return nil, err
	}
	var others []Entry
	err = tx.Where(
		"id <> ? AND id <> ? AND carried_from <> ? AND state IN ? AND fiscal_year BETWEEN ? AND ?", e.ID, e.CarriedFrom, e.ID,
		[]string{Sent, Returned, Passed, InPlan, Deferred}, e.FiscalYear-1, e.FiscalYear+1,
	).Order("id").Find(&others).Error
	if err != nil {
		return nil, err
	}
	refs, texts := []string{}, []similar.Project{}
	byRef := map[string]Entry{}
	for _, o := range others {
		p, _, err := o.described()
		if err != nil {
			return nil, err
		}
		refs, texts = append(refs, o.ID), append(texts, p)
		byRef[o.ID] = o
	}
	if len(refs) > 0 {
		x := similar.ReadProjects(similar.Shipped(), refs, texts)
		hits := x.Like(own, leastScore, mostAlike, &similar.Search{})
		x.Explain(own, hits)
		for _, h := range hits {
			o := byRef[h.Ref]
			out = append(
				out,
				Alike{
					Alike: books.Alike{Ref: o.ID, Score: float64(int(h.Score*100+1e-9)) / 100, Words: h.Words}, Kind: KindEntry,
					Title: o.Name, Unit: o.Unit,
				},
			)
		}
	}
	slices.SortStableFunc(out, func(a, b Alike) int { return cmp.Compare(b.Score, a.Score) })
	return out[:min(len(out), mostAlike)], nil
}

// Bounds of storage, not of judgement.
const (
	leastScore = 0.5
	mostAlike  = 50
)

func entryFacts(tx *gorm.DB, s rules.Subject, on models.Date) (rules.Facts, error) {
	e, err := FindEntry(tx, s.ID)
	if err != nil {
		return nil, err
	}
	_, f, err := e.described()
	if err != nil {
		return nil, err
	}
	alike, err := Likeness(tx, e, on)
	if err != nil {
		return nil, err
	}
	similars, reuse, marks := []any{}, []any{}, []any{}
	for _, a := range alike {
		words := a.Words
		if words == nil {
			words = []string{}
		}
		similars = append(
			similars,
			map[string]any{"ref": a.Ref, "kind": a.Kind, "title": a.Title, "unit": a.Unit, "score": books.Scored(a.Score), "words": words},
		)
	}
	for _, r := range f.Reuse {
		reuse = append(reuse, map[string]any{"capability": r.Capability, "answer": r.Answer, "reason": r.Reason})
	}
	for _, word := range papers.SecrecyMarks(f.Name + " " + f.Problem) {
		marks = append(marks, map[string]any{"ref": f.Name, "word": word})
	}
	matches, err := books.MatchText(tx, append([]string{f.Name}, f.Functions...))
	if err != nil {
		return nil, err
	}
	var secrecy any
	if f.Secrecy != "" {
		secrecy = f.Secrecy
	}
	return books.PlainFacts(map[string]any{
		"title": f.Name, "lines": []any{}, "secrecy": secrecy, "marks": marks, "similar": similars, "matches": matches, "reuse": reuse,
		"sheet":        []any{},
		"plannedStart": yearStart(e.FiscalYear),
	})
}

// PaperUnits are the units whose entries the issued papers of a year are about, by the paper's id.
func PaperUnits(tx *gorm.DB, year int) (map[string]string, error) {
	var issued []papers.Document
	about := []string{"plan_entry_form", "plan_answer"}
	err := tx.Select("id", "data").Where("plan_year = ? AND template IN ?", year, about).Find(&issued).Error
	if err != nil {
		return nil, fmt.Errorf("papers of the plan of %d: %w", year, err)
	}
	all, err := Entries(tx, year, "")
	if err != nil {
		return nil, err
	}
	of, out := map[string]string{}, map[string]string{}
	for _, e := range all {
		of[e.ID] = e.Unit
	}
	for _, d := range issued {
		var facts struct {
			Plan struct {
				EntryNo string `json:"entryNo"`
			} `json:"plan"`
		}
		if err := d.Data.Into(&facts); err != nil {
			return nil, fmt.Errorf("paper %s: %w", d.ID, err)
		}
		if unit := of[facts.Plan.EntryNo]; unit != "" {
			out[d.ID] = unit
		}
	}
	return out, nil
}
