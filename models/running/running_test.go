package running_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/running"
	"github.com/quancheng/quancheng/texts"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

var now = time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)

type rows map[string][]map[string]string

// county is the workbook of thirty projects of testdata.
func county(t testing.TB) rows {
	t.Helper()
	raw, err := os.ReadFile("testdata/county.json")
	if err != nil {
		t.Fatal(err)
	}
	var out rows
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func book(t testing.TB, r rows) running.Book {
	t.Helper()
	var b bytes.Buffer
	if err := running.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	out, err := running.Read(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// open is a house with its people, a contract in the books, and the models' names.
func open(t *testing.T, db *models.DB) {
	t.Helper()
	a := models.Acting{Person: models.System, At: now}
	at := models.Stamp(now)
	modelstest.Tx(t, db, func(tx *gorm.DB) error {
		if err := demo.Install(tx, a); err != nil {
			return err
		}
		if _, err := process.StoreBundle(tx, a, "b1", []process.BundleFile{{Name: "x.bpmn", Data: []byte("x")}}, []process.Definition{
			{Process: "qc_lifecycle", Version: 1, Bundle: "b1", DeployedAt: at},
			{Process: books.PackageProcess, Version: 1, Bundle: "b1", DeployedAt: at},
		}); err != nil {
			return err
		}
		p := books.Project{
			Code: "XM-2022-003", Name: "智慧应急指挥", DeptID: "DP14", Type: "新建", Form: models.JSON("{}"), Stage: books.Building,
			DraftedOn: "2022-02-01", CreatedAt: at, UpdatedAt: at,
		}
		if err := tx.Create(&p).Error; err != nil {
			return err
		}
		return tx.Create(&books.Contract{
			ContractNo: "YJ-2022-HT-01", Project: p.Code, State: books.ContractSigned, SignedOn: "2022-05-01",
			Deliverables: models.JSON("[]"), Documents: models.JSON("[]"),
		}).Error
	})
}

func plan(t *testing.T, db *models.DB, r rows) (p running.Plan) {
	t.Helper()
	p, err := running.Make(db.Read(context.Background()), book(t, r), models.DateOf(now))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestThirtyAtOnce: 26 of 30 are taken in by a second person, each at its stage with
// its books balanced; four are named with their cells; the same again changes nothing.
func TestThirtyAtOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		open(t, db)
		workbook := book(t, county(t))
		days, err := calendar.Default()
		if err != nil {
			t.Fatal(err)
		}
		clerk := models.Acting{Person: "chen-shouli", At: now, Reason: "存量项目移交"}
		head := models.Acting{Person: "zhao-kezhang", At: now.Add(time.Hour)}
		var asked running.Import
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			i, p, err := running.Ask(tx, clerk, "存量项目清单.xlsx", workbook)
			asked = i
			if n := p.Count(running.StateOK, running.StateHeed); n != 26 || p.Count(running.StateRefused) != 4 || len(p.Stray) != 0 {
				t.Errorf("can be taken in: %d; %s", n, told(p))
			}
			want := []string{"城乡环卫监管: running-contract-above", "档案数字化: running-paid-above", "养老服务热线: running-required",
				"智慧应急指挥: running-in-books"}
			for _, w := range want {
				if !strings.Contains(told(p), w) {
					t.Errorf("not told: %s in %s", w, told(p))
				}
			}
			return err
		})
		decide := func(a models.Acting, accept bool, note string) error {
			return db.Tx(context.Background(), func(tx *gorm.DB) error {
				_, _, err := running.Decide(tx, a, days, asked.ID, accept, note)
				return err
			})
		}
		for _, no := range []struct {
			err  error
			code string
		}{
			{decide(clerk, true, ""), "second-person-needed"}, {decide(head, false, "不"), "invalid-data"},
		} {
			var r *models.Refusal
			if !errors.As(no.err, &r) || r.Code != no.code {
				t.Errorf("%v, want %s", no.err, no.code)
			}
		}
		if err := decide(head, true, ""); err != nil {
			t.Fatal(err)
		}
		if err := decide(head, true, ""); err == nil {
			t.Error("taken in twice")
		}
		balanced(t, db)
		began(t, db, asked.ID)
		modelstest.Tx(t, db, func(tx *gorm.DB) error { // the same workbook once more
			before := count(t, tx, "outbox")
			i, p, err := running.Ask(tx, clerk, "另存.xlsx", workbook)
			if i.ID != asked.ID || p.Count(running.StateSame) != 26 || count(t, tx, "outbox") != before {
				t.Errorf("again: %d, same %d", i.ID, p.Count(running.StateSame))
			}
			return err
		})
		r := county(t) // one that is as it was among others that changed
		r["project"] = r["project"][:2]
		r["project"][1]["availability"] = ""
		if p := plan(t, db, r); p.Projects[0].State != running.StateSame {
			t.Errorf("first: %+v", p.Projects[0])
		}
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			res, err := audit.Verifier{}.All(tx)
			if res.Break != nil {
				t.Errorf("audit: %+v", res.Break)
			}
			return err
		})
	})
}

