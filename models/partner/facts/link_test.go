package facts_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/rules"
)

// A fact registered by hand is confirmed by its online twin, and a person's
// link is believed where a guess was not.
func TestOfflineTwinAndLink(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		b := open(t, db)
		hand := b.event(issued)
		hand.Offline = true
		if got := say(b.post(hand)); got != "wakes" {
			t.Fatal(got)
		}
		if got := say(b.post(b.event(issued))); got != "duplicate offline-confirmed" {
			t.Error(got)
		}
		doubtful := b.event(strings.Replace(strings.Replace(issued, `"B1"`, `"B2"`, 1), "1000000.00", "100.00", 1))
		out := b.post(doubtful)
		if say(out) != "parked UNIT" || len(out.Candidates) != 1 || out.Amount.String() != "100.00" {
			t.Errorf("%+v", out)
		}
		doubtful.Linked = true
		if got := say(b.post(doubtful)); got != "wakes" {
			t.Error(got)
		}
	})
}

// FT18: money that moves after the end is in the books, and shown; the stage stays.
func TestMoneyAfterTheEnd(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		b := open(t, db)
		for _, e := range []string{issued, award, signed, paid} {
			b.post(b.event(e))
		}
		err := db.Tx(context.Background(), func(tx *gorm.DB) error {
			p, err := books.FindProject(tx, project)
			if err != nil {
				return err
			}
			return books.SetStage(tx, models.Acting{Person: models.System, At: time.Now()}, &p, books.Archived)
		})
		if err != nil {
			t.Fatal(err)
		}
		b.post(b.event(`2024-06-03 payment.refunded {"pay_cert_no":"ZF1","refund_no":"T1","amount":"40.00","date":"2024-06-03"}`))
		bs, err := books.Breaches(db.Read(context.Background()), project)
		if err != nil || len(bs) != 1 || bs[0].Rule != "money-after-end" {
			t.Errorf("breaches %+v, %v", bs, err)
		}
		totals, err := books.TotalsOf(db.Read(context.Background()), project)
		if err != nil || totals[project].NetPaid().String() != "60.00" {
			t.Errorf("net paid %s, %v", totals[project].NetPaid(), err)
		}
	})
}

// What nobody can place is suggested with reasons, the likeliest first.
func TestSuggestions(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		b := open(t, db)
		for _, e := range []string{issued, award, signed} {
			b.post(b.event(e))
		}
		for _, c := range []struct{ event, want string }{
			{`2022-04-12 budget.issued {"project_code":"XM-2022-999","bgt_id":"B1","amount":"1000000.00","agency_code":"DP18"}`,
				"[{XM-2022-001 [key amount agency]}]"},
			{`2022-06-01 payment.paid {"project_code":"XM-2022-999","pay_cert_no":"Z","xpay_amt":"880000.01"}`,
				"[{XM-2022-001 [amount date]}]"},
			{`2023-06-01 payment.paid {"project_code":"XM-2022-999","pay_cert_no":"Z","xpay_amt":"880000.02"}`, "[]"},
			{`2022-04-12 budget.issued {"bgt_id":"B9","amount":"1.00","agency_code":"DP02"}`,
				"[{XM-2022-001 [named]} {XM-2022-002 [agency]}]"},
			{`2022-04-12 budget.issued {"project_code":"XM-2022-999","bgt_id":"B9","amount":"1.00","pro_name":"“示例”"}`,
				"[{XM-2022-001 [title]} {XM-2022-002 [title]}]"},
		} {
			out := b.post(b.event(c.event))
			if got := fmt.Sprint(out.Candidates); got != c.want || out.Parked == "" {
				t.Errorf("%s: %s, want %s", c.event, got, c.want)
			}
		}
	})
}

// The clocks follow the pack in force on the day they start, whatever came later.
func TestClocksFollowTheDay(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		b := open(t, db)
		err := db.Tx(context.Background(), func(tx *gorm.DB) error {
			return rules.InstallPack(
				tx, time.Now(),
				rules.RulePack{
					ID: "T", ValidFrom: "2022-05-05",
					Params: models.JSON(
						`[{"rule":"C10","key":"days","value":10},{"rule":"C11","key":"days","value":2},{"rule":"C12","key":"days","value":1},{"rule":"PARTNER","key":"secondPerson","value":1}]`,
					),
				},
			)
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []string{issued, award, signed,
			`2022-05-24 procurement.contract_filed {"contract_no":"HT-1","at":"2022-05-24"}`} {
			b.post(b.event(e))
		}
		bs, err := books.Breaches(db.Read(context.Background()), project)
		if err != nil || len(bs) != 2 || bs[0].Rule+bs[1].Rule != "C12C10" {
			t.Errorf("breaches %+v, %v", bs, err)
		}
	})
}
