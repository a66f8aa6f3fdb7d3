package api_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/spreadsheet"
)

// found is what a person finds: kind:key of all groups.
func (w *town) found(person, question string) (out wire.SearchResult, keys string) {
	w.t.Helper()
	w.do(person, "GET", "/api/v1/search?q="+url.QueryEscape(question), nil).want(200, "").into(&out)
	var all []string
	for _, g := range out.Groups {
		for _, h := range g.Items {
			all = append(all, h.Kind+":"+h.Title)
		}
	}
	return out, strings.Join(all, " ")
}

// firstHolder is who has the first open task of a project, and its name.
func (w *town) firstHolder(project string) (person, task string) {
	w.t.Helper()
	var row struct{ Person, Task string }
	w.must(
		w.db.Read(ctx()).
			Raw(`SELECT COALESCE(o.person_id, c.principal) AS person, t.name AS task FROM task t JOIN task_candidate c ON c.key = t.key
		LEFT JOIN post_now o ON o.id = c.principal WHERE t.project = ? AND t.state = 'open' ORDER BY 1 LIMIT 1`, project).
			Scan(&row).
			Error,
	)
	return row.Person, row.Task
}

func TestSearch(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	p := w.submitted()
	w.begins("zhou-min", wire.BeginRequest{Data: trip})
	holder, task := w.firstHolder(p.Code)
	for _, x := range []struct{ person, question, want string }{
		{"zhou-min", "智慧停车", "project:智慧停车管理系统"},
		{"fang-lei", "智慧停车", ""},                     // another unit
		{"xian-lingdao", p.Code, "project:智慧停车管理系统"}, // by its code
		{holder, "智慧停车", "project:智慧停车管理系统 task:" + task},
		{"zhou-min", "停", ""}, {"zhou-min", `%_'"`, ""}, {"zhou-min", "", ""},
		{"kang-xitong", "停车", ""}, // an administrator
		{"zhou-min", "合肥", "matter:"}, {"he-guangming", "合肥", "matter:"}, {"yan-shenji", "合肥", "matter:"},
		{"li-xin", "合肥", ""}, {"jin-yusuan", "合肥", ""}, {"expert-01", "停车", ""},
	} {
		out, got := w.found(x.person, x.question)
		if x.want == "matter:" && strings.HasPrefix(got, "matter:") && strings.Contains(got, "合肥") {
			continue
		}
		if got != x.want && !(x.want == "" && strings.HasPrefix(got, "item:")) {
			t.Errorf("%s looks for %q: %s\nwant %s", x.person, x.question, got, x.want)
		}
		if len([]rune(x.question)) < 2 && out.Hint == "" {
			t.Errorf("%q: nothing says why nothing was looked for", x.question)
		}
	}
	if out, _ := w.found("zhou-min", p.Code); out.Exact == nil || out.Exact.Key != p.Code {
		t.Errorf("the whole number: %+v", out.Exact)
	}
	if out, _ := w.found("zhou-min", p.Code+"9"); len(out.Meant) != 1 || out.Meant[0].Key != p.Code {
		t.Errorf("one character too many: %+v", out.Meant)
	}
	w.do("zhou-min", "GET", "/api/v1/search?q=a&kind=nothing", nil).want(422, "")
	w.do("", "GET", "/api/v1/search?q=ab", nil).want(401, "")
}

// A draw's paper is a word of the search for whom it may be read only.
func TestSearchJudgesPapers(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.submitted()
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		return tx.Table("document").
			Create(map[string]any{"id": "991", "project": p.Code, "kind": "专家抽取记录", "title": "专家抽取记录之一", "template": "draw_record",
				"created_by": "zhou-min", "created_at": w.clock().UTC()}).
			Error
	}))
	for person, want := range map[string]int{"zhou-min": 0, "xian-lingdao": 0, "jin-yusuan": 0} {
		out, got := w.found(person, "抽取记录")
		n := 0
		for _, g := range out.Groups {
			if g.Kind == "document" {
				n = g.Count
			}
		}
		if n != want {
			t.Errorf("%s: %s", person, got)
		}
	}
}

