package commands

import (
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/books"
)

// ofContract is the header of a payment's step that is about one contract, the process's.
const ofContract = "of"

// payments are those that a step is about: of its contract, else of the whole project.
func (c Call) payments(tx *gorm.DB) (books.PaymentView, error) {
	if no := c.text("contractNo"); no != "" && c.Headers[ofContract] == "contract" {
		return books.PaymentsOf(tx, c.text("projectCode"), no)
	}
	return books.Payments(tx, c.text("projectCode"))
}

// ofContract narrows requests to the contract that a step is about.
func (c Call) ofContract(q *gorm.DB) *gorm.DB {
	if no := c.text("contractNo"); no != "" && c.Headers[ofContract] == "contract" {
		return q.Where("contract_no = ?", no)
	}
	return q
}

// contractNumbered is a contract of a project that stands.
func contractNumbered(tx *gorm.DB, project, no string) (k books.Contract, ok bool, err error) {
	var rows []books.Contract
	err = tx.Where("project = ? AND contract_no = ? AND state = ? AND ended_on IS NULL", project, no, books.ContractSigned).
		Limit(1).
		Find(&rows).
		Error
	if err != nil {
		return k, false, fmt.Errorf("contract %s: %w", no, err)
	}
	if len(rows) == 0 {
		return k, false, nil
	}
	return rows[0], true, nil
}

// askable checks a request whose amounts and evidence the point's rules hold (E01, E02).
func (f faults) askable(tx *gorm.DB, c Call, r books.PaymentRequest, k books.Contract) error {
	if err := f.invoiced(tx, r, k); err != nil {
		return err
	}
	terms, err := books.TermsOf(tx, k.ContractNo)
	if err != nil {
		return err
	}
	var names []string
	for _, t := range terms {
		names = append(names, t.Name)
		if t.Name != r.Term {
			continue
		}
		ok, err := books.Payable(tx, r, t, c.Acting.On())
		if err != nil {
			return err
		}
		if ok {
			return f.rest(tx, r, t)
		}
		f.Field("/term", "term-not-due", "term", t.Name)
		return f.warranty(tx, k, t)
	}
	f.Field("/term", "term-unknown", "terms", strings.Join(names, "、"))
	return nil
}

// rest tells at the field how much of a term is left; E02 holds it whatever a form says.
func (f faults) rest(tx *gorm.DB, r books.PaymentRequest, t books.ContractTerm) error {
	v, err := books.PaymentsOf(tx, r.Project, r.ContractNo)
	if err != nil {
		return err
	}
	if left := t.Amount.Sub(v.Asked(r.ContractNo, t.Name)); r.Amount.Cmp(left) > 0 {
		f.Field("/amount", "term-spent", "term", t.Name, "left", left.String())
	}
	return nil
}

// warranty tells when a retention will be due.
func (f faults) warranty(tx *gorm.DB, k books.Contract, t books.ContractTerm) error {
	if t.Condition != "retention" {
		return nil
	}
	end, err := books.WarrantyEnd(tx, k)
	if err == nil && end != "" {
		f.Field("/term", "warranty-runs", "end", string(end))
	}
	return err
}
