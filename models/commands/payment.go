package commands

import (
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

var _ = foretold(map[string]Plan{
	"payment.state":   paymentState,
	"payment.request": paymentRequest,
	"payment.send":    paymentSend,
})

// paymentState looks into the books for what is paid, in the air, and left.
func paymentState(tx *gorm.DB, c Call) (Result, Write, error) {
	if err := c.decidable("contract.milestones", "payment.send", "partner.remind"); err != nil {
		return nil, nil, err
	}
	v, err := c.payments(tx)
	if err != nil {
		return nil, nil, err
	}
	if len(c.earlier("payment.send")) > 0 && v.State == books.PaymentsDue {
		v.State = books.PaymentsPending // what is sent is in the air
	}
	return Result{
		"paymentState": v.State, "paidTotal": Number(v.Paid), "remainingTotal": Number(v.Remaining), "paymentTerm": v.Term,
	}, nil, nil
}

// paymentRequest is what the supplier asks for (rules E01, E02, E08).
func paymentRequest(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Term      string `json:"term"`
		Amount    amount `json:"amount"`
		InvoiceNo string `json:"invoiceNo"`
		Payee     string `json:"payee"`
		Comment   string `json:"comment"`
		TaxCode   string `json:"taxCode"`
		Guarantee string `json:"guarantee"`
		Delivered string `json:"deliveredOn"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	if err := books.Unblocked(tx, p.Code, books.BlockPayment); err != nil {
		return nil, nil, err
	}
	k, ok, err := books.SignedContract(tx, p.Code)
	if no := c.text("contractNo"); no != "" && Point(c.Headers) != "" {
		k, ok, err = contractNumbered(tx, p.Code, no)
	}
	if err != nil || !ok {
		if err == nil {
			err = models.Refuse("no-signed-contract")
		}
		return nil, nil, err
	}
	f := check()
	r := books.PaymentRequest{
		Project: p.Code, ContractNo: k.ContractNo, Term: f.text("/term", in.Term), Amount: f.money("/amount", in.Amount),
		InvoiceNo: f.text("/invoiceNo", in.InvoiceNo), Payee: f.text("/payee", in.Payee), Comment: strings.TrimSpace(in.Comment),
		TaxCode: strings.TrimSpace(
			in.TaxCode,
		), Guarantee: strings.TrimSpace(in.Guarantee), State: books.PaymentDraft, Actor: c.Acting.Person, At: c.Acting.At.UTC(),
		BusinessDate: c.Acting.On(),
	}
	r.DeliveredOn = f.optionalDate("/deliveredOn", in.Delivered)
	if err := f.delivered(tx, c, r, k); err != nil {
		return nil, nil, err
	}
	if Point(c.Headers) != "" {
		err = f.askable(tx, c, r, k)
	} else {
		err = f.payable(tx, r, k)
	}
	if err != nil {
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"paymentAmount": Number(r.Amount), "paymentTerm": r.Term}, func() error { return saveRequest(tx, c, r) }, nil
}

// delivered holds the day from which a small firm's time runs (E04): where the form asks for it, a request for what
// was delivered or accepted has one, after the signature and not in the future.
func (f faults) delivered(tx *gorm.DB, c Call, r books.PaymentRequest, k books.Contract) error {
	if r.DeliveredOn > c.Acting.On() {
		f.Field("/deliveredOn", "date-in-future")
	}
	if r.DeliveredOn != "" && r.DeliveredOn < k.SignedOn {
		f.Field("/deliveredOn", "delivered-before-contract", "signed", string(k.SignedOn))
	}
	if r.DeliveredOn != "" || !k.Sme || c.Headers["delivered"] != "asked" {
		return nil
	}
	terms, err := books.TermsOf(tx, k.ContractNo)
	if err != nil {
		return err
	}
	for _, t := range terms {
		if t.Name == r.Term && t.Condition != "advance" && t.Condition != "retention" {
			f.Field("/deliveredOn", "required")
		}
	}
	return nil
}

// saveRequest numbers a request. One that came back from verification is replaced.
func saveRequest(tx *gorm.DB, c Call, r books.PaymentRequest) (err error) {
	if err := tx.Where("project = ? AND contract_no = ? AND state = ?", r.Project, r.ContractNo,
		books.PaymentDraft).Delete(&books.PaymentRequest{}).Error; err != nil {
		return fmt.Errorf("payment requests of %s: %w", r.Project, err)
	}
	if r.RequestNo, err = models.NextCode(tx, "FK", c.Acting.On().Year()); err != nil {
		return err
	}
	if err := tx.Create(&r).Error; err != nil {
		return fmt.Errorf("payment request of %s: %w", r.Project, err)
	}
	return books.Correlate(tx, "request_no", r.RequestNo, r.Project)
}

func (f faults) payable(tx *gorm.DB, r books.PaymentRequest, k books.Contract) error {
	v, err := books.Payments(tx, r.Project)
	if err != nil {
		return err
	}
	if left := v.Remaining.Sub(v.Pending); r.Amount.Cmp(left) > 0 {
		f.Field("/amount", "payment-above-contract", "left", left.String())
	}
	if err := f.invoiced(tx, r, k); err != nil {
		return err
	}
	return f.due(tx, r)
}

// invoiced holds that the invoice is new and the supplier's.
func (f faults) invoiced(tx *gorm.DB, r books.PaymentRequest, k books.Contract) error {
	if r.Amount.Sign() == 0 {
		f.Field("/amount", "amount-zero")
	}
	var n int64
	err := tx.Model(&books.PaymentRequest{}).Where("invoice_no = ? AND state <> ? AND NOT (project = ? AND contract_no = ? AND state = ?)",
		r.InvoiceNo, books.PaymentRejected, r.Project, r.ContractNo, books.PaymentDraft).Count(&n).Error
	if err != nil {
		return fmt.Errorf("invoice %s: %w", r.InvoiceNo, err)
	}
	if n > 0 {
		f.Field("/invoiceNo", "invoice-used")
	}
	if r.Payee != k.Supplier {
		f.Field("/payee", "payee-not-supplier", "supplier", k.Supplier)
	}
	return nil
}

// due holds E02: what a term waits for has been reached.
func (f faults) due(tx *gorm.DB, r books.PaymentRequest) error {
	terms, err := books.Terms(tx, r.Project)
	if err != nil {
		return err
	}
	var names []string
	for _, t := range terms {
		names = append(names, t.Name)
		if t.Name != r.Term {
			continue
		}
		ok, err := reached(tx, r.Project, t)
		if err != nil {
			return err
		}
		if !ok {
			f.Field("/term", "term-not-due", "term", t.Name)
		}
		return nil
	}
	f.Field("/term", "term-unknown", "terms", strings.Join(names, "、"))
	return nil
}

// reached reports whether a term's milestone has passed; without one, whether
// the acceptance that its condition names has.
func reached(tx *gorm.DB, project string, t books.ContractTerm) (bool, error) {
	var n int64
	if t.MilestoneNo != nil {
		err := tx.Model(&books.Milestone{}).
			Where("project = ? AND no = ? AND passed_on IS NOT NULL", project, *t.MilestoneNo).
			Count(&n).
			Error
		if err != nil {
			return false, fmt.Errorf("milestone %d of %s: %w", *t.MilestoneNo, project, err)
		}
		return n > 0, nil
	}
	kind := map[string]string{"prelim": books.Prelim, "final": books.Final, "retention": books.Final}[t.Condition]
	if kind == "" {
		return true, nil
	}
	err := tx.Model(&books.Acceptance{}).Where("project = ? AND kind = ? AND conclusion <> 'fail'", project, kind).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("acceptances of %s: %w", project, err)
	}
	return n > 0, nil
}

// paymentSend sends the verified request to finance; from now on it is in the air.
func paymentSend(tx *gorm.DB, c Call) (Result, Write, error) {
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	if err := books.Unblocked(tx, p.Code, books.BlockPayment); err != nil {
		return nil, nil, err
	}
	var drafts int64
	drafted := c.ofContract(tx.Model(&books.PaymentRequest{}).Where("project = ? AND state = ?", p.Code, books.PaymentDraft))
	if err := drafted.Count(&drafts).Error; err != nil {
		return nil, nil, fmt.Errorf("payment request of %s: %w", p.Code, err)
	}
	if drafts == 0 {
		return nil, nil, models.Refuse("no-payment-request")
	}
	return Result{}, func() error {
		drafted := c.ofContract(tx.Model(&books.PaymentRequest{}).Where("project = ? AND state = ?", p.Code, books.PaymentDraft))
		err := drafted.Update("state", books.PaymentPending).Error
		if err != nil {
			return fmt.Errorf("payment request of %s: %w", p.Code, err)
		}
		return sendOut(tx, c, p, "payment.precheck")
	}, nil
}
