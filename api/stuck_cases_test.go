package api_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/stuck"
)

// hallPeople are the people of the service hall by post.
func hallPeople(t *testing.T) map[string]string {
	t.Helper()
	posts, err := demo.Hall()
	if err != nil {
		t.Fatal(err)
	}
	return posts
}

// TestTheWindowForWhatCouldNotBeDone plays reports through HTTP and the engine: a
// consultation, a joint case that goes back once, and one that is seen to on the spot.
func TestTheWindowForWhatCouldNotBeDone(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	at := hallPeople(t)
	window, head := at["WINDOW@DP05"], at["WINDOW_HEAD@DP34"]
	answered := wire.OperationRequest{Opinion: "同意"}
	data := func(kv ...any) wire.OperationRequest {
		m := map[string]any{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i].(string)] = kv[i+1]
		}
		return wire.OperationRequest{Data: m}
	}

	var scope wire.StuckScope
	w.do(window, "GET", "/api/v1/stuck-cases/scope?category=other&visits=2", nil).want(200, "").into(&scope)
	if scope.Scope != "in" || len(scope.Due) != 4 {
		t.Errorf("scope %+v", scope)
	}
	w.do(window, "GET", "/api/v1/stuck-cases/scope?category=other&visits=1", nil).want(200, "").into(&scope)
	if scope.Scope != "consult" {
		t.Errorf("scope %+v", scope)
	}

	// A question that is answered at once is closed at once, and no case.
	var consult wire.StuckReport
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(w.log.String())
		}
	})
	w.do(window, "POST", "/api/v1/stuck-cases", wire.StuckInput{Category: "question", Item: "公积金怎么提取", Answer: "带身份证到 3 号窗口"}).
		want(201, "").
		into(&consult)
	w.pump()
	w.do(window, "GET", "/api/v1/stuck-cases/"+consult.No, nil).want(200, "").into(&consult)
	if consult.Kind != stuck.Consult || consult.State != stuck.Closed || consult.Outcome != stuck.Consulted {
		t.Errorf("%+v", consult)
	}

	in := wire.StuckInput{
		Category: "notAccepted", Person: "张三丰", Phone: "13800002047", Item: "遗产房过户", Unit: "DP05", Visits: 3, Reason: "公证和声明都有，还要一份排查函",
	}
	w.do("zhou-min", "POST", "/api/v1/stuck-cases", in).want(403, "forbidden")
	missing := in
	missing.Phone, missing.Unit = "", ""
	w.do(window, "POST", "/api/v1/stuck-cases", missing).want(422, "invalid-data")
	var c, again wire.StuckReport
	w.do(window, "POST", "/api/v1/stuck-cases", in, "Idempotency-Key", "bc-1").want(201, "").into(&c)
	w.do(window, "POST", "/api/v1/stuck-cases", in, "Idempotency-Key", "bc-1").want(201, "").into(&again)
	if c.No != again.No || c.Person != "张**" || c.Phone != "138****2047" || c.Kind != stuck.Case {
		t.Errorf("%+v, again %+v", c, again)
	}
	w.pump()

	level := w.taskOf(head, "w2_level")
	w.operate(head, level, "complete", data("difficulty", "complex", "unit", "DP05", "joint", []any{})).want(422, "invalid-data")
	w.operate(head, level, "complete", data("difficulty", "complex", "unit", "DP05", "joint",
		[]any{map[string]any{"unit": "DP19"}, map[string]any{"unit": "DP02"}})).
		want(200, "")
	for _, u := range []string{"DP19", "DP02"} {
		w.operate(w.ownerOf(u), w.taskOf(w.ownerOf(u), "w2_joint"), "complete", data("opinion", "公证即可，不需另开函")).want(200, "")
	}
	handle := func(outcome string, more ...any) {
		t.Helper()
		w.operate(w.ownerOf("DP05"), w.taskOf(w.ownerOf("DP05"), "w2_handle"), "complete",
			data(append([]any{"outcome", outcome, "reply", "您的公证书就够，请带身份证到 2 号窗口"}, more...)...)).
			want(200, "")
		w.operate(at["WALKER@DP05"], w.taskOf(at["WALKER@DP05"], "w2_sign"), "agree", answered).want(200, "")
	}
	handle("explained", "systemic", true, "systemicTitle", "收件单多列排查函")
	w.operate(head, w.taskOf(head, "w2_callback"), "complete", data("callback", "unsatisfied", "comment", "还是要函")).want(200, "")
	w.operate(w.verifier(), w.taskOf(w.verifier(), "w2_supervise"), "complete", data("unit", "DP05", "comment", "三日内当面说清")).want(200, "")
	handle("resolved")
	w.operate(head, w.taskOf(head, "w2_callback"), "complete", data("callback", "unsatisfied", "comment", "办了，嫌慢")).
		want(200, "")
		// the second time it ends
	w.pump()
	w.do(head, "GET", "/api/v1/stuck-cases/"+c.No, nil).want(200, "").into(&c)
	if c.State != stuck.Closed || c.Outcome != stuck.Resolved || c.Backs != 1 || !strings.HasPrefix(c.Issue, "ZG-") || c.Reason == "" {
		t.Errorf("%+v", c)
	}

	// Who came: in clear for who may know and says why, a pseudonym elsewhere, and nothing for other units.
	w.do(head, "POST", "/api/v1/stuck-cases/"+c.No+"/reveal", wire.StuckRevealInput{Reason: "看"}).want(422, "invalid-data")
	var who wire.StuckCitizen
	w.do(head, "POST", "/api/v1/stuck-cases/"+c.No+"/reveal", wire.StuckRevealInput{Reason: "回访前核对电话"}).want(200, "").into(&who)
	if who.Person != in.Person || who.Phone != in.Phone {
		t.Errorf("%+v", who)
	}
	var seen wire.StuckReport
	w.do("zhao-kezhang", "GET", "/api/v1/stuck-cases/"+c.No, nil).want(200, "").into(&seen)
	if seen.Person != "" || seen.Phone != "" || seen.Reason != "" || seen.Pseudonym == "" ||
		slices.ContainsFunc(seen.Steps, func(s wire.StuckStep) bool { return s.Text != "" }) {
		t.Errorf("the section head sees %+v", seen)
	}
	w.do("zhao-kezhang", "POST", "/api/v1/stuck-cases/"+c.No+"/reveal", wire.StuckRevealInput{Reason: "想知道是谁"}).
		want(403, "stuck-citizen-hidden")
	w.do(w.ownerOf("DP08"), "GET", "/api/v1/stuck-cases/"+c.No, nil).want(404, "not-found")
	w.do("zhao-kezhang", "POST", "/api/v1/stuck-cases/"+c.No+"/rectification", wire.StuckIssueInput{Title: "再来一次"}).
		want(422, "stuck-raised-already")
	if raw := w.dump("stuck_case") + w.dump("root_state") + w.dump("begun") + w.dump("outbox"); strings.Contains(raw, in.Person) ||
		strings.Contains(raw, in.Phone) || strings.Contains(raw, in.Reason) {
		t.Error("who came stands in the database in clear")
	}

	// On the spot: the window itself, signed by its head, and withdrawn before it is.
	in.Difficulty, in.Phone = "spot", "13900006120"
	w.do(window, "POST", "/api/v1/stuck-cases", in).want(201, "").into(&c)
	w.pump()
	w.operate(window, w.taskOf(window, "w2_handle"), "complete", data("outcome", "withdrawn", "reply", "群众说不办了")).want(200, "")
	w.do(window, "GET", "/api/v1/stuck-cases/"+c.No, nil).want(200, "").into(&c)
	if c.State != stuck.Closed || c.Outcome != stuck.Withdrawn {
		t.Errorf("%+v", c)
	}

	var page wire.StuckReports
	w.do("zhao-kezhang", "GET", "/api/v1/stuck-cases", nil).want(200, "").into(&page)
	if n := page.Counts; n.Consulted != 1 || n.Accepted != 2 || n.Resolved != 1 || n.Open != 0 || len(page.Items) != 3 {
		t.Errorf("%+v of %d", n, len(page.Items))
	}
	var half wire.HalfYear
	w.do("zhao-kezhang", "GET", "/api/v1/reports/half-year?from=2026-07-01&to=2026-12-31", nil).want(200, "").into(&half)
	for id, want := range map[string]string{"stuck_consulted": "1", "stuck_accepted": "2", "stuck_resolved": "1"} {
		i := slices.IndexFunc(half.Figures, func(f wire.Figure) bool { return f.ID == id })
		if half.Figures[i].Value != want {
			t.Errorf("%s is %s, want %s", id, half.Figures[i].Value, want)
		}
	}
	if raw := string(w.do("zhao-kezhang", "GET", "/api/v1/reports/half-year/stuck_resolved/rows?from=2026-07-01&to=2026-12-31",
		nil).want(200, "").body); strings.Contains(
		raw, "张",
	) ||
		!strings.Contains(raw, seen.Pseudonym) {
		t.Errorf("rows: %s", raw)
	}
}

// ownerOf is who mends findings of a unit.
func (w *town) ownerOf(unit string) string { return w.holder("RECT_OWNER@" + unit) }

func (w *town) verifier() string { return w.holder("RECT_VERIFIER@DP34") }

// holder is the first holder of a post of the demonstration.
func (w *town) holder(post string) string {
	w.t.Helper()
	var people []string
	if err := w.db.Read(ctx()).Table("post").Where("id = ?", post).Order("person_id").Pluck("person_id", &people).Error; err != nil ||
		len(people) == 0 {
		w.t.Fatalf("%s: %v %v", post, people, err)
	}
	return people[0]
}

// dump is a table as text.
func (w *town) dump(table string) string {
	w.t.Helper()
	var rows []map[string]any
	if err := w.db.Read(ctx()).Table(table).Find(&rows).Error; err != nil {
		w.t.Fatal(err)
	}
	var out strings.Builder
	for _, r := range rows {
		for _, v := range r {
			if raw, ok := v.([]byte); ok {
				v = string(raw)
			}
			raw, err := json.Marshal(v)
			if err != nil {
				w.t.Fatal(err)
			}
			out.Write(raw)
		}
	}
	return out.String()
}
