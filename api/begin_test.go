package api_test

import (
	"os"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// deploy makes files the newest version of what they hold; change edits their text.
func (w *town) deploy(digest string, change func(string) string, names ...string) {
	w.t.Helper()
	b := definitions.Bundle{Digest: digest}
	for _, name := range names {
		data, err := os.ReadFile("testdata/" + name)
		w.must(err)
		if change != nil {
			data = []byte(change(string(data)))
		}
		b.Files = append(b.Files, definitions.File{Name: name, Data: data})
	}
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		_, problems, err := bundles.Deploy(tx, models.Acting{Person: models.System, At: w.clock().UTC()}, b)
		if err != nil {
			w.t.Log(problems)
		}
		return err
	}))
}

const leave = "/api/v1/processes/leave"

var trip = map[string]any{"where": "合肥", "days": 1.5, "car": false}

func (w *town) leaves() {
	w.t.Cleanup(func() {
		if w.t.Failed() {
			w.t.Log(w.log.String())
		}
	})
	w.deploy("leave1", nil, "begin.bpmn", "begin.form")
}

func (w *town) begins(person string, in wire.BeginRequest, headers ...string) (out wire.Beginning) {
	w.t.Helper()
	w.do(person, "POST", leave+"/instances", in, headers...).want(201, "").into(&out)
	return out
}

func TestCatalogue(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	var page wire.ProcessPage
	w.do("zhou-min", "GET", "/api/v1/processes", nil).want(200, "").into(&page)
	if len(page.Items) != 1 || len(page.Others) != 0 {
		t.Fatalf("the clerk's catalogue: %+v", page)
	}
	if i := page.Items[0]; i.ID != "leave" || i.Name != "外出报备" || i.Category != "机关事务" || i.StartForm != "leave" || i.Version != 1 ||
		i.Posts[0] != "APPLY_CLERK@DP18" {
		t.Errorf("what he may begin: %+v", i)
	}
	w.do("li-xin", "GET", "/api/v1/processes", nil).want(200, "").into(&page)
	if len(page.Items) != 0 || len(page.Others) != 1 {
		t.Errorf("who may not begin it: %+v", page)
	}
	w.do("kang-xitong", "GET", "/api/v1/processes", nil).want(403, "forbidden")
	w.do("li-xin", "GET", leave, nil).want(403, "may-not-begin")
	w.do("li-xin", "POST", leave+"/instances", wire.BeginRequest{Data: trip}).want(403, "may-not-begin")
	w.do("zhou-min", "POST", leave+"/instances", wire.BeginRequest{Data: trip, Post: "APPLY_CLERK@DP02"}).want(403, "not-your-post")
	w.do("zhou-min", "POST", leave+"/instances", wire.BeginRequest{Data: trip, Post: "RECT_OWNER@DP18"}).want(403, "may-not-begin")
	for _, other := range []string{"qc_lifecycle", "nothing"} { // no person begins the one, the other is not there
		w.do("zhou-min", "POST", "/api/v1/processes/"+other+"/instances", wire.BeginRequest{}).want(404, "not-found")
	}
	var start wire.ProcessStart
	w.do("zhou-min", "GET", leave, nil).want(200, "").into(&start)
	if start.Form["id"] != "leave" || strings.Join(start.Steps, " ") != "领导审批 补正" {
		t.Errorf("to begin it: %+v", start)
	}
}

