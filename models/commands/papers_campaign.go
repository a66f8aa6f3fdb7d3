package commands

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/campaign"
	"github.com/quancheng/quancheng/texts"
)

// campaignPaper is a campaign as its newest bulletin has it, at its end as it is.
func campaignPaper(c Call, tx *gorm.DB, _ books.Project, all map[string]any) error {
	k, err := campaign.Find(tx, c.text("campaign"))
	if err != nil {
		return err
	}
	days, err := calendar.Newest(tx)
	if err != nil {
		return err
	}
	inForce, err := RulesOn(tx, c.Acting.On())
	if err != nil {
		return err
	}
	rows, err := campaign.Live(tx, k, c.Acting.On(), days, inForce)
	if err != nil {
		return err
	}
	late, err := overdueOf(tx, k.ID, c.Acting.On())
	if err != nil {
		return err
	}
	var no int
	if err := tx.Model(&campaign.Bulletin{}).Where("campaign = ?", k.ID).Select("COALESCE(MAX(no), 0)").Scan(&no).Error; err != nil {
		return fmt.Errorf("bulletins of %s: %w", k.ID, err)
	}
	causes, err := causesOf(tx, k.ID)
	if err != nil {
		return err
	}
	out := root(all, "campaign")
	campaignRows(out, rows, late)
	out["name"], out["start"], out["end"], out["asOf"], out["bulletinNo"], out["causes"] = k.Name, k.StartsOn, k.EndsOn, c.Acting.On(), no,
		causes
	return nil
}

// campaignRows are the units with their sums, and who is behind.
func campaignRows(out map[string]any, rows []campaign.Progress, late map[string]int) {
	list, laggards := []any{}, []any{}
	complete := 0
	for i, u := range rows {
		if u.Complete {
			complete++
		}
		if u.Behind() {
			laggards = append(laggards, fmt.Sprintf("%s（已走%d项，计划%d项）", u.Name, u.Walked, u.Planned))
		}
		rate := "—"
		if u.Planned > 0 {
			rate = fmt.Sprintf("%d.%d%%", u.Walked*100/u.Planned, u.Walked*1000/u.Planned%10)
		}
		list = append(list, map[string]any{
			"no": i + 1, "unit": u.Name, "planned": u.Planned, "walked": u.Walked, "rate": rate, "issues": u.Found,
			"rectified": u.Rectified, "referred": u.Referred,
			"overdue": late[u.Unit],
		})
	}
	sum := campaign.Sum(rows)
	out["planned"], out["walked"], out["issues"], out["open"] = sum.Planned, sum.Walked, sum.Found, sum.Open
	out["rectified"], out["referred"], out["materials"], out["steps"] = sum.Rectified, sum.Referred, sum.MaterialsCut, sum.StepsCut
	out["days"] = fmt.Sprintf("%d.%d", sum.DaysCut/10, sum.DaysCut%10)
	out["units"], out["complete"], out["rows"], out["laggards"] = len(rows), complete, list, laggards
}

// causesOf are the causes of a campaign's issues, the most frequent first.
func causesOf(tx *gorm.DB, id string) ([]any, error) {
	var rows []struct {
		Cause string
		N     int
	}
	err := tx.Raw(`SELECT r.cause, COUNT(*) AS n FROM walk_issue i JOIN rectification r ON r.no = i.issue
		WHERE i.campaign = ? AND r.cause <> '' AND r.state <> ? GROUP BY r.cause
		ORDER BY n DESC, r.cause`, id, books.RectInvalid).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("causes of %s: %w", id, err)
	}
	out := []any{}
	for _, x := range rows {
		out = append(out, fmt.Sprintf("%s%d个", texts.Text(texts.Chinese, "rootCause."+x.Cause, nil), x.N))
	}
	return out, nil
}

// overdueOf counts by unit the issues of a campaign that nobody has closed in time.
func overdueOf(tx *gorm.DB, id string, on models.Date) (map[string]int, error) {
	var rows []struct {
		Unit string
		N    int
	}
	err := tx.Raw(`SELECT i.unit, COUNT(*) AS n FROM walk_issue i JOIN rectification r ON r.no = i.issue
		WHERE i.campaign = ? AND r.due_on < ? AND r.state NOT IN ? GROUP BY i.unit`, id, on, over).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("overdue issues of %s: %w", id, err)
	}
	out := map[string]int{}
	for _, x := range rows {
		out[x.Unit] = x.N
	}
	return out, nil
}
