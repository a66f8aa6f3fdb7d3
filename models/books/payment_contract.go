package books

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// ContractValue is what a contract binds now: original, supplements, and what was taken back.
func ContractValue(tx *gorm.DB, contract string) (models.Money, error) {
	var sums []models.Money
	err := tx.Model(&LedgerEntry{}).Where("kind = ? AND ref = ?", LedgerContracted, contract).Pluck("amount", &sums).Error
	if err != nil {
		return models.Money{}, fmt.Errorf("value of %s: %w", contract, err)
	}
	var sum models.Money
	for _, m := range sums {
		sum = sum.Add(m)
	}
	return sum, nil
}

// PaymentsOf folds requests and finance's facts of one contract. What was paid
// without a request belongs to the contract that the fact names; to the only one
// when it names none.
func PaymentsOf(tx *gorm.DB, project, contract string) (PaymentView, error) {
	var v PaymentView
	all, err := requests(tx, project)
	if err != nil {
		return v, err
	}
	if v.Contract, err = ContractValue(tx, contract); err != nil {
		return v, err
	}
	if v.Paid, err = paidFor(tx, project, contract, all); err != nil {
		return v, err
	}
	v.Remaining = v.Contract.Sub(v.Paid)
	for _, r := range all {
		if r.ContractNo != contract {
			continue
		}
		v.Requests = append(v.Requests, r)
		if r.inTheAir() {
			v.Pending = v.Pending.Add(r.Amount.Sub(r.Paid))
		}
	}
	v.settle()
	terms, err := TermsOf(tx, contract)
	if err != nil {
		return v, err
	}
	v.Term = v.openTerm(terms)
	return v, nil
}

// paidFor is what was paid for a contract, less refunds.
func paidFor(tx *gorm.DB, project, contract string, requests []RequestView) (models.Money, error) {
	var sum models.Money
	facts, err := FactsOf(tx, project, "payment.paid", "payment.refunded")
	if err != nil {
		return sum, err
	}
	contracts, err := Contracts(tx, project)
	if err != nil {
		return sum, err
	}
	ours := map[string]bool{}
	for _, f := range facts {
		d := f.DataOf()
		cert := d.Text("pay_cert_no")
		switch f.EventType {
		case "payment.paid":
			if payee(d, requests, contracts) == contract {
				m, _ := d.Money("xpay_amt")
				sum, ours[cert] = sum.Add(m), true
			}
		case "payment.refunded":
			if ours[cert] {
				m, _ := d.Money("amount")
				sum = sum.Sub(m)
			}
		}
	}
	return sum, nil
}

// payee is the contract that a payment is for, "" when it cannot be told.
func payee(d FactData, requests []RequestView, contracts []Contract) string {
	no, app, named := d.Text("request_no"), d.Text("pay_app_no"), ContractKey(d.Text("contract_no"))
	for _, r := range requests {
		if no != "" && r.RequestNo == no || app != "" && r.AppNo == app {
			return r.ContractNo
		}
	}
	signed := ""
	for _, k := range contracts {
		if k.ContractNo == named {
			return named
		}
		if k.State == ContractSigned {
			if signed != "" {
				return ""
			}
			signed = k.ContractNo
		}
	}
	return signed
}

// ContractOfPayment is the contract that a fact of finance is about, "" when it cannot be told.
func ContractOfPayment(tx *gorm.DB, project string, d FactData) (string, error) {
	all, err := requests(tx, project)
	if err != nil {
		return "", err
	}
	contracts, err := Contracts(tx, project)
	if err != nil {
		return "", err
	}
	return payee(d, all, contracts), nil
}

// Asked is how much has been asked for a term and was neither rejected nor is still a draft.
func (v PaymentView) Asked(contract, term string) (sum models.Money) {
	for _, r := range v.Requests {
		if r.ContractNo == contract && r.Term == term && r.State != PaymentRejected && r.State != PaymentDraft {
			sum = sum.Add(r.Amount)
		}
	}
	return sum
}

// openTerm is the first payment term of which something has not been asked for.
func (v PaymentView) openTerm(terms []ContractTerm) string {
	for _, t := range terms {
		if v.Asked(t.ContractNo, t.Name).Cmp(t.Amount) < 0 {
			return t.Name
		}
	}
	return ""
}

// settle says what state the payments are in.
func (v *PaymentView) settle() {
	partly := slices.ContainsFunc(v.Requests, func(r RequestView) bool { return r.State == PaymentPartial })
	switch {
	case v.Remaining.Sign() < 0:
		v.State = PaymentsOver
	case v.Remaining.Sign() == 0:
		v.State = PaymentsPaid
	case v.Pending.Sign() > 0 && partly:
		v.State = PaymentsPartial
	case v.Pending.Sign() > 0:
		v.State = PaymentsPending
	default:
		v.State = PaymentsDue
	}
}

// WarrantyEnd of a contract: so many months after its final acceptance; "" before that.
func WarrantyEnd(tx *gorm.DB, k Contract) (models.Date, error) {
	var held []models.Date
	err := tx.Model(&Acceptance{}).
		Where("project = ? AND kind = ? AND conclusion <> 'fail'", k.Project, Final).
		Order("round").
		Limit(1).
		Pluck("held_on", &held).
		Error
	if err != nil {
		return "", fmt.Errorf("final acceptance of %s: %w", k.Project, err)
	}
	if len(held) == 0 {
		return "", nil
	}
	return MonthsAfter(held[0], k.WarrantyMonths), nil
}

// MonthsAfter is the same day n months later, the last day of a shorter month.
func MonthsAfter(d models.Date, n int) models.Date {
	t := d.Start()
	first := t.AddDate(0, n, 1-t.Day())
	last := first.AddDate(0, 1, -1).Day()
	return models.DateOf(first.AddDate(0, 0, min(t.Day(), last)-1))
}