// What is wrong with the data is told at its place, and nothing is begun.
func TestBeginRefused(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	for name, c := range map[string]struct {
		in      wire.BeginRequest
		status  int
		slug    string
		pointer string
	}{
		"nothing": {wire.BeginRequest{}, 422, "invalid-data", "/data/where"},
		"kind":    {wire.BeginRequest{Data: map[string]any{"where": "合肥", "days": "几天"}}, 422, "invalid-data", "/data/days"},
		"limit":   {wire.BeginRequest{Data: map[string]any{"where": "合肥", "days": 31}}, 422, "invalid-data", "/data/days"},
		"not asked for": {wire.BeginRequest{Data: map[string]any{"where": "合肥", "days": 1, "initiator": "lin-juzhang"}}, 422,
			"invalid-data", "/data/initiator"},
		"version": {wire.BeginRequest{Data: trip, Version: 7}, 409, "other-version", ""},
		"draft":   {wire.BeginRequest{Data: trip, Draft: "99"}, 409, "draft-gone", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var p wire.Problem
			w.do("zhou-min", "POST", leave+"/instances", c.in).want(c.status, c.slug).into(&p)
			if c.pointer != "" && p.Errors[0].Pointer != c.pointer {
				t.Errorf("points at %+v", p.Errors)
			}
		})
	}
	w.do("zhou-min", "POST", leave+"/instances", `{"data": "`+strings.Repeat("五", 2_000_000)+`"}`).want(413, "")
	if w.rows("root_state") != 0 || w.rows("outbox WHERE kind = 'start'") != 0 {
		t.Error("something was begun")
	}
}

// One key begins one case, however often and at once; for anything else it is refused.
func TestBegunOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		w.leaves()
		w.signIn("zhou-min")
		keys := make([]string, 6)
		var wg sync.WaitGroup
		for i := range keys {
			wg.Go(func() { keys[i] = w.begins("zhou-min", wire.BeginRequest{Data: trip}, "Idempotency-Key", "twice").Key })
		}
		wg.Wait()
		for _, k := range keys {
			if k != keys[0] {
				t.Errorf("cases %v", keys)
			}
		}
		if w.rows("root_state WHERE process = 'leave'") != 1 {
			t.Error("more than one case")
		}
		at := "/api/v1/instances/" + keys[0]
		w.do("zhou-min", "POST", leave+"/instances", wire.BeginRequest{Data: map[string]any{"where": "黄山", "days": 1}}, "Idempotency-Key",
			"twice").
			want(422, "idempotency-key-reused")
		w.do("zhou-min", "POST", at+"/follow", wire.CaseRequest{}, "Idempotency-Key", "twice").want(422, "idempotency-key-reused")
		w.do("zhou-min", "POST", at+"/withdraw", wire.CaseRequest{Reason: because}, "Idempotency-Key", "twice").
			want(422, "idempotency-key-reused")
	})
}

// A life: begun, returned, mended, agreed, ended by a message; each time whoever
// began it sees where it is and who has it.
func TestBegunReturnedEnded(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		w.leaves()
		b := w.begins("zhou-min", wire.BeginRequest{Data: trip, Version: 1})
		if b.State != "running" || b.Title != "外出报备：合肥" || len(b.NextTasks) != 1 || b.NextTasks[0].Holders[0].ID != "he-guangming" ||
			!strings.HasPrefix(b.Matter, "SX-2026-") {
			t.Fatalf("begun: %+v", b)
		}
		at := "/api/v1/instances/" + b.Key
		task := w.taskOf("he-guangming", "chief")
		w.operate("he-guangming", task, "return", wire.OperationRequest{Reason: "去几天写清楚"}).want(200, "")
		if m := w.begunBy("zhou-min"); len(m) != 1 || !m[0].Returned || m[0].OpenTasks[0].Element != "mend" || m[0].State != "running" {
			t.Fatalf("returned: %+v", m)
		}
		w.operate("zhou-min", w.taskOf("zhou-min", "mend"), "complete",
			wire.OperationRequest{Data: map[string]any{"where": "黄山", "days": 2}}).
			want(200, "")
		w.operate("he-guangming", w.taskOf("he-guangming", "chief"), "agree", wire.OperationRequest{}).want(200, "")

		word := wire.MessageRequest{Name: "leave.slip", CorrelationKey: b.Matter, TimeToLive: "PT1M"}
		w.do("zhou-min", "POST", "/api/v1/messages", wire.MessageRequest{Name: "leave.slip", TimeToLive: "soon"}).want(422, "invalid-input")
		w.do("fang-lei", "POST", "/api/v1/messages", word).want(403, "not-your-message") // another unit's clerk
		w.do("zhou-min", "POST", "/api/v1/messages", wire.MessageRequest{Name: "budget.issued", CorrelationKey: "XM-2026-001"}).
			want(403, "not-your-message")
		w.do("zhou-min", "POST", "/api/v1/messages", wire.MessageRequest{Name: "leave.nothing"}).want(422, "unknown-message")
		var told wire.MessagePublished
		w.do("zhou-min", "POST", "/api/v1/messages", word).want(200, "").into(&told)
		if told.State != "delivering" || told.Case != b.Key {
			t.Errorf("published: %+v", told)
		}
		w.pump()
		var m wire.MatterDetail
		w.do("zhou-min", "GET", at+"/matter", nil).want(200, "").into(&m)
		if m.State != "ended" || m.Begun["where"] != "合肥" || m.Data["where"] != "黄山" || m.Data["car"] != false || len(m.Opinions) != 3 ||
			m.Timeline[len(m.Timeline)-1].Action != "begin" || !m.Mine {
			t.Errorf("ended: %+v", m)
		}
		var d wire.Diagram
		w.do("zhou-min", "GET", at+"/diagram", nil).want(200, "").into(&d)
		if len(d.Processes) != 1 || d.Processes[0].Elements["mend"] != "completed" || d.Processes[0].XML == "" {
			t.Errorf("diagram: %+v", d)
		}
	})
}

