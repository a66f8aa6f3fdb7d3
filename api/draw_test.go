package api_test

import (
	"testing"
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestADrawOfTwoPeople: the operator draws nobody alone; who declines gives his seat to the next in the
// order of the same seed; an expert without a history is not drawn; the record tells no names, and seed and
// list only once the review is concluded; scores are not told by its rules before.
func TestADrawOfTwoPeople(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.do("cao-chouqu", "PUT", "/api/v1/experts/expert-01", fields{"specialties": []any{"software"}, "employers": []any{}}).
		want(403, "forbidden")
	w.do(planHead, "PUT", "/api/v1/experts/zhou-min", fields{"specialties": []any{}, "employers": []any{}}).want(422, "not-an-expert")
	w.do(planHead, "PUT", "/api/v1/experts/expert-01", fields{"specialties": []any{"software"}, "employers": []any{}}).
		want(422, "invalid-data")
	w.do(planHead, "PUT", "/api/v1/experts/expert-02", fields{"specialties": []any{"network"}, "employers": []any{
		fields{
			"orgName": "示例网络研究所", "tie": "employed", "fromYear": 2010,
		}, fields{"orgName": "县城市管理局", "tie": "consultant", "fromYear": 2024, "toYear": 2025},
	}}).want(200, "")

	p := w.submitted()
	w.operate("he-guangming", w.taskOf("he-guangming", "p1_leader"), "agree", wire.OperationRequest{}).want(200, "")
	w.operate("chen-shouli", w.taskOf("chen-shouli", "p2_check"), "complete",
		wire.OperationRequest{Data: map[string]any{"decision": "accept", "checklist": checkItems()}}).
		want(200, "")
	w.operate("li-xin", w.taskOf("li-xin", "p3_pre"), "complete",
		wire.OperationRequest{Data: map[string]any{"comment": "技术路线可行，建议复用已有能力"}}).
		want(200, "")
	w.draws("第一次抽取")

	seats := func() []string {
		var ids []string
		w.must(
			w.db.Read(ctx()).
				Raw("SELECT person_id FROM expert_seat WHERE project = ? AND state <> 'void' ORDER BY person_id", p.Code).
				Scan(&ids).
				Error,
		)
		return ids
	}
	record := func(person string) wire.Draw {
		var all wire.Draws
		w.do(person, "GET", "/api/v1/projects/"+p.Code+"/draws", nil).want(200, "").into(&all)
		if len(all.Items) != 1 {
			t.Fatalf("%+v", all)
		}
		return all.Items[0]
	}
	drawn := seats()
	if d := record(planHead); len(drawn) != 3 || len(d.Seats) != 3 || d.Seed != "" || len(d.List) > 0 || !d.Whole || d.Supervisor == nil ||
		d.Supervisor.ID != planLegal || d.Plan[0] != "security" {
		t.Errorf("drawn %v: %+v", drawn, d)
	}
	var task wire.Project
	w.do("cao-chouqu", "GET", "/api/v1/projects/"+p.Code, nil).want(200, "").into(&task)
	for _, o := range task.OpenTasks {
		if len(o.Holders) > 0 {
			t.Errorf("the operator reads whom he drew: %+v", o.Holders)
		}
	}
	w.operate(drawn[0], w.taskOf(drawn[0], "p3_statement"), "complete", wire.OperationRequest{Data: map[string]any{"decline": true}}).
		want(422, "invalid-data")
	w.operate(drawn[0], w.taskOf(drawn[0], "p3_statement"), "complete",
		wire.OperationRequest{Data: map[string]any{"decline": true, "reason": "出差"}}).
		want(200, "")
	opine := func(e string) {
		w.operate(e, w.taskOf(e, "p3_statement"), "complete", wire.OperationRequest{Data: map[string]any{"confidential": true,
			"conflict": false}}).
			want(200, "")
		w.operate(e, w.taskOf(e, "p3_opinion"), "complete", wire.OperationRequest{Data: opinion}).want(200, "")
	}
	opine(drawn[1])
	opine(drawn[2])
	next := seats()
	if d := record(planHead); len(next) != 3 || d.Round != 2 || len(d.Seats) != 4 || d.Seats[3].Round != 2 {
		t.Errorf("after a refusal %v: %+v", next, d)
	}
	for _, e := range next {
		if e != drawn[1] && e != drawn[2] {
			if e == drawn[0] {
				t.Error("he who declined is drawn again")
			}
			sees := w.checked(planHead, "review", p.Code)
			if _, told := sees["B04"]; told {
				t.Errorf("scores are told before the conclusion: %+v", sees["B04"])
			}
			opine(e)
		}
	}
	for _, e := range next {
		var page wire.TaskPage
		w.do(e, "GET", "/api/v1/tasks?scope=mine", nil).want(200, "").into(&page)
		for _, task := range page.Items {
			w.operate(e, task, "complete", wire.OperationRequest{Data: map[string]any{"conclusion": "pass", "summary": "建设必要，同意通过"}}).
				want(422, "checks-block")
				// B04: 73.6 is below 75
			w.operate(e, task, "complete", wire.OperationRequest{Data: map[string]any{"conclusion": "revise", "summary": "修改后通过，按意见核减"}}).
				want(200, "")
		}
	}
	d := record(planHead)
	if d.Seed == "" || len(d.List) == 0 || d.Number != "4820" || !d.Whole {
		t.Errorf("after the conclusion: %+v", d)
	}
	for _, k := range d.List {
		if k.Person == "expert-02" {
			t.Error("an adviser of the applicant is on the list")
		}
	}
	if _, told := w.checked(planHead, "review", p.Code)["B04"]; !told {
		t.Error("B04 is not shown after the conclusion")
	}
	w.do("fang-lei", "GET", "/api/v1/projects/"+p.Code+"/draws", nil).want(403, "forbidden")
}

// TestASealedList: until the hour of the meeting nobody in the house reads who was drawn.
func TestASealedList(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.submitted()
	w.operate("he-guangming", w.taskOf("he-guangming", "p1_leader"), "agree", wire.OperationRequest{}).want(200, "")
	w.operate("chen-shouli", w.taskOf("chen-shouli", "p2_check"), "complete",
		wire.OperationRequest{Data: map[string]any{"decision": "accept", "checklist": checkItems()}}).
		want(200, "")
	w.operate("li-xin", w.taskOf("li-xin", "p3_pre"), "complete",
		wire.OperationRequest{Data: map[string]any{"comment": "技术路线可行，建议复用已有能力"}}).
		want(200, "")
	var asked wire.OperationResult
	at := w.clock().Add(24 * time.Hour).Format(time.RFC3339)
	w.operate("cao-chouqu", w.taskOf("cao-chouqu", "p3_draw"), "complete",
		wire.OperationRequest{Data: map[string]any{"comment": "会审", "meetingAt": at}}).
		want(202, "").
		into(&asked)
	w.do(planLegal, "POST", "/api/v1/confirmations/"+asked.Confirmation, wire.Decision{Accept: true}).want(200, "")
	names := func() (n int) {
		var now wire.Project
		w.do(planHead, "GET", "/api/v1/projects/"+p.Code, nil).want(200, "").into(&now)
		for _, o := range now.OpenTasks {
			n += len(o.Holders)
		}
		return n
	}
	if n := names(); n != 0 {
		t.Errorf("%d names before the meeting", n)
	}
	w.pass(25 * time.Hour)
	if n := names(); n != 3 {
		t.Errorf("%d names at the meeting", n)
	}
}
