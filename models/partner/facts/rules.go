package facts

import (
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// issuedAboveApproved: finance may issue less than was approved, not more (P5).
func issuedAboveApproved(b record) []finding {
	if b.totals.Approved.Sign() == 0 || b.totals.Issued.Cmp(b.totals.Approved) <= 0 {
		return nil
	}
	return []finding{
		{
			subject: "budget", blocks: books.BlockProcurement,
			args: []string{"issued", b.totals.Issued.String(), "approved", b.totals.Approved.String()},
		},
	}
}

// issuedBeforeApproval: such money is there, but not usable until the approval (FT21).
func issuedBeforeApproval(b record) []finding {
	if b.totals.Approved.Sign() > 0 || b.totals.Issued.Sign() <= 0 {
		return nil
	}
	return []finding{{subject: "budget", blocks: books.BlockProcurement, args: []string{"issued", b.totals.Issued.String()}}}
}

// awardAboveLimit holds C14: award ≤ limit, of lump sums.
func awardAboveLimit(b record) (out []finding) {
	for _, p := range b.procurement.Packages {
		if p.State == books.ProcAwarded && p.LumpSum && p.Award.Cmp(p.LimitPrice) > 0 {
			out = append(out, finding{
				subject: p.PackageNo, blocks: books.BlockContract, on: p.AwardOn,
				args: []string{"package", p.PackageNo, "award", p.Award.String(), "limit", p.LimitPrice.String()},
			})
		}
	}
	return out
}

func signed(b record) (out []books.Contract) {
	for _, c := range b.contracts {
		if c.State == books.ContractSigned {
			out = append(out, c)
		}
	}
	return out
}

// contractAboveAward holds C14: contract ≤ award.
func contractAboveAward(b record) (out []finding) {
	for _, c := range signed(b) {
		award := b.procurement.AwardTotal
		if p := b.packageOf(c); p != nil && p.LumpSum { // a rate or unit price is no amount (FT35)
			award = p.Award
		}
		if award.Sign() > 0 && c.Amount.Cmp(award) > 0 {
			out = append(out, finding{
				subject: c.ContractNo, blocks: books.BlockPayment, on: c.SignedOn,
				args: []string{"no", c.ContractNo, "amount", c.Amount.String(), "award", award.String()},
			})
		}
	}
	return out
}

// packageOf is the package that a contract is of, nil when it names none.
func (b record) packageOf(c books.Contract) *books.PackageView {
	for _, list := range [][]books.PackageView{b.procurement.Packages, b.procurement.Kept} {
		for i := range list {
			if c.Package != "" && list[i].PackageNo == c.Package {
				return &list[i]
			}
		}
	}
	return nil
}

// awardedOn is when the award of a contract was told: its package's, else the first of the project; "" before that.
func (b record) awardedOn(c books.Contract) models.Date {
	if p := b.packageOf(c); p != nil {
		return p.AwardOn
	}
	return firstAward(b)
}

// contractBeforeAward: a contract is provisional until its award is known, and
// wrong when the award came after it (FT07).
func contractBeforeAward(b record) (out []finding) {
	for _, c := range signed(b) {
		award := b.awardedOn(c)
		if award == "" || c.SignedOn < award {
			out = append(
				out,
				finding{
					subject: c.ContractNo, blocks: books.BlockPayment, on: c.SignedOn,
					args: []string{"no", c.ContractNo, "signed", string(c.SignedOn)},
				},
			)
		}
	}
	return out
}

func firstAward(b record) (on models.Date) {
	for _, p := range b.procurement.Packages {
		if p.State == books.ProcAwarded && (on == "" || p.AwardOn < on) {
			on = p.AwardOn
		}
	}
	return on
}

// signedLate holds C10 (采购法 §46): the contract follows the award notice within so
// many calendar days, 30 by law; the legal end does not roll.
func signedLate(b record) (out []finding) {
	for _, c := range signed(b) {
		award := b.awardedOn(c)
		if award == "" || c.EndedOn != "" {
			continue
		}
		if due := award.AddDays(b.clocks[clock{"C10", award}]); c.SignedOn > due {
			out = append(
				out,
				finding{
					subject: c.ContractNo, on: c.SignedOn,
					args: []string{"no", c.ContractNo, "due", string(due), "signed", string(c.SignedOn)},
				},
			)
		}
	}
	return out
}

// paidAboveContract holds E01 against finance's facts.
func paidAboveContract(b record) []finding {
	if b.totals.NetPaid().Cmp(b.totals.Contracted) <= 0 {
		return nil
	}
	return []finding{
		{
			subject: "paid", blocks: books.BlockPayment,
			args: []string{"paid", b.totals.NetPaid().String(), "contracted", b.totals.Contracted.String()},
		},
	}
}

// paidAboveApplied: the vouchers of an application exceed it (FT16).
func paidAboveApplied(b record) (out []finding) {
	for _, r := range b.payments.Requests {
		if r.State == books.PaymentOverpaid {
			out = append(
				out,
				finding{
					subject: r.RequestNo, blocks: books.BlockPayment,
					args: []string{"no", r.AppNo, "paid", r.Paid.String(), "applied", r.Most().String()},
				},
			)
		}
	}
	return out
}

// appliedAboveContract: what is applied for at finance exceeds the contracts (FT11): nothing more is asked for.
func appliedAboveContract(b record) []finding {
	if b.totals.Contracted.Sign() <= 0 || b.applied.Cmp(b.totals.Contracted) <= 0 {
		return nil
	}
	return []finding{
		{
			subject: "applied", blocks: books.BlockPayment,
			args: []string{"applied", b.applied.String(), "contracted", b.totals.Contracted.String()},
		},
	}
}

// carriedAboveBudget: more was carried into another year or taken back than the indicator is worth (FT11, FT22).
func carriedAboveBudget(b record) (out []finding) {
	for _, i := range b.budget.Indicators {
		if moved := b.moved[i.BgtID]; moved.Cmp(i.Amount) > 0 {
			out = append(out, finding{subject: i.BgtID, args: []string{"id", i.BgtID, "moved", moved.String(), "amount", i.Amount.String()}})
		}
	}
	return out
}

// budgetBelowContract: the budget was reduced below what is owed (FT20).
func budgetBelowContract(b record) []finding {
	if b.totals.Contracted.Sign() <= 0 || b.totals.Issued.Cmp(b.totals.Contracted) >= 0 {
		return nil
	}
	return []finding{
		{
			subject: "budget", blocks: books.BlockPayment,
			args: []string{"issued", b.totals.Issued.String(), "contracted", b.totals.Contracted.String()},
		},
	}
}

// contracted reports whether a package has a contract that stands.
func (b record) contracted(pack string) bool {
	for _, c := range signed(b) {
		if c.Package == pack && c.EndedOn == "" {
			return true
		}
	}
	return false
}

// supplementsAbove holds C15 (采购法 §49) against what the bureau tells: the
// supplements of a contract together. Reductions make no room.
func supplementsAbove(b record) (out []finding) {
	for _, c := range signed(b) {
		var sum models.Money
		for _, change := range b.changes[c.ContractNo] {
			if change.Kind == "supplement" {
				sum = sum.Add(change.Delta)
			}
		}
		if most := models.Yuan(c.Amount.Decimal().Mul(b.share)); sum.Sign() > 0 && sum.Cmp(most) > 0 {
			out = append(out, finding{
				subject: c.ContractNo, blocks: books.BlockPayment, args: []string{"no", c.ContractNo, "sum", sum.String(), "most",
					most.String()},
			})
		}
	}
	return out
}

// awardLost: an award was taken back while its contract stands (FT33).
func awardLost(b record) (out []finding) {
	for _, p := range b.procurement.Packages {
		if p.State != books.ProcFailed || p.AwardOn == "" || !b.contracted(p.PackageNo) {
			continue
		}
		out = append(
			out,
			finding{
				subject: p.PackageNo, blocks: books.BlockPayment, on: p.FailedOn,
				args: []string{"package", p.PackageNo, "on", string(p.FailedOn)},
			},
		)
	}
	return out
}
