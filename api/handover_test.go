package api_test

import (
	"strconv"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// TestHandoverBesideTasks: drafts go to who holds the same post or heads the unit, deputyships end, each in a
// transaction of its own; what is gone since the asking is said, and the rest moves.
func TestHandoverBesideTasks(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("leaver", "APPLY_CLERK@U1")
	h.seat("peer", "APPLY_CLERK@U1")
	h.seat("head", "APPLY_LEADER@U1")
	h.seat("lawyer", "BUREAU_LEGAL@U2")
	h.seat("chief", "BUREAU_CHIEF@U2")
	h.seat("deputy", "BUREAU_DEPUTY@U2")
	var drafts [2]process.StartDraft
	var stands office.Deputyship
	err := h.db.Tx(ctx(), func(tx *gorm.DB) (err error) {
		for i := range drafts {
			d := process.StartDraft{Person: "leaver", Process: "own", Version: 1, Data: models.JSON(`{"a":1}`), SavedAt: noon}
			if drafts[i], err = process.NewStartDraft(tx, d); err != nil {
				return err
			}
		}
		stands = office.Deputyship{
			Principal: "peer", Deputy: "leaver", Roles: models.JSON("[]"), Processes: models.JSON("[]"),
			ValidFrom: noon.Add(-time.Hour), ValidTo: noon.Add(72 * time.Hour), SetBy: "peer", SetAt: noon, Reason: "出差",
		}
		return tx.Create(&stands).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	var held wire.Holding
	h.do("chief", "GET", "/api/v1/holdings/leaver", nil).want(200, "").into(&held)
	if len(held.Items) != 3 || held.Items[0].To == nil || held.Items[0].To.ID != "peer" || held.Items[2].Kind != process.HandDeputyship ||
		!held.Items[2].Back || held.Items[2].Name != "演示leaver代演示peer" {
		t.Fatalf("holding: %+v", held)
	}
	ask := func(items ...wire.HandoverItemInput) answer {
		return h.do("chief", "POST", "/api/v1/handovers", wire.HandoverRequest{Person: "leaver", Items: items, Reason: "调离本单位"})
	}
	one := func(kind string, id int64, to string) wire.HandoverItemInput {
		return wire.HandoverItemInput{Kind: kind, Task: strconv.FormatInt(id, 10), To: to}
	}
	draft := func(i int, to string) wire.HandoverItemInput { return one(process.HandDraft, drafts[i].ID, to) }
	ask(draft(0, "")).want(422, "invalid-input")
	ask(draft(0, "lawyer")).want(422, "receiver-not-eligible")
	ask(one(process.HandDraft, 99, "peer")).want(422, "invalid-input")
	ask(one(process.HandDeputyship, 99, "")).want(422, "invalid-input")
	h.do("lawyer", "GET", "/api/v1/holdings/leaver", nil).want(403, "")
	var asked wire.Handover
	ask(draft(0, "peer"), draft(1, "peer"), one(process.HandDeputyship, stands.ID, "")).want(202, "").into(&asked)
	path := "/api/v1/handovers/" + asked.ID + "/decide"
	h.do("chief", "POST", path, wire.Decision{Accept: true}).want(403, "")
	if err := h.db.Tx(ctx(), func(tx *gorm.DB) error { // the leaver throws one away in the meantime
		_, err := process.DropStartDraft(tx, "leaver", drafts[1].ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	var done wire.Handover
	h.do("deputy", "POST", path, wire.Decision{Accept: true}).want(200, "").into(&done)
	for i, want := range []struct {
		done bool
		why  string
	}{{true, ""}, {false, "not-held"}, {true, ""}} {
		if got := done.Items[i]; got.Done != want.done || got.Why != want.why {
			t.Errorf("item %d: %+v, want %+v", i, got, want)
		}
	}
	db := h.db.Read(ctx())
	if d, err := process.StartDraftOf(db, "peer", drafts[0].ID); err != nil || d.Revision != 2 {
		t.Errorf("the draft of the receiver: %+v, %v", d, err)
	}
	rows, err := office.DeputyshipsOf(db, "peer", 9)
	if err != nil || len(rows) != 1 || rows[0].EndedAt == nil {
		t.Errorf("the deputyship: %+v, %v", rows, err)
	}
	h.do("deputy", "POST", path, wire.Decision{Accept: true}).want(409, "checked-already")
	h.do("chief", "GET", "/api/v1/holdings/leaver", nil).want(200, "").into(&held)
	if len(held.Items) != 0 {
		t.Errorf("he still holds %+v", held.Items)
	}
}
