package api_test

import (
	"net/http"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestAnnualPlan: the head enters entries, numbered by year; an entry of nobody is refused at its field; everybody reads.
func TestAnnualPlan(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("head", "BUREAU_CHIEF@U0")
	h.seat("clerk", "APPLY_CLERK@U1")
	const path = "/api/v1/plan-entries"
	entry := func(change map[string]any) map[string]any {
		out := map[string]any{
			"fiscalYear": 2022, "unit": "U1", "name": "智慧停车", "type": "新建", "estimate": "2400000.00",
			"reason": "补录已印发的计划",
		}
		for k, v := range change {
			out[k] = v
		}
		return out
	}
	for _, want := range []string{"JH-2022-001", "JH-2022-002"} {
		var e wire.PlanEntry
		if h.do("head", http.MethodPost, path, entry(nil)).want(200, "").into(&e); e.ID != want || e.State != "IN_PLAN" {
			t.Errorf("%+v, want %s", e, want)
		}
	}
	// A number that somebody wrote by hand is passed over.
	h.do("head", http.MethodPost, path, entry(map[string]any{"id": "JH-2022-003"})).want(200, "")
	var e wire.PlanEntry
	if h.do("head", http.MethodPost, path, entry(nil)).want(200, "").into(&e); e.ID != "JH-2022-004" {
		t.Errorf("%+v", e)
	}
	h.do("head", http.MethodPost, path, entry(map[string]any{"id": "JH-2022-003", "estimate": "1.00"})).want(422, "plan-entry-taken")
	h.do("head", http.MethodPost, path, entry(map[string]any{"unit": "U999"})).want(422, "invalid-data")
	h.do("head", http.MethodPost, path, entry(map[string]any{"name": "  "})).want(422, "invalid-data")
	h.do("head", http.MethodPost, path, entry(map[string]any{"estimate": "0"})).want(422, "invalid-input")
	h.do("head", http.MethodPost, path, entry(map[string]any{"reason": "补"})).want(422, "invalid-input")
	h.do("clerk", http.MethodPost, path, entry(nil)).want(403, "forbidden")
	var all wire.PlanEntries
	if h.do("clerk", http.MethodGet, path+"?year=2022", nil).want(200, "").into(&all); len(all.Items) != 4 || all.Items[0].Drawn {
		t.Errorf("%+v", all)
	}
	if h.do("clerk", http.MethodGet, path+"?year=2023", nil).want(200, "").into(&all); len(all.Items) != 0 {
		t.Errorf("%+v", all)
	}
}
