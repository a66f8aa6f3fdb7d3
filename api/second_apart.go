package api

import (
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/seconds"
)

// lookApart refuses to hold two projects apart that rule B09 does not hold together: it asks of projects of one
// unit that are still under way. It shows both with their sums, and by what the difference is shown.
func lookApart(c *call, r *seconds.Request) ([]seconds.Line, error) {
	t, err := termsOf(*r)
	if err != nil {
		return nil, err
	}
	if r.Project == "" {
		r.Project, t.Other, t.Shown = r.Subject, strings.TrimSpace(t.Other), strings.TrimSpace(t.Shown)
		r.Subject, r.Data = seconds.Pair(r.Project, t.Other), models.JSONOf(t)
	}
	if len([]rune(t.Shown)) < seconds.MinReason {
		return nil, invalid().field("/terms/shown", "apart-evidence")
	}
	p, err := c.project(r.Project)
	if err != nil {
		return nil, err
	}
	other, err := c.project(t.Other)
	if err != nil {
		return nil, err
	}
	if p.Code == other.Code || p.DeptID != other.DeptID {
		return nil, models.Refuse("apart-one-unit", "a", p.Code, "b", other.Code)
	}
	if p.Stage.Closed() || p.Stage == books.Archived {
		return nil, models.Refuse("instance-ended")
	}
	apart, err := seconds.ApartFrom(c.db(), p.Code)
	if err != nil {
		return nil, err
	}
	if contains(apart, other.Code) {
		return nil, models.Refuse("apart-already", "a", p.Name, "b", other.Name)
	}
	sums, err := books.TotalsOf(c.db(), p.Code, other.Code)
	if err != nil {
		return nil, err
	}
	return []seconds.Line{
		{Key: "apart.two", Args: map[string]string{
			"a": p.Name, "declaredA": sums[p.Code].Declared.String(), "b": other.Name, "declaredB": sums[other.Code].Declared.String(),
		}},
		{Key: "apart.shown", Args: map[string]string{"shown": t.Shown}},
	}, nil
}

// doApart writes nothing more: the confirmed request is what the rule asks for.
func doApart(*gorm.DB, models.Acting, seconds.Request) error { return nil }
