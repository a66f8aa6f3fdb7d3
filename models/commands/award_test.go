package commands_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/rules"
)

// purchase is a package that was planned under the rules, and what the bureau told of it.
type purchase struct {
	why               string
	mode, told        string // planned, published; "": as planned
	budget, toldLimit string
	issued            string
	bidders, award    string
	bought            string // by the same unit in the same class this year, without tender
	reason            string
	from, to          models.Date // public, of a single source
	want              string      // breaches
}

func yuan(s string) models.Money { return models.Yuan(decimal.RequireFromString(s)) }

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// Each rule that judges what the bureau told, on both sides of its boundary; the event is taken in whatever it says.
func TestWhatTheBureauToldIsJudged(t *testing.T) {
	d := open(t, modelstest.Open(t, modelstest.SQLite(t)))
	d.on = "2022-06-10"
	for i, x := range []purchase{
		{why: "as planned", mode: "TENDER", budget: "4000000.00"},
		{why: "published for another method", mode: "TENDER", told: "竞争性磋商", budget: "4000000.00", want: "C01"},
		{why: "below the amount of a tender", mode: "TENDER", told: "竞争性磋商", budget: "3999999.99"},
		{why: "the mall", mode: "CONSULT", told: "MALL", budget: "500000.00", want: "C01"},
		{why: "the mall below", mode: "CONSULT", told: "MALL", budget: "499999.99"},
		{why: "a word that we do not know", mode: "CONSULT", told: "以房换购", budget: "500000.00", want: "enum-unknown"},
		{why: "a limit at the budget", mode: "TENDER", budget: "4000000.00", toldLimit: "4000000.00"},
		{why: "a limit above it", mode: "TENDER", budget: "4000000.00", toldLimit: "4000000.01", award: "3900000.00", want: "C02 C14"},
		{why: "more than was issued", mode: "TENDER", budget: "4000000.00", issued: "3999999.99", want: "C02"},
		{why: "three bidders", mode: "TENDER", budget: "4000000.00", bidders: "3"},
		{why: "two bidders", mode: "TENDER", budget: "4000000.00", bidders: "2", want: "C05"},
		{why: "two who were consulted", mode: "CONSULT", budget: "900000.00", bidders: "2"},
		{why: "bought in parts", mode: "CONSULT", budget: "2500000.00", bought: "1500000.00", want: "C04"},
		{why: "a cent less", mode: "CONSULT", budget: "2500000.00", bought: "1499999.99"},
		{why: "public for five days", mode: "SINGLE", budget: "4000000.00", reason: "SOLE", from: "2022-04-28", to: "2022-05-09"},
		{why: "public for four", mode: "SINGLE", budget: "4000000.00", reason: "SOLE", from: "2022-04-28", to: "2022-05-07", want: "C07"},
	} {
		t.Run(x.why, func(t *testing.T) {
			code := fmt.Sprintf("XM-2022-%03d", 800+2*i)
			d.tx(func(tx *gorm.DB) error { return x.plan(tx, d, code, fmt.Sprintf("DP%02d", i+1)) })
			d.vars["projectCode"] = code
			d.fact("procurement", "procurement.notice_published", "2022-05-10", fmt.Sprintf(
				`{"package_no":"S1","section_code":"%s-S1","mode":"%s","limit_price":"%s","published_at":"2022-05-10"}`,
				code, or(x.told, x.mode), or(x.toldLimit, x.budget)))
			d.fact("procurement", "procurement.opened", "2022-06-01",
				fmt.Sprintf(`{"package_no":"S1","section_code":"%s-S1","bidder_count":%s}`, code, or(x.bidders, "4")))
			d.fact("procurement", "procurement.awarded", "2022-06-10", fmt.Sprintf(
				`{"package_no":"S1","section_code":"%s-S1","win_bid_price":"%s","price_form":"总价","winner":{"name":"甲公司"},"notice_at":"2022-06-10"}`,
				code, or(x.award, x.budget)))
			bs, err := books.Breaches(d.db.Read(context.Background()), code)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, b := range bs {
				if b.Rule == "enum-unknown" { // told, and nothing waits for it
					if b.Blocks != "" {
						t.Errorf("breach %+v", b)
					}
				} else if b.Blocks != books.BlockContract || !strings.Contains(string(b.Args), `"zh"`) {
					t.Errorf("breach %+v", b)
				}
				got = append(got, b.Rule)
			}
			if slices.Sort(got); strings.Join(got, " ") != x.want {
				t.Errorf("breaches %v, want %s", got, x.want)
			}
		})
	}
}

