package api_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

// A box at a gateway: what nobody ticked is false, whatever was sent instead of it; what is no box's answer is refused, and never
// becomes a case that stands still.
func TestUntickedBoxAtAGateway(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.deploy("leave", func(s string) string {
		return strings.ReplaceAll(s, `tFormalExpression">=approved<`, `tFormalExpression">=not(car)<`)
	}, "begin.bpmn", "begin.form")
	for name, c := range map[string]struct {
		car    any
		status int
		mends  bool // it was ticked
	}{
		"left alone": {nil, 201, false}, "unticked": {false, 201, false}, "ticked": {true, 201, true},
		"text": {"false", 422, false}, "a number": {0, 422, false}, "a list": {[]any{}, 422, false},
		"an object": {map[string]any{"x": 1}, 422, false},
	} {
		data := map[string]any{"where": "合肥", "days": 1}
		if name != "left alone" {
			data["car"] = c.car
		}
		before := w.rows("root_state WHERE process = 'leave'")
		var b wire.Beginning
		a := w.do("zhou-min", "POST", leave+"/instances", wire.BeginRequest{Data: data}).want(c.status, "")
		if c.status != 201 {
			if w.rows("root_state WHERE process = 'leave'") != before {
				t.Errorf("%s: refused, and begun", name)
			}
			continue
		}
		a.into(&b)
		w.operate("he-guangming", w.taskOf("he-guangming", "chief"), "agree", wire.OperationRequest{}).want(200, "")
		var m wire.MatterDetail
		w.do("zhou-min", "GET", "/api/v1/instances/"+b.Key+"/matter", nil).want(200, "").into(&m)
		if mends := len(m.OpenTasks) == 1; mends != c.mends {
			t.Errorf("%s: goes on at %+v", name, m.OpenTasks)
		}
		if _, told := m.Data["car"].(bool); !told {
			t.Errorf("%s: the box is %v", name, m.Data["car"])
		}
	}
	if n := w.rows("incident"); n != 0 {
		t.Errorf("%d cases stand still", n)
	}
}

// A key that was used for an act does that act once, and nothing else: not another verb, not another task, not another opinion.
func TestKeyOfAnotherOperation(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	w.begins("zhou-min", wire.BeginRequest{Data: trip})
	first := w.taskOf("he-guangming", "chief")
	in := wire.OperationRequest{Opinion: "同意外出"}
	w.operate("he-guangming", first, "agree", in, "Idempotency-Key", "one").want(200, "")
	w.operate("he-guangming", first, "agree", in, "Idempotency-Key", "one").want(200, "") // again: what it answered
	b := w.begins("zhou-min", wire.BeginRequest{Data: trip})
	second := w.taskOf("he-guangming", "chief")
	for _, x := range []struct {
		task wire.TaskSummary
		op   string
		in   wire.OperationRequest
	}{
		{first, "disagree", in}, {first, "agree", wire.OperationRequest{Opinion: "另一句"}}, {second, "agree", in},
		{second, "return", wire.OperationRequest{Reason: because}},
	} {
		w.operate("he-guangming", x.task, x.op, x.in, "Idempotency-Key", "one").want(422, "idempotency-key-reused")
	}
	at := "/api/v1/instances/" + b.Key
	w.do("he-guangming", "POST", at+"/follow", wire.CaseRequest{}, "Idempotency-Key", "one").want(422, "idempotency-key-reused")
	w.do("zhou-min", "POST", at+"/follow", wire.CaseRequest{}, "Idempotency-Key", "one").want(200, "") // another person's key is his own
	if n := w.rows("task_act WHERE operation = 'agree'"); n != 1 {
		t.Errorf("agreed %d times", n)
	}
}