func TestViews(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	var v wire.SavedView
	in := wire.SavedViewInput{Page: "projects", Name: " 水利相关 ", Query: "q=水利&stage=DRAFT"}
	w.do("zhou-min", "POST", "/api/v1/views", in).want(201, "").into(&v)
	in.Query = "q=水务"
	w.do("zhou-min", "POST", "/api/v1/views", in).want(201, "").into(&v)
	var all wire.SavedViews
	w.do("zhou-min", "GET", "/api/v1/views?page=projects", nil).want(200, "").into(&all)
	if len(all.Items) != 1 || all.Items[0].Name != "水利相关" || all.Items[0].Query != "q=水务" {
		t.Errorf("kept: %+v", all)
	}
	w.do("li-xin", "GET", "/api/v1/views", nil).want(200, "").into(&all)
	if len(all.Items) != 0 {
		t.Errorf("somebody else's: %+v", all)
	}
	w.do("li-xin", "DELETE", "/api/v1/views/"+v.ID, nil).want(404, "not-found")
	w.do("zhou-min", "DELETE", "/api/v1/views/"+v.ID, nil).want(204, "")
	w.do("zhou-min", "DELETE", "/api/v1/views/"+v.ID, nil).want(404, "not-found")
	for page, status := range map[string]int{
		"audit": 201, "accounts": 201, "register:duty": 201, "walks": 201, "nothing": 422, "register:": 422, "register:../x": 422, "projects ": 422,
	} {
		w.do("li-xin", "POST", "/api/v1/views", wire.SavedViewInput{Page: page, Name: "x", Query: "sort=-at"}).want(status, "")
	}
	w.do("zhou-min", "POST", "/api/v1/views", wire.SavedViewInput{Page: "tasks", Name: "  "}).want(422, "")
}

// sheet is what an export says, a line for each row.
func (w *town) sheet(person, list string) []string {
	w.t.Helper()
	a := w.do(person, "GET", "/api/v1/exports/"+list, nil).want(200, "")
	rows, err := spreadsheet.Read(a.body)
	w.must(err)
	var out []string
	for _, r := range rows {
		var cells []string
		for i := range r.Cells {
			cells = append(cells, r.Text(i))
		}
		out = append(out, strings.Join(cells, "|"))
	}
	return out
}

func TestExports(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	p := w.submitted()
	w.begins("zhou-min", wire.BeginRequest{Data: trip})
	holder, _ := w.firstHolder(p.Code)
	for _, x := range []struct {
		person, list string
		rows         int
		has          string
	}{
		{"zhou-min", "projects", 1, p.Code}, {"fang-lei", "projects", 0, ""}, {"xian-lingdao", "projects?q=停车&sort=name", 1, "智慧停车管理系统"},
		{"zhou-min", "projects?q=没有", 0, ""},
		{"fang-lei", "matters", 0, ""},
		{"fang-lei", "rectifications", 0, ""}, {"fang-lei", "tasks?scope=open", 0, ""},
		{"zhou-min", "matters", 2, "合肥"}, {holder, "tasks?scope=open&q=" + p.Code, 1, p.Code}, {"zhao-kezhang", "rectifications", 0, ""},
	} {
		lines := w.sheet(x.person, x.list)
		if len(lines) != x.rows+2 || !strings.Contains(lines[0], "（"+x.person+"）于 ") ||
			!strings.Contains(strings.Join(lines, "\n"), x.has) {
			t.Errorf("%s takes out %s: %q", x.person, x.list, lines)
		}
	}
	var kept []string
	w.must(
		w.db.Read(ctx()).
			Raw("SELECT action || ' ' || CAST(detail AS TEXT) FROM audit WHERE action LIKE 'list.export%' AND actor = ? ORDER BY at, seq",
				holder).
			Scan(&kept).
			Error,
	)
	if len(kept) != 2 || !strings.HasPrefix(kept[0], "list.export ") || !strings.Contains(kept[1], `"rows"`) {
		t.Errorf("audit: %q", kept)
	}
	for list, heads := range map[string]string{
		"accounts?unit=DP34&sort=name": "账号|姓名", "events-in": "收到时间|来自", "events-out?sort=createdAt": "产生时间|发给", "stuck?open=true": "编号|",
	} {
		person := "zhao-kezhang"
		if strings.HasPrefix(list, "accounts") {
			person = "kang-xitong"
		}
		if lines := w.sheet(person, list); !strings.Contains(lines[1], heads) {
			t.Errorf("%s takes out %s: %q", person, list, lines[:2])
		}
		w.do("zhou-min", "GET", "/api/v1/exports/"+list, nil).want(403, "forbidden") // everything, by a clerk
	}
	w.do("yan-shenji", "GET", "/api/v1/exports/audit", nil).want(422, "")
	if lines := w.sheet("yan-shenji", "audit?sort=at&action=task.agree&reason="+url.QueryEscape("年度审计抽查")); !strings.Contains(lines[1], "|") {
		t.Errorf("the audit as a sheet: %q", lines)
	}
	if n := w.rows("audit WHERE action = 'list.export' AND subject = 'list:audit' AND reason = '年度审计抽查'"); n != 1 {
		t.Errorf("that the audit was taken out stands there %d times with its reason", n)
	}
	w.do("zhou-min", "GET", "/api/v1/exports/audit?reason="+url.QueryEscape("年度审计抽查"), nil).want(403, "forbidden")
	w.do("zhao-kezhang", "GET", "/api/v1/exports/walks?campaign=ZL-2022-099", nil).want(404, "not-found")
	w.do("zhou-min", "GET", "/api/v1/exports/nothing", nil).want(404, "not-found")
	w.do("kang-xitong", "GET", "/api/v1/exports/projects", nil).want(403, "forbidden")
	w.do("zhou-min", "GET", "/api/v1/exports/cases", nil).want(403, "forbidden") // a clerk governs nothing
	w.do("zhou-min", "GET", "/api/v1/exports/projects?sort=cutTotal", nil).want(422, "unknown-filter")
	for _, list := range []string{ // what filters nothing would take out everything
		"cases?state=asleep", "cases?year=2022", "cases?q=停车", "matters?scope=mine", "matters?q=x", "tasks?scope=begun",
		"tasks?year=2022", "rectifications?q=x", "projects?state=ended", "stuck?stage=x",
	} {
		w.do("zhao-kezhang", "GET", "/api/v1/exports/"+list, nil).want(422, "invalid-input")
	}
	w.do("zhou-min", "GET", "/api/v1/projects?sort=-level", nil).want(422, "unknown-filter")
	for _, sort := range []string{"name", "-name", "code", "-updatedAt", "createdAt"} {
		w.draft()
		var page, rest wire.ProjectPage
		w.do("zhou-min", "GET", "/api/v1/projects?limit=1&sort="+sort, nil).want(200, "").into(&page)
		w.do("zhou-min", "GET", "/api/v1/projects?limit=1&sort="+sort+"&cursor="+page.Next, nil).want(200, "").into(&rest)
		if len(rest.Items) != 1 || rest.Items[0].Code == page.Items[0].Code {
			t.Errorf("by %s: %+v, then %+v", sort, page.Items, rest.Items)
		}
	}
}

