package api_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/api"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/workflows/contract"
)

// TestOperationsOnTasks is what people may do wrong with a task, and what they are told.
func TestOperationsOnTasks(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		w.submitted()
		task := w.taskOf("he-guangming", "p1_leader")
		events := w.rows("event_outcome")
		cases := []struct {
			name, person, op string
			in               wire.OperationRequest
			status           int
			slug, pointer    string
		}{
			{"another department's leader", "shi-jianguo", "agree", wire.OperationRequest{Version: 1}, 404, "not-found", ""},
			{"the clerk, who sees it", "zhou-min", "agree", wire.OperationRequest{}, 403, "not-your-task", ""},
			{"an auditor", "yan-shenji", "agree", wire.OperationRequest{}, 403, "forbidden", ""},
			{"a stale version", "he-guangming", "agree", wire.OperationRequest{Version: 99}, 409, "stale-version", ""},
			{"not an operation of this task", "he-guangming", "abstain", wire.OperationRequest{}, 403, "operation-not-allowed", ""},
			{"a plain task's operation", "he-guangming", "complete", wire.OperationRequest{}, 403, "operation-not-allowed", ""},
			{"return without a reason", "he-guangming", "return", wire.OperationRequest{Reason: "不行"}, 422, "invalid-input", "/reason"},
			{"transfer to nobody", "he-guangming", "transfer", wire.OperationRequest{Reason: "出差请代为审批"}, 422, "invalid-input", "/to"},
			{
				"transfer to a stranger", "he-guangming", "transfer", wire.OperationRequest{Reason: "出差请代为审批", To: "nobody-here"}, 422,
				"no-such-person", "",
			},
			{
				"a post that he does not hold", "he-guangming", "agree", wire.OperationRequest{Post: "BUREAU_CHIEF@DP34"}, 403,
				"not-your-post", "/post",
			},
			{
				"a date in the future", "he-guangming", "agree", wire.OperationRequest{BusinessDate: "2030-01-01"}, 422, "invalid-input",
				"/businessDate",
			},
			{
				"data that nobody asked for", "he-guangming", "agree", wire.OperationRequest{Data: map[string]any{"admin": true}}, 422,
				"invalid-data", "/admin",
			},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				var p wire.Problem
				w.operate(c.person, task, c.op, c.in).want(c.status, c.slug).into(&p)
				if c.pointer != "" && (len(p.Errors) != 1 || p.Errors[0].Pointer != c.pointer) {
					t.Errorf("errors %+v, want one at %s", p.Errors, c.pointer)
				}
			})
		}
		if n := w.rows("event_outcome"); n != events {
			t.Errorf("%d refusals left an outcome", n-events)
		}
	})
}

// TestSameKey: the same request again is answered again, another is refused.
func TestSameKey(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		var a, b wire.Project
		w.do("zhou-min", "POST", "/api/v1/projects", application, "Idempotency-Key", "k1").want(201, "").into(&a)
		w.do("zhou-min", "POST", "/api/v1/projects", application, "Idempotency-Key", "k1").want(201, "").into(&b)
		if a.Code != b.Code || w.rows("project") != 1 {
			t.Errorf("two drafts: %s, %s", a.Code, b.Code)
		}
		other := application
		other.Name = "另一个系统"
		w.do("zhou-min", "POST", "/api/v1/projects", other, "Idempotency-Key", "k1").want(422, "idempotency-key-reused")
		at := "/api/v1/projects/" + a.Code + "/submit"
		w.ready(a.Code)
		w.do("zhou-min", "POST", at, wire.ProjectAct{}, "Idempotency-Key", "k1").want(422, "idempotency-key-reused")
		for range 2 {
			w.do("zhou-min", "POST", at, wire.ProjectAct{}, "Idempotency-Key", "k2").want(200, "")
		}
		w.do("zhou-min", "POST", at, wire.ProjectAct{Opinion: "再报"}, "Idempotency-Key", "k2").want(422, "idempotency-key-reused")
		w.do("zhou-min", "POST", "/api/v1/projects", other, "Idempotency-Key", "k2").want(422, "idempotency-key-reused")
		w.do("zhou-min", "POST", at, wire.ProjectAct{}).want(409, "not-submittable")
		task := w.taskOf("he-guangming", "p1_leader")
		var first, second wire.OperationResult
		agree := wire.OperationRequest{Version: task.Version, Opinion: "同意"}
		w.operate("he-guangming", task, "agree", agree, "Idempotency-Key", "a1").want(200, "").into(&first)
		w.operate("he-guangming", task, "agree", agree, "Idempotency-Key", "a1").want(200, "").into(&second)
		if first.Event != second.Event || len(second.NextTasks) != 1 || first.NextTasks[0].Key != second.NextTasks[0].Key {
			t.Errorf("answers differ: %+v, %+v", first, second)
		}
		var p wire.Problem
		w.operate("he-guangming", task, "agree", agree, "Idempotency-Key", "a2").want(409, "task-closed").into(&p)
		if p.Happened == nil || p.Happened.Actor == nil || p.Happened.Actor.ID != "he-guangming" || p.Happened.Operation != "agree" {
			t.Errorf("happened = %+v", p.Happened)
		}
		w.do("he-guangming", "GET", "/api/v1/outcomes/"+first.Event, nil).want(200, "")
		w.do("zhou-min", "GET", "/api/v1/outcomes/"+first.Event, nil).want(404, "not-found")
	})
}

