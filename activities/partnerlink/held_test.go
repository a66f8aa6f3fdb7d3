package partnerlink_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/partner"
	"github.com/quancheng/quancheng/webhook"
)

// come stores the event "e<n>" of finance's stream, whose predecessor is "e<n-1>".
func (v *village) come(n int) {
	v.Helper()
	id := fmt.Sprintf("e%d", n)
	body, err := json.Marshal(webhook.Envelope{
		EventID: id, EventType: "budget.received", SchemaVersion: "1.0", Source: "finance", OccurredAt: v.now, SentAt: v.now,
		Stream: "finance:county", Seq: int64(n),
		PrevEventID: fmt.Sprintf(
			"e%d", n-1,
		), Correlation: webhook.Correlation{ProjectCode: project}, Data: json.RawMessage(fmt.Sprintf(`{"pro_code":"P%d"}`, n)),
	})
	if err != nil {
		v.Fatal(err)
	}
	v.tx(func(tx *gorm.DB) error {
		_, _, err := partner.ReceiveEvent(tx, partner.PartnerEvent{
			Source: "finance", EventID: id, EventType: "budget.received", Body: body, ReceivedAt: v.now, OccurredAt: v.now,
			Stream: "finance:county", Seq: int64(n),
		})
		return err
	})
}

// receive passes until nothing is due.
func (v *village) receive() {
	v.Helper()
	for range 1000 {
		if err := v.link.Receive(context.Background()); err != nil {
			v.Fatal(err)
		}
		if v.count("SELECT count(*) FROM partner_inbox WHERE state IN ('received', 'held') AND next_at <= ?", v.now) == 0 {
			return
		}
	}
	v.Fatal("the inbox stands still")
}

func (v *village) want(state string, n int) {
	v.Helper()
	if got := v.count("SELECT count(*) FROM partner_inbox WHERE state = ?", state); got != n {
		v.Errorf("%d events are %s, want %d", got, state, n)
	}
}

// Held events go on when the gap is filled, or when its time is over, also where
// there are more than one pass looks at; others are not held up by them.
func TestHeldEventsGoOn(t *testing.T) {
	const held = 150
	cases := map[string]func(v *village){
		"the gap is filled":      func(v *village) { v.come(2) },
		"the gap's time is over": func(v *village) { v.now = v.now.Add(10 * time.Minute); v.come(held + 3) },
	}
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		v := newVillage(t, db)
		for name, then := range cases {
			t.Run(name, func(t *testing.T) {
				v.T = t
				v.tx(func(tx *gorm.DB) error {
					for _, table := range []string{"partner_inbox", "stream_head", "stream_event", "stream_gap", "message"} {
						if err := tx.Exec("DELETE FROM " + table).Error; err != nil {
							return err
						}
					}
					return tx.Exec("DELETE FROM fact").Error
				})
				v.come(1)
				v.receive()
				for n := held + 2; n > 2; n-- { // the newest first
					v.come(n)
					v.receive()
				}
				v.want(partner.InboxApplied, 1)
				v.want(partner.InboxHeld, held)
				then(v)
				v.receive()
				v.want(partner.InboxHeld, 0)
				v.want(partner.InboxApplied, held+2)
				if n := v.count("SELECT count(*) FROM fact"); n != held+2 {
					t.Errorf("%d facts, want %d: each once", n, held+2)
				}
				var order []string
				db.Read(context.Background()).
					Raw("SELECT event_id FROM fact WHERE event_id NOT IN ('e1', 'e2', ?) ORDER BY id", fmt.Sprintf("e%d", held+3)).
					Scan(&order)
				for i, id := range order {
					if want := fmt.Sprintf("e%d", i+3); id != want {
						t.Fatalf("fact %d is of %s, want %s", i, id, want)
					}
				}
			})
		}
	})
}

// The process may die anywhere while a held event goes on: it does so once.
func TestHeldEventDies(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		v := newVillage(t, db)
		v.come(1)
		v.come(3)
		v.receive()
		v.want(partner.InboxHeld, 1)
		v.now = v.now.Add(10 * time.Minute)
		deaths := modelstest.Cut(t, v.link.Receive, func(statement int) {
			if n := v.count("SELECT count(*) FROM fact WHERE event_id = 'e3'"); n != 0 {
				t.Fatalf("died before statement %d with %d facts", statement, n)
			}
		})
		v.receive()
		v.want(partner.InboxApplied, 2)
		if n := v.count("SELECT count(*) FROM fact WHERE event_id = 'e3'"); n != 1 || deaths < 5 {
			t.Errorf("%d facts after %d deaths", n, deaths)
		}
	})
}