func count(t *testing.T, tx *gorm.DB, table string) (n int64) {
	t.Helper()
	if err := tx.Table(table).Count(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

// told are the refusals of a plan.
func told(p running.Plan) string {
	var out []string
	for _, i := range p.Projects {
		for _, w := range i.Wrong {
			out = append(out, fmt.Sprintf("%s: %s %s/%d/%s", i.Name, w.Code, w.Sheet, w.Line, w.Column))
		}
	}
	return strings.Join(out, "; ")
}

// balanced: every taken project's ledger adds up, and its payments are those of its contracts.
func balanced(t *testing.T, db *models.DB) {
	t.Helper()
	tx := db.Read(context.Background())
	var taken []running.Project
	if err := tx.Find(&taken).Error; err != nil {
		t.Fatal(err)
	}
	if len(taken) != 26 {
		t.Errorf("%d taken", len(taken))
	}
	for _, p := range taken {
		totals, err := books.TotalsOf(tx, p.Project)
		if err != nil {
			t.Fatal(err)
		}
		s := totals[p.Project]
		if s.Reviewed.Add(s.Cut).Cmp(s.Declared) != 0 || s.Reviewed.Cmp(s.Approved) != 0 || s.Issued.Cmp(s.Approved) > 0 ||
			s.Contracted.Cmp(s.Approved) > 0 || s.Paid.Cmp(s.Contracted) > 0 || s.Cut.Sign() <= 0 {
			t.Errorf("%s: %+v", p.Project, s)
		}
		contracts, err := books.Contracts(tx, p.Project)
		if err != nil {
			t.Fatal(err)
		}
		var paid models.Money
		for _, k := range contracts {
			v, err := books.PaymentsOf(tx, p.Project, k.ContractNo)
			if err != nil {
				t.Fatal(err)
			}
			paid = paid.Add(v.Paid)
			for _, r := range v.Requests {
				if r.State != books.PaymentPaid || r.Paid.Cmp(r.Amount) != 0 {
					t.Errorf("%s: request %+v", p.Project, r)
				}
			}
		}
		if paid.Cmp(s.Paid) != 0 {
			t.Errorf("%s: paid %s of contracts, %s in the ledger", p.Project, paid, s.Paid)
		}
		breaches, err := books.Breaches(tx, p.Project)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range breaches {
			if b.Rule != "budget-below-contract" { // issued in part, told in the preview
				t.Errorf("%s: breach %s %s", p.Project, b.Rule, b.Subject)
			}
		}
	}
}

// began: a life at each project's stage, none for what only operates; the second contract has its own.
func began(t *testing.T, db *models.DB, id int64) {
	t.Helper()
	tx := db.Read(context.Background())
	stages := map[string]books.Stage{
		"contract": books.Contracted, "building": books.Building, "trial": books.TrialRun, "acceptance": books.TrialRun,
		"final": books.FinalPassed, "operating": books.Operating,
	}
	taken, err := running.Of(tx, id)
	if err != nil {
		t.Fatal(err)
	}
	per := map[string]int{}
	for _, p := range taken {
		per[p.Entry]++
		project, err := books.FindProject(tx, p.Project)
		if err != nil {
			t.Fatal(err)
		}
		if project.Stage != stages[p.Entry] || project.RulePack == "" {
			t.Errorf("%s: %+v", p.Entry, project)
		}
		var roots []process.RootState
		if err := tx.Where("project = ?", p.Project).Find(&roots).Error; err != nil {
			t.Fatal(err)
		}
		want := 1
		if p.Entry == "operating" {
			want = 0
		}
		if project.Name == "智慧交通信号控制" {
			want = 2
		}
		if len(roots) != want {
			t.Errorf("%s %s: %d cases", project.Name, p.Entry, len(roots))
		}
	}
	want := map[string]int{"contract": 4, "building": 11, "trial": 3, "acceptance": 4, "final": 2, "operating": 2}
	if fmt.Sprint(per) != fmt.Sprint(want) {
		t.Errorf("taken %v, want %v", per, want)
	}
	systems, err := books.Inventory(tx)
	if err != nil || !slices.ContainsFunc(systems, func(s books.System) bool { return s.Name == "热线升级" && s.Project != "" }) {
		t.Errorf("inventory: %+v %v", systems, err)
	}
}

// TestEveryCellIsNamed changes one cell of a workbook of one project, and expects one complaint.
func TestEveryCellIsNamed(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	open(t, db)
	for _, c := range []struct{ entry, sheet, row, column, value, want string }{
		{"建设", "project", "0", "name", "短", "project/2/name length"},
		{"建设", "project", "0", "unit", "县没有局", "project/2/unit running-unit-unknown"},
		{"建设", "project", "0", "unit", "示例承建单位", "project/2/unit running-unit-outside"},
		{"建设", "project", "0", "type", "随便", "project/2/type running-not-an-option"},
		{"建设", "project", "0", "entry", "", "project/2/entry running-required"},
		{"建设", "project", "0", "mlps", "9", "project/2/mlps number-range"},
		{"建设", "project", "0", "code", "项目一", "project/2/code running-code-form"},
		{"建设", "project", "0", "code", "XM-2022-003", "project/2/code code-taken"},
		{"建设", "project", "0", "acceptedOn", "2021-13-01", "project/2/acceptedOn running-not-a-date"},
		{"建设", "project", "0", "acceptedOn", "2021-01-01", "project/2/acceptedOn running-before"},
		{"建设", "project", "0", "startedOn", "2027-01-01", "project/2/startedOn date-in-future"},
		{"建设", "project", "0", "startedOn", "", "project/2/startedOn running-stage-needs"},
		{"建设", "project", "0", "finalOn", "2022-05-05", "project/2/finalOn running-stage-beyond"},
		{"建设", "project", "0", "approved", "12.345", "project/2/approved running-too-precise"},
		{"建设", "project", "0", "issued", "312万", "project/2/issued running-not-a-number"},
		{"建设", "project", "0", "issued", "9120000", "project/2/issued running-issued-above"},
		{"建设", "project", "0", "issued", "100.00", "project/2/issued running-paid-above-issued"},
		{"建设", "line", "0", "qty", "0", "line/2/qty quantity-format"},
		{"建设", "line", "0", "qty", "-1", "line/2/qty running-out-of-range"},
		{"建设", "line", "0", "reason", "", "line/2/reason running-cut-unexplained"},
		{"建设", "line", "1", "reason", "超范围", "line/3/reason running-nothing-cut"},
		{"建设", "contract", "0", "uscc", "91341700MA00DEM00X", "contract/2/uscc uscc-invalid"},
		{"建设", "contract", "0", "uscc", "91341700MA00DEM023", "contract/2/uscc supplier-not-in-directory"},
		{"建设", "contract", "0", "supervisor", "", "contract/2/supervisor supervisor-missing"},
		{"建设", "contract", "0", "award", "2000000", "contract/2/amount running-above-award"},
		{"建设", "contract", "0", "signedOn", "2021-05-01", "contract/2/signedOn running-before"},
		{"建设", "contract", "0", "ends", "2021-01-01", "contract/2/ends end-before-start"},
		{"建设", "term", "0", "ratio", "31", "contract/2/no ratios-not-whole"},
		{"建设", "term", "0", "amount", "895801", "contract/2/amount terms-differ"},
		{"建设", "payment", "0", "term", "尾款", "payment/2/term running-term-unknown"},
		{"建设", "payment", "0", "amount", "895801", "payment/2/amount running-term-spent"},
		{"建设", "payment", "0", "paidOn", "2021-01-01", "payment/2/paidOn running-before"},
		{"建设", "milestone", "1", "passedOn", "2021-12-30", "project/2/entry running-milestones-missing"},
		{"建设", "milestone", "0", "no", "2", "milestone/3/no running-twice"},
		{"试运行", "milestone", "1", "passedOn", "", "milestone/3/passedOn running-milestone-open"},
		{"试运行", "project", "0", "trialFrom", "", "project/2/trialFrom running-stage-needs"},
		{"验收", "project", "0", "availability", "120", "project/2/availability number-range"},
		{"终验后", "project", "0", "finalOn", "", "project/2/finalOn running-stage-needs"},
		{"合同", "milestone", "0", "passedOn", "2021-12-30", "milestone/2/passedOn running-not-begun"},
	} {
		r := one(t, c.entry)
		var at int
		_, _ = fmt.Sscan(c.row, &at)
		r[c.sheet][at][c.column] = c.value
		p := plan(t, db, r)
		var got []string
		for _, w := range append(p.Stray, p.Projects[0].Wrong...) {
			got = append(got, fmt.Sprintf("%s/%d/%s %s", w.Sheet, w.Line, w.Column, w.Code))
			for _, lang := range []texts.Lang{texts.Chinese, texts.English} {
				if s := texts.Text(lang, w.Code, w.Args); strings.Contains(s, "{") || s == w.Code {
					t.Errorf("%s: %q", w.Code, s)
				}
			}
		}
		if !slices.Contains(got, c.want) || p.Projects[0].State != running.StateRefused {
			t.Errorf("%s %s.%s = %q: %v, want %s", c.entry, c.sheet, c.column, c.value, got, c.want)
		}
	}
}

// one is the county's workbook with the first project of a stage that can be taken in alone.
func one(t *testing.T, entry string) rows {
	t.Helper()
	all := county(t)
	at := slices.IndexFunc(all["project"], func(p map[string]string) bool { return p["entry"] == entry })
	ref := all["project"][at]["ref"]
	out, contracts := rows{}, map[string]bool{}
	for _, key := range []string{"project", "line", "paper", "contract", "milestone", "term", "payment"} {
		for _, r := range all[key] {
			if r["ref"] == ref && r["no"] != "CL-2021-001-JL" || r["ref"] == "" && contracts[r["contract"]] {
				out[key] = append(out[key], r)
				if key == "contract" {
					contracts[r["no"]] = true
				}
			}
		}
	}
	return out
}

// TestNoWorkbook refuses what is none, and heads that are not the template's.
func TestNoWorkbook(t *testing.T) {
	var template bytes.Buffer
	if err := running.Template(&template); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		raw  []byte
		code string
	}{
		"text":     {[]byte("序号,项目名称"), "running-not-xlsx"},
		"torn":     {template.Bytes()[:200], "running-not-xlsx"},
		"empty":    {template.Bytes(), "running-empty"},
		"too long": {make([]byte, running.MaxBytes+1), "running-too-large"},
	} {
		_, err := running.Read(c.raw)
		var r *models.Refusal
		if !errors.As(err, &r) || r.Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}
