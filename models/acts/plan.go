package acts

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/plan"
	"github.com/quancheng/quancheng/models/process"
)

// BeginPlan opens the call of a year: its process and one for the answer of each unit.
func BeginPlan(tx *gorm.DB, a models.Acting, c plan.Call, units []string) (plan.Call, error) {
	c, err := plan.Create(tx, a, c, units)
	if err != nil {
		return c, err
	}
	vars := map[string]any{
		"planKey": plan.Key(c.FiscalYear), "fiscalYear": c.FiscalYear, "opensOn": string(c.OpensOn), "closesOn": string(c.ClosesOn),
	}
	c.Root, _, err = process.Begin(
		tx, a, process.Beginning{Process: plan.Process, BusinessKey: plan.Key(c.FiscalYear), Variables: models.JSONOf(vars)},
	)
	if err != nil {
		return c, err
	}
	roots := map[string]int64{}
	for _, unit := range units {
		key := plan.UnitKey(c.FiscalYear, unit)
		vars["unit"], vars["participation"] = unit, key
		if roots[unit], _, err = process.Begin(tx, a, process.Beginning{Process: plan.UnitProcess, BusinessKey: key, Dept: unit,
			Variables: models.JSONOf(vars)}); err != nil {
			return c, err
		}
	}
	return c, plan.KeepRoots(tx, c.FiscalYear, c.Root, roots)
}

// ClosePlanCall ends a call before its day, once every unit has answered.
func ClosePlanCall(tx *gorm.DB, a models.Acting, year int) error {
	if err := plan.MayCloseEarly(tx, year, a.On()); err != nil {
		return err
	}
	return process.SendMessage(tx, a, "closing:"+plan.Key(year), plan.MessageClosing, plan.Key(year), nil)
}

// UrgePlan asks the units again that have not answered.
func UrgePlan(tx *gorm.DB, a models.Acting, year int) error {
	asked, err := plan.Urge(tx, a, year)
	if err != nil {
		return err
	}
	for unit, people := range asked {
		n := office.Notification{
			Cause: fmt.Sprintf(
				"plan-urge:%s:%s", plan.UnitKey(year, unit), a.Event,
			), Kind: "plan-urged", Subject: "plan:" + fmt.Sprint(year),
			Args: models.JSONOf(map[string]string{"year": fmt.Sprint(year)}), CreatedAt: a.At,
		}
		if err := office.Tell(tx, n, people...); err != nil {
			return err
		}
	}
	return nil
}

// BeginUrgent puts an urgent entry into the pool, outside the call, and begins its way.
func BeginUrgent(tx *gorm.DB, a models.Acting, year int, unit string, form plan.Form, instruction string) (plan.Entry, error) {
	e, err := plan.Add(tx, a, year, unit, form, true, instruction)
	if err != nil {
		return e, err
	}
	e.Root, _, err = process.Begin(
		tx, a, process.Beginning{Process: plan.UrgentProcess, BusinessKey: e.ID, Dept: unit, Variables: models.JSONOf(entryVars(e))},
	)
	if err != nil {
		return e, err
	}
	return e, keepEntryRoot(tx, e)
}

func entryVars(e plan.Entry) map[string]any {
	return map[string]any{"planKey": plan.Key(e.FiscalYear), "fiscalYear": e.FiscalYear, "entry": e.ID, "entryName": e.Name, "unit": e.Unit}
}

func keepEntryRoot(tx *gorm.DB, e plan.Entry) error {
	if err := tx.Model(&plan.Entry{}).Where("id = ?", e.ID).Update("root", e.Root).Error; err != nil {
		return fmt.Errorf("entry %s: %w", e.ID, err)
	}
	return nil
}

// DecideEntry is the pre-check of an entry of the pool: one that goes back to its
// unit gets a task there, one that was back and is decided otherwise loses it.
func DecideEntry(tx *gorm.DB, a models.Acting, id string, d plan.Decision) (plan.Entry, error) {
	before, err := plan.FindEntry(tx, id)
	if err != nil {
		return before, err
	}
	if before.Urgent {
		return before, models.Refuse("plan-entry-urgent", "entry", id)
	}
	e, err := plan.Decide(tx, a, id, d)
	if err != nil {
		return e, err
	}
	if before.State == plan.Returned {
		if err := process.SendMessage(tx, a, fmt.Sprintf("settled:%d", before.Root), plan.MessageSettled, returnKey(before),
			nil); err != nil {
			return e, err
		}
	}
	if e.State != plan.Returned {
		return e, nil
	}
	e.Returns++
	vars := entryVars(e)
	vars["returnReason"], vars["returnKey"] = e.Reason, returnKey(e)
	e.Root, _, err = process.Begin(
		tx, a, process.Beginning{Process: plan.ReturnProcess, BusinessKey: returnKey(e), Dept: e.Unit, Variables: models.JSONOf(vars)},
	)
	if err != nil {
		return e, err
	}
	err = tx.Model(&plan.Entry{}).Where("id = ?", e.ID).Updates(map[string]any{"root": e.Root, "returns": e.Returns}).Error
	if err != nil {
		return e, fmt.Errorf("entry %s: %w", e.ID, err)
	}
	return e, nil
}

// returnKey names one return of an entry: the business key of its process.
func returnKey(e plan.Entry) string { return fmt.Sprintf("%s/%d", e.ID, e.Returns) }
