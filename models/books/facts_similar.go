package books

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/models/service"
)

// What an application is like: other projects by name, capabilities by the names of lines.
var (
	_ = rules.Provide(rules.Source{Kind: SubjectProject, Facts: []string{"similar", "siblings"}, Gather: similarFacts})
	_ = rules.Provide(rules.Source{Kind: SubjectProject, Facts: []string{"matches"}, Gather: matchFacts})
)

// Bounds of storage, not of judgement.
const (
	mostSimilar = 50
	similarYear = 10 // years back
)

// similarFacts compares the project's name with those of all others that were
// submitted, never its own earlier declarations.
func similarFacts(tx *gorm.DB, s rules.Subject, on models.Date) (rules.Facts, error) {
	p, err := FindProject(tx, s.ID)
	if err != nil {
		return nil, err
	}
	since := models.Date(fmt.Sprintf("%04d-%s", on.Year()-similarYear, string(on)[5:]))
	var all []Project
	if err := tx.Where("code <> ? AND submitted_on BETWEEN ? AND ?", p.Code, since, on).Order("code").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("projects like %s: %w", p.Code, err)
	}
	before, err := declaredBefore(tx, p)
	if err != nil {
		return nil, err
	}
	type like struct {
		Project
		score float64
	}
	var near []like
	for _, q := range all {
		if score := Similarity(p.Name, q.Name); score >= 0.3 && !slices.Contains(before, q.Code) {
			near = append(near, like{q, score})
		}
	}
	slices.SortStableFunc(near, func(a, b like) int { return int(1e6 * (b.score - a.score)) })
	near = near[:min(len(near), mostSimilar)]
	similar, siblings := []any{}, []any{}
	for _, q := range near {
		score := json.Number(strconv.FormatFloat(q.score, 'f', 4, 64))
		similar = append(similar, map[string]any{
			"ref": q.Code, "kind": "project", "title": q.Name, "unit": q.DeptID, "score": score, "words": commonWords(p.Name, q.Name),
		})
		if q.DeptID != p.DeptID {
			continue
		}
		sums, err := TotalsOf(tx, q.Code)
		if err != nil {
			return nil, err
		}
		totals := sums[q.Code]
		total := totals.Declared
		if q.ReviewedOn != "" {
			total = totals.Reviewed
		}
		siblings = append(siblings, map[string]any{
			"ref": q.Code, "title": q.Name, "unit": q.DeptID, "total": json.Number(total.String()), "appliedOn": string(q.SubmittedOn), "score": score, "state": string(q.Stage),
		})
	}
	return factsOf(map[string]any{"similar": similar, "siblings": siblings})
}

// declaredBefore are the projects that this one declares again.
func declaredBefore(tx *gorm.DB, p Project) (codes []string, err error) {
	for next := string(p.PreviousProject); next != "" && !slices.Contains(codes, next) && len(codes) < 20; {
		codes = append(codes, next)
		q, err := FindProject(tx, next)
		if err != nil {
			return nil, err
		}
		next = string(q.PreviousProject)
	}
	return codes, nil
}

// commonWords are the runs of two characters and more that two names share.
func commonWords(a, b string) []string {
	out := []string{}
	letters := []rune(a)
	for i := 0; i < len(letters); {
		n := 0
		for i+n < len(letters) && strings.Contains(b, string(letters[i:i+n+1])) {
			n++
		}
		if n >= 2 {
			if word := string(letters[i : i+n]); !slices.Contains(out, word) {
				out = append(out, word)
			}
		}
		i += max(n, 1)
	}
	return out
}

// matchFacts are the capabilities of the city brain that lines are named like.
func matchFacts(tx *gorm.DB, s rules.Subject, _ models.Date) (rules.Facts, error) {
	lines, err := Lines(tx, s.ID)
	if err != nil {
		return nil, err
	}
	catalogue, err := service.Capabilities(tx)
	if err != nil {
		return nil, err
	}
	matches := []any{}
	for _, k := range catalogue {
		best, name := 0.0, ""
		for _, l := range lines {
			if score := Similarity(k.Name, l.Name); score > best {
				best, name = score, l.Name
			}
		}
		if best >= 0.3 {
			matches = append(matches, map[string]any{
				"capability": k.Code, "name": k.Name, "score": json.Number(strconv.FormatFloat(best, 'f', 4, 64)), "words": commonWords(k.Name, name),
			})
		}
	}
	return factsOf(map[string]any{"matches": matches})
}
