package api_test

import (
	"strconv"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
)

// TestIncidents: who sees what is stuck, and that only what the engine knows is
// tried again.
func TestIncidents(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.draft()
	w.do("zhao-kezhang", "POST", "/api/v1/incidents/1/retry", wire.Reason{Reason: "原因已排除"}).want(404, "not-found")
	var root int64
	w.must(w.db.Read(ctx()).Raw("SELECT key FROM root_state WHERE project = ?", p.Code).Scan(&root).Error)
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		return tx.Create(
			&process.Incident{
				Key: root<<20 + 999, Root: root, Instance: root, Element: "p5_issue", Code: "document-number-taken", Message: "taken",
				Project: p.Code, RaisedAt: noon.UTC(),
			},
		).Error
	}))
	var page wire.IncidentPage
	w.do("zhao-kezhang", "GET", "/api/v1/incidents?project="+p.Code, nil).want(200, "").into(&page)
	if len(page.Items) != 1 || page.Items[0].Project != p.Code || page.Items[0].ProjectName != p.Name {
		t.Errorf("section head: %+v", page.Items)
	}
	page = wire.IncidentPage{}
	w.do("kang-xitong", "GET", "/api/v1/incidents", nil).want(200, "").into(&page)
	if len(page.Items) != 1 || page.Items[0].Project != "" || page.Items[0].ProjectName != "" {
		t.Errorf("the system administrator sees business data: %+v", page.Items)
	}
	w.do("zhao-kezhang", "POST", "/api/v1/incidents/"+page.Items[0].Key+"/retry", wire.Reason{Reason: "无"}).want(422, "invalid-input")
	w.do("zhao-kezhang", "POST", "/api/v1/incidents/"+page.Items[0].Key+"/retry", wire.Reason{Reason: "原因已排除"}).
		want(404, "no-such-incident")
	// the engine knows none

	// One that stands outside its model, as of a refused start, has a negative key, and reaches who tries again like the others.
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		return tx.Create(
			&process.Incident{Key: -root, Root: root, Instance: root, Code: "unknown-project", Message: "unknown", Project: p.Code, RaisedAt: noon.UTC()},
		).Error
	}))
	outside := "/api/v1/incidents/" + strconv.FormatInt(-root, 10) + "/retry"
	page = wire.IncidentPage{}
	w.do("zhao-kezhang", "GET", "/api/v1/incidents?project="+p.Code, nil).want(200, "").into(&page)
	if len(page.Items) != 2 {
		t.Errorf("with the one outside: %+v", page.Items)
	}
	w.do("zhou-min", "POST", outside, wire.Reason{Reason: "原因已排除"}).want(403, "forbidden")
	w.do("zhao-kezhang", "POST", outside, wire.Reason{Reason: "原因已排除"}).want(404, "no-such-incident") // this town has only an engine
}
