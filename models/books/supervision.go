package books

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// KeyPerson is who holds a role that the bid promised somebody for.
type KeyPerson struct {
	Project string `gorm:"primaryKey"`
	Role    string `gorm:"primaryKey"`
	BidName string
	Name    string
	Actor   string
	At      time.Time
}

// TableName of the entity.
func (KeyPerson) TableName() string { return "key_person" }

// SupervisionReport is the supervising engineer's of a month.
type SupervisionReport struct {
	Project   string `gorm:"primaryKey"`
	Month     string `gorm:"primaryKey"` // 2026-11
	Body      models.JSON
	Documents models.JSON
	Actor     string
	At        time.Time
}

// TableName of the entity.
func (SupervisionReport) TableName() string { return "supervision_report" }

// ConstructionMonth is what the rules say of a month's progress, and what the bureau made of it.
type ConstructionMonth struct {
	Project  string `gorm:"primaryKey"`
	Month    string `gorm:"primaryKey"`
	Card     string // none, yellow, orange, red (D02)
	Stagnant bool   // D03
	Decision string // observe, rectify; "": nobody was asked
	Comment  string
	Actor    string
	At       time.Time
}

// TableName of the entity.
func (ConstructionMonth) TableName() string { return "construction_month" }

// InspectionDraw is a draw of projects for a spot check.
type InspectionDraw struct {
	DrawNo string `gorm:"primaryKey"`
	Seed   string
	Size   int
	Pool   models.JSON
	Reason string
	Actor  string
	At     time.Time
}

// TableName of the entity.
func (InspectionDraw) TableName() string { return "inspection_draw" }

// Inspection is a spot check of a project by inspectors who were drawn.
type Inspection struct {
	No         string `gorm:"primaryKey"`
	DrawNo     string
	Project    string
	Seed       string
	Pool       models.JSON
	Inspectors models.JSON
	OpenedOn   models.Date
	ClosedOn   models.Date
	Result     string // pass, issues
}

// TableName of the entity.
func (Inspection) TableName() string { return "inspection" }

// InspectionVisit is what one inspector found.
type InspectionVisit struct {
	No        string `gorm:"primaryKey"`
	Person    string `gorm:"primaryKey"`
	HeldOn    models.Date
	Place     string
	Result    string // pass, issues
	Issues    models.JSON
	Documents models.JSON
	Comment   string
	At        time.Time
}

// InspectionIssue is something that an inspector found wrong.
type InspectionIssue struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// TableName of the entity.
func (InspectionVisit) TableName() string { return "inspection_visit" }

// KeyPersons of a project.
func KeyPersons(tx *gorm.DB, project string) ([]KeyPerson, error) {
	return ofProject[KeyPerson](tx, project, "role")
}

// SupervisionReports of a project, oldest first.
func SupervisionReports(tx *gorm.DB, project string) ([]SupervisionReport, error) {
	return ofProject[SupervisionReport](tx, project, "month")
}

// ConstructionMonths of a project, oldest first.
func ConstructionMonths(tx *gorm.DB, project string) ([]ConstructionMonth, error) {
	return ofProject[ConstructionMonth](tx, project, "month")
}

// ProgressReports of a project, oldest first.
func ProgressReports(tx *gorm.DB, project string) ([]Progress, error) {
	return ofProject[Progress](tx, project, "id")
}

// Inspections of a project; of all projects when none is named. Newest first.
func Inspections(tx *gorm.DB, project string) (rows []Inspection, err error) {
	q := tx.Order("opened_on DESC, no DESC").Limit(500)
	if project != "" {
		q = q.Where("project = ?", project)
	}
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("inspections: %w", err)
	}
	return rows, nil
}

// Visits of an inspection.
func Visits(tx *gorm.DB, no string) (rows []InspectionVisit, err error) {
	if err := tx.Where("no = ?", no).Order("person").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("visits of %s: %w", no, err)
	}
	return rows, nil
}
