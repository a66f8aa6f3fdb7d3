package books

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// RectificationFilter chooses rectifications; zero values choose all.
type RectificationFilter struct {
	States  []string
	Dept    string // owner
	Project string
	Viewer  *Viewer // owner department or department of the project; nil sees everything
	Cursor  string
	Limit   int
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
	if f.Cursor != "" {
		at, no, err := models.ReadCursor(f.Cursor)
		if err != nil {
			return nil, "", nil, err
		}
		q = q.Where("(r.created_at < ? OR (r.created_at = ? AND r.no < ?))", at, at, no)
	}
	limit := pageSize(f.Limit)
	var rows []RectificationRow
	if err := q.Order("r.created_at DESC, r.no DESC").Limit(limit + 1).Scan(&rows).Error; err != nil {
		return nil, "", nil, fmt.Errorf("rectifications: %w", err)
	}
	var next string
	if len(rows) > limit {
		rows = rows[:limit]
		next = models.Cursor(rows[limit-1].CreatedAt, rows[limit-1].No)
	}
	return rows, next, counts, nil
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
