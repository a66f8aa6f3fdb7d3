package books

import (
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/models/service"
	"github.com/quancheng/quancheng/similar"
)

// Like is one thing that a text is like: a project or a system of the inventory.
type Like struct {
	Alike
	Kind  string `json:"kind"` // project, inventory
	Title string `json:"title"`
	Unit  string `json:"unit"`
}

// DetectText finds what a project that is only described yet is like, among the
// submissions of ten years and the inventory, best first.
func DetectText(tx *gorm.DB, q similar.Project, on models.Date) ([]Like, error) {
	since := models.Date(fmt.Sprintf("%04d-%s", on.Year()-similarYears, string(on)[5:]))
	all, err := submissions(tx, []string{""}, since, on)
	if err != nil {
		return nil, err
	}
	c, err := indexOf(tx, all, on)
	if err != nil {
		return nil, err
	}
	d := c.find(texts{project: q}, all)
	there, err := named(tx, d)
	if err != nil {
		return nil, err
	}
	out := []Like{}
	for _, a := range d.Projects {
		p := there[a.Ref]
		out = append(out, Like{a, "project", p.Name, p.DeptID})
	}
	systems, err := Inventory(tx)
	if err != nil {
		return nil, err
	}
	return append(out, inventoryLike(systems, q)...), nil
}

// inventoryLike holds one description against the inventory.
func inventoryLike(all []System, q similar.Project) (out []Like) {
	if len(all) == 0 {
		return nil
	}
	refs, systems := make([]string, len(all)), make([]similar.Project, len(all))
	for i, s := range all {
		refs[i] = strconv.Itoa(i)
		systems[i] = similar.Project{
			Name: s.Name, Functions: strings.FieldsFunc(s.Functions, func(r rune) bool { return strings.ContainsRune("、，,;；\n", r) }),
		}
	}
	x := similar.ReadProjects(similar.Shipped(), refs, systems)
	hits := x.Like(q, leastScore, mostSimilar, &similar.Search{})
	x.Explain(q, hits)
	for _, h := range hits {
		i, _ := strconv.Atoi(h.Ref)
		out = append(
			out, Like{Alike{fmt.Sprintf("inventory/%d", all[i].ID), twoDecimals(h.Score), h.Words}, "inventory", all[i].Name, all[i].Unit},
		)
	}
	return out
}

// MatchText are the capabilities of the city brain that texts name, as rows of the fact "matches".
func MatchText(tx *gorm.DB, asked []string) ([]any, error) {
	catalogue, err := service.Capabilities(tx)
	if err != nil {
		return nil, err
	}
	words := similar.NewCorpus(similar.Shipped())
	matches := []any{}
	for _, k := range catalogue {
		best := similar.Result{}
		for _, text := range asked {
			if r := words.Named(k.Name, text); r.Score > best.Score {
				best = r
			}
		}
		if best.Score >= leastScore {
			matches = append(
				matches,
				map[string]any{
					"capability": k.Code, "name": k.Name, "score": scored(twoDecimals(best.Score)),
					"words": orEmptyText(best.Words),
				},
			)
		}
	}
	return matches, nil
}

// PlainFacts makes facts of plain values; a field that is not known is nil.
func PlainFacts(plain map[string]any) (rules.Facts, error) { return factsOf(plain) }

// Scored is a score as facts write it.
func Scored(f float64) any { return scored(f) }
