package commands

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
)

var _ = foretold(map[string]Plan{"contract.void": contractVoid})

// clauses are what a contract must say beside its price and terms.
type clauses struct {
	Bond struct {
		Amount amount `json:"amount"`
		Form   string `json:"form"`
	} `json:"bond"`
	Sme          string `json:"sme"`
	PayDays      amount `json:"payDays"`
	Ipr          string `json:"ipr"`
	DataSecurity string `json:"dataSecurity"`
	Deliverables []struct {
		Name string `json:"name"`
	} `json:"deliverables"`
}

// beside reports whether a call is about a package beside the one that the project's life follows.
func beside(c Call) bool { return c.text("packageBeside") != "" }

// forPackage checks a draft against the award of its package: who may sign, and
// what the contract must say. The pack's rules hold bond and amounts (C13, C14).
func (f faults) forPackage(tx *gorm.DB, c Call, k *books.Contract, in clauses) error {
	k.Package = c.text("packageNo")
	awards, err := books.Awards(tx, k.Project)
	if err != nil {
		return err
	}
	awards = slices.DeleteFunc(awards, func(a books.Award) bool { return a.Package != k.Package })
	if len(awards) == 0 {
		return models.Refuse("no-award", "package", k.Package)
	}
	if !office.USCC(k.Uscc) {
		f.Field("/supplier/uscc", "uscc-invalid")
	}
	if err := f.winner(k, awards); err != nil {
		return err
	}
	if in.Bond.Amount != "" {
		if k.Bond = f.money("/bond/amount", in.Bond.Amount); k.Bond.Sign() > 0 {
			f.oneOf("/bond/form", in.Bond.Form, "letter", "transfer", "cash")
			k.BondForm = in.Bond.Form
		}
	}
	f.oneOf("/sme", in.Sme, "yes", "no")
	k.Sme = in.Sme == "yes"
	if in.PayDays != "" {
		k.PayDays = int(f.number("/payDays", in.PayDays, 0, 365).IntPart())
	}
	k.Ipr, k.DataSecurity = f.text("/ipr", in.Ipr), f.text("/dataSecurity", in.DataSecurity)
	var list []string
	for i, d := range in.Deliverables {
		list = append(list, f.text(at("deliverables", i, "name"), d.Name))
	}
	if len(list) == 0 {
		f.Field("/deliverables", "required")
	}
	k.Deliverables = models.JSONOf(list)
	return nil
}

// winner holds that the supplier has won: by its code where the award tells one, else by its name.
func (f faults) winner(k *books.Contract, awards []books.Award) error {
	var names []string
	for _, a := range awards {
		companies, err := a.Companies()
		if err != nil {
			return err
		}
		for _, w := range companies {
			names = append(names, w.Name)
			if w.Uscc != "" && w.Uscc == k.Uscc || w.Uscc == "" && strings.EqualFold(w.Name, k.Supplier) {
				k.Members = a.Members
				return nil
			}
		}
	}
	f.Field("/supplier/uscc", "supplier-not-winner", "winner", strings.Join(names, "、"))
	return nil
}

// bound finds the organisations whose people build and supervise, by contract
// and by what a person entered; none is guessed.
func (f faults) bound(tx *gorm.DB, c Call, k *books.Contract, supervisor string) (err error) {
	if k.SupplierOrg, err = organisation(tx, "supplier", "uscc = ?", k.Uscc); err != nil {
		return err
	}
	if k.SupplierOrg == "" {
		return models.Refuse("supplier-not-in-directory", "supplier", k.Supplier, "uscc", k.Uscc)
	}
	if k.SupervisorOrg, err = supervisorOf(tx, k.Project, supervisor); err != nil {
		return err
	}
	if k.SupervisorOrg == "" && !beside(c) {
		f.Field("/supervisorOrg", "supervisor-missing")
	}
	if k.SupervisorOrg != "" && k.SupervisorOrg == k.SupplierOrg {
		f.Field("/supervisorOrg", "supervisor-is-supplier")
	}
	return nil
}

// supervisorOf is the organisation that supervises: bound by a contract of the
// project, else the one that a person named by its code, name or id.
func supervisorOf(tx *gorm.DB, project, named string) (string, error) {
	contracts, err := books.Contracts(tx, project)
	if err != nil {
		return "", err
	}
	for _, other := range contracts {
		if other.State != books.ContractSigned || other.EndedOn != "" || other.Uscc == "" {
			continue
		}
		if unit, err := organisation(tx, "supervisor", "uscc = ?", other.Uscc); err != nil || unit != "" {
			return unit, err
		}
	}
	for _, by := range []string{"uscc = ?", "name = ?", "id = ?"} {
		if unit, err := organisation(tx, "supervisor", by, strings.TrimSpace(named)); err != nil || unit != "" {
			return unit, err
		}
	}
	return "", nil
}

// organisation of a kind in the directory, "" when there is none.
func organisation(tx *gorm.DB, kind, where, value string) (string, error) {
	if value == "" {
		return "", nil
	}
	var ids []string
	err := tx.Model(&office.Dept{}).
		Where("kind = ? AND valid_to IS NULL", kind).
		Where(where, value).
		Order("id").
		Limit(1).
		Pluck("id", &ids).
		Error
	if err != nil {
		return "", fmt.Errorf("organisation %s: %w", value, err)
	}
	if len(ids) == 0 {
		return "", nil
	}
	return ids[0], nil
}

// milestonesFree refuses numbers that milestones of another package have.
func (f faults) milestonesFree(tx *gorm.DB, project, pack string, rows []books.Milestone) error {
	var taken []int
	if err := tx.Model(&books.Milestone{}).Where("project = ? AND package <> ?", project, pack).Pluck("no", &taken).Error; err != nil {
		return fmt.Errorf("milestones of %s: %w", project, err)
	}
	for i, m := range rows {
		if slices.Contains(taken, m.No) {
			f.Field(at("milestones", i, "no"), "milestone-taken", "next", fmt.Sprint(slices.Max(taken)+1))
		}
	}
	return nil
}

// contractVoid ends what was drafted or signed for an award that was lost (FT33).
func contractVoid(tx *gorm.DB, c Call) (Result, Write, error) {
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	pack := c.text("packageNo")
	k, signed, err := books.ContractOfPackage(tx, p.Code, pack)
	if err != nil {
		return nil, nil, err
	}
	return Result{"awardLost": true}, func() error {
		if err := dropDraft(tx, p.Code, pack); err != nil {
			return err
		}
		if signed {
			if err := endContract(tx, c, k, "award-lost"); err != nil {
				return err
			}
		}
		if beside(c) {
			return examine(tx, c, p.Code)
		}
		if err := books.SetStage(tx, c.Acting, &p, books.Budgeted); err != nil {
			return err
		}
		return examine(tx, c, p.Code)
	}, nil
}

// endContract takes back what a contract bound.
func endContract(tx *gorm.DB, c Call, k books.Contract, why string) error {
	k.EndedOn, k.EndedWhy = c.Acting.On(), why
	if err := tx.Save(&k).Error; err != nil {
		return fmt.Errorf("contract %s: %w", k.ContractNo, err)
	}
	bound, err := books.ContractValue(tx, k.ContractNo) // with its changes
	if err != nil {
		return err
	}
	if err := closeChanges(tx, c, k.Project, k.ContractNo); err != nil {
		return err
	}
	return c.post(
		tx,
		books.LedgerEntry{
			Kind: books.LedgerContracted, Project: k.Project, Amount: bound.Neg(), NaturalKey: k.ContractNo + "/" + why, Ref: k.ContractNo,
			BusinessDate: k.EndedOn,
		},
	)
}