func TestBadApplications(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	line := func(change func(*wire.LineInput)) wire.ProjectDraft {
		d := application
		l := d.Lines[0]
		change(&l)
		d.Lines = []wire.LineInput{d.Lines[1], l}
		return d
	}
	cases := []struct {
		name    string
		in      any
		slug    string
		pointer string
	}{
		{"negative money", line(func(l *wire.LineInput) { l.UnitPrice = "-1.00" }), "invalid-input", "/lines/1/unitPrice"},
		{"three decimals", line(func(l *wire.LineInput) { l.UnitPrice = "1.005" }), "invalid-input", "/lines/1/unitPrice"},
		{
			"money as a number",
			`{"name":"智慧停车","type":"新建","dept":"DP18","lines":[{"category":"硬件","name":"车检器","qty":"1","unitPrice":5}]}`, "invalid-input",
			"/lines/0/unitPrice",
		},
		{"unknown category", line(func(l *wire.LineInput) { l.Category = "礼品" }), "invalid-data", "/lines/1/category"},
		{"nothing of it", line(func(l *wire.LineInput) { l.Qty = "0" }), "invalid-data", "/lines/1/qty"},
		{"unknown type", wire.ProjectDraft{Name: "智慧停车", Type: "赠送", Dept: "DP18"}, "invalid-data", "/type"},
		{"a code of his own", wire.ProjectDraft{Name: "智慧停车", Type: "新建", Dept: "DP18", Code: "XM-2026-777"}, "invalid-data", "/code"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var p wire.Problem
			w.do("zhou-min", "POST", "/api/v1/projects", c.in).want(422, c.slug).into(&p)
			if len(p.Errors) != 1 || p.Errors[0].Pointer != c.pointer || strings.Contains(p.Errors[0].Detail, "{") {
				t.Errorf("errors %+v, want one at %s", p.Errors, c.pointer)
			}
		})
	}
	other := application
	other.Dept = "DP02"
	w.do("zhou-min", "POST", "/api/v1/projects", other).want(403, "not-your-department")
	if n := w.rows("project"); n != 0 {
		t.Errorf("%d projects were written", n)
	}
	script := application
	script.Name = "<script>alert(1)</script>"
	var p wire.Project
	w.do("zhou-min", "POST", "/api/v1/projects", script).want(201, "").into(&p)
	if p.Name != script.Name {
		t.Errorf("text was not kept as text: %q", p.Name)
	}
}

func TestTwoAtOnceOnADraft(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.draft()
	at := "/api/v1/projects/" + p.Code
	name := "智慧停车（一期）"
	w.do("zhou-min", "PATCH", at, wire.ProjectPatch{Name: &name}, "If-Match", `"1"`).want(200, "")
	var lost wire.Problem
	w.do("he-guangming", "PUT", at+"/lines", wire.Lines{Lines: application.Lines}, "If-Match", `"1"`).want(409, "stale-version").into(&lost)
	if lost.Happened == nil || lost.Happened.Actor.ID != "zhou-min" || lost.Happened.Version != 2 {
		t.Errorf("happened = %+v", lost.Happened)
	}
	w.do("he-guangming", "PUT", at+"/lines", wire.Lines{Lines: application.Lines[:1]}, "If-Match", `"2"`).want(200, "").into(&p)
	if p.Totals.Declared != "1200000.00" || p.Version != 3 {
		t.Errorf("after the edit: %+v", p)
	}
	w.do("he-guangming", "PATCH", at, wire.ProjectPatch{Name: &name}).want(422, "invalid-input")
	w.do("zhou-min", "POST", at+"/withdraw", wire.ProjectAct{Reason: "不"}).want(422, "invalid-input")
	w.do("zhou-min", "POST", at+"/withdraw", wire.ProjectAct{Reason: "资金来源未落实"}).want(200, "")
	w.pump()
	w.do("zhou-min", "GET", at, nil).want(200, "").into(&p)
	if p.Stage != "WITHDRAWN" {
		t.Errorf("stage %s", p.Stage)
	}
}

