package partnerlink_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/partnerlink"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/partner"
	"github.com/quancheng/quancheng/webhook"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

const project = "XM-2026-001"

// village is an approved project and a partner who remembers what was sent to him.
type village struct {
	*testing.T
	db   *models.DB
	now  time.Time
	sent []string // bodies
	link *partnerlink.Link
}

func newVillage(t *testing.T, db *models.DB) *village {
	v := &village{T: t, db: db, now: time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)}
	partner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		v.sent = append(v.sent, string(body))
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(partner.Close)
	v.link = partnerlink.New(partnerlink.Config{
		DB: db, Partners: map[string]partnerlink.Partner{"finance": {URL: partner.URL, Key: webhook.NewKey()}},
		Now: func() time.Time { return v.now }, Log: slog.New(slog.DiscardHandler),
	})
	v.tx(func(tx *gorm.DB) error {
		if err := demo.Install(tx, v.acting()); err != nil {
			return err
		}
		p := books.Project{
			Code: project, Name: "示例", DeptID: "DP18", Type: "新建", Form: models.JSON("{}"), Stage: books.Approved, DraftedOn: "2026-02-01",
			CreatedAt: v.now, UpdatedAt: v.now,
		}
		if err := tx.Create(&p).Error; err != nil {
			return err
		}
		approved, err := models.ParseMoney("1000000.00")
		if err != nil {
			return err
		}
		return books.PostEntry(
			tx, v.acting(),
			books.LedgerEntry{Kind: books.LedgerApproved, Project: project, Amount: approved, NaturalKey: "doc", Source: "test"},
		)
	})
	return v
}

func (v *village) acting() models.Acting {
	return models.Acting{Person: models.System, At: v.now, BusinessDate: models.DateOf(v.now)}
}

func (v *village) tx(f func(tx *gorm.DB) error) {
	v.Helper()
	if err := v.db.Tx(context.Background(), f); err != nil {
		v.Fatal(err)
	}
}

func (v *village) count(sql string, args ...any) (n int) {
	v.Helper()
	if err := v.db.Read(context.Background()).Raw(sql, args...).Scan(&n).Error; err != nil {
		v.Fatal(err)
	}
	return n
}

// The process may die anywhere while an event of a partner is posted: the books,
// the message and the event's own state change together or not at all.
func TestReceiverDies(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		v := newVillage(t, db)
		body, err := json.Marshal(webhook.Envelope{
			EventID: "e1", EventType: "budget.issued", SchemaVersion: "1.0", Source: "finance", OccurredAt: v.now, SentAt: v.now,
			Correlation: webhook.Correlation{ProjectCode: project},
			Data: json.RawMessage(
				`{"bgt_id":"B-1","cor_bgt_doc_no":"财预〔2026〕1号","doc_date":"2026-11-24","pro_code":"P1","fiscal_year":"2026","fund_type_code":"11","amount":"600000.00"}`,
			),
		})
		if err != nil {
			t.Fatal(err)
		}
		v.tx(func(tx *gorm.DB) error {
			_, _, err := partner.ReceiveEvent(
				tx,
				partner.PartnerEvent{
					Source: "finance", EventID: "e1", EventType: "budget.issued", Body: body, ReceivedAt: v.now, OccurredAt: v.now,
				},
			)
			return err
		})
		posted := func() [4]int {
			return [4]int{
				v.count(
					"SELECT count(*) FROM fact",
				), v.count("SELECT count(*) FROM ledger WHERE kind = 'issued'"), v.count("SELECT count(*) FROM message"),
				v.count("SELECT count(*) FROM partner_inbox WHERE state = ?", partner.InboxApplied),
			}
		}
		deaths := modelstest.Cut(t, v.link.Receive, func(statement int) {
			if now := posted(); now != [4]int{} {
				t.Fatalf("died before statement %d: facts, entries, messages, applied %v", statement, now)
			}
		})
		if err := v.link.Receive(context.Background()); err != nil {
			t.Fatal(err)
		}
		if now := posted(); now != [4]int{1, 1, 1, 1} || deaths < 10 {
			t.Errorf("after %d deaths: facts, entries, messages, applied %v; want one of each", deaths, now)
		}
	})
}

// The process may die anywhere while an event of ours is delivered: it is sent
// again once its lease has ended, the same to the byte, and ticked off once.
func TestDelivererDies(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		v := newVillage(t, db)
		v.tx(func(tx *gorm.DB) error {
			return outbox.SendPartner(
				tx, v.acting(), "e1", "finance", "project.approved", project, map[string]string{"approved": "1000000.00"},
			)
		})
		again := false
		deaths := modelstest.Cut(t, v.link.Deliver, func(statement int) {
			if v.count("SELECT count(*) FROM outbox WHERE state <> ?", outbox.OutPending) > 0 {
				t.Fatalf("died before statement %d: it does not wait any more", statement)
			}
			again = again || len(v.sent) > 0
			v.now = v.now.Add(time.Minute) // no lease is longer
		})
		if n := v.count("SELECT count(*) FROM outbox WHERE state = ?", outbox.OutDelivered); n != 1 || !again {
			t.Errorf("after %d deaths: %d delivered, died between sending and tick: %v", deaths, n, again)
		}
		for _, body := range v.sent {
			if body != v.sent[0] {
				t.Errorf("the same event in two forms: %s and %s", v.sent[0], body)
			}
		}
	})
}
