package facts_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/partner/facts"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

const project = "XM-2022-001"

// bench posts events to the books of one project: approved 1,000,000.00, one
// package sent to the procurement bureau, a payment request of 30,000.00 in the air.
type bench struct {
	t    *testing.T
	db   *models.DB
	days *calendar.Calendar
	n    int

	tx   *gorm.DB // of the matrix: all in one
	once bool     // not twice and late
}

func yuan(s string) models.Money {
	m, err := models.ParseMoney(s)
	if err != nil {
		panic(err)
	}
	return m
}

func open(t *testing.T, db *models.DB) *bench {
	t.Helper()
	days, err := calendar.Default()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	a := models.Acting{Person: models.System, At: now, BusinessDate: "2022-03-01"}
	at := models.Stamp(now)
	p := books.Project{
		Code: project, Name: "示例", DeptID: "DP18", Type: "新建", Form: models.JSON("{}"), Stage: books.Approved, DraftedOn: "2022-02-01",
		CreatedAt: at, UpdatedAt: at,
	}
	other := p
	other.Code, other.DeptID = "XM-2022-002", "DP02"
	rows := []any{
		&p, &other,
		&books.ProcRound{Project: project, Round: 1, PlanNo: "CG-1", Total: yuan("900000.00"), SentOn: "2022-04-01"},
		&books.ProcPackage{
			Project: project, Round: 1, PackageNo: "S1", Name: "软件", Category: "service", Mode: "CONSULT", Budget: yuan("900000.00"),
			LimitPrice: yuan("900000.00"), LineNos: models.JSON("[1]"),
		},
	}
	err = db.Tx(context.Background(), func(tx *gorm.DB) error {
		if err := demo.Install(tx, a); err != nil {
			return err
		}
		for _, r := range rows {
			if err := tx.Create(r).Error; err != nil {
				return err
			}
		}
		return books.PostEntry(
			tx, a,
			books.LedgerEntry{Kind: books.LedgerApproved, Project: project, Amount: yuan("1000000.00"), NaturalKey: "doc", Source: "test"},
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	return &bench{t: t, db: db, days: days}
}

// event is written as date, type and data: "2022-04-12 budget.issued {…}"; "linked"
// in front: a person has said where it belongs.
func (b *bench) event(line string) facts.Event {
	b.t.Helper()
	line, linked := strings.CutPrefix(line, "linked ")
	parts := strings.SplitN(line, " ", 3)
	b.n++
	e := facts.Event{
		Source: facts.Sender(parts[1]), ID: fmt.Sprintf("e%d", b.n), Type: parts[1], OccurredAt: models.Date(parts[0]).Start(),
		Data: json.RawMessage(parts[2]), Linked: linked,
	}
	var d struct {
		Project string `json:"project_code"`
	}
	_ = json.Unmarshal(e.Data, &d)
	if !strings.Contains(parts[2], "project_code") {
		e.Project = project
	}
	return e
}

func (b *bench) post(e facts.Event) (out facts.Outcome) {
	b.t.Helper()
	err := b.db.Tx(context.Background(), func(tx *gorm.DB) (err error) {
		out, err = facts.Post(tx, models.Acting{Person: models.System, At: time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)}, b.days, e)
		return err
	})
	if err != nil {
		b.t.Fatalf("%s: %v", e.Type, err)
	}
	return out
}

// say is an outcome in a word.
func say(o facts.Outcome) string {
	switch {
	case o.Parked != "":
		return "parked " + o.Parked
	case o.Duplicate && o.Note != "":
		return "duplicate " + o.Note
	case o.Duplicate:
		return "duplicate"
	case o.Message != "":
		return strings.TrimSpace("wakes " + o.Note)
	}
	return "posted"
}

const (
	issued  = `2022-04-12 budget.issued {"bgt_id":"B1","amount":"1000000.00","agency_code":"DP18","doc_date":"2022-04-12"}`
	award   = `2022-05-05 procurement.awarded {"package_no":"S1","section_code":"X-S1","win_bid_price":"880000.00","price_form":"总价","notice_at":"2022-05-05"}`
	signed  = `2022-05-20 procurement.contract_signed {"contract_no":"HT-1","amount":"880000.00","signed_on":"2022-05-20","supplier":{"name":"甲","uscc":"U"}}`
	applied = `2022-06-01 payment.applied {"pay_app_no":"SQ1","pay_app_amt":"100.00","contract_no":"HT-1"}`
	paid    = `2022-06-02 payment.paid {"pay_cert_no":"ZF1","pay_app_no":"SQ1","xpay_amt":"100.00","xpay_date":"2022-06-02","contract_no":"HT-1"}`
)

// What partners can do to us (integration.md §10), and what must happen.
var faults = []struct {
	name     string
	events   []string
	want     []string // outcome of each event
	breaches string   // that stand at the end
	issued   string
	paid     string // less refunds
}{
	{
		name: "FT03 the same fact under another id", events: []string{issued, issued}, want: []string{"wakes", "duplicate"},
		issued: "1000000.00",
	},
	{
		name:   "FT04 the same voucher with another amount",
		events: []string{issued, award, signed, paid, strings.Replace(paid, `"100.00"`, `"101.00"`, 1)},
		want:   []string{"wakes", "wakes", "wakes", "wakes", "parked AMOUNT_DIFF"}, breaches: "amount-differs", issued: "1000000.00",
		paid: "100.00",
	},
	{
		name:   "FT04 the partner confirms the first",
		events: []string{issued, award, signed, paid, strings.Replace(paid, `"100.00"`, `"101.00"`, 1), paid},
		want:   []string{"wakes", "wakes", "wakes", "wakes", "parked AMOUNT_DIFF", "duplicate"}, issued: "1000000.00", paid: "100.00",
	},
	{
		name:   "FT04 a person confirms the second",
		events: []string{issued, award, signed, paid, "linked " + strings.Replace(paid, `"100.00"`, `"101.00"`, 1), paid},
		want:   []string{"wakes", "wakes", "wakes", "wakes", "wakes amount-corrected", "parked AMOUNT_DIFF"}, breaches: "amount-differs",
		issued: "1000000.00", paid: "101.00",
	},
	{
		name:   "FT04 a contract corrected",
		events: []string{issued, award, signed, "linked " + strings.Replace(signed, `"880000.00"`, `"890000.00"`, 1)},
		want:   []string{"wakes", "wakes", "wakes", "wakes amount-corrected"}, breaches: "contract-above-award", issued: "1000000.00",
	},
	{
		name: "FT06 paid before applied", events: []string{issued, award, signed, paid, applied},
		want: []string{"wakes", "wakes", "wakes", "wakes", "wakes"}, issued: "1000000.00", paid: "100.00",
	},
	{
		name: "FT07 contract before award stands", events: []string{issued, signed}, want: []string{"wakes", "wakes"},
		breaches: "contract-before-award", issued: "1000000.00",
	},
	{
		name: "FT07 until the award arrives", events: []string{issued, signed, award}, want: []string{"wakes", "wakes", "wakes"},
		issued: "1000000.00",
	},
	{
		name:   "C10 award told late shows a late signature",
		events: []string{issued, strings.Replace(signed, `"signed_on":"2022-05-20"`, `"signed_on":"2022-06-05"`, 1), award},
		want:   []string{"wakes", "wakes", "wakes"}, breaches: "C10", issued: "1000000.00",
	},
	{
		name:   "C10 the thirtieth day is in time",
		events: []string{issued, strings.Replace(signed, `"signed_on":"2022-05-20"`, `"signed_on":"2022-06-04"`, 1), award},
		want:   []string{"wakes", "wakes", "wakes"}, issued: "1000000.00",
	},
	{
		name:   "FT10 万元 for 元",
		events: []string{strings.Replace(issued, "1000000.00", "100.00", 1), strings.Replace(award, "880000.00", "8800000000.00", 1)},
		want:   []string{"parked UNIT", "parked UNIT"},
	},
	{
		name: "FT11 more than approved", events: []string{strings.Replace(issued, "1000000.00", "1000000.01", 1)}, want: []string{"wakes"},
		breaches: "issued-above-approved", issued: "1000000.01",
	},
	{
		name: "FT11 cured by a reclaim",
		events: []string{
			strings.Replace(issued, "1000000.00", "1000000.01", 1),
			`2022-12-31 budget.reclaimed {"bgt_id":"B1","from_year":"2022","amount":"0.01"}`,
		},
		want: []string{"wakes", "posted"}, issued: "1000000.00",
	},
	{
		name: "FT11 award above limit", events: []string{issued, strings.Replace(award, "880000.00", "900000.01", 1)},
		want: []string{"wakes", "wakes"}, breaches: "award-above-limit", issued: "1000000.00",
	},
	{
		name:   "FT35 a rate is no amount",
		events: []string{issued, strings.Replace(strings.Replace(award, "880000.00", "95.00", 1), "总价", "费率", 1)},
		want:   []string{"wakes", "wakes"}, issued: "1000000.00",
	},
	{
		name: "FT12 another department's agency", events: []string{strings.Replace(issued, "DP18", "DP02", 1)},
		want: []string{"parked AMBIGUOUS"},
	},
	{
		name:   "FT13 unknown project",
		events: []string{`2022-04-12 budget.issued {"project_code":"XM-2022-999","bgt_id":"B1","amount":"1.00"}`},
		want:   []string{"parked NO_PROJECT"},
	},
	{
		name: "FT14 the contract number in other letters",
		events: []string{
			issued, award, signed, `2022-05-24 procurement.contract_published {"project_code":"","contract_no":"ｈｔ—1 ","at":"2022-05-24"}`,
			`2022-05-24 procurement.contract_filed {"project_code":"","contract_no":"HT-9","at":"2022-05-24"}`,
		},
		want: []string{"wakes", "wakes", "wakes", "wakes", "parked NO_CONTRACT"}, issued: "1000000.00",
	},
	{
		name:   "FT16 paid more than the contract",
		events: []string{issued, award, signed, strings.Replace(paid, `"100.00"`, `"880000.01"`, 1)},
		want:   []string{"wakes", "wakes", "wakes", "wakes"}, breaches: "paid-above-contract", issued: "1000000.00", paid: "880000.01",
	},
	{
		name: "FT16 cured by a refund",
		events: []string{
			issued, award, signed, strings.Replace(paid, `"100.00"`, `"880000.01"`, 1),
			`2022-06-09 payment.refunded {"pay_cert_no":"ZF1","refund_no":"T1","amount":"0.01","date":"2022-06-09"}`,
		},
		want: []string{"wakes", "wakes", "wakes", "wakes", "wakes"}, issued: "1000000.00", paid: "880000.00",
	},
	{
		name: "FT17 refund before its payment",
		events: []string{
			issued, award, signed,
			`2022-06-03 payment.refunded {"pay_cert_no":"ZF1","refund_no":"T1","amount":"40.00","date":"2022-06-03"}`, paid,
		},
		want: []string{"wakes", "wakes", "wakes", "parked REFUND_BEFORE_PAYMENT", "wakes"}, issued: "1000000.00", paid: "100.00",
	},
	{
		name: "FT19 refund greater than its payment",
		events: []string{
			issued, award, signed, paid, `2022-06-03 payment.refunded {"pay_cert_no":"ZF1","refund_no":"T1","amount":"100.01"}`,
		},
		want: []string{"wakes", "wakes", "wakes", "wakes", "parked REFUND_ABOVE_PAID"}, issued: "1000000.00", paid: "100.00",
	},
	{
		name: "FT18 a refund told twice, under another id",
		events: []string{
			issued, award, signed, paid, `2022-06-03 payment.refunded {"pay_cert_no":"ZF1","refund_no":"T1","amount":"60.00","date":"2022-06-03"}`,
			`2022-06-03 payment.refunded {"pay_cert_no":"ZF1","refund_no":"T1","amount":"60.00","date":"2022-06-03"}`,
		},
		want: []string{"wakes", "wakes", "wakes", "wakes", "wakes", "duplicate"}, issued: "1000000.00", paid: "40.00",
	},
	{
		name: "FT19 two refunds, together greater than their payment",
		events: []string{
			issued, award, signed, paid, `2022-06-03 payment.refunded {"pay_cert_no":"ZF1","refund_no":"T1","amount":"60.00","date":"2022-06-03"}`,
			`2022-06-04 payment.refunded {"pay_cert_no":"ZF1","refund_no":"T2","amount":"40.01","date":"2022-06-04"}`,
			`2022-06-04 payment.refunded {"pay_cert_no":"ZF1","refund_no":"T3","amount":"40.00","date":"2022-06-04"}`,
		},
		want:   []string{"wakes", "wakes", "wakes", "wakes", "wakes", "parked REFUND_ABOVE_PAID", "wakes"},
		issued: "1000000.00", paid: "0.00",
	},
	{
		name:   "FT20 budget reduced below the contract",
		events: []string{issued, award, signed, `2022-09-01 budget.adjusted {"bgt_id":"B1","delta":"-200000.00","doc_no":"D2"}`},
		want:   []string{"wakes", "wakes", "wakes", "posted"}, breaches: "budget-below-contract", issued: "800000.00",
	},
	{
		name:   "FT21 issued before the approval",
		events: []string{`2022-03-01 budget.issued {"project_code":"XM-2022-002","bgt_id":"B9","amount":"5.00"}`}, want: []string{"wakes"},
	},
	{
		name: "FT31 a required field is missing",
		events: []string{
			`2022-04-12 budget.issued {"amount":"1.00"}`, `2022-04-12 budget.issued {"bgt_id":"B1","amount":12.5}`,
			`2022-04-12 budget.issued []`,
		},
		want: []string{"parked BAD_DATA", "wakes", "parked BAD_DATA"}, issued: "12.50",
	},
	{
		name: "FT30 digits of other scripts",
		events: []string{
			`2022-04-12 budget.issued {"bgt_id":"B1","amount":"１００"}`, `2022-04-12 budget.issued {"bgt_id":"B1","amount":"1e3"}`,
			`2022-04-12 budget.issued {"bgt_id":"B1","amount":"-1.00"}`,
		},
		want: []string{"parked BAD_DATA", "parked BAD_DATA", "parked BAD_DATA"},
	},
	{
		name: "a contract is terminated, its supplier blacklisted",
		events: []string{
			issued, award, signed, `2022-09-01 procurement.contract_terminated {"contract_no":"HT-1","reason":"违约"}`,
			`2022-09-01 supplier.blacklisted {"project_code":"","uscc":"U","from":"2022-09-01","to":"2023-09-01"}`,
			`2022-09-01 supplier.blacklisted {"project_code":"","uscc":"V","from":"2022-09-01"}`,
		},
		want:     []string{"wakes", "wakes", "wakes", "posted", "posted", "parked NO_CONTRACT"},
		breaches: "supplier-blacklisted contract-terminated", issued: "1000000.00",
	},
	{name: "an unknown type", events: []string{`2022-04-12 budget.dreamed {}`}, want: []string{"parked UNKNOWN_TYPE"}},
	{
		name:   "found by the partner's own key",
		events: []string{issued, `2022-09-01 budget.adjusted {"project_code":"","bgt_id":"B1","delta":"-1.00","doc_no":"D2"}`},
		want:   []string{"wakes", "posted"}, issued: "999999.00",
	},
	{
		name:   "nobody's indicator",
		events: []string{`2022-09-01 budget.adjusted {"project_code":"","bgt_id":"B7","delta":"-1.00","doc_no":"D2"}`},
		want:   []string{"parked NO_BGT"},
	},
}

func TestWhatPartnersCanDo(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		b := open(t, db)
		for _, f := range faults {
			t.Run(f.name, func(t *testing.T) {
				back := &rollback{}
				err := db.Tx(context.Background(), func(tx *gorm.DB) error {
					b.run(t, tx, f.events, f.want, f.breaches, f.issued, f.paid)
					return back
				})
				if !errors.Is(err, back) {
					t.Fatal(err)
				}
			})
		}
	})
}

