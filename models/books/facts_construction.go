package books

import (
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
)

// What the books know of a construction under way (domain/checks.md §3, D01–D03).
var _ = rules.Provide(rules.Source{Kind: SubjectProject, Points: []string{"progress"}, Facts: []string{
	"bidPeople", "team", "approvedChanges", "milestones", "reports",
}, Gather: constructionFacts})

func constructionFacts(tx *gorm.DB, s rules.Subject, on models.Date) (rules.Facts, error) {
	persons, err := KeyPersons(tx, s.ID)
	if err != nil {
		return nil, err
	}
	bid, team := []any{}, []any{}
	for _, k := range persons {
		if k.BidName != "" {
			bid = append(bid, map[string]any{"role": k.Role, "name": k.BidName})
		}
		team = append(team, map[string]any{"role": k.Role, "name": k.Name})
	}
	milestones, err := lateness(tx, s.ID, on)
	if err != nil {
		return nil, err
	}
	reports, err := monthly(tx, s.ID, on)
	if err != nil {
		return nil, err
	}
	return factsOf(map[string]any{"bidPeople": bid, "team": team, "approvedChanges": []any{}, "milestones": milestones, "reports": reports})
}

// lateness of each milestone in days, against what was planned from the signature of the contract.
func lateness(tx *gorm.DB, project string, on models.Date) ([]any, error) {
	ms, err := Milestones(tx, project)
	if err != nil {
		return nil, err
	}
	k, ok, err := SignedContract(tx, project)
	if err != nil {
		return nil, err
	}
	rows := []any{}
	for _, m := range ms {
		end := on
		if m.PassedOn != "" {
			end = m.PassedOn
		}
		planned := 0
		if ok {
			planned = daysBetween(k.SignedOn, m.PlanDate)
		}
		rows = append(rows, map[string]any{"no": m.No, "plannedDays": max(planned, 0), "lateDays": max(daysBetween(m.PlanDate, end), 0)})
	}
	return rows, nil
}

func daysBetween(from, to models.Date) int {
	return int(to.Start().Sub(from.Start()) / (24 * time.Hour))
}

// monthly is how far the construction was at the end of each month since the first
// report: the mean of its milestones, in percent.
func monthly(tx *gorm.DB, project string, on models.Date) ([]any, error) {
	reports, err := ProgressReports(tx, project)
	if err != nil {
		return nil, err
	}
	ms, err := Milestones(tx, project)
	if err != nil || len(reports) == 0 || len(ms) == 0 {
		return []any{}, err
	}
	rows, at, i := []any{}, map[int]int{}, 0
	for month := monthOf(reports[0].BusinessDate); month <= monthOf(on); month = monthOf(MonthsAfter(models.Date(month+"-01"), 1)) {
		for ; i < len(reports) && monthOf(reports[i].BusinessDate) <= month; i++ {
			at[reports[i].MilestoneNo] = reports[i].Percent
		}
		sum := 0
		for _, percent := range at {
			sum += percent
		}
		rows = append(rows, map[string]any{"month": month, "percent": sum / len(ms)})
	}
	return rows, nil
}

func monthOf(d models.Date) string { return string(d)[:len("2026-11")] }