func (w *town) begunBy(person string) []wire.MatterSummary {
	w.t.Helper()
	var page wire.MatterPage
	w.do(person, "GET", "/api/v1/matters", nil).want(200, "").into(&page)
	return page.Items
}

// Who began a matter takes it back while nobody has acted: it ends, and can be begun again.
func TestBegunWithdrawnBegunAgain(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	b := w.begins("zhou-min", wire.BeginRequest{Data: trip})
	at := "/api/v1/instances/" + b.Key
	var page wire.MatterDetail
	w.do("zhou-min", "GET", at+"/matter", nil).want(200, "").into(&page)
	if acts := actsOf(wire.Case{Acts: page.Acts}); acts != "withdraw follow copy" {
		t.Errorf("what he may do: %s", acts)
	}
	w.do("he-guangming", "POST", at+"/withdraw", wire.CaseRequest{Reason: because}).want(422, "nothing-to-withdraw")
	w.do("zhou-min", "POST", at+"/withdraw", wire.CaseRequest{Reason: because}).want(200, "")
	w.do("zhou-min", "POST", at+"/withdraw", wire.CaseRequest{Reason: because}).want(409, "instance-ended")
	if m := w.begunBy("zhou-min"); m[0].State != "ended" || len(m[0].OpenTasks) != 0 {
		t.Errorf("withdrawn: %+v", m)
	}
	again := w.begins("zhou-min", wire.BeginRequest{Data: trip})
	w.operate("he-guangming", w.taskOf("he-guangming", "chief"), "return", wire.OperationRequest{Reason: "去几天写清楚"}).want(200, "")
	w.do("zhou-min", "POST", "/api/v1/instances/"+again.Key+"/withdraw", wire.CaseRequest{Reason: because}).want(409, "already-decided")
}