// rollback leaves the bench as it was for the next case.
type rollback struct{}

func (*rollback) Error() string { return "rolled back" }

func (b *bench) run(t *testing.T, tx *gorm.DB, events, want []string, breaches, issued, paid string) {
	t.Helper()
	for i, line := range events {
		out, err := facts.Post(
			tx, models.Acting{Person: models.System, At: time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)}, b.days, b.event(line),
		)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if got := say(out); got != want[i] {
			t.Errorf("%s: %s, want %s", line, got, want[i])
		}
		for _, r := range models.TakeWritten(tx) {
			t.Errorf("%s: wrote %s %s after its entry of the audit, or without one", line, r.Kind.Name, r.Key)
		}
	}
	bs, err := books.Breaches(tx, project)
	if err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, r := range bs {
		rules = append(rules, r.Rule)
	}
	if got := strings.Join(rules, " "); got != breaches {
		t.Errorf("breaches %q, want %q", got, breaches)
	}
	totals, err := books.TotalsOf(tx, project)
	if err != nil {
		t.Fatal(err)
	}
	for what, pair := range map[string][2]string{"issued": {totals[project].Issued.String(), issued},
		"paid": {totals[project].NetPaid().String(), paid}} {
		if pair[1] == "" {
			pair[1] = "0.00"
		}
		if pair[0] != pair[1] {
			t.Errorf("%s = %s, want %s", what, pair[0], pair[1])
		}
	}
}

// Any order of the same facts gives the same books.
func TestOrderDoesNotMatter(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		b := open(t, db)
		events := []string{issued, award, signed, applied, paid}
		for _, order := range [][]int{{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 4, 0, 3, 1}, {3, 1, 4, 2, 0}} {
			back := &rollback{}
			err := db.Tx(context.Background(), func(tx *gorm.DB) error {
				var shuffled, want []string
				for _, i := range order {
					shuffled, want = append(shuffled, events[i]), append(want, "wakes")
				}
				b.run(t, tx, shuffled, want, "", "1000000.00", "100.00")
				v, err := books.Procurement(tx, project)
				if err != nil || v.State != books.ProcAwarded || v.AwardTotal.String() != "880000.00" {
					t.Errorf("order %v: procurement %s of %s, %v", order, v.State, v.AwardTotal, err)
				}
				return back
			})
			if !errors.Is(err, back) {
				t.Fatal(err)
			}
		}
	})
}
