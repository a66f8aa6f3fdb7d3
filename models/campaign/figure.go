package campaign

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Figures of campaigns, by id, in the order in which a report prints them.
var FigureIDs = []string{
	"walk_started", "walk_depts", "walk_depts_complete", "walk_items", "walk_issues", "walk_rectified", "walk_referred",
	"walk_materials_cut", "walk_steps_cut", "walk_days_cut",
}

// Row behind a figure: what it is, and what it adds to the value ("1" where rows are counted).
type Row struct {
	Ref   string // campaign, unit, walk:<id>, or the number of an issue
	Unit  string
	Text  string
	On    models.Date
	Adds  string
	Issue *IssueRow
}

// Figure is the value of a figure and the rows behind it, over the campaign that
// runs in the period (the newest, if several do): business dates up to its end,
// as recorded at asOf (zero: now). Without a campaign the value is "".
func Figure(tx *gorm.DB, figure string, from, to models.Date, asOf time.Time) (string, []Row, error) {
	c, err := within(tx, from, to, asOf)
	if err != nil || c.ID == "" {
		return "", nil, err
	}
	k := cut{To: to, AsOf: asOf}
	switch figure {
	case "walk_started":
		return string(c.StartsOn), []Row{{Ref: c.ID, Text: c.Name, On: c.StartsOn, Adds: string(c.StartsOn)}}, nil
	case "walk_depts", "walk_depts_complete":
		return unitFigure(tx, c.ID, figure, k)
	case "walk_items":
		return itemFigure(tx, c.ID, k)
	}
	return issueFigure(tx, c.ID, figure, k)
}

func within(tx *gorm.DB, from, to models.Date, asOf time.Time) (Campaign, error) {
	_, at := cut{AsOf: asOf}.args()
	var rows []Campaign
	err := tx.Where("starts_on <= ? AND ends_on >= ? AND created_at <= ?", string(to), string(from), at).
		Order("starts_on DESC, id DESC").
		Limit(1).
		Find(&rows).
		Error
	if err != nil || len(rows) == 0 {
		return Campaign{}, err
	}
	return rows[0], nil
}

func unitFigure(tx *gorm.DB, id, figure string, k cut) (string, []Row, error) {
	units, err := progress(tx, id, k)
	var rows []Row
	for _, u := range units {
		if figure == "walk_depts" && u.Walks > 0 || figure == "walk_depts_complete" && u.CompletedOn != "" {
			rows = append(
				rows,
				Row{
					Ref: u.Unit, Unit: u.Unit, Text: fmt.Sprintf("%s %d/%d", u.Name, u.Walked, u.Planned), On: models.Date(u.CompletedOn),
					Adds: "1",
				},
			)
		}
	}
	return fmt.Sprint(len(rows)), rows, err
}

func itemFigure(tx *gorm.DB, id string, k cut) (string, []Row, error) {
	to, at := k.args()
	var walks []WalkRow
	err := tx.Table("walk w").Select("w.*, i.item, i.name AS item_name").Joins("JOIN campaign_item i ON i.id = w.campaign_item").
		Where("w.campaign = ? AND w.counted AND w.on_date <= ? AND w.recorded_at <= ?", id, to, at).
		Order("w.on_date, w.id").Scan(&walks).Error
	if err != nil {
		return "", nil, fmt.Errorf("items of campaign %s: %w", id, err)
	}
	rows := make([]Row, len(walks))
	for i, w := range walks {
		rows[i] = Row{Ref: fmt.Sprintf("walk:%d", w.ID), Unit: w.Unit, Text: w.ItemName, On: w.OnDate, Adds: "1"}
	}
	return fmt.Sprint(len(rows)), rows, nil
}

// issueFigure counts issues by state, or sums what verified ones have saved.
func issueFigure(tx *gorm.DB, id, figure string, k cut) (string, []Row, error) {
	all, err := issues(tx, id, k)
	if err != nil {
		return "", nil, err
	}
	sum := decimal.Zero
	var rows []Row
	for _, i := range all {
		adds := decimal.New(1, 0)
		closed := i.State == "CLOSED"
		switch figure {
		case "walk_issues":
		case "walk_rectified":
			adds = when(closed, 1)
		case "walk_referred":
			adds = when(i.State == "REFERRED_UP", 1)
		case "walk_materials_cut":
			adds = when(closed, i.MaterialsCut)
		case "walk_steps_cut":
			adds = when(closed, i.StepsCut)
		case "walk_days_cut":
			adds = when(closed, i.DaysCut).Shift(-1)
		default:
			return "", nil, models.Refuse("not-found", "what", figure)
		}
		if adds.IsZero() {
			continue
		}
		sum = sum.Add(adds)
		rows = append(rows, Row{Ref: i.Issue, Unit: i.Unit, Text: i.Title, On: i.FoundOn, Adds: adds.String(), Issue: &i})
	}
	if strings.HasSuffix(figure, "_days_cut") {
		return sum.StringFixed(1), rows, nil
	}
	return sum.String(), rows, nil
}

func when(ok bool, n int) decimal.Decimal {
	if !ok {
		return decimal.Zero
	}
	return decimal.NewFromInt(int64(n))
}
