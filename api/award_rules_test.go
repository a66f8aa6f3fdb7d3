package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/partner/facts"
)

// awarded is a package that was planned under the rules, and what the bureau tells of it.
type awarded struct {
	why           string
	mode, told    string // planned, published; "": as planned
	budget, limit string // limit: published; "": the budget
	issued, sme   string
	bidders       string
	award         string
	bought        string // by the same unit in the same class this year, without tender
	reason        string
	from, to      models.Date // public, of a single source
	evaluated     models.Date
	reported      models.Date
	decided       models.Date
	kind          string // of a suspension
	held, resumed models.Date
	want          string // breaches
	c03           string // what C03 says of the plan; "": not asked
}

// awards are both sides of each boundary of the rules on an award; today is Tuesday, 24 November.
var awards = []awarded{
	{why: "a tender", mode: "TENDER", budget: "4000000.00"},
	{why: "C01 below the amount of a tender", mode: "TENDER", told: "CONSULT", budget: "3999999.99"},
	{why: "C01 at it", mode: "TENDER", told: "竞争性磋商", budget: "4000000.00", want: "C01"},
	{why: "C01 the mall below", mode: "CONSULT", told: "MALL", budget: "499999.99"},
	{why: "C01 the mall at it", mode: "CONSULT", told: "MALL", budget: "500000.00", want: "C01"},
	{why: "C02 a limit at the budget", mode: "CONSULT", budget: "900000.00", limit: "900000.00"},
	{why: "C02 above", mode: "CONSULT", budget: "900000.00", limit: "900000.01", want: "C02 C14"},
	{why: "C02 more than was issued", mode: "CONSULT", budget: "900000.00", issued: "899999.99", want: "C02"},
	{why: "C03 all of two million", mode: "CONSULT", budget: "2000000.00", sme: "2000000.00", c03: "pass"},
	{why: "C03 a fen less", mode: "CONSULT", budget: "2000000.00", sme: "1999999.99", c03: "remind"},
	{why: "C03 three tenths above", mode: "CONSULT", budget: "3000000.00", sme: "900000.00", c03: "pass"},
	{why: "C03 less", mode: "CONSULT", budget: "3000000.00", sme: "899999.99", c03: "remind"},
	{why: "C04 bought in parts", mode: "CONSULT", budget: "2500000.00", bought: "1500000.00", want: "C04"},
	{why: "C04 a fen less", mode: "CONSULT", budget: "2500000.00", bought: "1499999.99"},
	{why: "C05 three offer", mode: "TENDER", budget: "4000000.00", bidders: "3"},
	{why: "C05 two offer", mode: "TENDER", budget: "4000000.00", bidders: "2", want: "C05"},
	{why: "C05 two are consulted", mode: "CONSULT", budget: "900000.00", bidders: "2"},
	{why: "C07 public for five days", mode: "SINGLE", budget: "4000000.00", reason: "SOLE", from: "2026-11-16", to: "2026-11-23"},
	{
		why: "C07 for four", mode: "SINGLE", budget: "4000000.00", reason: "SOLE", from: "2026-11-16", to: "2026-11-22",
		want: "C07",
	},
	{why: "C14 an award at the limit", mode: "CONSULT", budget: "900000.00", award: "900000.00"},
	{why: "C14 above it", mode: "CONSULT", budget: "900000.00", award: "900000.01", want: "award-above-limit"},
	{why: "C08 reported in two days", mode: "CONSULT", budget: "900000.00", evaluated: "2026-11-10", reported: "2026-11-12"},
	{why: "C08 in three", mode: "CONSULT", budget: "900000.00", evaluated: "2026-11-10", reported: "2026-11-13", want: "C08"},
	{why: "C08 decided in five", mode: "CONSULT", budget: "900000.00", reported: "2026-11-13", decided: "2026-11-20"},
	{why: "C08 in six", mode: "CONSULT", budget: "900000.00", reported: "2026-11-12", decided: "2026-11-20", want: "C08"},
	{why: "C08 told in two", mode: "CONSULT", budget: "900000.00", decided: "2026-11-20"},
	{why: "C08 in three", mode: "CONSULT", budget: "900000.00", decided: "2026-11-19", want: "C08"},
	{why: "C09 answered in seven", mode: "CONSULT", budget: "900000.00", kind: "质疑", held: "2026-11-12", resumed: "2026-11-23"},
	{
		why: "C09 in eight", mode: "CONSULT", budget: "900000.00", kind: "质疑", held: "2026-11-12", resumed: "2026-11-24",
		want: "C09",
	},
	{why: "C09 stood still for thirty days", mode: "CONSULT", budget: "900000.00", kind: "投诉", held: "2026-10-25", resumed: "2026-11-24"},
	{
		why: "C09 for thirty-one", mode: "CONSULT", budget: "900000.00", kind: "投诉", held: "2026-10-24", resumed: "2026-11-24",
		want: "C09",
	},
}