// Whoever signs beside others answers for himself alone: he writes neither into their seats nor into the case, and what he hands on
// carries no answers.
func TestAnswersOfOneSeat(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.deploy("sign", nil, "countersign.bpmn", "begin.form")
	w.do("zhou-min", "POST", "/api/v1/processes/countersign/instances", wire.BeginRequest{}).want(201, "")
	task := w.taskOf("li-xin", "sign")
	good := func(where string, more ...any) map[string]any {
		data := map[string]any{"where": where, "days": 1, "car": false}
		for i := 0; i < len(more); i += 2 {
			data[more[i].(string)] = more[i+1]
		}
		return data
	}
	w.operate("li-xin", task, "agree", wire.OperationRequest{Version: task.Version, Data: good("合肥")}).want(200, "")
	for name, data := range map[string]map[string]any{
		"the result":       good("黄山", "approved", false),
		"somebody's seat":  good("黄山", "seats", []any{map[string]any{"person": "li-xin", "where": "黄山"}}),
		"who began it":     good("黄山", "initiator", "wang-ke"),
		"a prototype":      good("黄山", "__proto__", map[string]any{"x": 1}),
		"nothing required": {"car": true},
		"a list as a text": {"where": []any{"黄山"}, "days": 1},
	} {
		if a := w.operate("wang-ke", task, "agree", wire.OperationRequest{Version: task.Version, Data: data}); a.status != 422 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	handed := wire.OperationRequest{Version: task.Version, To: "ding-wenshu", Reason: because, Data: good("芜湖")}
	w.operate("xu-fazhi", task, "transfer", handed).want(422, "")
	w.operate("li-xin", task, "agree", wire.OperationRequest{Version: task.Version, Data: good("改口")}).want(409, "already-decided")
	w.operate("wang-ke", task, "agree", wire.OperationRequest{Version: task.Version, Data: good("黄山", "car", true)}).want(200, "")
	var d wire.TaskDetail
	w.do("xu-fazhi", "GET", "/api/v1/tasks/"+task.Key, nil).want(200, "").into(&d)
	for i, want := range []struct{ where, car any }{{"合肥", false}, {"黄山", true}, {nil, nil}} {
		if d.Seats[i].Answers["where"] != want.where || d.Seats[i].Answers["car"] != want.car {
			t.Errorf("seat %d answers %v", i+1, d.Seats[i].Answers)
		}
	}
}

// A draft of five megabytes is refused in words, and what was kept before stays.
func TestDraftOfFiveMegabytes(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	var d wire.StartDraft
	w.do("zhou-min", "POST", leave+"/drafts", wire.StartDraftInput{Data: trip}).want(201, "").into(&d)
	huge := wire.StartDraftInput{Data: map[string]any{"where": strings.Repeat("五", 5_000_000/3), "days": 1}}
	for _, x := range []struct{ method, path, tag string }{
		{"POST", leave + "/drafts", ""}, {"PUT", "/api/v1/drafts/" + d.ID, `"1"`},
	} {
		var p wire.Problem
		w.do("zhou-min", x.method, x.path, huge, "If-Match", x.tag).want(413, "").into(&p)
		if p.Title == "" {
			t.Errorf("%s %s says nothing", x.method, x.path)
		}
	}
	w.begins("zhou-min", wire.BeginRequest{Data: trip})
	w.operate("he-guangming", w.taskOf("he-guangming", "chief"), "disagree", wire.OperationRequest{Opinion: "改期"}).want(200, "")
	task := w.taskOf("zhou-min", "mend")
	w.do("zhou-min", "PUT", "/api/v1/tasks/"+task.Key+"/draft", huge, "If-Match", `"0"`).want(413, "")
	w.do("zhou-min", "GET", "/api/v1/drafts/"+d.ID, nil).want(200, "").into(&d)
	if d.Data["where"] != trip["where"] || w.rows("start_draft") != 1 {
		t.Errorf("what was kept: %+v", d.Data)
	}
	var wg sync.WaitGroup // two windows save over the same state: one wins, the other is told
	answers := make([]int, 4)
	for i := range answers {
		wg.Go(func() {
			answers[i] = w.do("zhou-min", "PUT", "/api/v1/drafts/"+d.ID, wire.StartDraftInput{Data: trip}, "If-Match", `"1"`).status
		})
	}
	wg.Wait()
	won := 0
	for _, status := range answers {
		if status == 200 {
			won++
		} else if status != 409 {
			t.Errorf("a window that came too late: %d", status)
		}
	}
	if won != 1 {
		t.Errorf("%d windows saved over one state: %v", won, answers)
	}
}

// Whoever began a matter is told of what others did to it, once, however often the act is sent; who did it is not told of himself.
func TestToldOnceOfWhatIsRepeated(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	b := w.begins("zhou-min", wire.BeginRequest{Data: trip})
	task := w.taskOf("he-guangming", "chief")
	before := map[string]int64{}
	w.do("zhou-min", "POST", "/api/v1/instances/"+b.Key+"/follow", wire.CaseRequest{}).want(200, "") // for two reasons, told once
	people := []string{"zhou-min", "he-guangming"}
	for _, p := range people {
		before[p] = w.rows("notification WHERE person = '" + p + "'")
	}
	for range 3 {
		w.operate("he-guangming", task, "disagree", wire.OperationRequest{Opinion: "改期"}, "Idempotency-Key", "three-times").want(200, "")
		w.pump()
	}
	for p, want := range map[string]int64{"zhou-min": 1, "he-guangming": 0} {
		if n := w.rows("notification WHERE person = '"+p+"'") - before[p]; n != want {
			t.Errorf("%s was told %d times, not %d", p, n, want)
		}
	}
}

// Whoever began a matter finds it when it has ended, in his list, by its number and on its page, also when he has left his post; a
// colleague who had no part in it does not.
func TestEndedMatterOfWhoHasMoved(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	b := w.begins("zhou-min", wire.BeginRequest{Data: trip})
	w.operate("he-guangming", w.taskOf("he-guangming", "chief"), "agree", wire.OperationRequest{}).want(200, "")
	word := wire.MessageRequest{Name: "leave.slip", CorrelationKey: b.Matter}
	w.do("li-xin", "POST", "/api/v1/messages", word).want(403, "not-your-message")
	w.do("kang-xitong", "POST", "/api/v1/messages", word).want(403, "forbidden")
	w.do("zhou-min", "POST", "/api/v1/messages", word).want(200, "")
	w.pump()
	sees := func(person string, want bool) {
		t.Helper()
		status := 404
		if want {
			status = 200
		}
		w.do(person, "GET", "/api/v1/instances/"+b.Key+"/matter", nil).want(status, "")
		var page wire.MatterPage
		w.do(person, "GET", "/api/v1/matters?state=ended", nil).want(200, "").into(&page)
		listed := false
		for _, m := range page.Items {
			listed = listed || m.Key == b.Key && m.State == "ended"
		}
		out, _ := w.found(person, b.Matter)
		if listed != want || (out.Exact != nil) != want {
			t.Errorf("%s: in the list %v, by its number %v; want %v", person, listed, out.Exact != nil, want)
		}
	}
	sees("zhou-min", true)
	sees("li-xin", false)
	w.writes("UPDATE post SET dept_id = 'DP02', id = 'APPLY_CLERK@DP02' WHERE person_id = 'zhou-min' AND role = 'APPLY_CLERK'")
	delete(w.tokens, "zhou-min")
	sees("zhou-min", true)
}
