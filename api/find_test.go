package api_test

import (
	"net/url"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
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
	w.do("zhou-min", "POST", "/api/v1/views", wire.SavedViewInput{Page: "nothing", Name: "x"}).want(422, "")
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
	w.do("zhou-min", "GET", "/api/v1/exports/nothing", nil).want(404, "not-found")
	w.do("kang-xitong", "GET", "/api/v1/exports/projects", nil).want(403, "forbidden")
	w.do("zhou-min", "GET", "/api/v1/exports/cases", nil).want(403, "forbidden") // a clerk governs nothing
	w.do("zhou-min", "GET", "/api/v1/exports/projects?sort=cutTotal", nil).want(422, "unknown-filter")
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
