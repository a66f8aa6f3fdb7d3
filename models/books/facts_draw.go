package books

import (
	"fmt"
	"strconv"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/rules"
)

// What is known of those who review, for rule B03.
var _ = rules.Provide(
	rules.Source{
		Kind: SubjectProject, Points: []string{"review"}, Facts: []string{"experts", "seatedUnits", "parties", "statementDue"},
		Gather: seatedFacts,
	},
)

var tieKinds = map[string]string{
	"employed": "employer", "consultant": "adviser", "shareholder": "share", "director": "director", "relative": "relative",
}

// ExpertRow is a person as rule B03 reads him. Who has filled nothing in has no
// ties and no unit that are known: unknown is not drawable.
func ExpertRow(tx *gorm.DB, person, project, statement string) (map[string]any, error) {
	e, ties, ok, err := office.ExpertOf(tx, person)
	if err != nil {
		return nil, err
	}
	row := map[string]any{"person": person, "statement": statement, "unit": nil, "ties": nil, "blockedUntil": nil}
	if ok && len(ties) > 0 {
		list := []any{}
		for _, t := range ties {
			to := never
			if t.ToYear != nil {
				to = strconv.Itoa(*t.ToYear) + "-12-31"
			} else if t.Tie == "employed" {
				row["unit"] = t.OrgName
			}
			for _, org := range []string{t.OrgName, t.Uscc} {
				if org != "" {
					list = append(list, map[string]any{"org": org, "kind": tieKinds[t.Tie], "to": to})
				}
			}
		}
		row["ties"] = list
		row["blockedUntil"] = "1950-01-01"
		if e.BlacklistUntil != "" {
			row["blockedUntil"] = string(e.BlacklistUntil)
		}
	}
	var past []struct {
		DeptID string
		At     string
	}
	err = tx.Raw(`SELECT p.dept_id AS dept_id, MAX(CAST(o.business_date AS TEXT)) AS at FROM expert_seat s JOIN project p ON p.code = s.project
		JOIN expert_opinion o ON o.project = s.project AND o.cycle = s.cycle AND o.person_id = s.person_id
		WHERE s.person_id = ? AND s.state = ? AND s.project <> ? GROUP BY p.dept_id, s.project`, person, SeatSigned, project).
		Scan(&past).
		Error
	if err != nil {
		return nil, fmt.Errorf("reviews of %s: %w", person, err)
	}
	reviews := []any{}
	for _, r := range past {
		reviews = append(reviews, map[string]any{"dept": r.DeptID, "heldOn": r.At[:10]})
	}
	row["reviews"] = reviews
	return row, nil
}

// Parties of a project are those with whom an expert may have no tie: the
// applicant, the firms that quoted for it, and suppliers of its unit's projects.
func Parties(tx *gorm.DB, p Project) ([]string, error) {
	unit, err := office.FindUnit(tx, p.DeptID)
	if err != nil {
		return nil, err
	}
	out := []string{p.DeptID, unit.Name}
	if unit.USCC != "" {
		out = append(out, unit.USCC)
	}
	f, err := readForm(p)
	if err != nil {
		return nil, err
	}
	for _, e := range f.PriceEvidence {
		if e.Kind == "quote" && e.Source != "" {
			out = append(out, e.Source)
		}
	}
	var suppliers []struct{ Supplier, Uscc string }
	if err := tx.Raw(`SELECT DISTINCT c.supplier, c.uscc FROM contract c JOIN project p ON p.code = c.project WHERE p.dept_id = ?`,
		p.DeptID).Scan(&suppliers).Error; err != nil {
		return nil, fmt.Errorf("suppliers of %s: %w", p.DeptID, err)
	}
	for _, s := range suppliers {
		for _, name := range []string{s.Supplier, s.Uscc} {
			if name != "" {
				out = append(out, name)
			}
		}
	}
	return out, nil
}

// seatedFacts are the experts of the present review when it is concluded. A draw
// of a former release knew no ties: its seats were filtered as it did.
func seatedFacts(tx *gorm.DB, s rules.Subject, _ models.Date) (rules.Facts, error) {
	p, err := FindProject(tx, s.ID)
	if err != nil {
		return nil, err
	}
	parties, err := Parties(tx, p)
	if err != nil {
		return nil, err
	}
	var seats []ExpertSeat
	err = tx.Raw(`SELECT s.* FROM expert_seat s JOIN expert_draw d ON d.draw_no = s.draw_no
		WHERE s.project = ? AND s.cycle = (SELECT MAX(cycle) FROM review WHERE project = ?) AND s.state <> ? AND d.list_digest <> ''
		ORDER BY s.person_id`, p.Code, p.Code, SeatVoid).Scan(&seats).Error
	if err != nil {
		return nil, fmt.Errorf("seats of %s: %w", p.Code, err)
	}
	rows := []any{}
	for _, x := range seats {
		statement := "signed"
		if x.State == SeatDrawn {
			statement = "pending"
		}
		row, err := ExpertRow(tx, x.PersonID, p.Code, statement)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return factsOf(map[string]any{"experts": rows, "seatedUnits": []any{}, "parties": parties, "statementDue": true})
}
