package facts

import (
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// Proposal is what an amount was probably meant to be, and what it is held against.
type Proposal struct {
	Told     models.Money
	Meant    models.Money
	Expected models.Money
	Against  string // approved, limit, award, request, contract, term: a text of the catalogue
	Term     string // of a contract, where it is one's amount
}

// yardstick is an amount that an event might have if all went as we know.
type yardstick struct {
	amount  models.Money
	against string
	term    string
}

// wrongUnit finds the yardstick from which an amount differs by ten thousand: 万元
// written for 元, or the other way round (FT10).
func wrongUnit(event string, amount models.Money, sticks []yardstick) (p Proposal, found bool) {
	low := almost
	if event == "procurement.awarded" {
		low = half // a bid lies below its limit
	}
	for _, y := range sticks {
		if y.amount.Sign() <= 0 {
			continue
		}
		ratio := amount.Decimal().DivRound(y.amount.Decimal(), 10)
		for _, wrong := range []decimal.Decimal{tenThousand, tenThousandth} {
			if ratio.GreaterThanOrEqual(wrong.Mul(low)) && ratio.LessThanOrEqual(wrong.Mul(barely)) {
				meant := models.Yuan(amount.Decimal().DivRound(wrong, 10))
				return Proposal{Told: amount, Meant: meant, Expected: y.amount, Against: y.against, Term: y.term}, true
			}
		}
	}
	return p, false
}

// Propose says what the amount of a parked event was probably meant to be; ok is
// false where its unit is not in doubt.
func Propose(tx *gorm.DB, e Event) (p Proposal, ok bool, err error) {
	k, known := kinds[e.Type]
	if !known {
		return p, false, nil
	}
	d, amount, err := k.read(e)
	if err != nil || amount == nil {
		return p, false, nil //nolint:nilerr // what cannot be read has no amount to correct
	}
	project, reason, err := match(tx, e, d)
	if err != nil || reason != "" {
		return p, false, err
	}
	sticks, err := yardsticks(tx, project.Code, e.Type, d)
	if err != nil {
		return p, false, err
	}
	p, ok = wrongUnit(e.Type, *amount, sticks)
	return p, ok, nil
}

// Corrected is an event whose amount is another than was told; what was told stays beside it.
func Corrected(e Event, amount models.Money) (Event, error) {
	k := kinds[e.Type]
	d, err := decode(e.Data)
	if err != nil || k.amount == "" {
		return e, fmt.Errorf("event %s has no amount: %w", e.ID, err)
	}
	d["told_"+k.amount], d[k.amount] = d[k.amount], amount.String()
	raw, err := json.Marshal(d)
	if err != nil {
		return e, fmt.Errorf("event %s: %w", e.ID, err)
	}
	e.Data = raw
	return e, nil
}

// yardsticks are the amounts that an event is held against, the nearest first.
func yardsticks(tx *gorm.DB, project, event string, d books.FactData) ([]yardstick, error) {
	switch event {
	case "budget.issued":
		v, err := books.Budget(tx, project)
		return []yardstick{{amount: v.Approved, against: "approved"}}, err
	case "procurement.awarded":
		v, err := books.Procurement(tx, project)
		if err != nil {
			return nil, err
		}
		for _, p := range v.Packages {
			if p.PackageNo == d.Text("package_no") || p.Section != "" && p.Section == d.Text("section_code") || len(v.Packages) == 1 {
				return []yardstick{{amount: p.LimitPrice, against: "limit"}}, nil
			}
		}
	case "procurement.contract_signed":
		v, err := books.Procurement(tx, project)
		return []yardstick{{amount: v.AwardTotal, against: "award"}}, err
	case "payment.applied", "payment.paid":
		return paymentYardsticks(tx, project, d)
	}
	return nil, nil
}

// paymentYardsticks are the request that a payment belongs to, else the contract and each of its terms.
func paymentYardsticks(tx *gorm.DB, project string, d books.FactData) ([]yardstick, error) {
	v, err := books.Payments(tx, project)
	if err != nil {
		return nil, err
	}
	for _, r := range v.Requests {
		if r.RequestNo == d.Text("request_no") || r.AppNo != "" && r.AppNo == d.Text("pay_app_no") {
			return []yardstick{{amount: r.Amount, against: "request", term: r.Term}}, nil
		}
	}
	out := []yardstick{{amount: v.Contract, against: "contract"}}
	named := books.ContractKey(d.Text("contract_no"))
	terms, err := books.Terms(tx, project)
	for _, t := range terms {
		if named == "" || t.ContractNo == named {
			out = append(out, yardstick{amount: t.Amount, against: "term", term: t.Name})
		}
	}
	return out, err
}
