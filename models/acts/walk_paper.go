package acts

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/campaign"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/service"
	"github.com/quancheng/quancheng/texts"
)

// issueWalk issues the record of a walk (走流程体验记录表), numbered without gaps by
// unit and year: W-year-unit-017. numbers are those of the issues that were raised for it.
func issueWalk(tx *gorm.DB, a models.Acting, w campaign.Walk, r campaign.Record, numbers []string) error {
	facts, err := walkFacts(tx, w, r, numbers)
	if err != nil {
		return err
	}
	house, err := office.ServingName(tx, "bureau", a.At)
	if err != nil {
		return err
	}
	d, err := papers.Issue(tx, a, "walk_record", "", fmt.Sprintf("%v 体验记录表", facts["item"]), map[string]any{
		"walk": facts, "house": map[string]any{"name": house},
	})
	if err != nil {
		return fmt.Errorf("record of walk %d: %w", w.ID, err)
	}
	return campaign.KeepPaper(tx, w.ID, d.ID)
}

func walkFacts(tx *gorm.DB, w campaign.Walk, r campaign.Record, numbers []string) (map[string]any, error) {
	unit, err := office.DeptName(tx, w.Unit)
	if err != nil {
		return nil, err
	}
	walker, err := office.PersonName(tx, w.Walker)
	if err != nil {
		return nil, err
	}
	item, err := service.Newest(tx, r.Item)
	if err != nil {
		return nil, err
	}
	n, err := models.Next(tx, "doc_counter", "walk:"+w.Unit, w.OnDate.Year())
	if err != nil {
		return nil, err
	}
	issues := []string{}
	for i, q := range r.Issues {
		issues = append(issues, fmt.Sprintf("%s（%s）", strings.TrimSpace(q.Title), numbers[i]))
	}
	ticket := w.TicketNo
	if ticket == "" {
		ticket = fmt.Sprintf("照片%d张", len(r.Proof))
	}
	return map[string]any{
		"no":   fmt.Sprintf("W-%d-%s-%03d", w.OnDate.Year(), w.Unit, n),
		"item": item.Name, "unit": unit, "walker": walker, "isDirector": w.IsDirector, "role": w.Role,
		"channel": texts.Text(texts.Chinese, "walk.channel."+w.Channel, nil), "date": w.OnDate, "ticket": ticket, "result": w.Result,
		"statement": w.NoIssue, "steps": walkSteps(r.Steps, service.List(item.Materials)), "issues": issues,
	}, nil
}

// walkSteps count of each step what was asked for, what of it the guide names, and what is over.
func walkSteps(steps []campaign.Step, guide []string) []any {
	rows := []any{}
	for i, s := range steps {
		named := 0
		for _, m := range s.Materials {
			if slices.Contains(guide, strings.TrimSpace(m)) {
				named++
			}
		}
		rows = append(rows, map[string]any{
			"no": i + 1, "name": strings.TrimSpace(s.Name), "wait": s.WaitMinutes, "asked": len(s.Materials), "guide": named,
			"extra": len(s.Materials) - named, "visits": s.Visits,
		})
	}
	return rows
}
