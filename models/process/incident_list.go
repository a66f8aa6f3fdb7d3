package process

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// IncidentFilter chooses open incidents; zero values choose all.
type IncidentFilter struct {
	Project string
	Sort    string // of IncidentSorting
	Cursor  string
	Limit   int
}

// IncidentRow is an open incident with the names of what it stopped.
type IncidentRow struct {
	Incident
	ProjectName string
	ElementName string
}

// IncidentSorting is by when an incident was raised, or by the process that it stopped. The key alone tells neither: it is that of
// its root, and one that the engine does not know has a negative one.
var IncidentSorting = models.Sorting[IncidentRow]{
	Usual: "-raisedAt",
	Key:   models.Place[IncidentRow]{Column: "i.key", Of: func(r IncidentRow) any { return r.Key }},
	Places: map[string]models.Place[IncidentRow]{
		"raisedAt": {Column: "i.raised_at", Of: func(r IncidentRow) any { return r.RaisedAt }},
		"process":  {Column: "i.process", Of: func(r IncidentRow) any { return r.Process }},
	},
}

// OpenIncidents are a page of them, the newest first unless Sort says otherwise, with the cursor of the next.
func OpenIncidents(tx *gorm.DB, f IncidentFilter) ([]IncidentRow, string, error) {
	order, err := IncidentSorting.Pick(f.Sort)
	if err != nil {
		return nil, "", err
	}
	q := tx.Table("incident i").Select("i.*, COALESCE(p.name, '') AS project_name, COALESCE(e.name, '') AS element_name").
		Joins("LEFT JOIN project p ON p.code = i.project").Joins("LEFT JOIN element_instance e ON e.key = i.element_key").
		Where("i.resolved_at IS NULL")
	if f.Project != "" {
		q = q.Where("i.project = ?", f.Project)
	}
	rows, next, err := order.Page(q, f.Cursor, f.Limit)
	if err != nil {
		return nil, "", fmt.Errorf("open incidents: %w", err)
	}
	return rows, next, nil
}
