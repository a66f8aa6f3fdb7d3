package api_test

import (
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestStatementsOfAnAct counts what an act on a task asks of the books from the request to its answer,
// Commit included, and what a page of an inbox asks however long it is. What is counted again in
// Temporal (that the outcome is stored) is one more.
func TestStatementsOfAnAct(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		w.leaves()
		const most = 30 // of PostgreSQL one tells the notices; of SQLite one reads the posts of the session
		mend := func() *witness {
			w.begins("zhou-min", wire.BeginRequest{Data: trip})
			w.operate("he-guangming", w.taskOf("he-guangming", "chief"), "disagree", wire.OperationRequest{Opinion: "改期"}).want(200, "")
			task := w.taskOf("zhou-min", "mend")
			a, act := w.seen("zhou-min", "/api/v1/tasks/"+task.Key+"/complete", wire.OperationRequest{Version: task.Version, Data: trip})
			var out wire.OperationResult
			a.want(200, "").into(&out)
			if len(out.NextTasks) != 1 || len(out.NextTasks[0].Holders) != 1 || out.Task == nil || out.Task.State != "closed" {
				t.Errorf("the answer: %+v", out)
			}
			w.operate("he-guangming", w.taskOf("he-guangming", "chief"), "agree", wire.OperationRequest{}).want(200, "")
			return act
		}
		mend() // warms what is kept
		act := mend()
		if n := len(act.said); n > most {
			for i, q := range act.said {
				t.Logf("%d %s", i+1, q)
			}
			t.Errorf("an act of %d statements, not more than %d", n, most)
		} else {
			t.Logf("an act of %d statements, %d of them write", n, len(act.writes()))
		}
		page := func() int {
			a, list := w.looked("he-guangming", "/api/v1/tasks?limit=50")
			a.want(200, "")
			return len(list.said)
		}
		w.begins("zhou-min", wire.BeginRequest{Data: trip})
		short := page()
		for range 4 {
			w.begins("zhou-min", wire.BeginRequest{Data: trip})
		}
		if long := page(); long != short {
			t.Errorf("a page of six tasks took %d statements, one of one %d", long, short)
		}
	})
}
