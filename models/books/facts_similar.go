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
	"github.com/quancheng/quancheng/models/seconds"
	"github.com/quancheng/quancheng/similar"
)

// What an application is like: submissions, lines of them, the inventory, capabilities.
var (
	_ = rules.Provide(rules.Source{Kind: SubjectProject, Facts: []string{"similar", "siblings", "apartRefs"}, Gather: similarFacts})
	_ = rules.Provide(rules.Source{Kind: SubjectProject, Facts: []string{"matches"}, Gather: matchFacts})
)

// similarFacts are what the project is like, best first, those of it that its own unit applied for, and those of
// these that two persons hold apart from it.
func similarFacts(tx *gorm.DB, s rules.Subject, on models.Date) (rules.Facts, error) {
	p, err := FindProject(tx, s.ID)
	if err != nil {
		return nil, err
	}
	found, err := Detect(tx, p, on)
	if err != nil {
		return nil, err
	}
	there, err := named(tx, found)
	if err != nil {
		return nil, err
	}
	similars, siblings := []any{}, []any{}
	for _, a := range found.Projects {
		q := there[a.Ref]
		similars = append(similars, alike(a, "project", q.Name, q.DeptID))
		if q.DeptID == p.DeptID {
			row, err := sibling(tx, a, q)
			if err != nil {
				return nil, err
			}
			siblings = append(siblings, row)
		}
	}
	lines, err := Lines(tx, p.Code)
	if err != nil {
		return nil, err
	}
	apart := []string{}
	if len(siblings) > 0 {
		if apart, err = seconds.ApartFrom(tx, p.Code); err != nil {
			return nil, err
		}
	}
	similars = append(similars, likeOthersLines(found, lines, there)...)
	systems, err := likeSystems(tx, p, lines)
	if err != nil {
		return nil, err
	}
	return factsOf(map[string]any{"similar": append(similars, systems...), "siblings": siblings, "apartRefs": orEmptyText(apart)})
}

func alike(a Alike, kind, title, unit string) map[string]any {
	return map[string]any{"ref": a.Ref, "kind": kind, "title": title, "unit": unit, "score": scored(a.Score), "words": orEmptyText(a.Words)}
}

func scored(f float64) json.Number { return json.Number(strconv.FormatFloat(f, 'f', 2, 64)) }

// sibling is a project of the same unit with its sum: reviewed once it was.
func sibling(tx *gorm.DB, a Alike, q Project) (map[string]any, error) {
	sums, err := TotalsOf(tx, q.Code)
	if err != nil {
		return nil, err
	}
	total := sums[q.Code].Declared
	if q.ReviewedOn != "" {
		total = sums[q.Code].Reviewed
	}
	return map[string]any{
		"ref": q.Code, "title": q.Name, "unit": q.DeptID, "total": json.Number(total.String()), "appliedOn": string(q.SubmittedOn),
		"score": scored(a.Score), "state": string(q.Stage),
	}, nil
}

// likeOthersLines are lines of other projects that would be bought a second time.
func likeOthersLines(found Detected, lines []BudgetLine, there map[string]Project) (out []any) {
	names := map[int]string{}
	for _, l := range lines {
		names[l.LineNo] = l.Name
	}
	for _, a := range found.Lines {
		code, _, _ := strings.Cut(a.Ref, "/")
		q := there[code]
		out = append(out, alike(a.Alike, "line", q.Name+"："+names[a.Line], q.DeptID))
	}
	return out
}

// likeSystems holds the project and its lines against the inventory.
func likeSystems(tx *gorm.DB, p Project, lines []BudgetLine) ([]any, error) {
	all, err := Inventory(tx)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	refs, systems := make([]string, len(all)), make([]similar.Project, len(all))
	for i, s := range all {
		refs[i] = strconv.Itoa(i)
		systems[i] = similar.Project{
			Name: s.Name, Functions: strings.FieldsFunc(s.Functions, func(r rune) bool { return strings.ContainsRune("、，,;；\n", r) }),
		}
	}
	x, notes := similar.ReadProjects(similar.Shipped(), refs, systems), &similar.Search{}
	best := map[int]similar.Hit{}
	ask := func(q similar.Project) {
		hits := x.Like(q, leastScore, mostSimilar, notes)
		x.Explain(q, hits)
		for _, h := range hits {
			i, _ := strconv.Atoi(h.Ref)
			if h.Score > best[i].Score {
				best[i] = h
			}
		}
	}
	ask(textsOf(p.Name, p.Form, lines).project)
	for _, l := range lines {
		if line := (similar.Line{Name: l.Name, Spec: l.Spec, Unit: l.Unit}); builds(line) {
			ask(similar.Project{Name: l.Name})
		}
	}
	out := []any{}
	for i, s := range all {
		if h, ok := best[i]; ok && len(out) < mostSimilar {
			out = append(out, alike(Alike{fmt.Sprintf("inventory/%d", s.ID), twoDecimals(h.Score), h.Words}, "inventory", s.Name, s.Unit))
		}
	}
	return out, nil
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

// matchFacts are the capabilities of the city brain that the application names or has lines like.
func matchFacts(tx *gorm.DB, s rules.Subject, _ models.Date) (rules.Facts, error) {
	p, err := FindProject(tx, s.ID)
	if err != nil {
		return nil, err
	}
	lines, err := Lines(tx, s.ID)
	if err != nil {
		return nil, err
	}
	asked := append([]string{p.Name}, textsOf(p.Name, p.Form, nil).project.Functions...)
	for _, l := range lines {
		if builds(similar.Line{Name: l.Name, Spec: l.Spec, Unit: l.Unit}) ||
			similar.Shipped().Nothing(similar.Line{Name: l.Name}) && l.Spec != "" {
			asked = append(asked, l.Name+"，"+l.Spec)
		}
	}
	matches, err := MatchText(tx, asked)
	if err != nil {
		return nil, err
	}
	return factsOf(map[string]any{"matches": matches})
}
