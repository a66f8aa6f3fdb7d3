package books

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// The states of a project's payments.
const (
	PaymentsDue     = "DUE"
	PaymentsPending = "PENDING"
	PaymentsPartial = "PARTIAL" // in the air, and a part of it has come
	PaymentsPaid    = "PAID"
	PaymentsOver    = "OVERPAID" // more than the contract is worth: it waits for the money back
)

// PaymentView is what is paid, in the air, and left of a project's contract.
type PaymentView struct {
	State     string
	Contract  models.Money
	Paid      models.Money // less refunds
	Pending   models.Money // requests in the air, as far as they are not paid
	Remaining models.Money // contract − paid
	Term      string
	Requests  []RequestView
}

// RequestView is a request with what finance did about it. Its state is the stored one, or partial or overpaid.
type RequestView struct {
	PaymentRequest
	AppNo   string // number of the application at finance
	Applied models.Money
	Paid    models.Money // less refunds
	PaidOn  models.Date  // of the newest payment; "": nothing was paid
}

// Payments folds requests and finance's facts, in whatever order they came.
func Payments(tx *gorm.DB, project string) (PaymentView, error) {
	var v PaymentView
	totals, err := TotalsOf(tx, project)
	if err != nil {
		return v, err
	}
	v.Contract, v.Paid = totals[project].Contracted, totals[project].NetPaid()
	v.Remaining = v.Contract.Sub(v.Paid)
	if v.Requests, err = requests(tx, project); err != nil {
		return v, err
	}
	for _, r := range v.Requests {
		if r.inTheAir() {
			v.Pending = v.Pending.Add(r.Amount.Sub(r.Paid))
		}
	}
	v.settle()
	terms, err := Terms(tx, project)
	if err != nil {
		return v, err
	}
	v.Term = v.openTerm(terms)
	return v, nil
}

// Terms are the payment terms of a project's contracts, in order.
func Terms(tx *gorm.DB, project string) ([]ContractTerm, error) {
	var terms []ContractTerm
	err := tx.Raw("SELECT t.* FROM contract_term t JOIN contract c ON c.contract_no = t.contract_no WHERE c.project = ? "+
		"ORDER BY t.contract_no, t.no", project).
		Scan(&terms).
		Error
	if err != nil {
		return nil, fmt.Errorf("payment terms of %s: %w", project, err)
	}
	return terms, nil
}

// TermsOf are the payment terms of a contract, in order.
func TermsOf(tx *gorm.DB, contract string) ([]ContractTerm, error) {
	var terms []ContractTerm
	if err := tx.Where("contract_no = ?", contract).Order("no").Find(&terms).Error; err != nil {
		return nil, fmt.Errorf("payment terms of %s: %w", contract, err)
	}
	return terms, nil
}

// requests are a project's requests with their applications, payments and
// refunds. An application belongs to the request that it names; else to the
// oldest one of its amount that has none.
func requests(tx *gorm.DB, project string) ([]RequestView, error) {
	var rows []PaymentRequest
	if err := tx.Where("project = ?", project).Order("request_no").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("payment requests of %s: %w", project, err)
	}
	views := make([]RequestView, len(rows))
	for i, r := range rows {
		views[i].PaymentRequest = r
	}
	facts, err := FactsOf(tx, project, "payment.applied", "payment.paid", "payment.refunded")
	if err != nil {
		return nil, err
	}
	certs := map[string]*RequestView{}
	for _, f := range facts {
		d := f.DataOf()
		switch f.EventType {
		case "payment.applied":
			if r := owner(views, d, "pay_app_amt"); r != nil {
				r.AppNo = d.Text("pay_app_no")
				r.Applied, _ = d.Money("pay_app_amt")
			}
		case "payment.paid":
			if r := owner(views, d, "xpay_amt"); r != nil {
				m, _ := d.Money("xpay_amt")
				r.Paid, certs[d.Text("pay_cert_no")] = r.Paid.Add(m), r
				r.PaidOn = max(r.PaidOn, f.BusinessDate)
				if r.AppNo == "" {
					r.AppNo = d.Text("pay_app_no")
				}
			}
		}
	}
	for _, f := range facts {
		if r := certs[f.DataOf().Text("pay_cert_no")]; r != nil && f.EventType == "payment.refunded" {
			m, _ := f.DataOf().Money("amount")
			r.Paid = r.Paid.Sub(m)
		}
	}
	for i := range views {
		views[i].tell()
	}
	return views, nil
}

func owner(views []RequestView, d FactData, amount string) *RequestView {
	no, app := d.Text("request_no"), d.Text("pay_app_no")
	for i := range views {
		if views[i].State == PaymentDraft { // nobody has sent it yet
			continue
		}
		if no != "" && views[i].RequestNo == no || app != "" && views[i].AppNo == app {
			return &views[i]
		}
	}
	m, err := d.Money(amount)
	for i := range views {
		r := &views[i]
		if err == nil && no == "" && r.AppNo == "" && r.State != PaymentDraft && r.Amount.Cmp(m) == 0 {
			return r
		}
	}
	return nil
}

// SettlePayments brings the states of requests to what finance's facts say.
func SettlePayments(tx *gorm.DB, project string) error {
	views, err := requests(tx, project)
	if err != nil {
		return err
	}
	rejections, err := FactsOf(tx, project, "payment.rejected")
	if err != nil {
		return err
	}
	for _, r := range views {
		if r.State == PaymentDraft {
			continue
		}
		rejected := false
		for _, f := range rejections {
			d := f.DataOf()
			if d.Text("request_no") == r.RequestNo || r.AppNo != "" && d.Text("pay_app_no") == r.AppNo {
				rejected = true
			}
		}
		if state := r.settled(rejected); state != r.State {
			if err := tx.Model(&PaymentRequest{}).Where("request_no = ?", r.RequestNo).Update("state", state).Error; err != nil {
				return fmt.Errorf("payment request %s: %w", r.RequestNo, err)
			}
		}
	}
	return nil
}

// inTheAir reports whether something of a request is still to be paid.
func (r RequestView) inTheAir() bool { return r.State == PaymentPending || r.State == PaymentPartial }

// Most is what finance may pay on a request: what it applied for, else what was asked.
func (r RequestView) Most() models.Money {
	if r.Applied.Sign() > 0 {
		return r.Applied
	}
	return r.Amount
}

// settled is the state that finance's vouchers bring a request to. One that was paid in part, or more than finance
// applied for, stays pending: nothing closes it by itself.
func (r RequestView) settled(rejected bool) string {
	switch {
	case r.Paid.Cmp(r.Amount) >= 0 && r.Paid.Cmp(r.Most()) <= 0:
		return PaymentPaid
	case rejected && r.Paid.Cmp(r.Most()) <= 0:
		return PaymentRejected
	}
	return PaymentPending
}

// tell says of a pending request whether a part of it, or too much, was paid.
func (r *RequestView) tell() {
	switch {
	case r.State != PaymentPending:
	case r.Paid.Cmp(r.Most()) > 0:
		r.State = PaymentOverpaid
	case r.Paid.Sign() > 0:
		r.State = PaymentPartial
	}
}
