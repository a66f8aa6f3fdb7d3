package api_test

import (
	"strings"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestTwoBrowsersOneDraft: what one browser of a person has saved, another does
// not overwrite unseen; a draft thrown away stays thrown away.
func TestTwoBrowsersOneDraft(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		w.submitted()
		task := w.taskOf("he-guangming", "p1_leader")
		at := "/api/v1/tasks/" + task.Key
		put := func(body, seen string) answer {
			return w.do("he-guangming", "PUT", at+"/draft", body, "If-Match", seen)
		}
		kept := func() wire.Draft {
			var d wire.TaskDetail
			w.do("he-guangming", "GET", at, nil).want(200, "").into(&d)
			if d.Draft == nil {
				return wire.Draft{}
			}
			return *d.Draft
		}

		put(`{"data":{"amount":"1.00"},"opinion":"同意","reason":"理由"}`, `"1"`).want(409, "stale-version") // there is none yet
		var got wire.Draft
		if a := put(`{"data":{"amount":"1.00"},"opinion":"同意","reason":"理由"}`, `"0"`).want(200, ""); a.header.Get("ETag") != `"1"` {
			t.Errorf("ETag %s", a.header.Get("ETag"))
		}
		if got = kept(); got.Revision != 1 || got.Reason != "理由" || got.Data["amount"] != "1.00" {
			t.Errorf("%+v", got)
		}
		put(`{"opinion":"另一台电脑"}`, `"0"`).want(409, "stale-version")
		put(`{"data":{},"opinion":"改过"}`, `"1"`).want(200, "").into(&got)
		if again := kept(); got.Revision != 2 || again.Opinion != "改过" || again.Data == nil {
			t.Errorf("answered %+v, kept %+v", got, again)
		}
		put(`{"opinion":"旧的"}`, `"1"`).want(409, "stale-version")

		put(`{}`, `"2"`).want(200, "")
		if got = kept(); got.Revision != 3 || got.Opinion != "" || got.Data != nil {
			t.Errorf("thrown away: %+v", got)
		}
		put(`{"opinion":"旧的"}`, `"0"`).want(409, "stale-version")
		w.do("he-guangming", "PUT", at+"/draft", `{}`).want(422, "invalid-input")
	})
}

// TestIncompleteRowsUntilSubmission: a draft takes rows that are no lines yet,
// shows them to the applicant alone, and is refused with line and field.
func TestIncompleteRowsUntilSubmission(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.draft()
		at := "/api/v1/projects/" + p.Code
		in := wire.Lines{Lines: application.Lines, Incomplete: []wire.IncompleteLine{{No: 2, Name: "机柜", UnitPrice: "面议"}}}
		w.do("zhou-min", "PUT", at+"/lines", in, "If-Match", `"1"`).want(200, "").into(&p)
		if len(p.Lines) != 2 || p.Lines[1].No != 3 || len(p.IncompleteLines) != 1 ||
			strings.Join(p.IncompleteLines[0].Missing, " ") != "category qty unitPrice" || p.IncompleteLines[0].UnitPrice != "面议" {
			t.Fatalf("lines %+v, incomplete %+v", p.Lines, p.IncompleteLines)
		}
		var no wire.Problem
		w.do("zhou-min", "POST", at+"/submit", wire.ProjectAct{}).want(422, "application-incomplete").into(&no)
		var where []string
		for _, e := range no.Errors {
			where = append(where, e.Pointer)
			if !strings.Contains(e.Detail, "第 2 行") {
				t.Errorf("%s: %s", e.Pointer, e.Detail)
			}
		}
		if got := strings.Join(where, " "); got != "/lines/1/category /lines/1/qty /lines/1/unitPrice" {
			t.Error(got)
		}
		var seen wire.Project
		w.do("zhao-kezhang", "GET", at, nil).want(200, "").into(&seen)
		if len(seen.IncompleteLines) != 0 || len(seen.Lines) != 0 || seen.Totals.Declared != "" { // the unit is still drafting
			t.Errorf("the bureau sees %+v, %+v, declared %s", seen.Lines, seen.IncompleteLines, seen.Totals.Declared)
		}
		w.do("zhou-min", "PUT", at+"/lines", wire.Lines{Lines: application.Lines}, "If-Match", `"2"`).want(200, "").into(&p)
		w.ready(p.Code)
		w.do("zhou-min", "POST", at+"/submit", wire.ProjectAct{}).want(200, "")
		w.operate("he-guangming", w.taskOf("he-guangming", "p1_leader"), "agree", wire.OperationRequest{}).want(200, "")
		seen = wire.Project{}
		w.do("zhao-kezhang", "GET", at, nil).want(200, "").into(&seen)
		if len(seen.Lines) != 2 || seen.Lines[0].Declared == "" || seen.Totals.Declared != "1446150.00" {
			t.Errorf("of what was submitted the bureau sees %+v, declared %s", seen.Lines, seen.Totals.Declared)
		}
	})
}
