package books

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// PlanEntry is a project as the annual plan has it.
type PlanEntry struct {
	ID             string `gorm:"primaryKey"` // JH-2022-001
	FiscalYear     int
	Unit           string
	Name           string
	Type           string
	EstAmount      models.Money
	Sources        models.JSON
	State          string // PlanIn, PlanDropped
	OutOfPlan      bool
	InstructionDoc string // the leader's instruction, of an entry outside the plan
	CreatedBy      string
	CreatedAt      time.Time
}

// TableName of the entity.
func (PlanEntry) TableName() string { return "plan_entry" }

// States of a plan entry.
const (
	PlanIn      = "IN_PLAN"
	PlanDropped = "DROPPED"
)

// AddPlanEntry registers an entry; one that is there with the same content is left as it is.
func AddPlanEntry(tx *gorm.DB, a models.Acting, e PlanEntry) error {
	there, err := FindPlanEntry(tx, e.ID)
	if err != nil {
		return err
	}
	if there != nil {
		if there.Unit == e.Unit && there.FiscalYear == e.FiscalYear && there.EstAmount.Cmp(e.EstAmount) == 0 {
			return nil
		}
		return models.Refuse("plan-entry-taken", "id", e.ID)
	}
	e.State, e.CreatedBy, e.CreatedAt = PlanIn, a.Person, models.Stamp(a.At)
	if err := tx.Create(&e).Error; err != nil {
		return fmt.Errorf("plan entry %s: %w", e.ID, err)
	}
	return nil
}

// FindPlanEntry is the entry of an id, nil when there is none.
func FindPlanEntry(tx *gorm.DB, id string) (*PlanEntry, error) {
	var e PlanEntry
	err := tx.Where("id = ?", id).Take(&e).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("plan entry %s: %w", id, err)
	}
	return &e, nil
}

// PlanEntries of a year, of one unit or of all.
func PlanEntries(tx *gorm.DB, year int, unit string) (out []PlanEntry, err error) {
	q := tx.Order("id")
	if year > 0 {
		q = q.Where("fiscal_year = ?", year)
	}
	if unit != "" {
		q = q.Where("unit = ?", unit)
	}
	if err := q.Find(&out).Error; err != nil {
		return nil, fmt.Errorf("plan entries: %w", err)
	}
	return out, nil
}

// drawsOn are the live projects whose form names a plan entry, this one left out.
func drawsOn(tx *gorm.DB, entry, without string) (codes []string, err error) {
	field := "form ->> 'planEntry'"
	if tx.Name() == models.NameSQLite {
		field = "json_extract(form, '$.planEntry')"
	}
	err = tx.Model(&Project{}).Where(field+" = ? AND code <> ? AND stage NOT IN ?", entry, without, []Stage{Withdrawn, Rejected, Terminated}).
		Order("code").Pluck("code", &codes).Error
	if err != nil {
		return nil, fmt.Errorf("projects of plan entry %s: %w", entry, err)
	}
	return codes, nil
}
