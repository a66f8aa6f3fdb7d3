package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
)

// changes are those of one project: 2,000,000.00 approved and issued, a contract of 1,000,000.00.
type changes struct {
	*town
	code string
	line string // what line 1 comes to in the baseline
	n    int
}

// TestChangesOverHTTP: the class follows from the sum of all changes without their signs, at its thresholds to the fen
// (D10); supplements end at a tenth of the contract (C15); each way ends where it should, and what a bureau changes
// by itself becomes work.
func TestChangesOverHTTP(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	c := &changes{town: w, code: "XM-2026-951", line: "1000000.00"}
	c.underContract()

	c.begin()
	c.do("fang-lei", "POST", c.at(), wire.ChangeBegin{}).want(404, "not-found") // of another unit
	c.do(c.clerk, "POST", c.at(), wire.ChangeBegin{}).want(409, "change-open")  // the second time
	c.does(c.clerk, "c1_request", "complete", fields{"act": "withdraw"})
	c.ended("WITHDRAWN", "", "1000000.00")

	c.begin()
	c.asks("100000.01", "no").want(422, "checks-block") // a fen above a tenth of the contract
	c.sends("100000.00", "no")
	c.does("he-guangming", "c1_leader", "agree", nil)
	c.ended("ADOPTED", "minor", "1100000.00") // five in a hundred of what is approved
	c.does("li-xin", "c1_file", "complete", fields{"result": "noted", "comment": "已备案"})
	if got := c.newest(); got.FiledOn == "" || got.Ratio != "5" {
		t.Errorf("filed: %+v", got)
	}

	c.begin()
	c.sends("-0.01", "no")
	c.does("he-guangming", "c1_leader", "agree", nil)
	c.does("li-xin", "c1_house", "disagree", nil)
	c.ended("REFUSED", "filing", "1100000.00")

	c.begin()
	c.sends("-200000.00", "no")
	c.does("he-guangming", "c1_leader", "agree", nil)
	c.does("li-xin", "c1_house", "agree", nil)
	c.does("zhao-kezhang", "c1_house", "agree", nil)
	c.ended("ADOPTED", "filing", "900000.00") // fifteen, without signs
	c.line = "800000.00"

	c.begin()
	c.sends("-0.01", "no")
	c.does("he-guangming", "c1_leader", "agree", nil)
	c.does("li-xin", "c1_trim", "complete", fields{"lines": []any{}, "comment": "按申请核定"})
	c.does("zhao-kezhang", "c1_approve", "disagree", nil)
	c.ended("REFUSED", "reapprove", "900000.00")

	c.begin()
	c.sends("-1.00", "yes") // the goal is another one
	c.does("he-guangming", "c1_leader", "disagree", nil)
	c.ended("REFUSED", "reapprove", "900000.00")
	c.ofTheBureau()
}

func (c *changes) at() string { return "/api/v1/projects/" + c.code + "/changes" }

// underContract plants the project; what the bureau tells of it comes over its line.
func (c *changes) underContract() {
	c.t.Helper()
	c.bought(true)
	if got := c.broken(c.code); got != "" {
		c.t.Fatalf("before anything changes: %s", got)
	}
}

// bought plants a project whose package is awarded, and under contract or not.
func (c *changes) bought(signed bool) {
	c.t.Helper()
	x := awarded{mode: "CONSULT", budget: "2000000.00", award: "1000000.00", sme: "2000000.00"}
	c.must(c.db.Tx(ctx(), func(tx *gorm.DB) error {
		if err := x.plan(c.town, tx, c.code, "DP18"); err != nil {
			return err
		}
		line := books.BudgetLine{
			Project: c.code, LineNo: 1, Category: "软件开发", Name: "应用软件", Unit: "套", Qty: decimal.NewFromInt(1), UnitPrice: inYuan("2000000.00"),
			Declared: inYuan("2000000.00"),
		}
		return tx.Create(&line).Error
	}))
	c.tells(c.code, x.events(c.code)...)
	stage := books.Awarded
	if signed {
		stage = books.Building
		c.tells(c.code, [2]string{"procurement.contract_signed", fmt.Sprintf(
			`{"contract_no":"HT-951","section_code":"%s-S1","amount":"1000000.00","signed_on":"2026-11-24","supplier":{"name":"甲公司"}}`, c.code)})
	}
	c.must(c.db.Tx(ctx(), func(tx *gorm.DB) error {
		return tx.Model(&books.Project{}).Where("code = ?", c.code).Update("stage", stage).Error
	}))
}

