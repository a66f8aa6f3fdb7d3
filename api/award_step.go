package api

import (
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// awardSteps fills in what the county's rules say of a package that is being bought: until when its steps are due
// (C08, C09), and what may follow its failure (C06).
func (c *call) awardSteps(w *wire.PackageRow, project string, p books.PackageView) error {
	today := models.DateOf(c.now)
	rep, _, err := books.Rules.Look(c.db(), models.Acting{At: c.now, BusinessDate: today}, books.PointAward,
		books.PackageSubject(project, p.PackageNo))
	if err != nil {
		return err
	}
	if p.State == books.ProcFailed {
		w.Next = books.NextAfterFailure(rep)
	}
	days, err := books.AwardDays(rep, p)
	if err != nil {
		return err
	}
	for _, d := range days {
		s := wire.AwardStep{
			Rule: d.Rule, Step: d.Step, Name: c.text("award-step." + d.Rule + "." + d.Step), Due: string(d.Due), On: string(d.Done),
			Light: green,
		}
		switch {
		case d.Late(today):
			s.Light = red
		case d.OutOfTime(), d.Done == "" && !d.Window && daysBetween(today, d.Due) <= soon:
			s.Light = amber
		}
		w.Steps = append(w.Steps, s)
	}
	return nil
}
