package reconcile

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// Balance is what a bureau's books say of an indicator or a contract as they stand:
// of an indicator what it is worth now (CUR_AMT), of a contract what was paid less refunds.
type Balance struct {
	Kind   string `json:"kind"` // budget, contract
	Key    string `json:"key"`  // bgt_id, contract_no
	Amount string `json:"amount"`
	On     string `json:"on"` // as of which day
}

// The pseudo types under which balances stand among the differences.
const (
	balanceBudget   = "balance.budget"
	balanceContract = "balance.contract"
)

// CompareBalances holds sums against sums: what no single record shows, as it was
// lost on both sides or told twice (integration.md §8). A sum of theirs that we
// have nothing for is only theirs; ours without theirs is not asked, as a bureau tells what it has.
func CompareBalances(tx *gorm.DB, a models.Acting, partner string, theirs []Balance) (differences int, err error) {
	for _, b := range theirs {
		their, err := models.ParseMoney(b.Amount)
		if err != nil {
			continue // a sum that is no amount says nothing
		}
		on := models.DateOf(a.At)
		r := record{event: balanceBudget, key: b.Key, amount: &their, on: on}
		p := pair{theirs: &r}
		sum := budgetSum
		if b.Kind == "contract" {
			r.event, r.key, sum = balanceContract, books.ContractKey(b.Key), contractSum
		}
		ours, project, known, err := sum(tx, r.key)
		if err != nil {
			return differences, err
		}
		if known {
			r.project = project
			p.ours = &record{event: r.event, key: r.key, project: project, amount: &ours, on: on}
		}
		class := p.class()
		if err := gone(tx, a, partner, r, class); err != nil {
			return differences, err
		}
		if class == Match {
			continue
		}
		differences++
		if err := found(tx, a, partner, class, p); err != nil {
			return differences, err
		}
	}
	return differences, nil
}

// budgetSum is what an indicator is worth by our facts: issued and adjusted, less what was taken back.
func budgetSum(tx *gorm.DB, id string) (sum models.Money, project string, known bool, err error) {
	var i []books.Indicator
	if err := tx.Where("bgt_id = ?", id).Limit(1).Find(&i).Error; err != nil || len(i) == 0 {
		return sum, "", false, err
	}
	all, err := books.FactsOf(tx, i[0].Project, "budget.issued", "budget.adjusted", "budget.reclaimed")
	if err != nil {
		return sum, "", false, err
	}
	for _, f := range all {
		d := f.DataOf()
		if d.Text("bgt_id") != id {
			continue
		}
		field, sign := "amount", 1
		switch f.EventType {
		case "budget.adjusted":
			field = "delta"
		case "budget.reclaimed":
			sign = -1
		}
		m, err := d.Money(field)
		if err != nil {
			return sum, "", false, fmt.Errorf("fact %s: %w", f.NaturalKey, err)
		}
		if sign < 0 {
			m = m.Neg()
		}
		sum = sum.Add(m)
	}
	return sum, i[0].Project, true, nil
}

// contractSum is what was paid on a contract by our facts, less refunds.
func contractSum(tx *gorm.DB, no string) (sum models.Money, project string, known bool, err error) {
	var k []books.Contract
	if err := tx.Where("contract_no = ?", no).Limit(1).Find(&k).Error; err != nil || len(k) == 0 {
		return sum, "", false, err
	}
	all, err := books.FactsOf(tx, k[0].Project, "payment.paid", "payment.refunded")
	if err != nil {
		return sum, "", false, err
	}
	certs := map[string]bool{}
	for _, f := range all {
		d := f.DataOf()
		if f.EventType != "payment.paid" {
			continue
		}
		on, err := books.ContractOfPayment(tx, k[0].Project, d)
		if err != nil {
			return sum, "", false, err
		}
		if m, err := d.Money("xpay_amt"); err == nil && books.ContractKey(on) == no {
			sum, certs[d.Text("pay_cert_no")] = sum.Add(m), true
		}
	}
	for _, f := range all {
		d := f.DataOf()
		if m, err := d.Money("amount"); err == nil && f.EventType == "payment.refunded" && certs[d.Text("pay_cert_no")] {
			sum = sum.Sub(m)
		}
	}
	return sum, k[0].Project, true, nil
}