// Sight of one's own model (domain/access.md §2.4).
func TestSightOfOwnModels(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	b := w.begins("zhou-min", wire.BeginRequest{Data: trip})
	at := "/api/v1/instances/" + b.Key
	sees := func(person string, status int) {
		t.Helper()
		for _, path := range []string{"", "/matter", "/diagram"} {
			w.do(person, "GET", at+path, nil).want(status, "")
		}
	}
	for _, p := range []string{"zhou-min", "he-guangming", "yan-shenji", "zhao-kezhang"} {
		sees(p, 200) // began it; holds it, heads the unit; of a unit of qc:process sight and an auditor; governs
	}
	for _, p := range []string{"li-xin", "fang-lei", "jin-yusuan", "xian-lingdao", "expert-01"} {
		sees(p, 404)
	}
	key := w.taskOf("he-guangming", "chief").Key
	w.do("li-xin", "GET", "/api/v1/tasks/"+key, nil).want(404, "not-found")
	w.do("zhou-min", "POST", at+"/copy", wire.CaseRequest{}).want(422, "invalid-data")
	w.do("li-xin", "POST", at+"/copy", wire.CaseRequest{Persons: []string{"wang-ke"}}).want(404, "not-found")
	w.do("zhou-min", "POST", at+"/copy", wire.CaseRequest{Persons: []string{"fang-lei"}}).
		want(422, "receiver-not-eligible")
		// another unit's clerk
	w.do("zhou-min", "POST", at+"/copy", wire.CaseRequest{Persons: []string{"nobody-here"}}).want(422, "invalid-data")
	w.do("zhou-min", "POST", at+"/copy", wire.CaseRequest{Persons: []string{"li-xin"}}).want(200, "")
	sees("li-xin", 200)
	var page wire.MatterPage
	w.do("li-xin", "GET", "/api/v1/matters?scope=copied", nil).want(200, "").into(&page)
	if len(page.Items) != 1 || page.Items[0].BegunBy.ID != "zhou-min" {
		t.Errorf("copied: %+v", page)
	}
	w.do("zhou-min", "POST", at+"/follow", wire.CaseRequest{}).want(200, "")
	w.do("zhou-min", "GET", "/api/v1/matters?scope=followed", nil).want(200, "").into(&page)
	if len(page.Items) != 1 {
		t.Errorf("followed: %+v", page)
	}
	w.do("zhou-min", "POST", at+"/unfollow", wire.CaseRequest{}).want(200, "")
	w.do("zhou-min", "GET", "/api/v1/matters?scope=followed", nil).want(200, "").into(&page)
	if len(page.Items) != 0 {
		t.Errorf("followed no longer: %+v", page)
	}
	// Once it has left his hands, who began it still sees it: his post is gone, his part is not.
	w.operate("he-guangming", w.taskOf("he-guangming", "chief"), "agree", wire.OperationRequest{}).want(200, "")
	sees("zhou-min", 200)
	sees("he-guangming", 200)
}