// TestAwardRulesOverHTTP: each fact is taken in whatever it says, through the line of the bureau; what does not hold
// stands on the project's page with its rule, and with its sentence.
func TestAwardRulesOverHTTP(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	for i, x := range awards {
		t.Run(x.why, func(t *testing.T) {
			code := fmt.Sprintf("XM-2026-%03d", 800+2*i)
			w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error { return x.plan(w, tx, code, fmt.Sprintf("DP%02d", i+1)) }))
			if x.c03 != "" {
				if got := w.checked(w.chief, "procurement", code)["C03"].State; got != x.c03 {
					t.Errorf("C03 says %s, want %s", got, x.c03)
				}
			}
			w.tells(code, x.events(code)...)
			if got := w.broken(code); got != x.want {
				t.Errorf("breaches %s, want %s", got, x.want)
			}
		})
	}
}

// broken are the rules of the breaches on a project's page.
func (w *town) broken(code string) string {
	w.t.Helper()
	var p wire.Project
	w.do(w.chief, "GET", "/api/v1/projects/"+code, nil).want(200, "").into(&p)
	var rules []string
	for _, b := range p.Breaches {
		if b.Message == "" || strings.ContainsAny(b.Message, "{}") {
			w.t.Errorf("a breach says nothing: %+v", b)
		}
		rules = append(rules, b.Code)
	}
	slices.Sort(rules)
	return strings.Join(rules, " ")
}

// tells has the procurement bureau tell its events in their order.
func (w *town) tells(code string, events ...[2]string) {
	w.t.Helper()
	for i, e := range events {
		told := event(fmt.Sprintf("%s-%d", code, w.rows("partner_inbox")), e[0], code, e[1])
		told.OccurredAt, told.SentAt = w.clock().Add(time.Duration(i)*time.Second), w.clock()
		w.hook(told).want(202, "")
		w.must(w.link(nil).Receive(ctx()))
	}
}

func (x awarded) events(code string) (out [][2]string) {
	add := func(kind, data string) {
		out = append(out, [2]string{"procurement." + kind, fmt.Sprintf(`{"package_no":"S1","section_code":"%s-S1",%s}`, code, data)})
	}
	or := func(s, other string) string {
		if s == "" {
			return other
		}
		return s
	}
	add("notice_published", fmt.Sprintf(`"mode":"%s","limit_price":"%s","published_at":"2026-10-20"`, or(x.told, x.mode), or(x.limit, x.budget)))
	add("opened", `"bidder_count":`+or(x.bidders, "4"))
	award := fmt.Sprintf(`"win_bid_price":"%s","price_form":"总价","winner":{"name":"甲公司"},"notice_at":"2026-11-24"`, or(x.award, x.budget))
	for name, on := range map[string]models.Date{"evaluated_on": x.evaluated, "reported_on": x.reported, "decided_on": x.decided} {
		if on != "" {
			award += fmt.Sprintf(`,"%s":"%s"`, name, on)
		}
	}
	if x.held != "" {
		add("suspended", fmt.Sprintf(`"kind":"%s","from":"%s"`, x.kind, x.held))
	}
	if x.resumed != "" {
		add("resumed", fmt.Sprintf(`"kind":"%s","from":"%s"`, x.kind, x.resumed))
	}
	if x.award != "none" {
		add("awarded", award)
	}
	return out
}

