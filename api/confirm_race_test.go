package api_test

import (
	"context"
	"testing"

	"github.com/quancheng/quancheng/api"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/workflows/contract"
)

// meanwhile lets something happen while an event is on its way to its workflow.
type meanwhile struct {
	api.Sender
	happens func()
}

func (m meanwhile) Send(ctx context.Context, r contract.Request) (contract.Outcome, error) {
	m.happens()
	return m.Sender.Send(ctx, r)
}

// Nobody refuses what is being done: of a head who confirms and one who refuses at
// the same moment, one is told that the other has decided, and the register says
// what happened. A confirmation that was refused by the case is left to others.
func TestConfirmedAndRefusedAtOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		w.seat("deng-juzhang", "BUREAU_DIRECTOR@DP34") // there are two of them
		at := w.begun("case_waits", "W-1")
		var asked wire.OperationResult
		w.do("zhao-kezhang", "POST", at+"/terminate", wire.CaseRequest{Reason: because}).want(202, "").into(&asked)
		word := "/api/v1/confirmations/" + asked.Confirmation
		other := newHouse(t, db, func(d *api.Deps) {
			d.Bundles = w.cache
			d.Sender = meanwhile{w.shell, func() {
				w.do("gao-fenguan", "POST", word, wire.Decision{Reason: "还没有讨论过"}).want(403, "forbidden")
				w.do("deng-juzhang", "POST", word, wire.Decision{Reason: "还没有讨论过"}).want(409, "checked-already")
			}}
		})
		other.do("lin-juzhang", "POST", word, wire.Decision{Accept: true}).want(200, "")
		if w.rows("confirmation WHERE state = 'confirmed' AND decided_by = 'lin-juzhang'") != 1 ||
			w.caseAt("zhao-kezhang", at).State != "ended" {
			t.Error("the register does not say that it was confirmed")
		}

		at = w.begun("case_waits", "W-2")
		w.do("zhao-kezhang", "POST", at+"/jump", wire.CaseRequest{Reason: because, Target: "check"}).want(202, "").into(&asked)
		w.do("zhao-kezhang", "POST", at+"/suspend", wire.CaseRequest{Reason: because}).want(200, "")
		w.do("lin-juzhang", "POST", "/api/v1/confirmations/"+asked.Confirmation, wire.Decision{Accept: true}).want(409, "suspended")
		w.do("gao-fenguan", "POST", "/api/v1/confirmations/"+asked.Confirmation, wire.Decision{Reason: "还没有讨论过"}).want(200, "")
	})
}
