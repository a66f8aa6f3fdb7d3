package api_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

const (
	deputy   = "gao-fenguan"
	director = "lin-juzhang"
)

// validSeats are who sits in the review of a project.
func (w *town) validSeats(code string) (ids []string) {
	w.t.Helper()
	w.must(w.db.Read(ctx()).
		Raw("SELECT person_id FROM expert_seat WHERE project = ? AND state <> 'void' ORDER BY person_id", code).
		Scan(&ids).
		Error)
	return ids
}

// leads is who of the experts has the group leader's task.
func (w *town) leads(among []string) (who string, task wire.TaskSummary) {
	w.t.Helper()
	for _, e := range among {
		for _, t := range w.tasksOf(e, "p3_lead") {
			who, task = e, t
		}
	}
	return who, task
}

// TestASeatIsVoidAfterTheOpinion: a conflict that is found later takes an expert's seat, by two persons; before
// the conclusion the next in the order is asked, after it the conclusion is kept where the rules hold without
// him, or the project is reviewed again. The opinion stays in the record.
func TestASeatIsVoidAfterTheOpinion(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	code, drawn := w.experts()
	at := "/api/v1/projects/" + code + "/seat-voids"
	ask := func(person string) (s wire.SeatVoid) {
		t.Helper()
		w.do(planHead, "POST", at, wire.SeatVoidRequest{Person: person, Reason: "配偶在申报单位任职"}).want(201, "").into(&s)
		return s
	}
	decide := func(who string, s wire.SeatVoid, in wire.SeatVoidDecision) answer {
		t.Helper()
		return w.do(who, "POST", "/api/v1/seat-voids/"+s.ID, in)
	}
	opine := func(e string) {
		w.operate(e, w.taskOf(e, "p3_opinion"), "complete", wire.OperationRequest{Data: opinion}).want(200, "")
	}
	join := func(e string) {
		w.operate(e, w.taskOf(e, "p3_statement"), "complete", wire.OperationRequest{Data: fields{"confidential": true, "conflict": false}}).
			want(200, "")
		opine(e)
	}
	others := func(was []string) (fresh []string) {
		return slices.DeleteFunc(w.validSeats(code), func(e string) bool { return slices.Contains(was, e) })
	}

	// who may not, and what is not asked
	w.do("zhou-min", "POST", at, wire.SeatVoidRequest{Person: drawn[0], Reason: "配偶在申报单位任职"}).want(403, "forbidden")
	w.do("li-xin", "GET", at, nil).want(403, "forbidden")
	w.do(planHead, "POST", at, wire.SeatVoidRequest{Person: "zhou-min", Reason: "配偶在申报单位任职"}).want(422, "seat-not-held")
	w.do(planHead, "POST", at, wire.SeatVoidRequest{Person: drawn[0], Reason: "回避"}).want(422, "invalid-data")

	// an opinion that is still open: his task goes, the next in the order is asked
	first := ask(drawn[0])
	w.do(planHead, "POST", at, wire.SeatVoidRequest{Person: drawn[0], Reason: "配偶在申报单位任职"}).want(422, "asked-already")
	decide(planHead, first, wire.SeatVoidDecision{Accept: true}).want(403, "forbidden")
	decide(deputy, first, wire.SeatVoidDecision{}).want(422, "invalid-data")
	decide(deputy, first, wire.SeatVoidDecision{Note: "未见佐证"}).want(200, "")
	decide(deputy, first, wire.SeatVoidDecision{Accept: true}).want(409, "request-decided")
	first = ask(drawn[0])
	decide(deputy, first, wire.SeatVoidDecision{Accept: true, Decision: "keep"}).want(422, "invalid-data")
	decide(deputy, first, wire.SeatVoidDecision{Accept: true}).want(200, "").into(&first)
	w.pump()
	if first.Decision != "replace" || first.DocNo == "" || len(w.tasksOf(drawn[0], "p3_opinion")) > 0 {
		t.Fatalf("an open opinion of a void seat: %+v", first)
	}
	opine(drawn[1])
	opine(drawn[2])
	next := others(drawn)
	if len(next) != 1 {
		t.Fatalf("in the place of the first: %v", next)
	}
	join(next[0])

	// all opinions are in: the experts are counted again, and another one leads if need be
	seats := w.validSeats(code)
	leader, _ := w.leads(seats)
	struck := ask(leader)
	if struck.ScoreBefore != "" || struck.ScoreAfter != "" || struck.Holds {
		t.Errorf("scores are told before the conclusion: %+v", struck)
	}
	decide(deputy, struck, wire.SeatVoidDecision{Accept: true}).want(200, "")
	w.pump()
	if who, _ := w.leads(append(seats, others(nil)...)); who != "" {
		t.Errorf("%s leads a group that is one short", who)
	}
	next = others(append(seats, drawn...))
	if len(next) != 1 {
		t.Fatalf("in the place of the leader: %v", next)
	}
	join(next[0])
	seats = w.validSeats(code)
	stale := ask(seats[0])
	lead, task := w.leads(seats)
	if lead == leader || lead == "" {
		t.Fatalf("%q leads", lead)
	}
	w.operate(lead, task, "complete", conclusion("revise")).want(200, "")
	decide(deputy, stale, wire.SeatVoidDecision{Accept: true}).want(409, "stale-version") // it has been concluded since
	decide(deputy, stale, wire.SeatVoidDecision{Note: "结论已出，请重新提出"}).want(200, "")

	// after the conclusion: kept, where the rules hold without him
	kept := ask(seats[0])
	if kept.Conclusion != "revise" || kept.ScoreBefore == "" || kept.ScoreAfter == "" || !kept.Holds {
		t.Errorf("what it changes: %+v", kept)
	}
	decide(deputy, kept, wire.SeatVoidDecision{Accept: true}).want(422, "invalid-data")
	decide(deputy, kept, wire.SeatVoidDecision{Accept: true, Decision: "keep"}).want(200, "")
	w.pump()
	w.taskOf("li-xin", "p4_sheet")

	// or reviewed again: none whose seat is void is drawn a second time
	again := ask(seats[1])
	decide(director, again, wire.SeatVoidDecision{Accept: true, Decision: "again"}).want(200, "")
	w.pump()
	if len(w.tasksOf("li-xin", "p4_sheet")) > 0 {
		t.Error("the sheet is open while the project is reviewed again")
	}
	w.operate("li-xin", w.taskOf("li-xin", "p3_pre"), "complete", fills(fields{"comment": "重新预审，方案可行"})).want(200, "")
	w.draws("重新抽取")
	var now wire.Project
	w.do(planHead, "GET", "/api/v1/projects/"+code, nil).want(200, "").into(&now)
	var all wire.SeatVoids
	w.do(director, "GET", at, nil).want(200, "").into(&all)
	if now.Stage != "IN_REVIEW" || len(all.Items) != 6 {
		t.Errorf("in the end %s, %d requests", now.Stage, len(all.Items))
	}
	for _, s := range all.Items {
		var seated int64
		w.must(w.db.Read(ctx()).
			Raw("SELECT count(*) FROM expert_seat WHERE project = ? AND cycle = 2 AND person_id = ?", code, s.Person.ID).
			Scan(&seated).
			Error)
		if s.State == "confirmed" && seated > 0 {
			t.Errorf("%s, whose seat was void, is drawn again", s.Person.ID)
		}
	}
	if n := w.rows("expert_opinion"); n != 4 {
		t.Errorf("%d opinions are kept", n)
	}
	told := w.do(drawn[0], "GET", "/api/v1/notifications", nil).want(200, "")
	if !bytes.Contains(told.body, []byte("席位已作废")) {
		t.Error("the expert is not told that his seat has ended")
	}
	var verdict wire.AuditVerdict
	w.do("ji-shenji", "GET", "/api/v1/audit/verify", nil).want(200, "").into(&verdict)
	if !verdict.Intact {
		t.Errorf("audit: %+v", verdict)
	}
}
