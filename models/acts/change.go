package acts

import (
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// BeginChange begins a change of a contract of a project (C1), by a clerk of the
// unit; "" stands for the newest signed contract. One change of the unit's at a
// time: each is judged together with all that were adopted before.
func BeginChange(tx *gorm.DB, a models.Acting, p books.Project, contract string) (books.ChangeRequest, error) {
	var c books.ChangeRequest
	if !a.Holds(office.PostID("APPLY_CLERK", p.DeptID)) {
		return c, models.Refuse("forbidden")
	}
	if !p.Stage.Changeable() {
		return c, models.Refuse("not-changeable")
	}
	all, err := books.Changes(tx, p.Code)
	if err != nil {
		return c, err
	}
	for _, other := range all {
		if other.Open() && other.Origin == books.ChangeOfUnit {
			return c, models.Refuse("change-open", "no", other.No)
		}
	}
	k, ok, err := books.SignedContract(tx, p.Code)
	if contract != "" {
		k, ok, err = contractOf(tx, p.Code, books.ContractKey(contract))
	}
	if err != nil {
		return c, err
	}
	if !ok {
		return c, models.Refuse("no-signed-contract")
	}
	c = books.ChangeRequest{Project: p.Code, ContractNo: k.ContractNo, Origin: books.ChangeOfUnit, SameSubject: true, AskedBy: a.Person}
	if err := books.NewChange(tx, a, &c); err != nil {
		return c, err
	}
	if err := audit.Audit(tx, "r:change", a, audit.AuditEntry{Action: "change.begin", Subject: "change:" + c.No,
		Project: p.Code}); err != nil {
		return c, err
	}
	c.Root, _, err = process.Begin(tx, a, process.Beginning{
		Process: books.ChangeProcess, BusinessKey: c.No, Project: p.Code, Dept: p.DeptID, Variables: models.JSONOf(c.StartVars(p)),
	})
	if err != nil {
		return c, err
	}
	return c, books.SaveChange(tx, a, &c)
}

func contractOf(tx *gorm.DB, project, no string) (k books.Contract, ok bool, err error) {
	var rows []books.Contract
	err = tx.Where("contract_no = ? AND project = ? AND state = ? AND ended_on IS NULL", no, project, books.ContractSigned).
		Limit(1).
		Find(&rows).
		Error
	if err != nil || len(rows) == 0 {
		return k, false, err
	}
	return rows[0], true, nil
}
