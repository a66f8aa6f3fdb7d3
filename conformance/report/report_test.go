package report

import (
	"strings"
	"testing"
)

func TestContestedCasesAreCountedApart(t *testing.T) {
	r := New()
	r.Add("a", Case{ID: "a/1"}, Case{ID: "a/2", Why: "no"}, Case{ID: "a/3", Why: "no", Contested: true})
	r.Add("b", Case{ID: "b/1", Contested: true})
	if r.Total != 2 || r.Passed != 1 || len(r.Failures) != 1 || r.Contested.Total != 2 || r.Contested.Passed != 1 {
		t.Errorf("got %+v, contested %+v", r, r.Contested)
	}
	if s := r.Suites[0]; s.Total != 2 || s.Passed != 1 {
		t.Errorf("got suite %+v", s)
	}
}

func TestAnEmptyReportHasLists(t *testing.T) {
	var b strings.Builder
	if err := New().WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "null") {
		t.Errorf("got %s", b.String())
	}
}
