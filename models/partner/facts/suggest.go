package facts

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// Suggestion is a project that a parked event might belong to, and why. It is a
// suggestion only: a person decides (integration.md §6).
type Suggestion struct {
	Project string   `json:"project"`
	Reasons []string `json:"reasons,omitempty"` // codes; the text is "suggest.<code>"
}

// UnmarshalJSON reads what is stored; a bare code is a suggestion without reasons.
func (s *Suggestion) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &s.Project) == nil {
		return nil
	}
	type plain Suggestion
	return json.Unmarshal(data, (*plain)(s))
}

// The reasons of a suggestion, the strongest first.
const (
	byName   = "named"  // the event names the project, and something else does not fit
	byKey    = "key"    // a key of the partner is known to be this project's
	byAmount = "amount" // the same amount was approved, contracted or asked for
	byDate   = "date"   // … within 15 days
	byTitle  = "title"  // its name is nearly the project's
	byAgency = "agency" // it is the agency's project
)

// weight says how much a reason tells; a sum below enough is not worth showing.
var weight = map[string]int{byName: 8, byKey: 8, byAmount: 4, byTitle: 4, byDate: 2, byAgency: 2}

const (
	enough       = 2
	most         = 10 // suggestions
	nearDays     = 15
	nearlyTitled = 0.8
)

// suggest finds the projects that a parked event might belong to.
func suggest(tx *gorm.DB, named books.Project, e Event, d books.FactData, amount *models.Money) ([]Suggestion, error) {
	found := map[string][]string{}
	add := func(project, reason string) {
		if project != "" && !slices.Contains(found[project], reason) {
			found[project] = append(found[project], reason)
		}
	}
	add(named.Code, byName)
	keys, err := keyed(tx, e, d)
	if err != nil {
		return nil, err
	}
	for _, p := range keys {
		add(p, byKey)
	}
	if amount != nil && amount.Sign() > 0 {
		if err := sameAmount(tx, kinds[e.Type].businessDate(e, d), *amount, add); err != nil {
			return nil, err
		}
	}
	if err := looksLike(tx, d, add); err != nil {
		return nil, err
	}
	return ranked(found), nil
}

func ranked(found map[string][]string) []Suggestion {
	score := func(reasons []string) (n int) {
		for _, r := range reasons {
			n += weight[r]
		}
		return n
	}
	all := []Suggestion{}
	for project, reasons := range found {
		if score(reasons) >= enough {
			all = append(all, Suggestion{project, reasons})
		}
	}
	slices.SortFunc(all, func(a, b Suggestion) int {
		return cmp.Or(score(b.Reasons)-score(a.Reasons), cmp.Compare(a.Project, b.Project))
	})
	return all[:min(len(all), most)]
}

// sameAmount adds the projects in whose books the amount stands, to 0.01.
func sameAmount(tx *gorm.DB, on models.Date, amount models.Money, add func(project, reason string)) error {
	cent := models.Yuan(cent)
	var rows []struct {
		Project string
		Dated   models.Date
	}
	err := tx.Raw(`SELECT project, signed_on AS dated FROM contract WHERE amount BETWEEN ? AND ?
		UNION SELECT project, business_date FROM payment_request WHERE amount BETWEEN ? AND ?
		UNION SELECT project, MAX(business_date) FROM ledger WHERE kind = 'approved' GROUP BY project HAVING SUM(amount) BETWEEN ? AND ?`,
		amount.Sub(cent), amount.Add(cent), amount.Sub(cent), amount.Add(cent), amount.Sub(cent), amount.Add(cent)).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("projects of %s: %w", amount, err)
	}
	for _, r := range rows {
		add(r.Project, byAmount)
		if r.Dated != "" && on >= r.Dated.AddDays(-nearDays) && on <= r.Dated.AddDays(nearDays) {
			add(r.Project, byDate)
		}
	}
	return nil
}

// looksLike adds the agency's projects, and those of nearly the event's title.
func looksLike(tx *gorm.DB, d books.FactData, add func(project, reason string)) error {
	title := ""
	for _, field := range []string{"project_name", "pro_name", "name", "use_des"} {
		if title = d.Text(field); title != "" {
			break
		}
	}
	agency := d.Text("agency_code")
	if agency == "" && title == "" {
		return nil
	}
	q := tx.Model(&books.Project{}).Where("stage NOT IN ?", []books.Stage{books.Draft, books.Archived})
	if title == "" {
		q = q.Where("dept_id = ?", agency).Order("created_at DESC").Limit(most)
	}
	var rows []books.Project
	if err := q.Select("code", "name", "dept_id").Find(&rows).Error; err != nil {
		return fmt.Errorf("projects of agency %s: %w", agency, err)
	}
	for _, p := range rows {
		if agency != "" && p.DeptID == agency {
			add(p.Code, byAgency)
		}
		if title != "" && books.Similarity(title, p.Name) >= nearlyTitled {
			add(p.Code, byTitle)
		}
	}
	return nil
}
