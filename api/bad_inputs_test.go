package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// absurd is an application that nobody can mean: of its lines, or of a form that is otherwise proper.
type absurd struct {
	why   string
	lines []wire.LineInput
	form  fields
	want  string // pointer, and what is said of it
}

func priced(qty, price string) []wire.LineInput {
	return []wire.LineInput{{Category: "软件开发", Name: "监管平台软件", Unit: "套", Qty: qty, UnitPrice: price}}
}

var absurds = []absurd{
	{why: "a quantity of none", lines: priced("0", "80000.00"), want: "/lines/0/qty 大于零"},
	{why: "a negative quantity", lines: priced("-3", "80000.00"), want: "/lines/0/qty 格式不正确，例如 2"},
	{why: "a quantity in scientific form", lines: priced("1e12", "8.00"), want: "/lines/0/qty 格式不正确"},
	{why: "a million millions of pieces", lines: priced("999999999999", "8.00"), want: "/lines/0/qty 金额过大"},
	{why: "a million millions of yuan", lines: priced("1", "1000000000000.00"), want: "/lines/0/qty 金额过大"},
	{why: "a hundred times 亿", lines: priced("1", "10000000000.00"), want: "/lines/0/qty 金额过大"},
	{why: "a negative price", lines: priced("1", "-1.00"), want: "/lines/0/unitPrice 格式不正确"},
	{why: "more lines than there are", lines: slices.Repeat(priced("1", "1.00"), 2001), want: "/lines 最多 2000 项"},
	{why: "an end before the start", form: fields{"plannedStart": "2027-12-01", "plannedEnd": "2027-11-30"}, want: "/form/plannedEnd 晚于"},
	{why: "an end on the day of the start", form: fields{"plannedStart": "2027-12-01", "plannedEnd": "2027-12-01"}, want: "/form/plannedEnd 晚于"},
	{why: "three years", form: fields{"plannedStart": "2027-02-28", "plannedEnd": "2030-02-28"}},
	{why: "and a day", form: fields{"plannedStart": "2027-02-28", "plannedEnd": "2030-03-01"}, want: "/form/plannedEnd 36 个月"},
	{why: "a total in 万元", form: fields{"total": "8"}, want: "/lines 8.00 万元 与总额 8.00 元 不等"},
	{
		why: "funds in 万元", form: fields{"funding": []any{fields{"type": "县级财政", "year": "2026", "amount": "8"}}},
		want: "/funding 8.00 元 与总额 8.00 万元 不等",
	},
	{
		why: "funds that are given back", form: fields{"funding": []any{
			fields{"type": "县级财政", "year": "2026", "amount": "90000"}, fields{"type": "其他", "year": "2026", "amount": "-10000"},
		}},
		want: "/form/funding/1/amount 不能小于 0",
	},
	{why: "one word again and again", form: fields{"problem": strings.Repeat("智慧", 3000)}, want: "/form/problem 最多 4000 个字"},
	{why: "one word within the bound", form: fields{"problem": strings.Repeat("智慧", 1500), "situation": "同上同上同上同上同上"}},
}

// TestAbsurdApplications: what nobody can mean is refused with its field, in words; what is merely odd goes through.
func TestAbsurdApplications(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	for i, x := range absurds {
		t.Run(x.why, func(t *testing.T) {
			draft := application
			draft.Name, draft.Lines = fmt.Sprintf("%c%c监管平台", rune(0x4e00+97*i), rune(0x5e00+89*i)), x.lines
			if draft.Lines == nil {
				draft.Lines = priced("1", "80000.00")
			}
			got := w.do(w.clerk, "POST", "/api/v1/projects", draft)
			if got.status == 201 {
				var p wire.Project
				got.into(&p)
				w.ready(p.Code)
				w.do(w.clerk, "GET", "/api/v1/projects/"+p.Code, nil).want(200, "").into(&p)
				for name, v := range x.form {
					p.Form[name] = v
				}
				w.do(w.clerk, "PATCH", "/api/v1/projects/"+p.Code, wire.ProjectPatch{Form: p.Form}, "If-Match", fmt.Sprintf(`"%d"`, p.Version)).
					want(200, "")
				got = w.do(w.clerk, "POST", "/api/v1/projects/"+p.Code+"/submit", wire.ProjectAct{})
			}
			if x.want == "" {
				got.want(200, "")
				return
			}
			var no wire.Problem
			got.want(422, "").into(&no)
			pointer, says, _ := strings.Cut(x.want, " ")
			if !slices.ContainsFunc(no.Errors, func(e wire.FieldError) bool {
				return e.Pointer == pointer && strings.Contains(e.Detail, says)
			}) {
				t.Errorf("%+v, want %s", no.Errors, x.want)
			}
		})
	}
}