// The portfolio sums up what its reader's list shows, and says who has what.
func TestPortfolio(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.submitted()
	w.draft()
	for person, want := range map[string][2]int{"zhou-min": {2, 2}, "zhao-kezhang": {2, 2}, "fang-lei": {0, 0}} {
		var p wire.Portfolio
		w.do(person, "GET", "/api/v1/portfolio", nil).want(200, "").into(&p)
		if p.Count != want[0] || p.Uncounted != want[1] || p.Totals.Declared != "0.00" { // drafts are in no sum
			t.Errorf("%s: %+v", person, p)
		}
	}
	var list wire.ProjectPage
	w.do("zhao-kezhang", "GET", "/api/v1/projects?sort=createdAt", nil).want(200, "").into(&list)
	if len(list.Items[0].With) == 0 || len(list.Items[1].With) == 0 {
		t.Errorf("with: %+v", list.Items)
	}
	w.do("zhou-min", "GET", "/api/v1/projects?sort=createdAt", nil).want(200, "").into(&list)
	if len(list.Items[0].With) != 1 || !strings.HasPrefix(list.Items[0].With[0], "县") {
		t.Errorf("an applicant reads more than the unit: %+v", list.Items[0].With)
	}
}

// What one answer shows whole leaves by the same door as what has pages: with rights, filters, order, watermark and audit.
func TestShownExports(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	p := w.submitted()
	for _, x := range []struct{ person, list, head, has string }{
		{"kang-xitong", "units?sort=name&q=水利", "名称|编号|类别", "县水利局"}, {"kang-xitong", "vacant", "岗位|", ""},
		{"kang-xitong", "requests?state=open&sort=-kind", "编号|申请什么", ""}, {"zhou-min", "deputyships?sort=-from", "谁|由谁代办", ""},
		{"zhao-kezhang", "inspections", "编号|项目编号", ""}, {"zhao-kezhang", "running-imports?sort=file", "文件|状态", ""},
		{"zhou-min", "plan-entries?year=2026&sort=-estimate", "编号|名称|单位", ""},
		{"zhou-min", "packages?project=" + p.Code, "编号|名称|采购方式", ""}, {"zhou-min", "contracts?project=" + p.Code, "编号|名称|标段", ""},
		{"zhou-min", "changes?project=" + p.Code, "编号|合同编号", ""}, {"zhou-min", "documents?sort=title&project=" + p.Code, "标题|文号", ""},
		{"zhao-kezhang", "reports", "标题|自|至", ""}, {"zhao-kezhang", "registers?sort=-name", "", ""},
		{"zhao-kezhang", "registers?sort=name", "名称|编号", ""}, {"zhao-kezhang", "campaigns", "名称|编号", ""},
		{"zhao-kezhang", "rulepacks?sort=-validFrom", "编号|名称", "示例"}, {"zhao-kezhang", "exchanges", "收进时间|", ""},
		{"zhao-kezhang", "refusals", "时间|来自", ""}, {"zhao-kezhang", "months", "月份|和谁", ""}, {"zhao-kezhang", "parked", "收到时间|", ""},
		{"kang-xitong", "incidents?sort=process", "编号|流程|项目编号", ""}, {"zhou-min", "processes?sort=name", "事项|类别", ""}, {"zhou-min", "drafts", "标题|事项", ""},
		{"zhou-min", "notifications?sort=kind", "时间|消息", ""}, {"zhao-kezhang", "calendar", "年|工作日数", "2026"},
		{"zhao-kezhang", "handovers", "谁的|谁提出", ""},
	} {
		if x.head == "" {
			w.do(x.person, "GET", "/api/v1/exports/"+x.list, nil).want(422, "unknown-filter")
			continue
		}
		lines := w.sheet(x.person, x.list)
		if !strings.Contains(lines[0], "（"+x.person+"）于 ") || !strings.HasPrefix(lines[1], x.head) ||
			!strings.Contains(strings.Join(lines[1:], "\n"), x.has) {
			t.Errorf("%s takes out %s: %q", x.person, x.list, lines)
		}
	}
	for _, x := range []struct {
		person, list string
		status       int
		code         string
	}{
		{"kang-xitong", "packages?project=" + p.Code, 403, "forbidden"}, {"fang-lei", "packages?project=" + p.Code, 404, "not-found"},
		{"zhou-min", "packages", 404, "not-found"}, {"zhou-min", "packages?project=XM-2026-999", 404, "not-found"},
		{"zhou-min", "requests", 403, "forbidden"}, {"zhou-min", "exchanges", 403, "forbidden"},
		{"zhou-min", "campaign-units?campaign=ZL-2022-099", 404, "not-found"}, {"", "units", 401, "sign-in-needed"},
		{"zhou-min", "packages?sort=award&project=" + p.Code, 422, "unknown-filter"},
		{"kang-xitong", "incidents?sort=message", 422, "unknown-filter"}, {"zhou-min", "notifications?sort=text", 422, "unknown-filter"},
	} {
		w.do(x.person, "GET", "/api/v1/exports/"+x.list, nil).want(x.status, x.code)
	}
	if n := w.rows("audit WHERE action = 'list.exported' AND subject = 'list:units'"); n != 1 {
		t.Errorf("that the units were taken out stands there %d times", n)
	}
}

