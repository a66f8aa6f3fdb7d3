package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// told are the tables that a refused request may add to: they say that it was refused.
var told = map[string]bool{"access_tally": true, "session": true, "audit": true, "audit_head": true}

// everything counts the rows of all tables that a refused request must leave alone.
func (h *house) everything() map[string]int64 {
	h.t.Helper()
	out := map[string]int64{}
	err := h.db.Tx(ctx(), func(tx *gorm.DB) error {
		tables, err := tx.Migrator().GetTables()
		if err != nil {
			return err
		}
		for _, t := range tables {
			if told[t] || strings.Contains(t, "goose") || strings.HasPrefix(t, "sqlite_") {
				continue
			}
			var n int64
			if err := tx.Raw("SELECT count(*) FROM " + t).Scan(&n).Error; err != nil {
				return err
			}
			out[t] = n
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// TestHostileRequests: what cannot be accepted is a 4xx that says where, and
// leaves nothing behind, on both databases.
func TestHostileRequests(t *testing.T) {
	const draft, lines, name = "/api/v1/projects", "/api/v1/projects/{code}/lines", "/api/v1/projects/{code}"
	line := func(member, value string) string {
		l := map[string]json.RawMessage{
			"category": []byte(`"硬件"`), "name": []byte(`"车检器"`), "qty": []byte(`"1"`), "unitPrice": []byte(`"5.00"`),
		}
		l[member] = []byte(value)
		raw, _ := json.Marshal(map[string]any{"lines": []any{l}})
		return string(raw)
	}
	cases := []struct {
		name, who, method, path, body string
		status                        int
		slug, pointer                 string
	}{
		{"money as a number", "zhou-min", "PUT", lines, line("unitPrice", `5.5`), 422, "invalid-input", "/lines/0/unitPrice"},
		{"money with an exponent", "zhou-min", "PUT", lines, line("unitPrice", `"1e5"`), 422, "invalid-input", "/lines/0/unitPrice"},
		{"money of three decimals", "zhou-min", "PUT", lines, line("unitPrice", `"1.234"`), 422, "invalid-input", "/lines/0/unitPrice"},
		{"money below nothing", "zhou-min", "PUT", lines, line("unitPrice", `"-1.00"`), 422, "invalid-input", "/lines/0/unitPrice"},
		{"money in full-width digits", "zhou-min", "PUT", lines, line("unitPrice", `"１２３"`), 422, "invalid-input", "/lines/0/unitPrice"},
		{"no money", "zhou-min", "PUT", lines, line("unitPrice", `null`), 422, "invalid-input", "/lines/0/unitPrice"},
		{
			"more money than there is", "zhou-min", "PUT", lines, line("unitPrice", `"99999999999999999"`), 422, "invalid-input",
			"/lines/0/unitPrice",
		},
		{"none of it", "zhou-min", "PUT", lines, line("qty", `"0"`), 422, "", "/lines/0/qty"},
		{"a category that is none", "zhou-min", "PUT", lines, line("category", `"飞机"`), 422, "", "/lines/0/category"},
		{"NUL", "zhou-min", "PUT", lines, line("name", `"a\u0000b"`), 422, "invalid-input", "/lines/0/name"},
		{"a text that turns around", "zhou-min", "PUT", lines, line("name", `"\u202egnp.exe"`), 422, "invalid-input", "/lines/0/name"},
		{"half a character", "zhou-min", "PUT", lines, line("name", `"\ud800"`), 422, "invalid-input", "/lines/0/name"},
		{"an unknown field", "zhou-min", "PUT", lines, line("approved", `"1.00"`), 422, "invalid-input", "/lines/0/approved"},
		{"a name of blanks", "zhou-min", "PATCH", name, `{"name":"   "}`, 422, "", "/name"},
		{
			"a whole book as a name", "zhou-min", "PATCH", name, `{"name":"` + strings.Repeat("长", 70_000) + `"}`, 422, "invalid-input",
			"/name",
		},
		{
			"a day that is none", "zhou-min", "POST", draft, `{"name":"停车系统","type":"新建","dept":"DP18","businessDate":"2022-02-30"}`, 422,
			"invalid-input", "/businessDate",
		},
		{
			"the year 0", "zhou-min", "POST", draft, `{"name":"停车系统","type":"新建","dept":"DP18","businessDate":"0000-01-01"}`, 422,
			"invalid-input", "/businessDate",
		},
		{
			"the year 99999", "zhou-min", "POST", draft, `{"name":"停车系统","type":"新建","dept":"DP18","businessDate":"99999-01-01"}`, 422,
			"invalid-input", "/businessDate",
		},
		{
			"tomorrow", "zhou-min", "POST", draft, `{"name":"停车系统","type":"新建","dept":"DP18","businessDate":"2199-12-31"}`, 422,
			"invalid-input", "/businessDate",
		},
		{"for another department", "fang-lei", "POST", draft, `{"name":"停车系统","type":"新建","dept":"DP18"}`, 403, "", ""},
		{"another department's draft", "fang-lei", "PATCH", name, `{"name":"抢来的"}`, 404, "not-found", ""},
		{"another department's submission", "fang-lei", "POST", "/api/v1/projects/{code}/submit", `{}`, 404, "not-found", ""},
		{"another department's task", "fang-lei", "POST", "/api/v1/tasks/{key}/complete", `{"version":1,"data":{}}`, 404, "not-found", ""},
		{
			"a task that one only sees", "zhao-kezhang", "POST", "/api/v1/tasks/{key}/complete", `{"version":1,"data":{}}`, 403,
			"not-your-task", "",
		},
		{
			"a draft for a task that one only sees", "zhao-kezhang", "PUT", "/api/v1/tasks/{key}/draft", `{"data":{}}`, 403,
			"not-your-task", "",
		},
		{
			"a post that one does not hold", "zhou-min", "POST", "/api/v1/tasks/{key}/complete",
			`{"version":1,"post":"BUREAU_DIRECTOR@DP34"}`, 403, "not-your-post", "/post",
		},
		{
			"a version of another day", "zhou-min", "POST", "/api/v1/tasks/{key}/complete", `{"version":99,"data":{}}`, 409,
			"stale-version", "",
		},
		{
			"a version that no word holds", "zhou-min", "POST", "/api/v1/tasks/{key}/complete", `{"version":9223372036854775808,"data":{}}`,
			422, "invalid-input", "/version",
		},
		{"an operation that is none", "zhou-min", "POST", "/api/v1/tasks/{key}/steal", `{"version":1}`, 404, "not-found", ""},
		{"a task that is none", "zhou-min", "POST", "/api/v1/tasks/99999999999999999999/complete", `{"version":1}`, 404, "not-found", ""},
		{"a filter that is none", "zhou-min", "GET", "/api/v1/projects?dpet=DP18", "", 422, "invalid-input", "query/dpet"},
		{"a filter twice", "zhou-min", "GET", "/api/v1/projects?dept=DP18&dept=DP02", "", 422, "invalid-input", "query/dept"},
		{"no page", "zhou-min", "GET", "/api/v1/projects?limit=0", "", 422, "invalid-input", "query/limit"},
		{"less than no page", "zhou-min", "GET", "/api/v1/tasks?limit=-1", "", 422, "invalid-input", "query/limit"},
		{"a page of everything", "zhou-min", "GET", "/api/v1/projects?limit=1000000000", "", 422, "invalid-input", "query/limit"},
		{"a cursor made up", "zhou-min", "GET", "/api/v1/tasks?cursor=AAAA", "", 422, "bad-cursor", ""},
		{
			"a report of a day that is none", "zhao-kezhang", "GET", "/api/v1/reports/half-year?from=2022-02-30&to=2022-06-30", "", 422,
			"invalid-input", "query/from",
		},
		{
			"a report since the year 0", "zhao-kezhang", "GET", "/api/v1/reports/half-year?from=0000-01-01&to=2022-06-30", "", 422,
			"invalid-input", "query/from",
		},
		{"a path that climbs", "zhou-min", "GET", "/api/v1/projects/..%2f..%2fetc%2fpasswd", "", 404, "not-found", ""},
	}
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.draft()
		at := strings.NewReplacer("{code}", p.Code, "{key}", p.OpenTasks[0].Key)
		before := w.everything()
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				var body any
				if c.body != "" {
					body = c.body
				}
				var got wire.Problem
				w.do(c.who, c.method, at.Replace(c.path), body, "If-Match", `"1"`).want(c.status, c.slug).into(&got)
				if c.pointer != "" && (len(got.Errors) == 0 || got.Errors[0].Pointer != c.pointer) {
					t.Errorf("errors %+v, want one at %s", got.Errors, c.pointer)
				}
			})
		}
		for table, n := range w.everything() {
			if n != before[table] {
				t.Errorf("%s had %d rows and has %d", table, before[table], n)
			}
		}
	})
}

// TestScriptIsText: what looks like a program is kept as it was typed.
func TestScriptIsText(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.draft()
	for _, name := range []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `{{7*7}}`, `'; DROP TABLE project;--`,
		`😀𠮷`} {
		a := w.do("zhou-min", "PATCH", "/api/v1/projects/"+p.Code, map[string]string{"name": name}, "If-Match",
			w.do("zhou-min", "GET", "/api/v1/projects/"+p.Code, nil).header.Get("ETag")).
			want(200, "")
		var got wire.Project
		if a.into(&got); got.Name != name || strings.Contains(string(a.body), "<script") {
			t.Errorf("%q became %q in %s", name, got.Name, a.body)
		}
	}
}
