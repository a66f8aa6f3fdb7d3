package api_test

import (
	"path/filepath"
	"testing"

	"github.com/quancheng/quancheng/api"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/partners"
	"github.com/quancheng/quancheng/webhook"
)

// TestFaultsOfOneProject: what befalls a bureau as a whole is not set for one project, where it would do nothing.
func TestFaultsOfOneProject(t *testing.T) {
	b, err := partners.New(
		partners.Config{
			Name: "finance", Hook: "http://127.0.0.1:1", Key: webhook.NewKey(), File: filepath.Join(t.TempDir(), "finance.json"),
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(
		t, modelstest.Open(t, modelstest.SQLite(t)),
		func(d *api.Deps) { d.Dev = &api.Dev{Bureaus: map[string]*partners.Bureau{"finance": b}} },
	)
	h.seat("zhao-kezhang", "BUREAU_CHIEF@DP34")
	for _, c := range []struct {
		body, query string
		status      int
	}{
		{`{"away":true}`, "?project=XM-2022-001", 422},
		{`{"rejectBudget":true,"delaySeconds":1}`, "?project=XM-2022-001", 422},
		{`{"rejectBudget":true,"failTender":2}`, "?project=XM-2022-001", 200},
		{`{}`, "?project=XM-2022-001", 200},
		{`{"away":true}`, "", 200},
	} {
		slug := ""
		if c.status == 422 {
			slug = "invalid-input"
		}
		h.do("zhao-kezhang", "PUT", "/fake/finance/faults"+c.query, c.body).want(c.status, slug)
	}
	if f := b.Faults("XM-2022-001"); f != (partners.Faults{}) {
		t.Errorf("left in the project: %+v", f)
	}
}