// plan brings into the books what was planned under the rules, and what the unit buys otherwise.
func (x purchase) plan(tx *gorm.DB, d *desk, code, unit string) error {
	a := models.Acting{Person: models.System, At: d.now, BusinessDate: "2022-05-01"}
	project := func(code string) *books.Project {
		return &books.Project{
			Code: code, Name: "平台", DeptID: unit, Type: "新建", Form: models.JSON("{}"), Stage: books.Procuring, DraftedOn: "2022-03-01",
			CreatedAt: d.now, UpdatedAt: d.now,
		}
	}
	rows := []any{project(code), &books.ProcRound{Project: code, Round: 1, PlanNo: "CG-" + code, SentOn: "2022-05-01", Total: yuan(x.budget)}}
	rows = append(rows, x.pack(code, x.mode, x.budget))
	if x.bought != "" {
		other := code + "-B"
		rows = append(rows,
			project(other),
			&books.ProcRound{Project: other, Round: 1, PlanNo: "CG-" + other, SentOn: "2022-05-01", Total: yuan(x.bought)},
			x.pack(other, "CONSULT", x.bought))
	}
	for _, row := range rows {
		if err := tx.Create(row).Error; err != nil {
			return err
		}
	}
	for _, kind := range []books.LedgerKind{books.LedgerApproved, books.LedgerIssued} {
		e := books.LedgerEntry{
			Kind: kind, Project: code, Amount: yuan(or(x.issued, x.budget)), NaturalKey: "BGT-" + code, BusinessDate: "2022-04-01",
		}
		if err := books.PostEntry(tx, a, e); err != nil {
			return err
		}
	}
	s, err := commands.ProjectSubject(tx, code, 0)
	if err != nil {
		return err
	}
	_, err = commands.Checks.Breaches(tx, a, "procurement", s) // the run that the act keeps
	return err
}

func (x purchase) pack(code, mode, budget string) *books.ProcPackage {
	k := &books.ProcPackage{
		Project: code, Round: 1, PackageNo: "S1", Name: "软件", Category: "service", Mode: mode, Budget: yuan(budget), LimitPrice: yuan(budget),
		LineNos: models.JSON("[1]"), ItemClass: "C16", ReasonCode: x.reason, Evidence: models.JSON("[]"), PublicityFrom: x.from, PublicityTo: x.to,
	}
	if x.reason != "" {
		k.Evidence = models.JSON(`["doc"]`)
	}
	return k
}

