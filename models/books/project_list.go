package books

import (
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Viewer limits a list to what a person may see; nil sees everything.
type Viewer struct {
	Depts  []string // projects of these departments, and contracts of these organisations
	Expert string   // and projects in which this person has a seat
}

// ProjectFilter chooses projects; zero values choose all.
type ProjectFilter struct {
	Viewer *Viewer
	Query  string // part of code or name
	Stages []Stage
	Dept   string
	Year   int    // of the code
	Sort   string // of ProjectSorting
	Cursor string
	Limit  int // 50 when 0
}

// ProjectRow is a row of the project list.
type ProjectRow struct {
	Project
	DeptName string
	Totals   Totals `gorm:"-"`
}

// Status is what the stage alone does not say: PARTIALLY_BUDGETED, or "".
func (p ProjectRow) Status() string {
	if p.Stage.Reached(Budgeted) && p.Totals.Issued.Sign() > 0 && p.Totals.Issued.Cmp(p.Totals.Approved) < 0 {
		return "PARTIALLY_BUDGETED"
	}
	return ""
}

// ProjectSorting is by what everybody who sees a project sees of it.
var ProjectSorting = models.Sorting[ProjectRow]{
	Usual: "-createdAt",
	Key:   models.Place[ProjectRow]{Column: "p.code", Of: func(r ProjectRow) any { return r.Code }},
	Places: map[string]models.Place[ProjectRow]{
		"createdAt": {Column: "p.created_at", Of: func(r ProjectRow) any { return r.CreatedAt }},
		"updatedAt": {Column: "p.updated_at", Of: func(r ProjectRow) any { return r.UpdatedAt }},
		"name":      {Column: "p.name", Of: func(r ProjectRow) any { return r.Name }},
		"code":      {Column: "p.code", Of: func(r ProjectRow) any { return r.Code }},
	},
}

// Projects lists projects, newest first, and gives the cursor of the next page, "" at the end.
func Projects(tx *gorm.DB, f ProjectFilter) ([]ProjectRow, string, error) {
	q := f.query(tx).Select("p.*, d.name AS dept_name")
	limit := pageSize(f.Limit)
	order, err := ProjectSorting.Pick(f.Sort)
	if err != nil {
		return nil, "", err
	}
	rows, next, err := order.Page(q, f.Cursor, limit)
	if err != nil {
		return nil, "", fmt.Errorf("projects: %w", err)
	}
	return rows, next, addTotals(tx, rows)
}

// query chooses what the filter says, in no order.
func (f ProjectFilter) query(tx *gorm.DB) *gorm.DB {
	q := tx.Table("project p").Joins("JOIN dept d ON d.id = p.dept_id")
	q = f.Viewer.restrict(q)
	if f.Query != "" {
		like := "%" + strings.ToLower(escapeLike(f.Query)) + "%"
		q = q.Where(`(LOWER(p.code) LIKE ? ESCAPE '\' OR LOWER(p.name) LIKE ? ESCAPE '\')`, like, like)
	}
	if len(f.Stages) > 0 {
		q = q.Where("p.stage IN ?", f.Stages)
	}
	if f.Dept != "" {
		q = q.Where("p.dept_id = ?", f.Dept)
	}
	if f.Year != 0 {
		q = q.Where("p.code LIKE ?", fmt.Sprintf("%%-%d-%%", f.Year))
	}
	return q
}

// ProjectByCode is one row as a viewer may see it; a refusal "not-found" otherwise.
func ProjectByCode(tx *gorm.DB, v *Viewer, code string) (ProjectRow, error) {
	q := tx.Table("project p").Select("p.*, d.name AS dept_name").Joins("JOIN dept d ON d.id = p.dept_id").Where("p.code = ?", code)
	var rows []ProjectRow
	if err := v.restrict(q).Scan(&rows).Error; err != nil {
		return ProjectRow{}, fmt.Errorf("project %s: %w", code, err)
	}
	if len(rows) == 0 {
		return ProjectRow{}, models.Refuse("not-found", "what", code)
	}
	err := addTotals(tx, rows)
	return rows[0], err
}

func (v *Viewer) restrict(q *gorm.DB) *gorm.DB {
	if v == nil {
		return q
	}
	orgs := append([]string{"-"}, v.Depts...) // IN () is not SQL, and "" means nobody
	return q.Where(`(p.dept_id IN ?
		OR EXISTS (SELECT 1 FROM contract c WHERE c.project = p.code AND (c.supplier_org IN ? OR c.supervisor_org IN ?))
		OR EXISTS (SELECT 1 FROM expert_seat s WHERE s.project = p.code AND s.person_id = ?))`, orgs, orgs, orgs, v.Expert)
}

func addTotals(tx *gorm.DB, rows []ProjectRow) error {
	if len(rows) == 0 {
		return nil
	}
	codes := make([]string, len(rows))
	for i, r := range rows {
		codes[i] = r.Code
	}
	totals, err := TotalsOf(tx, codes...)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].Totals = totals[rows[i].Code]
	}
	return nil
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

func pageSize(n int) int {
	if n <= 0 || n > 200 {
		return 50
	}
	return n
}
