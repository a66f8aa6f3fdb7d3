package facts

import (
	"fmt"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
)

// correlated are the fields by which an event finds its project, in order
// (integration.md §6), and why it is parked when it has only them and none is known.
var correlated = []struct{ field, reason string }{
	{
		"pro_code", NoProject,
	}, {"bgt_id", NoIndicator}, {"contract_no", NoContract}, {"unified_deal_code", NoProject}, {"section_code", NoProject},
	{"request_no", NoProject}, {"pay_app_no", NoProject}, {"pay_cert_no", NoProject}, {"uscc", NoContract},
}

// match finds the project of an event, or why it cannot be told.
func match(tx *gorm.DB, e Event, d books.FactData) (books.Project, string, error) {
	code := e.Project
	if code == "" {
		code = d.Text("project_code")
	}
	if code == "" {
		var reason string
		var err error
		if code, reason, err = lookUp(tx, e, d); err != nil || code == "" {
			return books.Project{}, reason, err
		}
	}
	project, err := find(tx, code)
	if err != nil || project.Code != "" {
		return project, "", err
	}
	known, err := books.CorrelationOf(tx, wrongCode, code) // a person has said what it means
	if err != nil || known == "" {
		return books.Project{}, NoProject, err
	}
	project, err = find(tx, known)
	return project, "", err
}

// find reads a project, empty when there is none, and keeps it: two tellings of
// one fact wait for each other.
func find(tx *gorm.DB, code string) (books.Project, error) {
	var ps []books.Project
	one := tx.Clauses(clause.Locking{Strength: "UPDATE"})
	if err := one.Where("code = ?", code).Find(&ps).Error; err != nil {
		return books.Project{}, fmt.Errorf("project %s: %w", code, err)
	}
	if len(ps) == 0 {
		return books.Project{}, nil
	}
	return ps[0], nil
}

// lookUp finds a project by the partner's own keys, or why none is known.
func lookUp(tx *gorm.DB, e Event, d books.FactData) (code, reason string, err error) {
	reason = NoProject
	for _, k := range keysOf(e, d) {
		if reason == NoProject {
			reason = k.reason
		}
		code, err := books.CorrelationOf(tx, k.field, k.value)
		if err != nil || code != "" {
			return code, "", err
		}
	}
	return "", reason, nil
}

// keyed are the projects of all keys of an event that are known.
func keyed(tx *gorm.DB, e Event, d books.FactData) (codes []string, err error) {
	for _, k := range keysOf(e, d) {
		code, err := books.CorrelationOf(tx, k.field, k.value)
		if err != nil {
			return nil, err
		}
		codes = append(codes, code)
	}
	return codes, nil
}

// key is a partner's key in an event.
type key struct{ field, value, reason string }

func keysOf(e Event, d books.FactData) (out []key) {
	for _, c := range correlated {
		v := d.Text(c.field)
		switch {
		case c.field == "pro_code" && v == "":
			v = e.ProCode
		case c.field == "contract_no":
			v = books.ContractKey(v)
		}
		if v != "" {
			out = append(out, key{c.field, v, c.reason})
		}
	}
	return out
}

// remember keeps the partner's keys of a project, so that later events find it by
// them; and the code that the event gave, when a person has said what it means.
func remember(tx *gorm.DB, project string, e Event, d books.FactData) error {
	for _, k := range keysOf(e, d) {
		if err := books.Correlate(tx, k.field, k.value, project); err != nil {
			return err
		}
	}
	if !e.Linked || e.Told == "" || e.Told == project {
		return nil
	}
	if meant, err := find(tx, e.Told); err != nil || meant.Code != "" {
		return err // the code is another project's: this event was wrong, not the code
	}
	return books.Correlate(tx, wrongCode, e.Told, project)
}

// wrongCode is the kind under which a project code that is none is remembered.
const wrongCode = "project_code"

var (
	tenThousand   = decimal.New(1, 4)
	tenThousandth = decimal.New(1, -4)
	half          = decimal.New(5, -1)
	almost        = decimal.New(99, -2)
	barely        = decimal.New(101, -2)
	cent          = decimal.New(1, -2)
)

// doubt raises what a person must confirm: an agency that is not the project's,
// an amount wrong by ten thousand (万元 for 元), a refund greater than the payment.
func doubt(tx *gorm.DB, p books.Project, event string, d books.FactData, amount *models.Money) (string, error) {
	if agency := d.Text("agency_code"); agency != "" && agency != p.DeptID {
		var n int64
		if err := tx.Model(&office.Dept{}).Where("id = ?", agency).Count(&n).Error; err != nil {
			return "", fmt.Errorf("agency %s: %w", agency, err)
		}
		if n > 0 {
			return Ambiguous, nil
		}
	}
	if amount == nil {
		return "", nil
	}
	if event == "payment.refunded" {
		return refundDoubt(tx, p.Code, d, *amount)
	}
	sticks, err := yardsticks(tx, p.Code, event, d)
	if err != nil {
		return "", err
	}
	if _, wrong := wrongUnit(event, *amount, sticks); wrong {
		return Unit, nil
	}
	return "", nil
}

// refundDoubt parks a refund whose payment is not known (FT17), and one that is
// greater than what its voucher paid (FT19).
func refundDoubt(tx *gorm.DB, project string, d books.FactData, amount models.Money) (string, error) {
	facts, err := books.FactsOf(tx, project, "payment.paid", "payment.refunded")
	if err != nil {
		return "", err
	}
	var left models.Money
	known := false
	for _, f := range facts {
		fd := f.DataOf()
		if fd.Text("pay_cert_no") != d.Text("pay_cert_no") {
			continue
		}
		if f.EventType == "payment.paid" {
			m, _ := fd.Money("xpay_amt")
			left, known = left.Add(m), true
		} else if fd.Text("refund_no") != d.Text("refund_no") {
			m, _ := fd.Money("amount")
			left = left.Sub(m)
		}
	}
	switch {
	case !known:
		return RefundEarly, nil
	case amount.Cmp(left) > 0:
		return Refund, nil
	}
	return "", nil
}
