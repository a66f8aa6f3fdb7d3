package api_test

import (
	"slices"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestABatchIsWithdrawn: who asked for it takes it back with a reason, nobody else does, and it may be asked for again;
// what was withdrawn or taken in stays as it is.
func TestABatchIsWithdrawn(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	raw := inMidLife(t)
	var first, again, before, withdrawn, done wire.RunningPlan
	w.workbook("chen-shouli", raw, nil).want(202, "").into(&first)
	const all = "/api/v1/running/imports/"
	reason := wire.Reason{Reason: "支付列少了一笔，改好再送"}
	w.do("zhao-kezhang", "POST", all+first.ID+"/withdraw", reason).want(403, "forbidden")
	w.do("chen-shouli", "POST", all+first.ID+"/withdraw", wire.Reason{Reason: "错了"}).want(422, "invalid-data")
	w.do("chen-shouli", "GET", all+first.ID, nil).want(200, "").into(&before)
	if !before.MayWithdraw || before.State != "waiting" {
		t.Errorf("before: %+v", before)
	}
	w.do("chen-shouli", "POST", all+first.ID+"/withdraw", reason).want(200, "").into(&withdrawn)
	if withdrawn.State != "withdrawn" || withdrawn.Note != reason.Reason || withdrawn.MayWithdraw {
		t.Errorf("withdrawn: %+v", withdrawn)
	}
	w.do("chen-shouli", "POST", all+first.ID+"/withdraw", reason).want(409, "checked-already")
	w.do("zhao-kezhang", "POST", all+first.ID+"/decide", wire.Decision{Accept: true}).want(409, "checked-already")
	var list wire.RunningImports
	w.do("zhao-kezhang", "GET", "/api/v1/running/imports", nil).want(200, "").into(&list)
	if !slices.ContainsFunc(list.Items, func(i wire.RunningImport) bool { return i.State == "withdrawn" && !i.MayDecide }) {
		t.Errorf("listed: %+v", list.Items)
	}
	w.workbook("chen-shouli", raw, nil).want(202, "").into(&again)
	if again.ID == first.ID || again.State != "waiting" {
		t.Fatalf("asked again: %+v", again)
	}
	w.do("zhao-kezhang", "POST", all+again.ID+"/decide", wire.Decision{Accept: true}).want(200, "").into(&done)
	if len(done.Taken) != 6 {
		t.Errorf("taken in: %+v", done.Taken)
	}
	w.do("chen-shouli", "POST", all+again.ID+"/withdraw", reason).want(409, "checked-already")
}
