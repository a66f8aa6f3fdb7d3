package inbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/partner"
	"github.com/quancheng/quancheng/models/partner/inbox"
	"github.com/quancheng/quancheng/models/partner/stream"
	"github.com/quancheng/quancheng/webhook"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

var noon = time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC)

// desk receives events and works on what is due, on a clock of its own.
type desk struct {
	t   *testing.T
	db  *models.DB
	now time.Time
}

func newDesk(t *testing.T, db *models.DB) *desk {
	d := &desk{t, db, noon}
	d.tx(func(tx *gorm.DB) error {
		if err := demo.Install(tx, models.Acting{Person: models.System, At: noon}); err != nil {
			return err
		}
		for _, code := range []string{"XM-2026-001", "XM-2026-002"} {
			p := books.Project{
				Code: code, Name: "示例", DeptID: "DP18", Type: "新建", Form: models.JSON("{}"), Stage: books.Approved, DraftedOn: "2026-02-01",
				CreatedAt: noon, UpdatedAt: noon,
			}
			if err := tx.Create(&p).Error; err != nil {
				return err
			}
		}
		return nil
	})
	return d
}

func (d *desk) tx(f func(tx *gorm.DB) error) {
	d.t.Helper()
	if err := d.db.Tx(context.Background(), f); err != nil {
		d.t.Fatal(err)
	}
}

// come stores an event "id prev seq project type data"; "-" is none.
func (d *desk) come(line string) {
	d.t.Helper()
	f := strings.SplitN(line, " ", 6)
	var seq int64
	_, _ = fmt.Sscan(f[2], &seq)
	e := webhook.Envelope{
		EventID: f[0], EventType: f[4], Source: "finance", OccurredAt: noon, Stream: "finance:county", Seq: seq,
		PrevEventID: strings.Trim(f[1], "-"), Correlation: webhook.Correlation{ProjectCode: f[3]}, Data: json.RawMessage(f[5]),
	}
	body, err := json.Marshal(e)
	if err != nil {
		d.t.Fatal(err)
	}
	d.tx(func(tx *gorm.DB) error {
		_, _, err := partner.ReceiveEvent(tx, partner.PartnerEvent{
			Source: e.Source, EventID: e.EventID, EventType: e.EventType, Body: body, ReceivedAt: d.now, OccurredAt: noon, Stream: e.Stream,
			Seq: e.Seq,
		})
		return err
	})
}

// work applies what is due until nothing is, and says what became of all events.
func (d *desk) work() string {
	d.t.Helper()
	for {
		rows, err := partner.DueEvents(d.db.Read(context.Background()), d.now, 100)
		if err != nil {
			d.t.Fatal(err)
		}
		if len(rows) == 0 {
			break
		}
		for _, row := range rows {
			d.tx(func(tx *gorm.DB) error {
				ev, err := inbox.Event(row)
				if err == nil {
					_, err = inbox.Apply(tx, models.Acting{Person: models.System, At: d.now}, row, ev)
				}
				return err
			})
		}
	}
	var rows []partner.PartnerEvent
	if err := d.db.Read(context.Background()).Order("id").Find(&rows).Error; err != nil {
		d.t.Fatal(err)
	}
	var out []string
	for _, r := range rows {
		out = append(out, strings.TrimSpace(r.EventID+" "+r.State+" "+r.HeldFor+r.ParkedReason))
	}
	return strings.Join(out, ", ")
}

func (d *desk) gaps() (out string) {
	d.t.Helper()
	gaps, err := stream.Gaps(d.db.Read(context.Background()))
	if err != nil {
		d.t.Fatal(err)
	}
	for _, g := range gaps {
		out += fmt.Sprintf("%d:%d-%d ", g.Epoch, g.FromSeq, g.ToSeq)
	}
	return strings.TrimSpace(out)
}

// received is an event that leaves no trace in the ledger, which nobody can empty between two cases.
func received(id, prev string, seq int, project string) string {
	return fmt.Sprintf(`%s %s %d %s budget.received {"pro_code":"P%s"}`, id, prev, seq, project, id)
}

// What comes too early, what becomes of it, and what is missing meanwhile.
func TestWhatIsHeld(t *testing.T) {
	cases := []struct {
		name  string
		steps []string // an event, "pass 10m", or "= states [| gaps]"
	}{
		{"FT08 a gap holds its project only, and what fills it releases it", []string{
			received(
				"e1", "e0", 7, "XM-2026-001",
			), received("e3", "e2", 9, "XM-2026-001"), received("e4", "e3", 10, "XM-2026-002"), received("e5", "e4", 11, "XM-2026-001"),
			"= e1 applied, e3 held GAP, e4 applied, e5 held GAP | 1:8-8",
			received("e2", "e1", 8, "XM-2026-002"),
			"= e1 applied, e3 applied, e4 applied, e5 applied, e2 applied |",
		}},
		{"FT08 after ten minutes it goes on", []string{
			received("e1", "-", 1, "XM-2026-001"), received("e3", "e2", 3, "XM-2026-001"), "pass 9m59s",
			"= e1 applied, e3 held GAP | 1:2-2", "pass 1s", "= e1 applied, e3 applied | 1:2-2",
		}},
		{"FT09 a partner that was restored numbers again", []string{
			received(
				"e1", "-", 1, "XM-2026-001",
			), received("e2", "e1", 2, "XM-2026-001"), received("f2", "e1", 2, "XM-2026-001"), received("f5", "f2", 5, "XM-2026-001"),
			received("f4", "f2", 4, "XM-2026-001"),
			"= e1 applied, e2 applied, f2 applied, f5 applied, f4 applied | 2:3-3",
		}},
		{"FT17 a refund waits for its payment", []string{
			`r - 1 XM-2026-001 payment.refunded {"pay_cert_no":"Z","refund_no":"T","amount":"40.00"}`, "= r held REFUND_BEFORE_PAYMENT |",
			`p r 2 XM-2026-001 payment.paid {"pay_cert_no":"Z","xpay_amt":"100.00"}`, "= r applied, p applied |",
		}},
		{"FT17 after a day it is parked", []string{
			`r - 1 XM-2026-001 payment.refunded {"pay_cert_no":"Z","refund_no":"T","amount":"40.00"}`, "pass 23h59m",
			"= r held REFUND_BEFORE_PAYMENT |",
			"pass 1m", "= r parked REFUND_BEFORE_PAYMENT |",
		}},
	}
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := newDesk(t, db)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				d.t, d.now = t, noon
				d.tx(func(tx *gorm.DB) error {
					for _, table := range []string{"partner_inbox", "stream_head", "stream_event", "stream_gap", "fact", "message"} {
						if err := tx.Exec("DELETE FROM " + table).Error; err != nil {
							return err
						}
					}
					return tx.Exec("DELETE FROM outbox").Error
				})
				for _, step := range c.steps {
					switch word, rest, _ := strings.Cut(step, " "); word {
					case "pass":
						by, err := time.ParseDuration(rest)
						if err != nil {
							t.Fatal(err)
						}
						d.now = d.now.Add(by)
					case "=":
						if got := d.work() + " | " + d.gaps(); strings.TrimSpace(got) != rest {
							t.Errorf("got  %s\nwant %s", got, rest)
						}
					default:
						d.come(step)
					}
				}
			})
		}
	})
}
