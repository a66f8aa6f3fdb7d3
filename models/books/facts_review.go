package books

import (
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/models/service"
)

// never is the open end of what has no date.
const never = "9999-12-31"

// What the books know of review, sheet and approval.
var (
	_ = rules.Provide(
		rules.Source{
			Kind: SubjectProject, Points: []string{"review"}, Facts: []string{"opinions", "seatCount", "conclusion"}, Gather: opinionFacts,
		},
	)
	_ = rules.Provide(rules.Source{Kind: SubjectProject, Points: []string{"review", "sheet", "approval"}, Facts: []string{
		"sheet", "basisTotal", "ownTotal", "basisAmount", "supervisors",
	}, Gather: sheetFacts})
	_ = rules.Provide(
		rules.Source{Kind: SubjectProject, Points: []string{"sheet"}, Facts: []string{"lines", "declaredTotal"}, Gather: reviewedLines},
	)
	_ = rules.Provide(rules.Source{Kind: SubjectProject, Points: []string{"sheet"}, Facts: []string{"earlierSavings"}, Gather: earlierSavings})
)

// opinionFacts are the signed opinions of the present review and what it concluded.
func opinionFacts(tx *gorm.DB, s rules.Subject, _ models.Date) (rules.Facts, error) {
	var r Review
	if err := tx.Where("project = ?", s.ID).Order("cycle DESC").Limit(1).Find(&r).Error; err != nil {
		return nil, fmt.Errorf("review of %s: %w", s.ID, err)
	}
	if r.Project == "" {
		return rules.Facts{}, nil
	}
	var seats int64
	if err := tx.Model(&ExpertSeat{}).Where("project = ? AND cycle = ? AND state <> ?", s.ID, r.Cycle,
		SeatVoid).Count(&seats).Error; err != nil {
		return nil, fmt.Errorf("seats of %s: %w", s.ID, err)
	}
	var rows []ExpertOpinion
	if err := tx.Where("project = ? AND cycle = ?", s.ID, r.Cycle).Order("person_id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("opinions on %s: %w", s.ID, err)
	}
	opinions := []any{}
	for _, o := range rows {
		var scores map[string]json.Number
		if err := o.Scores.Into(&scores); err != nil {
			return nil, fmt.Errorf("scores of %s on %s: %w", o.PersonID, s.ID, err)
		}
		row := map[string]any{"agrees": o.Overall != "fail"}
		for _, criterion := range []string{"necessity", "feasibility", "reuse", "budget", "security"} {
			row[criterion] = number(scores[criterion])
		}
		opinions = append(opinions, row)
	}
	return factsOf(map[string]any{"opinions": opinions, "seatCount": seats, "conclusion": known(r.Conclusion)})
}

// sheetRows are the lines of the sheet as it stands; none before there is one.
func sheetRows(tx *gorm.DB, project string) ([]map[string]any, models.Money, bool, error) {
	v, err := CurrentSheet(tx, project)
	if err != nil || v.Round == 0 {
		return nil, models.Money{}, false, err
	}
	var rows []SheetLine
	if err := tx.Where("project = ? AND round = ?", project, v.Round).Order("line_no").Find(&rows).Error; err != nil {
		return nil, models.Money{}, false, fmt.Errorf("sheet of %s: %w", project, err)
	}
	lines, err := Lines(tx, project)
	if err != nil {
		return nil, models.Money{}, false, err
	}
	category := map[int]string{}
	for _, l := range lines {
		category[l.LineNo] = l.Category
	}
	catalogue, err := service.Capabilities(tx)
	if err != nil {
		return nil, models.Money{}, false, err
	}
	available := map[string]string{}
	for _, k := range catalogue {
		switch {
		case k.Status == service.CapabilityBuilt:
			available[k.Code] = "1950-01-01"
		case k.CommittedOn == "":
			available[k.Code] = never
		default:
			available[k.Code] = string(k.CommittedOn)
		}
	}
	var sum models.Money
	out := make([]map[string]any, len(rows))
	for i, r := range rows {
		sum = sum.Add(r.Reviewed)
		day := never
		if d, ok := available[string(r.Capability)]; ok {
			day = d
		}
		reason, capability := string(r.Reason), string(r.Capability)
		if reason == "" {
			reason = "none"
		}
		if capability == "" {
			capability = "none"
		}
		out[i] = map[string]any{
			"no": r.LineNo, "category": category[r.LineNo], "declared": json.Number(r.Declared.String()),
			"reviewed": json.Number(r.Reviewed.String()),
			"reason":   reason, "capability": capability, "available": day,
		}
	}
	return out, sum, true, nil
}