// TestOneTemplateOfThirtyUnits: each of thirty units has sent the same text; the next one is told of all of them, by
// the words that they share, and goes through with an answer to each.
func TestOneTemplateOfThirtyUnits(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	draft := application
	draft.Lines = priced("1", "80000.00")
	var p wire.Project
	w.do(w.clerk, "POST", "/api/v1/projects", draft).want(201, "").into(&p)
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		own, err := books.FindProject(tx, p.Code)
		if err != nil {
			return err
		}
		for i := range 30 {
			copied := own
			copied.Code, copied.DeptID, copied.Stage = fmt.Sprintf("XM-2025-%03d", i+1), fmt.Sprintf("DP%02d", i+1), books.Submitted
			copied.SubmittedOn, copied.RevisionNo = "2025-12-01", 1
			r := books.Revision{
				Project: copied.Code, RevisionNo: 1, Digest: "digest-" + copied.Code, SubmittedAt: w.clock().UTC(), BusinessDate: "2025-12-01",
				Content: models.JSONOf(map[string]any{"name": own.Name, "form": own.Form, "lines": []any{}}),
			}
			for _, row := range []any{&copied, &r} {
				if err := tx.Create(row).Error; err != nil {
					return err
				}
			}
		}
		return nil
	}))
	found := w.checked(w.clerk, "application", p.Code)["A03"]
	units := map[string]bool{}
	for _, f := range found.Findings {
		if !f.Must || !strings.Contains(f.Detail, "停车") {
			t.Errorf("%+v", f)
		}
		units[f.Detail] = true
	}
	if len(found.Findings) < 29 || len(units) < 29 { // the unit's own copy is the splitting rule's
		t.Errorf("%d findings of %d units", len(found.Findings), len(units))
	}
	at := "/api/v1/projects/" + p.Code + "/submit"
	var no wire.Problem
	w.do(w.clerk, "POST", at, wire.ProjectAct{}).want(422, "checks-block").into(&no)
	w.ready(p.Code)
	w.do(w.clerk, "POST", at, wire.ProjectAct{}).want(200, "")
}

// TestDecisionBreaksAtRunTime: a decision of the county's that runs until it meets its facts is no pass: the act is
// refused, who owns the rules hears of it, and the next pack lets it through.
func TestDecisionBreaksAtRunTime(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.seat("ann", "RULE_DRAFTER@DP34")
	w.seat("bob", "RULE_PUBLISHER@DP34")
	files, err := definitions.ExampleChecks()
	w.must(err)
	i := slices.IndexFunc(files, func(f definitions.File) bool { return strings.HasSuffix(f.Name, "A.dmn") })
	sound := string(files[i].Data)
	const reads = "if declaredTotal &gt;= params.A08.total and count(minutes"
	broken := strings.Replace(sound, reads, "if declaredTotal &gt;= params.A08.total then 7 else if count(minutes", 1)
	if broken == sound {
		t.Fatalf("%s is not in the pack", reads)
	}
	publish := func(pack, day, body string) {
		draft := fields{
			"pack": pack, "validFrom": day, "reason": "县里另有规定",
			"checks": []any{fields{"name": "checks/A.dmn", "body": body}},
		}
		var d wire.RulePackDetail
		w.do("ann", "POST", "/api/v1/rulepacks", draft).want(201, "")
		w.do("ann", "POST", "/api/v1/rulepacks/"+pack+"/rehearse", nil).want(200, "").into(&d)
		if len(d.Problems) > 0 {
			t.Fatalf("%+v", d.Problems)
		}
		w.do("bob", "POST", "/api/v1/rulepacks/"+pack+"/publish", wire.PublishPack{Digest: d.Digest}).want(200, "")
	}
	publish("COUNTY-1", "2026-11-01", broken)
	var p wire.Project
	draft := application
	draft.Lines = priced("1", "900000.00")
	w.do(w.clerk, "POST", "/api/v1/projects", draft).want(201, "").into(&p)
	w.ready(p.Code)
	at := "/api/v1/projects/" + p.Code + "/submit"
	var no wire.Problem
	w.do(w.clerk, "POST", at, wire.ProjectAct{}).want(422, "checks-block").into(&no)
	if len(no.Errors) != 1 || no.Errors[0].Rule != "A08" || no.Errors[0].State != "error" || w.runs(p.Code) != 0 {
		t.Errorf("%+v", no.Errors)
	}
	for _, owner := range []string{"ann", "bob"} {
		var told wire.NotificationPage
		w.do(owner, "GET", "/api/v1/notifications", nil).want(200, "").into(&told)
		if !slices.ContainsFunc(told.Items, func(n wire.Notification) bool {
			return n.Kind == "rule-broken" && strings.Contains(n.Text, "A08") && strings.Contains(n.Text, p.Code)
		}) {
			t.Errorf("%s hears of nothing: %+v", owner, told.Items)
		}
	}
	publish("COUNTY-2", "2026-11-02", sound)
	w.do(w.clerk, "POST", at, wire.ProjectAct{}).want(200, "")
}
