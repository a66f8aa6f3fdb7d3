package acts

import (
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/stuck"
)

// RegisterStuck keeps what somebody has brought to the window, and begins its process.
// The scope is what rule W05 says of it.
func RegisterStuck(tx *gorm.DB, a models.Acting, keys office.Cipher, in stuck.Input, scope string) (stuck.Report, error) {
	r, err := stuck.Register(tx, a, keys, in, scope)
	if err != nil {
		return r, err
	}
	vars := map[string]any{
		"caseNo": r.No, "item": r.Item, "stuckScope": scope, "stuckState": r.State, "unit": r.Unit, "difficulty": r.Difficulty,
		"joint": r.JointUnits(), "registrarPost": r.Desk,
		"dueDays": 0, "deptId": r.Unit,
	}
	r.Root, _, err = process.Begin(
		tx, a, process.Beginning{Process: stuck.Process, BusinessKey: r.No, Dept: r.Unit, Variables: models.JSONOf(vars)},
	)
	if err != nil {
		return r, err
	}
	return r, tx.Model(&stuck.Report{}).Where("no = ?", r.No).Update("root", r.Root).Error
}

// RaiseFromStuck raises the rectification of what is wrong in general, once for a case.
func RaiseFromStuck(tx *gorm.DB, a models.Acting, no, title, unit string) (stuck.Report, error) {
	r, err := stuck.Find(tx, no)
	if err != nil {
		return r, err
	}
	if r.Issue != "" {
		return r, models.Refuse("stuck-raised-already", "issue", r.Issue)
	}
	if unit == "" {
		unit = r.Unit
	}
	x, err := Raise(
		tx, a,
		Finding{Title: strings.TrimSpace(title), Description: r.Item, OwnerDept: unit, Severity: "B", Source: "stuck", Item: r.ServiceItem},
	)
	if err != nil {
		return r, err
	}
	r.Issue = x.No
	return r, stuck.Save(tx, a, &r, "issue", x.No)
}
