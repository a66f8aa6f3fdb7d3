package commands

import (
	"encoding/json"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/plan"
	"github.com/quancheng/quancheng/models/service"
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
				"source": strings.Join(sources, "、"), "priority": priority[e.Pool],
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

// listed is a list that nobody may have filled, as papers print it: none is known to be none.
func listed(all []string) []string { return append([]string{}, all...) }

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
	all["meeting"] = map[string]any{
		"no": m.No, "on": m.On, "place": m.Place, "chair": m.Chair, "recorder": m.Recorder, "present": listed(m.Present),
		"absent": listed(m.Absent), "items": items,
	}
	return nil
}

// entryPaper issues a paper about an entry of the pool, which its unit reads too.
func entryPaper(tx *gorm.DB, a models.Acting, kind string, e plan.Entry, gather func(*gorm.DB, plan.Entry, map[string]any) error) error {
	c := Call{Acting: a, Vars: map[string]any{"entry": e.ID, "fiscalYear": fmt.Sprint(e.FiscalYear)}}
	_, err := c.issueWith(tx, duePaper{kind: kind, gather: []gatherer{
		func(_ Call, tx *gorm.DB, _ books.Project, all map[string]any) error {
			unit, err := office.DeptName(tx, e.Unit)
			if err != nil {
				return err
			}
			out := root(all, "plan")
			out["year"], out["entryNo"], out["unit"], out["name"] = e.FiscalYear, e.ID, unit, e.Name
			return gather(tx, e, all)
		},
	}}, books.Project{})
	return err
}

// entryAnswerPaper is what became of an entry that the plan does not take.
func entryAnswerPaper(tx *gorm.DB, e plan.Entry, all map[string]any) error {
	into := e.MergedInto
	if o, err := plan.FindEntry(tx, into); err == nil {
		into = o.Name
	} else if p, err := books.FindProject(tx, into); err == nil && into != "" {
		into = p.Name
	}
	out := root(all, "plan")
	out["into"], out["reason"] = into, e.Reason
	return nil
}

// entryFormPaper is an entry as its unit has sent it. What other units wish for is not in it: the unit reads it.
func entryFormPaper(tx *gorm.DB, e plan.Entry, all map[string]any) error {
	f, err := e.Read()
	if err != nil {
		return err
	}
	years, basis, reuse, alike := []any{}, []any{}, []any{}, []any{}
	for _, y := range f.Years {
		years = append(years, map[string]any{"year": y.Year, "amount": y.Amount})
	}
	if len(years) == 0 {
		years = append(years, map[string]any{"year": e.FiscalYear, "amount": e.EstAmount})
	}
	for _, b := range f.PolicyBasis {
		basis = append(basis, map[string]any{"title": b.Title, "docNo": b.DocNo})
	}
	for _, r := range f.Reuse {
		name := r.Capability
		if err := tx.Model(&service.Capability{}).Where("code = ?", name).Limit(1).Pluck("name", &name).Error; err != nil {
			return fmt.Errorf("capability %s: %w", r.Capability, err)
		}
		answer := texts.Text(texts.Chinese, "planReuse."+r.Answer, nil)
		reuse = append(reuse, map[string]any{"capability": name, "answer": answer, "reason": r.Reason})
	}
	for _, a := range e.AlikeOf() {
		if a.Kind == plan.KindEntry {
			continue
		}
		alike = append(alike, map[string]any{
			"ref": a.Ref, "title": a.Title, "score": fmt.Sprintf("%.2f", a.Score), "words": strings.Join(a.Words, "、"),
		})
	}
	out := root(all, "plan")
	out["amount"], out["outOfPlan"] = e.EstAmount, e.Urgent
	all["entry"] = map[string]any{
		"type": e.Type, "sources": listed(f.Sources), "priority": e.Priority, "secret": f.Secrecy != "none", "revision": e.Sent,
		"digest8": digest8(e.Digest), "problem": f.Problem, "functions": listed(f.Functions), "systems": listed(f.Systems),
		"basis": basis, "years": years, "reuse": reuse, "alike": alike,
	}
	return nil
}
