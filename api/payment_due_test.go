package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/partner/facts"
)

// TestSmallFirmsArePaidInTime: from delivery thirty days, or what was agreed up to sixty (E04): amber on the last day, red
// and a breach the day after, told once; a payment of the last day that is told later clears it, one of the day after
// does not.
func TestSmallFirmsArePaidInTime(t *testing.T) {
	for _, x := range []struct {
		agreed    int
		last      models.Date // delivered on 24 November
		paid      models.Date
		breach    string // after the payment
		small     bool
		delivered models.Date
	}{
		{last: "2026-12-24", paid: "2026-12-24", small: true, delivered: "2026-11-24"},
		{last: "2026-12-24", paid: "2026-12-25", small: true, delivered: "2026-11-24", breach: "E04"},
		{agreed: 45, last: "2027-01-08", paid: "2027-01-08", small: true, delivered: "2026-11-24"},
		{agreed: 90, last: "2027-01-23", paid: "2027-01-24", small: true, delivered: "2026-11-24", breach: "E04"},
		{last: "2026-12-24", paid: "2026-12-25", delivered: "2026-11-24"},
		{last: "2026-12-24", paid: "2026-12-25", small: true},
	} {
		t.Run(fmt.Sprintf("%d days, small %t, delivered %q, paid %s", x.agreed, x.small, x.delivered, x.paid), func(t *testing.T) {
			c := &changes{town: newTown(t, modelstest.Open(t, modelstest.SQLite(t))), code: "XM-2026-951"}
			c.bought(true)
			c.must(c.db.Tx(ctx(), func(tx *gorm.DB) error {
				k := tx.Model(&books.Contract{}).Where("contract_no = 'HT-951'").Updates(map[string]any{"sme": x.small, "pay_days": x.agreed})
				if k.Error != nil {
					return k.Error
				}
				return tx.Create(&books.PaymentRequest{
					RequestNo: "FK-2026-001", Project: c.code, ContractNo: "HT-951", Term: "验收", Amount: inYuan("300000.00"), InvoiceNo: "FP-1",
					Payee: "甲公司", State: books.PaymentPending, Actor: "x", At: c.clock().UTC(), BusinessDate: "2026-11-24", DeliveredOn: x.delivered,
				}).Error
			}))
			runs := x.small && x.delivered != ""
			look := func(on models.Date, light, broken string) {
				t.Helper()
				c.now = on.Start().Add(20 * time.Hour)
				clear(c.tokens)
				for range 2 { // the second pass finds nothing new
					c.must(facts.OverduePayments(ctx(), c.db, c.clock()))
				}
				if got := c.broken(c.code); got != broken {
					t.Errorf("on %s: %q, want %q", on, got, broken)
				}
				clock := c.clockOfPayment()
				switch {
				case (clock != nil) != runs:
					t.Errorf("on %s: %+v", on, clock)
				case runs && (clock.Light != light || clock.Due != string(x.last)):
					t.Errorf("on %s: %+v, want %s until %s", on, clock, light, x.last)
				}
			}
			after, late := x.last.AddDays(1), ""
			if runs {
				late = "E04"
			}
			look(x.last, "amber", "")
			look(after, "red", late)
			if n := c.toldOf("E04"); n != len(late)/3 {
				t.Errorf("the unit's finance was told %d times", n)
			}
			c.now = after.Start().Add(21 * time.Hour)
			e := event("ZF-1", "payment.paid", c.code, fmt.Sprintf(
				`{"pay_cert_no":"ZF-1","request_no":"FK-2026-001","contract_no":"HT-951","xpay_amt":"300000.00","xpay_date":"%s"}`, x.paid))
			e.Source, e.OccurredAt, e.SentAt = "finance", c.clock(), c.clock()
			c.hook(e).want(202, "")
			c.must(c.link(nil).Receive(ctx()))
			light := "green"
			if x.breach != "" {
				light = "red"
			}
			look(after, light, x.breach)
		})
	}
}

// clockOfPayment is the clock of the project's request, as the contract's page shows it.
func (c *changes) clockOfPayment() *wire.LegalClock {
	c.t.Helper()
	var all wire.Packages
	c.do(c.clerk, "GET", "/api/v1/projects/"+c.code+"/packages", nil).want(200, "").into(&all)
	return all.Items[0].Contract.Requests[0].Clock
}

// toldOf is how often the unit's finance was told of a rule.
func (w *town) toldOf(rule string) (n int) {
	w.t.Helper()
	var told wire.NotificationPage
	w.do(w.holder("APPLY_FINANCE@DP18"), "GET", "/api/v1/notifications", nil).want(200, "").into(&told)
	for _, it := range told.Items {
		if it.Kind == "rule-breach" && strings.Contains(it.Text, rule) {
			n++
		}
	}
	return n
}

// TestADeliveryIsDated: what a small firm asks for what was delivered has a day, after the signature and not in the
// future; an advance needs none.
func TestADeliveryIsDated(t *testing.T) {
	c := &changes{town: newTown(t, modelstest.Open(t, modelstest.SQLite(t))), code: "XM-2026-951"}
	c.bought(true)
	c.must(c.db.Tx(ctx(), func(tx *gorm.DB) error {
		if err := tx.Model(&books.Contract{}).Where("contract_no = 'HT-951'").Update("sme", true).Error; err != nil {
			return err
		}
		for i, condition := range []string{"advance", "delivery"} {
			term := books.ContractTerm{ContractNo: "HT-951", No: i + 1, Name: condition, Condition: condition, Amount: inYuan("500000.00")}
			if err := tx.Create(&term).Error; err != nil {
				return err
			}
		}
		return nil
	}))
	x := c.part("qc_p10_payment", fields{"contractNo": "HT-951"})
	x.comes("p10_request", "", nil)
	who, detail := x.whoMay(x.open()[0])
	ask := func(term, on string) answer {
		data := fields{"term": term, "amount": "1000.00", "invoiceNo": "FP-1", "payee": "甲公司"}
		if on != "" {
			data["deliveredOn"] = on
		}
		return c.operate(who, detail.TaskSummary, "complete", fills(data))
	}
	for on, why := range map[string]string{"": "必填", "2026-11-23": "签订日", "2026-11-25": "今天"} {
		var no wire.Problem
		ask("delivery", on).want(422, "invalid-data").into(&no)
		if !slices.ContainsFunc(no.Errors, func(e wire.FieldError) bool {
			return e.Pointer == "/deliveredOn" && strings.Contains(e.Detail, why)
		}) {
			t.Errorf("delivered on %q: %+v", on, no.Errors)
		}
	}
	ask("advance", "").want(200, "")
}
