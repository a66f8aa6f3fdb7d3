package facts

import (
	"fmt"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
)

// correlated are the fields by which an event finds its project, in order
// (integration.md §6), and why it is parked when it has only them and none is known.
var correlated = []struct{ field, reason string }{
	{"pro_code", NoProject}, {"bgt_id", NoIndicator}, {"contract_no", NoContract}, {"unified_deal_code", NoProject}, {"section_code", NoProject},
	{"request_no", NoProject}, {"pay_app_no", NoProject}, {"pay_cert_no", NoProject}, {"uscc", NoContract},
}

// match finds the project of an event, or why it cannot be told.
func match(tx *gorm.DB, e Event, d models.FactData) (models.Project, string, error) {
	code := e.Project
	if code == "" {
		code = d.Text("project_code")
	}
	reason := NoProject
	if code == "" {
		var err error
		if code, reason, err = lookUp(tx, e, d); err != nil || code == "" {
			return models.Project{}, reason, err
		}
	}
	var ps []models.Project
	one := tx.Clauses(clause.Locking{Strength: "UPDATE"}) // two tellings of one fact wait for each other
	if err := one.Where("code = ?", code).Find(&ps).Error; err != nil {
		return models.Project{}, "", fmt.Errorf("project %s: %w", code, err)
	}
	if len(ps) == 0 {
		return models.Project{}, NoProject, nil
	}
	return ps[0], "", nil
}

func lookUp(tx *gorm.DB, e Event, d models.FactData) (code, reason string, err error) {
	reason = NoProject
	for _, c := range correlated {
		v := d.Text(c.field)
		if c.field == "pro_code" && v == "" {
			v = e.ProCode
		}
		if v == "" {
			continue
		}
		if reason == NoProject {
			reason = c.reason
		}
		if c.field == "contract_no" {
			v = models.ContractKey(v)
		}
		var found []string
		if err := tx.Model(&models.Correlation{}).Where("kind = ? AND key = ?", c.field, v).Pluck("project", &found).Error; err != nil {
			return "", "", fmt.Errorf("correlation %s %s: %w", c.field, v, err)
		}
		if len(found) > 0 {
			return found[0], "", nil
		}
	}
	return "", reason, nil
}

// remember keeps the partner's keys of a project, so that later events find it by them.
func remember(tx *gorm.DB, project string, d models.FactData) error {
	for _, c := range correlated {
		v := d.Text(c.field)
		if c.field == "contract_no" {
			v = models.ContractKey(v)
		}
		if v == "" {
			continue
		}
		if err := models.Correlate(tx, c.field, v, project); err != nil {
			return err
		}
	}
	return nil
}

var (
	tenThousand   = decimal.New(1, 4)
	tenThousandth = decimal.New(1, -4)
	half          = decimal.New(5, -1)
	almost        = decimal.New(99, -2)
	barely        = decimal.New(101, -2)
)

// doubt raises what a person must confirm: an agency that is not the project's,
// an amount wrong by ten thousand (万元 for 元), a refund greater than the payment.
func doubt(tx *gorm.DB, p models.Project, event string, d models.FactData, amount *models.Money) (string, error) {
	if agency := d.Text("agency_code"); agency != "" && agency != p.DeptID {
		var n int64
		if err := tx.Model(&models.Dept{}).Where("id = ?", agency).Count(&n).Error; err != nil {
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
	expected, err := expectation(tx, p.Code, event, d)
	if err != nil || expected.Sign() <= 0 {
		return "", err
	}
	low := almost
	if event == "procurement.awarded" {
		low = half // a bid lies below its limit
	}
	ratio := amount.Decimal().DivRound(expected.Decimal(), 10)
	for _, wrong := range []decimal.Decimal{tenThousand, tenThousandth} {
		if ratio.GreaterThanOrEqual(wrong.Mul(low)) && ratio.LessThanOrEqual(wrong.Mul(barely)) {
			return Unit, nil
		}
	}
	return "", nil
}

// expectation is the amount that an event would have if all went as we know; zero: none.
func expectation(tx *gorm.DB, project, event string, d models.FactData) (models.Money, error) {
	switch event {
	case "budget.issued":
		v, err := models.Budget(tx, project)
		return v.Approved, err
	case "procurement.awarded":
		v, err := models.Procurement(tx, project)
		if err != nil {
			return models.Money{}, err
		}
		for _, p := range v.Packages {
			if p.PackageNo == d.Text("package_no") || p.Section != "" && p.Section == d.Text("section_code") || len(v.Packages) == 1 {
				return p.LimitPrice, nil
			}
		}
	case "procurement.contract_signed":
		v, err := models.Procurement(tx, project)
		return v.AwardTotal, err
	case "payment.applied", "payment.paid":
		v, err := models.Payments(tx, project)
		if err != nil {
			return models.Money{}, err
		}
		for _, r := range v.Requests {
			if r.RequestNo == d.Text("request_no") || r.AppNo != "" && r.AppNo == d.Text("pay_app_no") {
				return r.Amount, nil
			}
		}
		return v.Contract, nil
	}
	return models.Money{}, nil
}

// refundDoubt parks a refund that is greater than what its voucher paid. One
// whose payment is not known yet is a fact like any other.
func refundDoubt(tx *gorm.DB, project string, d models.FactData, amount models.Money) (string, error) {
	facts, err := models.FactsOf(tx, project, "payment.paid", "payment.refunded")
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
	if known && amount.Cmp(left) > 0 {
		return Refund, nil
	}
	return "", nil
}

// candidates are projects that a parked event might belong to: of its agency,
// or with its amount approved, contracted or asked for.
func candidates(tx *gorm.DB, p models.Project, d models.FactData, amount *models.Money) ([]string, error) {
	if p.Code != "" {
		return []string{p.Code}, nil
	}
	var m models.Money
	if amount != nil {
		m = *amount
	}
	var codes []string
	err := tx.Raw(`SELECT code FROM project WHERE dept_id = ? AND stage NOT IN ?
		UNION SELECT project FROM contract WHERE amount = ?
		UNION SELECT project FROM payment_request WHERE amount = ?
		UNION SELECT project FROM ledger WHERE kind = 'approved' GROUP BY project HAVING SUM(amount) = ?
		ORDER BY 1 LIMIT 10`, d.Text("agency_code"), []models.Stage{models.Draft, models.Archived}, m, m, m).Scan(&codes).Error
	if err != nil {
		return nil, fmt.Errorf("candidates: %w", err)
	}
	return codes, nil
}