// The catalogue says who decides last, and how long it usually takes once five have come to their end.
func TestCatalogueSaysWhoAndHowLong(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	leaves := func() wire.ProcessItem {
		var all wire.ProcessPage
		w.do("zhou-min", "GET", "/api/v1/processes", nil).want(200, "").into(&all)
		i := slices.IndexFunc(all.Items, func(p wire.ProcessItem) bool { return p.ID == "leave" })
		return all.Items[i]
	}
	if got := leaves(); got.UsualDays != nil || len(got.LastBy) != 1 {
		t.Errorf("nothing has ended yet: %+v", got)
	}
	monday := time.Date(2026, 3, 2, 9, 0, 0, 0, models.Zone)
	for i, x := range []struct {
		days  int
		state string
	}{{0, "completed"}, {1, "completed"}, {2, "completed"}, {4, "completed"}, {0, "terminated"}, {0, "terminated"}, {9, "completed"}} {
		key := 900 + i
		if i == 6 && leaves().UsualDays != nil {
			t.Error("four have ended, and something is said to be usual")
		}
		w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
			err := tx.Table("root_state").Create(map[string]any{
				"key": key, "bundle": "leave1", "process": "leave", "business_key": "L", "dept": "", "step": 1, "state": []byte("{}"),
				"open": false, "created_at": monday.UTC(), "updated_at": monday.AddDate(0, 0, x.days).UTC(),
			}).Error
			if err != nil {
				return err
			}
			return tx.Table("process_instance").Create(map[string]any{
				"key": key, "root": key, "parent": 0, "parent_element": 0, "process": "leave", "state": x.state, "started_at": monday.UTC(),
			}).Error
		}))
	}
	if got := leaves(); got.UsualDays == nil || *got.UsualDays != 2 {
		t.Errorf("of 0, 1, 2, 4 and 5 working days the middle is 2: %+v", got.UsualDays)
	}
}