// After a failure rule C06 says what may follow, and C09 until when somebody may challenge or complain.
func TestAfterAFailureAndAnAward(t *testing.T) {
	d := open(t, modelstest.Open(t, modelstest.SQLite(t)))
	x := purchase{mode: "TENDER", budget: "900000.00"}
	const code = "XM-2022-901"
	d.tx(func(tx *gorm.DB) error { return x.plan(tx, d, code, "DP18") })
	d.vars["projectCode"] = code
	d.headers = map[string]string{"rule": "C06", "checks": "procurement"}
	failed := func(round int, reason string) {
		d.fact("procurement", "procurement.failed", fmt.Sprintf("2022-06-%02d", round),
			fmt.Sprintf(`{"package_no":"S1","section_code":"%s-S1-R%d","reason_code":"%s","at":"2022-06-%02d"}`, code, round, reason, round))
	}
	next := func() string {
		for _, res := range d.award(code) {
			if res.Rule == "C06" {
				return fmt.Sprint(res.Value)
			}
		}
		return ""
	}
	again := func(round int) {
		d.tx(func(tx *gorm.DB) error {
			k := x.pack(code, x.mode, x.budget)
			k.Round = round
			r := books.ProcRound{Project: code, Round: round, PlanNo: fmt.Sprint("CG-", round), SentOn: models.Date(fmt.Sprintf("2022-06-%02d", round))}
			if err := tx.Create(&r).Error; err != nil {
				return err
			}
			return tx.Create(k).Error
		})
	}
	failed(1, "<3家")
	if got := next(); got != "retender" {
		t.Errorf("once: %s", got)
	}
	again(2)
	failed(2, "超预算")
	if got := next(); got != "negotiate" {
		t.Errorf("twice: %s", got)
	}
	again(3)
	failed(3, "任务取消")
	if got := next(); got != "stop" {
		t.Errorf("cancelled: %s", got)
	}
	got := d.refused("APPLY_LEADER@DP18", "procurement.failed", `{"decision":"retry","reason":"再来一次"}`)
	if got != "invalid-data; /decision: demand-cancelled" {
		t.Errorf("bought again though nobody wants it: %s", got)
	}
	d.run("APPLY_LEADER@DP18", "procurement.failed", `{"decision":"stop","reason":"任务取消"}`)

	again(4)
	d.fact("procurement", "procurement.awarded", "2022-09-29",
		fmt.Sprintf(`{"package_no":"S1","section_code":"%s-S1-R4","win_bid_price":"1.00","winner":{"name":"甲"},"notice_at":"2022-09-29"}`, code))
	d.fact("procurement", "procurement.suspended", "2022-10-10",
		fmt.Sprintf(`{"package_no":"S1","section_code":"%s-S1-R4","kind":"质疑","from":"2022-10-10"}`, code))
	for _, res := range d.award(code) {
		if res.Rule != "C09" {
			continue
		}
		raw, err := feel.ToJSON(res.Value)
		var got struct{ ChallengeBy, AnswerBy, ResumeBy json.RawMessage }
		if err != nil || json.Unmarshal(raw, &got) != nil || string(got.ChallengeBy) != `"2022-10-13"` ||
			string(got.AnswerBy) != `["2022-10-19"]` || string(got.ResumeBy) != `["2022-11-09"]` {
			t.Errorf("C09: %s %v", raw, err)
		}
	}
}

func (d *desk) award(code string) []rules.Result {
	d.t.Helper()
	a := models.Acting{Person: models.System, At: d.now, BusinessDate: "2022-10-12"}
	rep, _, err := commands.Checks.Look(d.db.Read(context.Background()), a, books.PointAward, books.PackageSubject(code, "S1"))
	if err != nil {
		d.t.Fatal(err)
	}
	return rep.Results
}

// A decision that broke at run time is told to who owns the rules, once a day, however often somebody tries.
func TestBrokenRulesAreTold(t *testing.T) {
	d := open(t, modelstest.Open(t, modelstest.SQLite(t)))
	broken := models.Refuse("checks-block")
	broken.Fields = append(broken.Fields,
		models.FieldError{Code: "check", Check: &models.CheckFault{Rule: "A06", State: rules.Error, Detail: models.Bilingual{ZH: "坏", EN: "broken"}}},
		models.FieldError{Code: "check", Check: &models.CheckFault{Rule: "A08", State: rules.Block}},
	)
	count := func() (n int64) {
		if err := d.db.Read(context.Background()).Table("notification").Where("kind = 'rule-broken'").Count(&n).Error; err != nil {
			t.Fatal(err)
		}
		return n
	}
	tell := func() {
		d.tx(func(tx *gorm.DB) error {
			return commands.TellBroken(tx, models.Acting{Person: "x", At: d.now}, 1, "XM-2022-001", broken)
		})
	}
	tell()
	first := count()
	tell()
	if first < 2 || count() != first {
		t.Errorf("told %d, then %d", first, count())
	}
}
