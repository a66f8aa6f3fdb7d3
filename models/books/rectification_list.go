package books

import (
	"cmp"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// RectificationFilter chooses rectifications; zero values choose all.
type RectificationFilter struct {
	States  []string
	Dept    string // owner
	Project string
	Viewer  *Viewer // owner department or department of the project; nil sees everything
	Show    string  // overdue, mine, returned; "" all
	Asking  Asking  // for overdue and mine
	Sort    string  // of RectificationSorting
	Cursor  string
	Limit   int
}

// Asking is who asks, with his posts, and when.
type Asking struct {
	Principals []string
	Now        time.Time
}

// RectificationSorting is by what everybody who sees a finding sees of it; what has no term stands behind all terms.
var RectificationSorting = models.Sorting[RectificationRow]{
	Usual: "-createdAt",
	Key:   models.Place[RectificationRow]{Column: "r.no", Of: func(r RectificationRow) any { return r.No }},
	Places: map[string]models.Place[RectificationRow]{
		"createdAt": {Column: "r.created_at", Of: func(r RectificationRow) any { return r.CreatedAt }},
		"updatedAt": {Column: "r.updated_at", Of: func(r RectificationRow) any { return r.UpdatedAt }},
		"foundOn":   {Column: "r.found_on", Of: func(r RectificationRow) any { return string(r.FoundOn) }},
		"no":        {Column: "r.no", Of: func(r RectificationRow) any { return r.No }},
		"dueOn": {Column: "COALESCE(r.due_on, '9999-12-31')", Of: func(r RectificationRow) any {
			return cmp.Or(string(r.DueOn), "9999-12-31")
		}},
	},
}

// RectificationRow is a row of the list.
type RectificationRow struct {
	Rectification
	OwnerDeptName string
	ProjectName   string
}

// Rectifications lists them, newest first, with the cursor of the next page and
// the counts by state of all that the filter without states and cursor chooses.
func Rectifications(tx *gorm.DB, f RectificationFilter) ([]RectificationRow, string, map[string]int, error) {
	counts, err := f.counts(tx)
	if err != nil {
		return nil, "", nil, err
	}
	q := f.query(tx).Select("r.*, d.name AS owner_dept_name, COALESCE(p.name, '') AS project_name")
	if len(f.States) > 0 {
		q = q.Where("r.state IN ?", f.States)
	}
	if f.Show != "" {
		sql, args := f.shown(f.Show)
		q = q.Where(sql, args...)
	}
	order, err := RectificationSorting.Pick(f.Sort)
	if err != nil {
		return nil, "", nil, err
	}
	rows, next, err := order.Page(q, f.Cursor, pageSize(f.Limit))
	if err != nil {
		return nil, "", nil, fmt.Errorf("rectifications: %w", err)
	}
	return rows, next, counts, nil
}

// RectificationShows are what the list can be narrowed to beside states.
var RectificationShows = []string{"overdue", "mine", "returned"}

// shown is the condition of one of them.
func (f RectificationFilter) shown(show string) (string, []any) {
	open := "r.state NOT IN ('" + RectClosed + "', '" + RectInvalid + "') AND "
	switch show {
	case "overdue": // by the plan's term, else by that of what is to be done about it now; what waits for the superior is not
		return open + `r.state <> '` + RectReferredUp + `' AND (r.due_on < ? OR r.due_on IS NULL AND EXISTS (SELECT 1 FROM task t
			WHERE t.business_key = r.no
			AND t.state = 'open' AND t.due_at < ?))`, []any{string(models.DateOf(f.Asking.Now)), f.Asking.Now.UTC()}
	case "mine":
		return open + `EXISTS (SELECT 1 FROM task t JOIN task_candidate c ON c.key = t.key WHERE t.business_key = r.no
			AND t.state = 'open' AND c.principal IN ?)`, []any{append([]string{"-"}, f.Asking.Principals...)}
	}
	return "r.returns > 0", nil
}

// ShownRectifications counts, of all that the filter without states and cursor chooses, what each of RectificationShows holds.
func ShownRectifications(tx *gorm.DB, f RectificationFilter) (map[string]int, error) {
	out := map[string]int{}
	for _, show := range RectificationShows {
		sql, args := f.shown(show)
		var n int64
		if err := f.query(tx).Where(sql, args...).Count(&n).Error; err != nil {
			return nil, fmt.Errorf("rectifications, %s: %w", show, err)
		}
		out[show] = int(n)
	}
	return out, nil
}

func (f RectificationFilter) query(tx *gorm.DB) *gorm.DB {
	q := tx.Table("rectification r").Joins("JOIN dept d ON d.id = r.owner_dept").Joins("LEFT JOIN project p ON p.code = r.project")
	if f.Dept != "" {
		q = q.Where("r.owner_dept = ?", f.Dept)
	}
	if f.Project != "" {
		q = q.Where("r.project = ?", f.Project)
	}
	if f.Viewer != nil {
		orgs := append([]string{"-"}, f.Viewer.Depts...)
		q = q.Where("(r.owner_dept IN ? OR p.dept_id IN ?)", orgs, orgs)
	}
	return q
}

func (f RectificationFilter) counts(tx *gorm.DB) (map[string]int, error) {
	var rows []struct {
		State string
		N     int
	}
	if err := f.query(tx).Select("r.state, COUNT(*) AS n").Group("r.state").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("rectifications by state: %w", err)
	}
	counts := map[string]int{}
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts, nil
}

// RectificationHistory is what happened to one, oldest first.
func RectificationHistory(tx *gorm.DB, no string) ([]RectificationStep, error) {
	var steps []RectificationStep
	if err := tx.Where("no = ?", no).Order("seq").Find(&steps).Error; err != nil {
		return nil, fmt.Errorf("history of %s: %w", no, err)
	}
	return steps, nil
}
