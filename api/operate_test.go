package api_test

import (
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

func (w *town) cases(person, query string) (out wire.CasePage) {
	w.t.Helper()
	w.do(person, "GET", "/api/v1/cases"+query, nil).want(200, "").into(&out)
	return out
}

func TestSearchOfCases(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		w.leaves()
		p := w.submitted()
		b := w.begins("zhou-min", wire.BeginRequest{Data: trip})
		w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
			return tx.Exec(
				"INSERT INTO incident (key, root, instance, element_key, element, code, message, raised_at) VALUES (77, ?, ?, 0, 'chief', 'no-candidates', 'x', ?)",
				b.Key, b.Key, w.clock().UTC(),
			).Error
		}))
		for _, x := range []struct {
			query string
			n     int
		}{
			{"", 2}, {"?process=leave", 1}, {"?process=leave&version=1", 1}, {"?process=leave&version=2", 0}, {"?state=running", 2},
			{"?state=ended", 0}, {"?state=suspended", 0},
			{"?element=chief", 1}, {"?element=nothing", 0}, {"?key=" + p.Code, 1}, {"?key=" + b.Key, 1}, {"?person=zhou-min", 2},
			{"?person=li-xin", 0}, {"?days=0", 2}, {"?days=1", 0},
			{"?incident=true", 1}, {"?incident=false", 1}, {"?limit=1", 1},
		} {
			if got := w.cases("zhao-kezhang", x.query); len(got.Items) != x.n {
				t.Errorf("%s: %+v", x.query, got.Items)
			}
		}
		first := w.cases("zhao-kezhang", "?limit=1")
		if rest := w.cases("zhao-kezhang", "?limit=1&cursor="+first.Next); len(rest.Items) != 1 ||
			rest.Items[0].Key == first.Items[0].Key || rest.Next != "" {
			t.Errorf("the second page: %+v", rest)
		}
		row := w.cases("zhao-kezhang", "?process=leave").Items[0]
		if row.Title == "" || len(row.At) != 1 || row.Version != 1 || row.Incidents != 1 {
			t.Errorf("the row: %+v", row)
		}
		row = w.cases("kang-xitong", "?process=leave").Items[0] // the system's administrator: no content
		if row.Title != "" || row.Matter != "" || row.Project != "" || len(row.At) != 1 {
			t.Errorf("the administrator's row: %+v", row)
		}
		w.do("kang-xitong", "GET", "/api/v1/cases?person=zhou-min", nil).want(422, "unknown-filter")
		w.do("zhou-min", "GET", "/api/v1/cases", nil).want(403, "forbidden")
		var counts wire.ElementCounts
		w.do("zhao-kezhang", "GET", "/api/v1/cases/elements?process=leave", nil).want(200, "").into(&counts)
		if len(counts.Items) != 1 || counts.Items[0].Element != "chief" || counts.Items[0].Tokens != 1 {
			t.Errorf("counts: %+v", counts)
		}
	})
}

func TestRepairByAVariable(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	b := w.begins("zhou-min", wire.BeginRequest{Data: trip})
	at := "/api/v1/instances/" + b.Key
	var o wire.CaseOperation
	w.do("zhao-kezhang", "GET", at+"/operation", nil).want(200, "").into(&o)
	if !o.MayRepair || len(o.Passed) == 0 || o.Counts["tasks"] != 1 {
		t.Errorf("the operator's page: %+v", o)
	}
	repair := wire.Repair{
		Scope: b.Key, Variables: map[string]any{"where": "芜湖", "contactMobile": "13812342217", "days": 2}, Reason: because,
	}
	var f wire.Foretold
	w.do("zhao-kezhang", "POST", at+"/variables/preview", repair).want(200, "").into(&f)
	if f.Stuck || len(f.Changes) != 3 {
		t.Errorf("foretold: %+v", f)
	}
	w.do("zhao-kezhang", "GET", at+"/operation", nil).want(200, "").into(&o)
	for _, v := range o.Variables {
		if v.Name == "where" && v.Value != "合肥" {
			t.Errorf("the foretelling has written: %+v", v)
		}
	}
	bad := repair
	bad.Reason = "x"
	w.do("zhao-kezhang", "POST", at+"/variables", bad).want(422, "")
	bad = repair
	bad.Scope = "99"
	w.do("zhao-kezhang", "POST", at+"/variables", bad).want(422, "no-such-scope")
	w.do("zhou-min", "POST", at+"/variables", repair).want(403, "forbidden") // began it, does not govern it
	w.do("fang-lei", "POST", at+"/variables", repair).want(404, "not-found")
	w.do("zhao-kezhang", "POST", at+"/variables", repair, "Idempotency-Key", "r1").want(200, "")
	w.do("zhao-kezhang", "POST", at+"/variables", repair, "Idempotency-Key", "r1").want(200, "")
	repair.Variables["where"] = "铜陵"
	w.do("zhao-kezhang", "POST", at+"/variables", repair, "Idempotency-Key", "r1").want(422, "")
	a := w.do("zhao-kezhang", "GET", at+"/operation", nil).want(200, "").into(&o)
	if strings.Contains(string(a.body), "13812342217") || !strings.Contains(string(a.body), "138****2217") ||
		!strings.Contains(string(a.body), "芜湖") {
		t.Errorf("variables: %s", a.body)
	}
	a = w.do("kang-xitong", "GET", at+"/operation", nil).want(200, "")
	if strings.Contains(string(a.body), "芜湖") || strings.Contains(string(a.body), "variables") {
		t.Errorf("the administrator sees content: %s", a.body)
	}
	w.do("he-guangming", "GET", at+"/operation", nil).want(200, "") // heads the unit: governs what no owner is named for
	w.do("zhou-min", "GET", at+"/operation", nil).want(403, "forbidden")
	var said []string
	w.must(w.db.Read(ctx()).Raw("SELECT action || ' ' || reason FROM audit WHERE chain = ? ORDER BY seq", "i:"+b.Key).Scan(&said).Error)
	if !strings.Contains(strings.Join(said, "\n"), because) {
		t.Errorf("audit: %q", said)
	}
}
