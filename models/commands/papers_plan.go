package commands

import (
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/plan"
	"github.com/quancheng/quancheng/texts"
)

// callPaper is what a call asks for.
func callPaper(c Call, tx *gorm.DB, _ books.Project, all map[string]any) error {
	k, err := plan.Find(tx, c.year())
	if err != nil {
		return err
	}
	out := root(all, "plan")
	out["year"], out["openOn"], out["closeOn"], out["contact"] = k.FiscalYear, k.OpensOn, k.ClosesOn, k.Contact
	return nil
}

// annualPaper is the plan of the year as it was published, with who sent nothing.
func annualPaper(c Call, tx *gorm.DB, _ books.Project, all map[string]any) error {
	entries, err := books.PlanEntries(tx, c.year(), "")
	if err != nil {
		return err
	}
	pool, err := plan.Entries(tx, c.year(), "")
	if err != nil {
		return err
	}
	priority := map[string]int{}
	for _, e := range pool {
		priority[e.ID] = e.Priority
	}
	rows, n := []any{}, 0
	var total models.Money
	for _, e := range entries {
		if e.OutOfPlan || e.Pool == "" {
			continue
		}
		unit, err := office.DeptName(tx, e.Unit)
		if err != nil {
			return err
		}
		var sources []string
		_ = json.Unmarshal(e.Sources, &sources) // written by plan.Publish
		n++
		total = total.Add(e.EstAmount)
		rows = append(
			rows,
			map[string]any{
				"no": e.ID, "name": e.Name, "unit": unit, "type": e.Type, "amount": e.EstAmount,
				"source": joined(sources), "priority": priority[e.Pool],
			},
		)
	}
	units, err := plan.Units(tx, c.year())
	if err != nil {
		return err
	}
	silent := []any{}
	for _, u := range units {
		if u.State == plan.UnitSilent {
			name, err := office.DeptName(tx, u.Unit)
			if err != nil {
				return err
			}
			silent = append(silent, name)
		}
	}
	out := root(all, "plan")
	out["entries"], out["n"], out["total"], out["silent"] = rows, n, total, silent
	return nil
}

func joined(list []string) string {
	out := ""
	for i, s := range list {
		if i > 0 {
			out += "、"
		}
		out += s
	}
	return out
}

// minutesPaper is the joint meeting with what it decided on each entry.
func minutesPaper(c Call, tx *gorm.DB, _ books.Project, all map[string]any) error {
	k, err := plan.Find(tx, c.year())
	if err != nil {
		return err
	}
	var m plan.Meeting
	if err := json.Unmarshal(k.Meeting, &m); err != nil {
		return fmt.Errorf("meeting of %d: %w", k.FiscalYear, err)
	}
	pool, err := plan.Entries(tx, c.year(), "")
	if err != nil {
		return err
	}
	plan.Order(pool)
	items := []any{}
	for _, e := range pool {
		if e.Verdict == "" || e.Urgent {
			continue
		}
		decision := texts.Text(texts.Chinese, "planVerdict."+e.Verdict, nil)
		if e.VerdictNote != "" {
			decision += "：" + e.VerdictNote
		}
		items = append(items, map[string]any{"no": len(items) + 1, "title": fmt.Sprintf("审议《%s》", e.Name), "decision": decision})
	}
	place := m.Place
	if place == "" {
		place = "联席会议"
	}
	all["meeting"] = map[string]any{
		"place": place, "chair": m.Chair, "recorder": m.Recorder, "present": m.Present, "absent": m.Absent, "items": items,
	}
	return nil
}

// entryPaper is an entry that the plan does not take.
func entryPaper(e plan.Entry) gatherer {
	return func(_ Call, tx *gorm.DB, _ books.Project, all map[string]any) error {
		unit, err := office.DeptName(tx, e.Unit)
		if err != nil {
			return err
		}
		into := e.MergedInto
		if o, err := plan.FindEntry(tx, into); err == nil {
			into = o.Name
		} else if p, err := books.FindProject(tx, into); err == nil && into != "" {
			into = p.Name
		}
		out := root(all, "plan")
		out["year"], out["entryNo"], out["unit"], out["name"], out["into"], out["reason"] = e.FiscalYear, e.ID, unit, e.Name, into, e.Reason
		return nil
	}
}