func sheetFacts(tx *gorm.DB, s rules.Subject, _ models.Date) (rules.Facts, error) {
	rows, sum, there, err := sheetRows(tx, s.ID)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, r := range rows {
		list = append(list, r)
	}
	total := json.Number(sum.String())
	if !there { // before the first sheet: as declared
		lines, err := Lines(tx, s.ID)
		if err != nil {
			return nil, err
		}
		total = json.Number(applicationForm{}.total(lines))
	}
	return factsOf(
		map[string]any{
			"sheet": list, "basisTotal": total, "ownTotal": total, "basisAmount": total, "supervisors": []any{},
		},
	)
}

// earlierSavings are what has been counted for the project that this one declares again, 0 for a project of its own: the
// savings of the latest sheet issued before, deferred money apart. Those of still earlier ones are within it.
func earlierSavings(tx *gorm.DB, s rules.Subject, _ models.Date) (rules.Facts, error) {
	p, err := FindProject(tx, s.ID)
	if err != nil {
		return nil, err
	}
	before, err := declaredBefore(tx, p)
	if err != nil {
		return nil, err
	}
	var sum models.Money
	for _, code := range before {
		var issued []Sheet
		if err := tx.Where("project = ? AND issued", code).Order("round DESC").Limit(1).Find(&issued).Error; err != nil {
			return nil, fmt.Errorf("issued sheet of %s: %w", code, err)
		}
		if len(issued) == 0 {
			continue
		}
		var deferred models.Money
		err := tx.Raw("SELECT COALESCE(SUM(cut), 0) FROM sheet_line WHERE project = ? AND round = ? AND reason = 'DEFER'", code, issued[0].Round).
			Scan(&deferred).Error
		if err != nil {
			return nil, fmt.Errorf("deferred money of %s: %w", code, err)
		}
		sum = issued[0].Cut.Sub(deferred)
		break
	}
	return factsOf(map[string]any{"earlierSavings": amountOf(sum)})
}

// reviewedLines are the lines with what the review leaves of them.
func reviewedLines(tx *gorm.DB, s rules.Subject, on models.Date) (rules.Facts, error) {
	p, err := FindProject(tx, s.ID)
	if err != nil {
		return nil, err
	}
	lines, err := Lines(tx, p.Code)
	if err != nil {
		return nil, err
	}
	rows, err := lineRows(tx, p, lines, on)
	if err != nil {
		return nil, err
	}
	sheet, sum, there, err := sheetRows(tx, p.Code)
	if err != nil || !there {
		return rules.Facts{}, err
	}
	var cross []CrossLine
	if err := tx.Where("project = ?", p.Code).Order("round").Find(&cross).Error; err != nil {
		return nil, fmt.Errorf("cross-check of %s: %w", p.Code, err)
	}
	second := map[int]any{}
	for _, x := range cross {
		second[x.LineNo] = json.Number(x.Reviewed.String())
	}
	reviewed := map[int]any{}
	for _, r := range sheet {
		reviewed[r["no"].(int)] = r["reviewed"]
	}
	list := make([]any, len(rows))
	for i, r := range rows {
		no := r["no"].(int)
		r["amount"], r["a"], r["b"], r["declared"] = reviewed[no], reviewed[no], reviewed[no], r["amount"]
		if b, ok := second[no]; ok { // what B entered himself
			r["b"] = b
		}
		if qty := lines[i].Qty; qty.IsPositive() && r["amount"] != nil { // the price that is left
			money, err := models.ParseMoney(string(r["amount"].(json.Number)))
			if err != nil {
				return nil, err
			}
			r["unitPrice"] = json.Number(money.Decimal().DivRound(qty, 2).String())
		}
		list[i] = r
	}
	return factsOf(map[string]any{"lines": list, "declaredTotal": json.Number(sum.String())})
}
