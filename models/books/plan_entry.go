package books

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
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
	Pool           string // the entry of the reserve pool that it was made of; "": back-registered
	Reason         string // why it was back-registered
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

// AddPlanEntry registers an entry; one that is there with the same content is left as it is,
// one without an id gets the next number of its year.
func AddPlanEntry(tx *gorm.DB, a models.Acting, e PlanEntry) (PlanEntry, error) {
	if err := checkPlanEntry(tx, e); err != nil {
		return e, err
	}
	if e.ID == "" {
		var err error
		if e.ID, err = freePlanNumber(tx, e.FiscalYear); err != nil {
			return e, err
		}
	}
	there, err := FindPlanEntry(tx, e.ID)
	if err != nil {
		return e, err
	}
	if there != nil {
		if there.Unit == e.Unit && there.FiscalYear == e.FiscalYear && there.EstAmount.Cmp(e.EstAmount) == 0 {
			return *there, nil
		}
		return e, models.Refuse("plan-entry-taken", "id", e.ID)
	}
	e.State, e.CreatedBy, e.CreatedAt = PlanIn, a.Person, models.Stamp(a.At)
	if err := tx.Create(&e).Error; err != nil {
		return e, fmt.Errorf("plan entry %s: %w", e.ID, err)
	}
	return e, nil
}

func checkPlanEntry(tx *gorm.DB, e PlanEntry) error {
	f := models.Refuse("invalid-data")
	var known int64
	if err := tx.Model(&office.Dept{}).Where("id = ?", e.Unit).Count(&known).Error; err != nil {
		return fmt.Errorf("unit %s: %w", e.Unit, err)
	}
	if known == 0 {
		f.Field("/unit", "no-such-unit", "unit", e.Unit)
	}
	if strings.TrimSpace(e.Name) == "" {
		f.Field("/name", "required")
	}
	return f.OrNil()
}

// freePlanNumber is the next JH-year-number that nobody has written by hand.
func freePlanNumber(tx *gorm.DB, year int) (string, error) {
	for {
		id, err := models.NextCode(tx, "JH", year)
		if err != nil {
			return "", err
		}
		if there, err := FindPlanEntry(tx, id); err != nil || there == nil {
			return id, err
		}
	}
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

// DrawnPlanEntries are the ids on which live projects draw.
func DrawnPlanEntries(tx *gorm.DB) (map[string]bool, error) {
	var ids []string
	err := tx.Model(&Project{}).
		Where("stage NOT IN ?", []Stage{Withdrawn, Rejected, Terminated}).
		Distinct().
		Pluck(planEntryField(tx), &ids).
		Error
	if err != nil {
		return nil, fmt.Errorf("plan entries drawn on: %w", err)
	}
	out := make(map[string]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, nil
}

func planEntryField(tx *gorm.DB) string {
	if tx.Name() == models.NameSQLite {
		return "coalesce(json_extract(form, '$.planEntry'), '')"
	}
	return "coalesce(form ->> 'planEntry', '')"
}

// drawsOn are the live projects whose form names a plan entry, this one left out.
func drawsOn(tx *gorm.DB, entry, without string) (codes []string, err error) {
	err = tx.Model(&Project{}).
		Where(planEntryField(tx)+" = ? AND code <> ? AND stage NOT IN ?", entry, without, []Stage{Withdrawn, Rejected, Terminated}).
		Order("code").
		Pluck("code", &codes).
		Error
	if err != nil {
		return nil, fmt.Errorf("projects of plan entry %s: %w", entry, err)
	}
	return codes, nil
}
