package commands_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
)

// ask is a payment that a supplier asks for.
type ask struct {
	why, term, amount string
	invoice, payee    string // "": a new one, the supplier
	guarantee         string
	on                models.Date
	want              string // what refuses it; "": nothing
	send              bool   // it goes to finance
}

// A contract of 1,000,000.00: nothing is paid twice, before its time, above its term, or to somebody else. The tried
// cases 15 and 26, with their neighbours on both sides.
func TestWhatATermPays(t *testing.T) {
	d := open(t, modelstest.Open(t, modelstest.SQLite(t)))
	const code, no = "XM-2022-701", "HT-701"
	d.underTerms(code, no)
	pay := func(x ask) {
		t.Helper()
		d.n++
		invoice, payee := x.invoice, x.payee
		if invoice == "" {
			invoice = fmt.Sprintf("FP-%d", d.n)
		}
		if payee == "" {
			payee = "甲公司"
		}
		d.on = x.on
		got := ""
		_, err := d.try(d.who("APPLY_CLERK@DP18", 0), "payment.request", fmt.Sprintf(
			`{"term":%q,"amount":%q,"invoiceNo":%q,"payee":%q,"guarantee":%q}`, x.term, x.amount, invoice, payee, x.guarantee))
		var no *models.Refusal
		if errors.As(err, &no) {
			got = no.Error()
		} else if err != nil {
			t.Fatal(err)
		}
		if (x.want == "") != (got == "") || !strings.Contains(got, x.want) {
			t.Errorf("%s: %q, want %q", x.why, got, x.want)
		}
		if x.send && got == "" {
			d.tx(func(tx *gorm.DB) error {
				return tx.Model(&books.PaymentRequest{}).Where("project = ? AND state = ?", code, books.PaymentDraft).
					Update("state", books.PaymentPending).Error
			})
		}
	}
	for _, x := range []ask{
		{why: "nothing", term: "首付", amount: "0.00", want: "/amount: amount-zero"},
		{why: "a term that there is none of", term: "尾款", amount: "1.00", want: "/term: term-unknown"},
		{why: "a fen above the term", term: "首付", amount: "300000.01", want: "/amount: term-spent"},
		{why: "to somebody else", term: "首付", amount: "300000.00", payee: "乙公司", want: "/payee: payee-not-supplier"},
		{why: "a part", term: "首付", amount: "299999.99", invoice: "FP-A", send: true},
		{why: "an invoice again", term: "首付", amount: "0.01", invoice: "FP-A", want: "/invoiceNo: invoice-used"},
		{why: "more than the rest", term: "首付", amount: "0.02", want: "/amount: term-spent"},
		{why: "the rest", term: "首付", amount: "0.01", send: true},
		{why: "once more", term: "首付", amount: "0.01", want: "/amount: term-spent"},
		{why: "before the preliminary acceptance", term: "初验款", amount: "1.00", want: "/term: term-not-due"},
		{why: "the retention before any acceptance", term: "质保金", amount: "1.00", want: "/term: term-not-due"},
		{why: "a letter before any acceptance", term: "质保金", amount: "1.00", guarantee: "BH-1", want: "/term: term-not-due"},
	} {
		x.on = "2022-06-01"
		pay(x)
	}
	d.acceptedAs(code, books.Prelim, 1, "fail", "2022-07-01")
	pay(ask{why: "after one that failed", term: "初验款", amount: "1.00", on: "2022-07-02", want: "/term: term-not-due"})
	d.acceptedAs(code, books.Prelim, 2, "pass", "2022-07-15")
	pay(ask{why: "after one that passed", term: "初验款", amount: "400000.00", on: "2022-07-16", send: true})
	pay(ask{why: "before the final acceptance", term: "终验款", amount: "200000.00", on: "2022-07-16", want: "/term: term-not-due"})
	d.acceptedAs(code, books.Final, 1, "pass", "2022-08-31")
	for _, x := range []ask{
		{why: "the final term", term: "终验款", amount: "200000.00", on: "2022-09-01", send: true},
		{why: "the retention on the day of acceptance", term: "质保金", amount: "100000.00", on: "2022-08-31", want: "/term: warranty-runs"},
		{why: "on the last day of the warranty but one", term: "质保金", amount: "100000.00", on: "2024-08-30", want: "/term: warranty-runs"},
		{why: "half of it against a letter", term: "质保金", amount: "50000.00", on: "2022-09-02", guarantee: "BH-1", send: true},
		{why: "more than is held, when it is over", term: "质保金", amount: "50000.01", on: "2024-09-01", want: "/amount: term-spent"},
		{why: "what is held, when it is over", term: "质保金", amount: "50000.00", on: "2024-08-31", send: true},
		{why: "the retention twice", term: "质保金", amount: "0.01", on: "2024-09-02", want: "/amount: term-spent"},
	} {
		pay(x)
	}
}

// underTerms plants a project with a contract of four terms, as a model that knows packages leaves it.
func (d *desk) underTerms(code, no string) {
	d.t.Helper()
	d.now = models.Date("2024-12-01").Start()
	d.vars["projectCode"], d.vars["contractNo"] = code, no
	d.headers = map[string]string{"checks": "payment", "of": "contract"}
	rows := []any{
		&books.Project{
			Code: code, Name: "平台", DeptID: "DP18", Type: "新建", Form: models.JSON("{}"), Stage: books.Building, DraftedOn: "2022-03-01",
			CreatedAt: d.now, UpdatedAt: d.now,
		},
		&books.Contract{
			ContractNo: no, Project: code, Title: "平台合同", Supplier: "甲公司", Uscc: "U", Amount: yuan("1000000.00"), State: books.ContractSigned,
			SignedOn: "2022-05-20", WarrantyMonths: 24, Package: "S1", Documents: models.JSON("[]"),
		},
	}
	for i, t := range []struct{ name, condition, amount string }{
		{"首付", "advance", "300000.00"}, {"初验款", "prelim", "400000.00"}, {"终验款", "final", "200000.00"}, {"质保金", "retention", "100000.00"},
	} {
		amount := yuan(t.amount)
		rows = append(rows, &books.ContractTerm{
			ContractNo: no, No: i + 1, Name: t.name, Condition: t.condition, Amount: amount,
			Ratio: amount.Decimal().Div(decimal.NewFromInt(10_000)),
		})
	}
	d.tx(func(tx *gorm.DB) error {
		for _, row := range rows {
			if err := tx.Create(row).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *desk) acceptedAs(code, kind string, round int, conclusion string, on models.Date) {
	d.t.Helper()
	d.tx(func(tx *gorm.DB) error {
		return tx.Create(&books.Acceptance{
			Project: code, Kind: kind, Round: round, Conclusion: conclusion, HeldOn: on, Members: models.JSON("[]"), Items: models.JSON("[]"),
			Documents: models.JSON("[]"), Actor: "x", At: d.now,
		}).Error
	})
}