func (c *changes) begin() {
	c.t.Helper()
	c.do(c.clerk, "POST", c.at(), wire.ChangeBegin{}).want(201, "")
	c.pump()
}

// asks fills in a change of the contract by an amount.
func (c *changes) asks(delta, goal string) answer {
	c.t.Helper()
	c.n++
	var paper wire.Document
	c.upload(c.clerk, c.code, "依据.pdf", fmt.Appendf(nil, "%%PDF-1.7\n%% %s %d\n", c.code, c.n), "", "kind", "evidence").want(201, "").into(&paper)
	row := fields{"lineNo": 0, "name": "防汛会商", "old": "0", "new": delta}
	if cut, is := strings.CutPrefix(delta, "-"); is {
		left := inYuan(c.line).Sub(inYuan(cut))
		row = fields{"lineNo": 1, "name": "应用软件", "old": c.line, "new": left.String()}
	}
	return c.operate(c.clerk, c.taskOf(c.clerk, "c1_request"), "complete", fills(fields{
		"act": "send", "kind": "content", "contractNo": "HT-951", "lines": []any{row}, "sameSubject": "yes", "goalChanged": goal,
		"reason": "建设中发现原方案未覆盖防汛会商场景，经各方会商一致，需要调整建设内容与工作量。", "documents": []any{paper.ID},
	}))
}

func (c *changes) sends(delta, goal string) {
	c.t.Helper()
	c.asks(delta, goal).want(200, "")
	c.pump()
}

func (c *changes) does(who, element, op string, data fields) {
	c.t.Helper()
	in := wire.OperationRequest{Opinion: "情况已核", Reason: "情况已核，依据见附件"}
	if data != nil {
		in = fills(data)
	}
	c.operate(who, c.taskOf(who, element), op, in).want(200, "")
	c.pump()
}

func (c *changes) all() (out wire.Changes) {
	c.t.Helper()
	c.do(c.clerk, "GET", c.at(), nil).want(200, "").into(&out)
	return out
}

func (c *changes) newest() wire.Change {
	c.t.Helper()
	items := c.all().Items
	return slices.MaxFunc(items, func(a, b wire.Change) int { return a.Seq - b.Seq })
}

// ended is what the newest change came to, and what the contract is worth then.
func (c *changes) ended(state, class, value string) {
	c.t.Helper()
	if got := c.newest(); !strings.EqualFold(got.State, state) || got.Class != class {
		c.t.Errorf("%s %q, want %s %q: %+v", got.State, got.Class, state, class, got)
	}
	var all wire.Packages
	c.do(c.clerk, "GET", "/api/v1/projects/"+c.code+"/packages", nil).want(200, "").into(&all)
	if k := all.Items[0].Contract; k == nil || k.Value != value {
		c.t.Errorf("the contract: %+v, want %s", k, value)
	}
}

// ofTheBureau: what it changes by itself counts at once, is held against C15, and is explained by the unit; it is not
// withdrawn.
func (c *changes) ofTheBureau() {
	c.t.Helper()
	c.tells(c.code, [2]string{"procurement.contract_changed", `{"contract_no":"HT-951","delta":"0.01","reason":"补充"}`})
	c.pump()
	if got := c.newest(); got.Origin != "bureau" || got.Delta != "0.01" || len(got.OpenTasks) != 1 {
		c.t.Fatalf("what the bureau changed: %+v", got)
	}
	if got := c.broken(c.code); !strings.Contains(got, "C15") {
		c.t.Errorf("a fen above a tenth: %s", got)
	}
	c.operate(c.clerk, c.taskOf(c.clerk, "c1_request"), "complete", fills(fields{"act": "withdraw"})).want(409, "change-of-bureau")
	c.ended("draft", "", "900000.01")
	c.must(c.db.Tx(ctx(), func(tx *gorm.DB) error { // as the end of the project tells it
		a := models.Acting{Person: models.System, At: c.clock().UTC()}
		return process.SendMessage(tx, a, "close-951", "change.close", c.newest().No, nil)
	}))
	c.pump()
	c.ended("withdrawn", "", "900000.01")
	for _, end := range []string{"c1_withdrawn", "c1_done", "c1_refused", "c1_closed"} {
		if !c.came(books.ChangeProcess + "/" + end) {
			c.t.Errorf("no change came to %s", end)
		}
	}
}