// slow is a shell that accepts an event and does not finish in time.
type slow struct{ direct }

func (s slow) Send(ctx context.Context, r contract.Request) (contract.Outcome, error) {
	if _, err := s.direct.Send(ctx, r); err != nil {
		return contract.Outcome{}, err
	}
	return contract.Outcome{}, contract.ErrPending
}

func TestAcceptedAndAskedLater(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	w := newTown(t, db)
	p := w.proper()
	late := newHouse(t, db, func(d *api.Deps) { d.Bundles, d.Sender = w.cache, slow{w.shell} })
	var a wire.Accepted
	got := late.do("zhou-min", "POST", "/api/v1/projects/"+p.Code+"/submit", wire.ProjectAct{}, "Idempotency-Key", "s1").
		want(202, "").
		into(&a)
	if got.header.Get("Location") != a.Location {
		t.Errorf("Location %q", got.header.Get("Location"))
	}
	var done wire.OperationResult
	late.do("zhou-min", "GET", a.Location, nil).want(200, "").into(&done)
	if len(done.NextTasks) != 1 || done.NextTasks[0].Element != "p1_leader" {
		t.Errorf("outcome %+v", done)
	}
	away := newHouse(t, db, func(d *api.Deps) { d.Bundles = w.cache })
	task := w.taskOf("he-guangming", "p1_leader")
	got = away.do("he-guangming", "POST", "/api/v1/tasks/"+task.Key+"/agree", wire.OperationRequest{Version: task.Version}).
		want(503, "unavailable")
	if got.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	mistrusted := newHouse(t, db, func(d *api.Deps) {
		d.Bundles, d.Sender = w.cache, stranger{w.shell}
	})
	got = mistrusted.do("he-guangming", "POST", "/api/v1/tasks/"+task.Key+"/agree", wire.OperationRequest{Version: task.Version}).
		want(503, "signing-key-unknown")
	if !strings.Contains(string(got.body), "密钥 s-") {
		t.Errorf("%s", got.body)
	}
}

// stranger is a shell whose keys the worker does not know.
type stranger struct{ direct }

func (s stranger) Send(ctx context.Context, r contract.Request) (contract.Outcome, error) {
	r, err := trust.New(time.Time{}).Seal(r)
	if err != nil {
		return contract.Outcome{}, err
	}
	return s.c.Commit(ctx, r)
}

// TestInitiatorTakesItBack: who submitted may withdraw from the leader's desk, with a reason, and submit again.
func TestInitiatorTakesItBack(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.submitted()
	w.do("zhou-min", "GET", "/api/v1/projects/"+p.Code, nil).want(200, "").into(&p)
	at := "/api/v1/tasks/" + p.OpenTasks[0].Key
	var detail wire.TaskDetail
	w.do("zhou-min", "GET", at, nil).want(200, "").into(&detail)
	if !offers(detail, "withdraw") || offers(detail, "agree") {
		t.Fatalf("operations: %+v", detail.Operations)
	}
	w.do("zhou-min", "POST", at+"/withdraw", wire.OperationRequest{Version: detail.Version, Reason: "材料有误"}).want(422, "invalid-input")
	var done wire.OperationResult
	w.do("zhou-min", "POST", at+"/withdraw", wire.OperationRequest{Version: detail.Version, Reason: "概算表有误需要修改"}).want(200, "").into(&done)
	if len(done.NextTasks) != 1 || done.NextTasks[0].Element != "p1_draft" {
		t.Errorf("after the withdrawal: %+v", done.NextTasks)
	}
	w.do("he-guangming", "POST", at+"/agree", wire.OperationRequest{Version: detail.Version}).want(409, "task-closed")
	w.do("zhou-min", "POST", "/api/v1/projects/"+p.Code+"/submit", wire.ProjectAct{}).want(200, "")
	w.taskOf("he-guangming", "p1_leader")
}

// TestTwoLeadersAtOnce: one wins, the other is told who.
func TestTwoLeadersAtOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		w.submitted()
		task := w.taskOf("he-guangming", "p1_leader")
		w.signIn("he-guangming")
		answers := make(chan answer)
		for _, key := range []string{"r1", "r2", "r3", "r4"} {
			go func() {
				answers <- w.operate("he-guangming", task, "agree", wire.OperationRequest{}, "Idempotency-Key", key)
			}()
		}
		won := 0
		for range 4 {
			a := <-answers
			switch a.status {
			case 200:
				won++
			case 409:
				var p wire.Problem
				if a.into(&p); p.Happened == nil || p.Happened.Actor == nil {
					t.Errorf("the loser is not told who won: %s", a.body)
				}
			default:
				t.Errorf("answered %d %s", a.status, a.body)
			}
		}
		if won != 1 {
			t.Errorf("%d of four won", won)
		}
	})
}