// plan brings into the books what was planned under the rules, and what the unit buys otherwise.
func (x awarded) plan(w *town, tx *gorm.DB, code, unit string) error {
	a := models.Acting{Person: models.System, At: w.clock(), BusinessDate: "2026-10-10"}
	project := func(code string) *books.Project {
		return &books.Project{
			Code: code, Name: "平台", DeptID: unit, Type: "新建", Form: models.JSON("{}"), Stage: books.Procuring, DraftedOn: "2026-09-01",
			CreatedAt: a.At, UpdatedAt: a.At,
		}
	}
	issued := x.issued
	if issued == "" {
		issued = x.budget
	}
	rows := []any{project(code), x.round(code, 1, x.budget), x.pack(code, 1, x.mode, x.budget)}
	if x.bought != "" {
		other := code + "-B"
		rows = append(rows, project(other), x.round(other, 1, x.bought), x.pack(other, 1, "CONSULT", x.bought))
	}
	for _, row := range rows {
		if err := tx.Create(row).Error; err != nil {
			return err
		}
	}
	for _, kind := range []books.LedgerKind{books.LedgerApproved, books.LedgerIssued} {
		e := books.LedgerEntry{Kind: kind, Project: code, Amount: inYuan(issued), NaturalKey: "BGT-" + code, BusinessDate: "2026-10-01"}
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

func inYuan(s string) models.Money { return models.Yuan(decimal.RequireFromString(s)) }

func (x awarded) round(code string, no int, total string) *books.ProcRound {
	return &books.ProcRound{
		Project: code, Round: no, PlanNo: fmt.Sprintf("CG-%s-%d", code, no), SentOn: models.Date(fmt.Sprintf("2026-10-%02d", 10+no)),
		Total: inYuan(total),
	}
}

func (x awarded) pack(code string, round int, mode, budget string) *books.ProcPackage {
	k := &books.ProcPackage{
		Project: code, Round: round, PackageNo: "S1", Name: "软件", Category: "service", Mode: mode, Budget: inYuan(budget),
		LimitPrice: inYuan(budget), LineNos: models.JSON("[1]"), ItemClass: "C16", ReasonCode: x.reason, Evidence: models.JSON("[]"),
		PublicityFrom: x.from, PublicityTo: x.to,
	}
	if x.sme != "" {
		k.SmeAmount = inYuan(x.sme)
	}
	if x.reason != "" {
		k.Evidence = models.JSON(`["doc"]`)
	}
	return k
}

// TestDaysOfAnAwardAreSeen: what C06, C08 and C09 say stands beside the package; a challenge that nobody answers is
// told when its day is over, once, without a new fact.
func TestDaysOfAnAwardAreSeen(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	const code = "XM-2026-901"
	x := awarded{mode: "CONSULT", budget: "900000.00", kind: "质疑", held: "2026-11-12", award: "none"}
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error { return x.plan(w, tx, code, "DP18") }))
	w.now = time.Date(2026, 11, 23, 12, 0, 0, 0, models.Zone)
	w.tells(code, x.events(code)...)
	row := func() wire.PackageRow {
		var all wire.Packages
		w.do(w.clerk, "GET", "/api/v1/projects/"+code+"/packages", nil).want(200, "").into(&all)
		if len(all.Items) != 1 {
			t.Fatalf("packages: %+v", all.Items)
		}
		return all.Items[0]
	}
	step := func(name string) (out wire.AwardStep) {
		for _, s := range row().Steps {
			if s.Rule == "C09" && s.Step == name {
				out = s
			}
		}
		return out
	}
	over := func() string {
		w.must(facts.Overdue(ctx(), w.db, w.clock()))
		return w.broken(code)
	}
	if s := step("answerBy"); s.Due != "2026-11-23" || s.Light != "amber" || s.Name != "答复质疑" {
		t.Errorf("on its last day: %+v", s)
	}
	if got := over(); got != "" {
		t.Errorf("on its last day: %s", got)
	}
	w.now = noon
	clear(w.tokens) // they sign in again
	entries := func() (n int64) {
		w.must(w.db.Read(ctx()).Table("audit").Where("action = 'award.late'").Count(&n).Error)
		return n
	}
	if got := over(); got != "C09" || step("answerBy").Light != "red" {
		t.Errorf("a day later: %q, %+v", got, row().Steps)
	}
	if over(); entries() != 1 {
		t.Errorf("written down %d times", entries())
	}
	var told wire.NotificationPage
	w.do(w.clerk, "GET", "/api/v1/notifications", nil).want(200, "").into(&told)
	if !slices.ContainsFunc(told.Items, func(n wire.Notification) bool {
		return n.Kind == "rule-breach" && strings.Contains(n.Text, "答复质疑") && strings.Contains(n.Text, "2026-11-23")
	}) {
		t.Errorf("the purchaser hears of nothing: %+v", told.Items)
	}
	x.failures(w, code, row)
}

// failures: what may follow the first, the second, and a purchase that nobody wants any more.
func (x awarded) failures(w *town, code string, row func() wire.PackageRow) {
	w.t.Helper()
	for i, f := range []struct{ reason, next string }{{"<3家", "retender"}, {"超预算", "negotiate"}, {"任务取消", "stop"}} {
		if i > 0 {
			w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
				if err := tx.Create(x.round(code, i+1, x.budget)).Error; err != nil {
					return err
				}
				return tx.Create(x.pack(code, i+1, x.mode, x.budget)).Error
			}))
		}
		w.now = w.now.Add(24 * time.Hour)
		clear(w.tokens) // they sign in again
		w.tells(code, [2]string{"procurement.failed", fmt.Sprintf(`{"package_no":"S1","section_code":"%s-R%d","reason_code":"%s","at":"%s"}`,
			code, i+1, f.reason, models.DateOf(w.clock()))})
		if got := row(); got.Next != f.next || got.State != "FAILED" {
			w.t.Errorf("after failure %d, %s: %s, %q, want %q", i+1, f.reason, got.State, got.Next, f.next)
		}
	}
	if got := w.broken(code); got != "" {
		w.t.Errorf("a purchase that failed has no days: %s", got)
	}
}