// Drafts are the person's own; a newer form meets them without loss.
func TestStartDrafts(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	var d, e wire.StartDraft
	w.do("zhou-min", "POST", leave+"/drafts", wire.StartDraftInput{Data: map[string]any{"where": "合肥", "car": true}}, "Idempotency-Key",
		"d").
		want(201, "").
		into(&d)
	w.do("zhou-min", "POST", leave+"/drafts", wire.StartDraftInput{Data: map[string]any{"where": "合肥", "car": true}}, "Idempotency-Key",
		"d").
		want(201, "").
		into(&e)
	if d.ID != e.ID || d.Title != "外出报备：合肥" || d.Revision != 1 {
		t.Errorf("drafts %+v %+v", d, e)
	}
	at := "/api/v1/drafts/" + d.ID
	w.do("fang-lei", "GET", at, nil).want(404, "not-found")
	w.do("fang-lei", "PUT", at, wire.StartDraftInput{Data: map[string]any{}}, "If-Match", `"1"`).want(404, "not-found")
	w.do("li-xin", "POST", leave+"/drafts", wire.StartDraftInput{Data: map[string]any{}}).want(403, "may-not-begin")
	w.do("zhou-min", "PUT", at, wire.StartDraftInput{Data: map[string]any{"where": "黄山", "car": true}}, "If-Match", `"1"`).
		want(200, "").
		into(&d)
	w.do("zhou-min", "PUT", at, wire.StartDraftInput{Data: map[string]any{"where": "芜湖"}}, "If-Match", `"1"`).want(409, "stale-version")

	// Another version: 去哪里 has another key, 用公车 is not asked any more.
	w.deploy("leave2", func(s string) string {
		s = strings.ReplaceAll(s, `"key": "where"`, `"key": "place"`)
		s = strings.ReplaceAll(
			s, `{"id": "c_car", "type": "checkbox", "key": "car", "label": "用公车"}`,
			`{"id": "c_phone", "type": "textfield", "key": "phone", "label": "电话"}`,
		)
		return strings.ReplaceAll(s, `source="=where" target="where"`, `source="=place" target="place"`)
	}, "begin.bpmn", "begin.form")
	w.do("zhou-min", "GET", at, nil).want(200, "").into(&d)
	if d.Newest != 2 || d.Version != 1 || d.Data["place"] != "黄山" || len(d.Moved) != 1 || len(d.Left) != 1 || d.Left[0].Label != "用公车" ||
		d.Left[0].Value != true {
		t.Errorf("met by a newer form: %+v", d)
	}
	w.do("zhou-min", "POST", leave+"/instances", wire.BeginRequest{Version: 1, Data: trip, Draft: d.ID}).want(409, "other-version")
	in := wire.BeginRequest{Version: 2, Data: map[string]any{"place": "黄山", "days": 1}, Draft: d.ID}
	w.begins("zhou-min", in)
	w.do("zhou-min", "POST", leave+"/instances", in).want(409, "draft-gone") // the second of a double click
	var page wire.StartDraftPage
	w.do("zhou-min", "GET", "/api/v1/drafts", nil).want(200, "").into(&page)
	if len(page.Items) != 0 || w.rows("root_state WHERE process = 'leave'") != 1 {
		t.Errorf("after it was begun: %+v", page)
	}
}

// Co-signers of one task do not knock each other out, and each one's answers stay his own;
// who hands his seat on changes what the others were asked about.
func TestCountersignersApart(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.deploy("sign", nil, "countersign.bpmn", "begin.form")
	var b wire.Beginning
	w.do("zhou-min", "POST", "/api/v1/processes/countersign/instances", wire.BeginRequest{Data: map[string]any{"x": 1}}).
		want(422, "no-start-form")
	w.do("zhou-min", "POST", "/api/v1/processes/countersign/instances", wire.BeginRequest{}).want(201, "").into(&b)
	seen := w.taskOf("li-xin", "sign")
	says := func(where string) wire.OperationRequest {
		return wire.OperationRequest{Version: seen.Version, Data: map[string]any{"where": where, "days": 1}}
	}
	w.operate("li-xin", seen, "agree", says("合肥")).want(200, "")
	w.operate("wang-ke", seen, "agree", says("黄山")).want(200, "")
	var d wire.TaskDetail
	w.do("zhao-kezhang", "GET", "/api/v1/tasks/"+seen.Key, nil).want(200, "").into(&d)
	for i, want := range []any{"合肥", "黄山", nil} {
		if d.Seats[i].Answers["where"] != want {
			t.Errorf("seat %d says %v, want %v", i+1, d.Seats[i].Answers, want)
		}
	}
	w.operate("xu-fazhi", seen, "transfer", wire.OperationRequest{Version: seen.Version, To: "ding-wenshu", Reason: because}).
		want(409, "stale-version")
	w.operate("xu-fazhi", seen, "agree", says("芜湖")).want(200, "")
	w.operate("xu-fazhi", seen, "agree", wire.OperationRequest{Version: seen.Version}).want(409, "task-closed")
}

// A task without a form takes no data.
func TestDataWithoutAForm(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	w.begins("zhou-min", wire.BeginRequest{Data: trip})
	task := w.taskOf("he-guangming", "chief")
	w.operate("he-guangming", task, "agree", wire.OperationRequest{Data: map[string]any{"approved": false}}).want(422, "no-form")
	w.operate("he-guangming", task, "agree", wire.OperationRequest{}).want(200, "")
}
