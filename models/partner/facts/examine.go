package facts

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/rules"
)

// books is what the rules on facts look at.
type record struct {
	totals      books.Totals
	budget      books.BudgetView
	procurement books.ProcurementView
	payments    books.PaymentView
	applied     models.Money            // at finance, not rejected, less refunds
	moved       map[string]models.Money // of an indicator: carried over and reclaimed
	contracts   []books.Contract
	changes     map[string][]books.ContractChange // by contract
	share       decimal.Decimal                   // C15: supplements of the original amount
	days        Workdays
	clocks      map[clock]int
}

// clock is a statutory clock that starts on a day; its length is what the rule
// pack in force on that day says.
type clock struct {
	rule string
	on   models.Date
}

// finding is a rule that the books break now.
type finding struct {
	subject, blocks string
	on              models.Date
	args            []string
}

// rules are the breaches that can be told from the books alone: they come and
// go with the facts, in whatever order these arrive.
var judgements = []struct {
	id    string
	judge func(record) []finding
}{
	{"issued-above-approved", issuedAboveApproved},
	{"issued-before-approval", issuedBeforeApproval},
	{"award-above-limit", awardAboveLimit},
	{"contract-above-award", contractAboveAward},
	{"contract-before-award", contractBeforeAward},
	{"C10", signedLate},
	{"C15", supplementsAbove},
	{"award-lost", awardLost},
	{"paid-above-contract", paidAboveContract},
	{"paid-above-applied", paidAboveApplied},
	{"applied-above-contract", appliedAboveContract},
	{"carried-above-budget", carriedAboveBudget},
	{"budget-below-contract", budgetBelowContract},
}

// Examine records the rules that a project's books break now, and clears those
// that they do not break any more.
func Examine(tx *gorm.DB, a models.Acting, days Workdays, project string) error {
	b, err := read(tx, days, project)
	if err != nil {
		return err
	}
	standing, err := books.Breaches(tx, project)
	if err != nil {
		return err
	}
	for _, r := range judgements {
		holds := map[string]bool{}
		for _, f := range r.judge(b) {
			holds[f.subject] = true
			row := books.Breach{Project: project, Rule: r.id, Subject: f.subject, Blocks: f.blocks, BusinessDate: f.on}
			if err := books.RecordBreach(tx, a, row, f.args...); err != nil {
				return err
			}
		}
		for _, s := range standing {
			if s.Rule == r.id && !holds[s.Subject] {
				if err := clearBreach(tx, s.ID, a.At); err != nil {
					return err
				}
			}
		}
	}
	for _, s := range standing {
		if s.Rule == "package-unsigned" && b.contracted(s.Subject) {
			if err := clearBreach(tx, s.ID, a.At); err != nil {
				return err
			}
		}
	}
	return onTime(tx, a, b, standing)
}

// onTime judges C11 and C12, which timers record when nothing has come: a
// publication or filing that was in time by its own date, but told late, clears them.
func onTime(tx *gorm.DB, a models.Acting, b record, standing []books.Breach) error {
	for _, c := range b.contracts {
		for _, done := range []clock{{"C11", c.PublishedOn}, {"C12", c.FiledOn}} {
			if c.SignedOn == "" || done.on == "" {
				continue
			}
			due := b.days.After(c.SignedOn, b.clocks[clock{done.rule, c.SignedOn}])
			if done.on > due {
				row := books.Breach{Project: c.Project, Rule: done.rule, Subject: c.ContractNo, BusinessDate: done.on}
				if err := books.RecordBreach(tx, a, row, "no", c.ContractNo, "due", string(due), "on", string(done.on)); err != nil {
					return err
				}
				continue
			}
			for _, s := range standing {
				if s.Rule == done.rule && s.Subject == c.ContractNo {
					if err := clearBreach(tx, s.ID, a.At); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

func clearBreach(tx *gorm.DB, id int64, at time.Time) error {
	if err := tx.Model(&books.Breach{}).Where("id = ?", id).Update("cleared_at", at.UTC()).Error; err != nil {
		return fmt.Errorf("breach %d: %w", id, err)
	}
	return nil
}

func read(tx *gorm.DB, days Workdays, project string) (b record, err error) {
	b.days = days
	totals, err := books.TotalsOf(tx, project)
	if err != nil {
		return b, err
	}
	b.totals = totals[project]
	if b.budget, err = books.Budget(tx, project); err != nil {
		return b, err
	}
	if b.procurement, err = books.Procurement(tx, project); err != nil {
		return b, err
	}
	if b.payments, err = books.Payments(tx, project); err != nil {
		return b, err
	}
	if err = b.sum(tx, project); err != nil {
		return b, err
	}
	if b.contracts, err = books.Contracts(tx, project); err != nil {
		return b, err
	}
	b.changes = map[string][]books.ContractChange{}
	for _, k := range b.contracts {
		if b.changes[k.ContractNo], err = books.ContractChanges(tx, k.ContractNo); err != nil {
			return b, err
		}
		if len(b.changes[k.ContractNo]) > 0 {
			if b.share, err = rules.Parameter(tx, k.SignedOn, "C15", "share"); err != nil {
				return b, err
			}
		}
	}
	b.clocks, err = clocks(tx, b)
	return b, err
}

// sum adds up what finance has under way, and what it took out of indicators.
func (b *record) sum(tx *gorm.DB, project string) error {
	all, err := books.FactsOf(tx, project, "payment.applied", "payment.rejected", "budget.carried_over", "budget.reclaimed")
	if err != nil {
		return err
	}
	rejected := map[string]bool{}
	for _, f := range all {
		if f.EventType == "payment.rejected" {
			rejected[f.DataOf().Text("pay_app_no")] = true
		}
	}
	b.applied, b.moved = b.totals.Refunded.Neg(), map[string]models.Money{}
	for _, f := range all {
		d := f.DataOf()
		switch m := AmountOf(f); {
		case m == nil:
		case f.EventType == "payment.applied" && !rejected[d.Text("pay_app_no")]:
			b.applied = b.applied.Add(*m)
		case f.EventType != "payment.applied":
			b.moved[d.Text("bgt_id")] = b.moved[d.Text("bgt_id")].Add(*m)
		}
	}
	return nil
}

// clocks are the lengths of the clocks that run from the award and from the signatures.
func clocks(tx *gorm.DB, b record) (map[clock]int, error) {
	var started []clock
	for _, c := range signed(b) {
		if award := b.awardedOn(c); award != "" {
			started = append(started, clock{"C10", award})
		}
		started = append(started, clock{"C11", c.SignedOn}, clock{"C12", c.SignedOn})
	}
	out := map[clock]int{}
	for _, s := range started {
		n, err := rules.Parameter(tx, s.on, s.rule, "days")
		if err != nil {
			return nil, err
		}
		out[s] = int(n.IntPart())
	}
	return out, nil
}
