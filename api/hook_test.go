package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/partnerlink"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/webhook"
)

// event is a partner's event as it would be sent.
func event(id, kind, project, data string) webhook.Envelope {
	source := "finance"
	if strings.HasPrefix(kind, "procurement.") {
		source = "procurement"
	}
	return webhook.Envelope{
		EventID: id, EventType: kind, SchemaVersion: "1.0", Source: source, OccurredAt: noon, SentAt: noon,
		Correlation: webhook.Correlation{ProjectCode: project}, Data: json.RawMessage(data),
	}
}

// deliver sends raw bytes as a partner; change may spoil the request.
func (w *town) deliver(partner, id string, body []byte, change func(*http.Request)) answer {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/integrations/"+partner, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	webhook.SetHeaders(r.Header, w.key, id, w.clock(), body)
	if change != nil {
		change(r)
	}
	return w.send(r, body)
}

func (w *town) hook(e webhook.Envelope) answer {
	w.t.Helper()
	body, err := json.Marshal(e)
	w.must(err)
	return w.deliver(e.Source, e.EventID, body, nil)
}

// link is the traffic with the bureaus on the town's clock.
func (w *town) link(partners map[string]partnerlink.Partner) *partnerlink.Link {
	return partnerlink.New(partnerlink.Config{DB: w.db, Partners: partners, Now: w.clock, Log: slog.New(slog.DiscardHandler)})
}

func (w *town) rows(table string) int64 {
	w.t.Helper()
	var n int64
	w.must(w.db.Read(ctx()).Table(table).Count(&n).Error)
	return n
}

const issued = `{"bgt_id":"BGT-1","cor_bgt_doc_no":"财预〔2026〕1号","doc_date":"2026-11-20","amount":"1000000.00"}`

func TestHookRefuses(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	good, err := json.Marshal(event("e1", "budget.issued", "XM-2026-001", issued))
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name    string
		partner string
		id      string
		body    string
		change  func(*http.Request)
		status  int
		slug    string
	}{
		{
			"forged", "finance", "e1", string(good),
			func(r *http.Request) { webhook.SetHeaders(r.Header, webhook.NewKey(), "e1", noon, good) }, 401, "webhook-signature",
		},
		{
			"another body", "finance", "e1", string(good) + " ",
			func(r *http.Request) { webhook.SetHeaders(r.Header, w.key, "e1", noon, good) }, 401, "webhook-signature",
		},
		{"replayed later", "finance", "e1", string(good), func(r *http.Request) {
			webhook.SetHeaders(r.Header, w.key, "e1", noon.Add(-6*time.Minute), good)
		}, 401, "webhook-timestamp"},
		{"from the future", "finance", "e1", string(good), func(r *http.Request) {
			webhook.SetHeaders(r.Header, w.key, "e1", noon.Add(6*time.Minute), good)
		}, 401, "webhook-timestamp"},
		{"of the other bureau", "procurement", "e1", string(good), nil, 400, "malformed-envelope"},
		{"another id in the header", "finance", "e2", string(good), nil, 400, "malformed-envelope"},
		{"no JSON", "finance", "e1", `{"event_id":`, nil, 400, "malformed-json"},
		{
			"a field twice", "finance", "e1", strings.Replace(string(good), `{"event_id"`, `{"event_id":"e0","event_id"`, 1), nil, 400,
			"malformed-json",
		},
		{"no envelope", "finance", "e1", `{"event_id":"e1"}`, nil, 400, "malformed-envelope"},
		{"not UTF-8", "finance", "e1", strings.Replace(string(good), "财预", "\xb2\xc6", 1), nil, 400, "not-utf8"},
		{"too large", "finance", "e1", `{"x":"` + strings.Repeat("x", 1<<20) + `"}`, nil, 413, "too-large"},
		{"unknown partner", "tax", "e1", string(good), nil, 404, "not-found"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { w.deliver(c.partner, c.id, []byte(c.body), c.change).want(c.status, c.slug) })
	}
	if n := w.rows("partner_inbox"); n != 0 {
		t.Errorf("%d refused events were stored", n)
	}
}

func TestHookStoresOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.draft()
		e := event("e1", "budget.issued", p.Code, issued)
		var first, second wire.Receipt
		w.hook(e).want(202, "").into(&first)
		w.hook(e).want(202, "").into(&second)
		if first.Duplicate || !second.Duplicate || second.Receipt != first.Receipt {
			t.Errorf("receipts %+v and %+v", first, second)
		}
		other := event("e1", "budget.issued", p.Code, strings.Replace(issued, "1000000.00", "9.00", 1))
		w.hook(other).want(409, "digest-conflict")
		link := w.link(nil)
		for range 2 {
			w.must(link.Receive(ctx()))
		}
		w.hook(e).want(202, "")
		twin := event("e2", "budget.issued", p.Code, issued) // the same fact under another id
		w.hook(twin).want(202, "")
		w.must(link.Receive(ctx()))
		var l wire.Ledger
		w.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.Code+"/ledger", nil).want(200, "").into(&l)
		if l.Totals.Issued != "1000000.00" {
			t.Errorf("issued %s", l.Totals.Issued)
		}
		var page wire.InboxPage
		w.do("qian-caizheng", "GET", "/api/v1/partners/inbox?project="+p.Code, nil).want(200, "").into(&page)
		if len(page.Items) != 2 || page.Items[0].State != "duplicate" || page.Items[1].State != "applied" || page.Items[1].Receipts != 3 {
			t.Errorf("inbox %+v", page.Items)
		}
		if n := w.rows("partner_conflict"); n != 1 {
			t.Errorf("%d conflicts kept", n)
		}
	})
}

func TestOrderDoesNotMatter(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.draft()
	paid := event(
		"e1", "payment.paid", p.Code, `{"pay_cert_no":"ZF-1","pay_app_no":"SQ-1","xpay_amt":"500000.00","xpay_date":"2026-11-22"}`,
	)
	applied := event("e2", "payment.applied", p.Code, `{"pay_app_no":"SQ-1","pay_app_amt":"500000.00","create_date":"2026-11-20"}`)
	for _, e := range []webhook.Envelope{paid, applied, event("e3", "budget.issued", p.Code, issued)} {
		w.hook(e).want(202, "")
	}
	w.must(w.link(nil).Receive(ctx()))
	var l wire.Ledger
	w.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.Code+"/ledger", nil).want(200, "").into(&l)
	if l.Totals.Paid != "500000.00" || l.Totals.Issued != "1000000.00" || len(l.Breaches) == 0 {
		t.Errorf("books: %+v, breaches %+v", l.Totals, l.Breaches)
	}
}

func TestParkedIsLinkedByAPerson(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.draft()
		w.hook(event("e1", "budget.issued", "XM-2099-999", issued)).want(202, "")
		w.hook(event("e2", "budget.frobnicated", p.Code, `{}`)).want(202, "")
		w.must(w.link(nil).Receive(ctx()))
		var page wire.InboxPage
		w.do("qian-caizheng", "GET", "/api/v1/partners/parked", nil).want(200, "").into(&page)
		if len(page.Items) != 2 || page.Items[1].ParkedReason == "" {
			t.Fatalf("parked: %+v", page.Items)
		}
		at := "/api/v1/partners/parked/" + page.Items[1].ID + "/link"
		w.do("qian-caizheng", "POST", at, wire.Link{Project: p.Code, Reason: "短"}).want(422, "invalid-input")
		w.do("qian-caizheng", "POST", at, wire.Link{Project: "XM-2099-998", Reason: "财政代码录入有误"}).want(422, "invalid-data")
		w.do("zhou-min", "POST", at, wire.Link{Project: p.Code, Reason: "财政代码录入有误"}).want(403, "forbidden")
		var item wire.InboxItem
		w.do("qian-caizheng", "POST", at, wire.Link{Project: p.Code, Reason: "财政代码录入有误"}).want(200, "").into(&item)
		if item.State != "parked" || item.Decision == nil || item.Decision.By.ID != "qian-caizheng" || item.Decision.MayConfirm {
			t.Fatalf("a million was linked by one person: %+v", item)
		}
		confirm := strings.Replace(at, "/link", "/confirm", 1)
		w.do("qian-caizheng", "POST", at, wire.Link{Project: p.Code, Reason: "财政代码录入有误"}).want(409, "decision-waits")
		w.do("qian-caizheng", "POST", confirm, wire.Verification{Accept: true}).want(403, "second-person-needed")
		w.do("zhao-kezhang", "POST", confirm, wire.Verification{Reason: "代码待核对"}).want(200, "")
		w.do("zhao-kezhang", "POST", confirm, wire.Verification{Accept: true}).want(409, "nothing-to-confirm")
		w.do("qian-caizheng", "POST", at, wire.Link{Project: p.Code, Reason: "财政代码录入有误"}).want(200, "")
		w.do("zhao-kezhang", "POST", confirm, wire.Verification{Accept: true}).want(200, "").into(&item)
		if item.State != "applied" || item.Project != p.Code || item.Amount != "1000000.00" {
			t.Errorf("linked: %+v", item)
		}
		w.do("qian-caizheng", "POST", at, wire.Link{Project: p.Code, Reason: "财政代码录入有误"}).want(409, "not-parked")
		var me wire.Me
		w.do("qian-caizheng", "GET", "/api/v1/me", nil).want(200, "").into(&me)
		if me.Counts.Parked == nil || *me.Counts.Parked != 1 {
			t.Errorf("parked count %v", me.Counts.Parked)
		}
		// What was decided is remembered: the same code means the same project from now on.
		w.hook(event("e3", "budget.issued", "XM-2099-999", strings.Replace(issued, "BGT-1", "BGT-2", 1))).want(202, "")
		w.must(w.link(nil).Receive(ctx()))
		var l wire.Ledger
		w.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.Code+"/ledger", nil).want(200, "").into(&l)
		if l.Totals.Issued != "2000000.00" {
			t.Errorf("issued %s", l.Totals.Issued)
		}
		dismiss := "/api/v1/partners/parked/" + page.Items[0].ID + "/dismiss"
		w.do("qian-caizheng", "POST", dismiss, wire.Reason{Reason: "对方测试数据"}).want(200, "").into(&item)
		if item.State != "dismissed" {
			t.Errorf("dismissed: %+v", item)
		}
	})
}

// TestWrongUnitIsCorrected: an amount told in 万元 is proposed in 元 by the books,
// nobody books it alone, as told or corrected, and both people are told (W3).
func TestWrongUnitIsCorrected(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.draft()
	modelstest.Tx(t, w.db, func(tx *gorm.DB) error {
		return books.PostEntry(tx, models.Acting{Person: models.System, At: w.clock()}, books.LedgerEntry{
			Kind: books.LedgerApproved, Project: p.Code, Amount: approvedOf(t, "1000000.00"), NaturalKey: "doc", Source: "test",
		})
	})
	w.hook(event("e1", "budget.issued", p.Code, strings.Replace(issued, "1000000.00", "100.00", 1))).want(202, "")
	w.must(w.link(nil).Receive(ctx()))
	var page wire.InboxPage
	w.do("qian-caizheng", "GET", "/api/v1/partners/parked", nil).want(200, "").into(&page)
	if len(page.Items) != 1 || page.Items[0].Proposal == nil || page.Items[0].Proposal.Amount != "1000000.00" ||
		page.Items[0].Proposal.Expected != "1000000.00" {
		t.Fatalf("parked: %+v", page.Items)
	}
	for _, person := range []string{"qian-caizheng", "zhao-kezhang"} {
		var told wire.NotificationPage
		w.do(person, "GET", "/api/v1/notifications", nil).want(200, "").into(&told)
		if len(told.Items) != 1 || told.Items[0].Kind != "parked" {
			t.Errorf("%s was told %+v", person, told.Items)
		}
	}
	at := "/api/v1/partners/parked/" + page.Items[0].ID
	correction := wire.ParkedCorrection{Project: p.Code, Amount: "1000000.00", Reason: "财政按万元填报"}
	other := correction
	other.Amount = "999999.00"
	w.do("qian-caizheng", "POST", at+"/correct", other).want(422, "invalid-data")
	w.do("zhou-min", "POST", at+"/correct", correction).want(403, "forbidden")
	var item wire.InboxItem
	w.do("qian-caizheng", "POST", at+"/link", wire.Link{Project: p.Code, Reason: "就按报文入账"}).want(200, "").into(&item)
	if item.State != "parked" || item.Decision == nil { // a small amount, and still not one person's
		t.Fatalf("linked alone: %+v", item)
	}
	w.do("zhao-kezhang", "POST", at+"/confirm", wire.Verification{Reason: "金额不对，请更正"}).want(200, "")
	w.do("qian-caizheng", "POST", at+"/correct", correction).want(200, "").into(&item)
	if item.State != "parked" || item.Decision == nil || item.Decision.Kind != "correct" || item.Decision.Amount != "1000000.00" {
		t.Fatalf("corrected: %+v", item)
	}
	w.do("qian-caizheng", "POST", at+"/confirm", wire.Verification{Accept: true}).want(403, "second-person-needed")
	w.do("zhao-kezhang", "POST", at+"/confirm", wire.Verification{Accept: true}).want(200, "").into(&item)
	if item.State != "applied" || item.Amount != "1000000.00" || item.Data["amount"] != "100.00" {
		t.Errorf("applied: %+v", item)
	}
	w.do("qian-caizheng", "POST", at+"/correct", correction).want(409, "not-parked")
	var l wire.Ledger
	w.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.Code+"/ledger", nil).want(200, "").into(&l)
	if l.Totals.Issued != "1000000.00" {
		t.Errorf("issued %s", l.Totals.Issued)
	}
}

func approvedOf(t *testing.T, yuan string) models.Money {
	t.Helper()
	m, err := models.ParseMoney(yuan)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestOfflineNeedsASecondPerson(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.draft()
		in := wire.OfflineInput{
			Partner: "finance", EventType: "budget.issued", Project: p.Code, OccurredOn: "2026-11-20",
			Data: map[string]any{"bgt_id": "BGT-1", "doc_date": "2026-11-20", "amount": "1000000.00"}, Reason: "财政系统尚未联网",
		}
		var o wire.Offline
		w.do("qian-caizheng", "POST", "/api/v1/partners/offline", in, "Idempotency-Key", "o1").want(201, "").into(&o)
		var again wire.Offline
		w.do("qian-caizheng", "POST", "/api/v1/partners/offline", in, "Idempotency-Key", "o1").want(201, "").into(&again)
		if again.ID != o.ID {
			t.Errorf("registered twice: %s, %s", o.ID, again.ID)
		}
		at := "/api/v1/partners/offline/" + o.ID + "/verify"
		w.do("qian-caizheng", "POST", at, wire.Verification{Accept: true}).want(403, "second-person-needed")
		var l wire.Ledger
		w.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.Code+"/ledger", nil).want(200, "").into(&l)
		if l.Totals.Issued != "0.00" || len(l.Entries) > 0 {
			t.Errorf("issued %s before the check", l.Totals.Issued)
		}
		w.do("zhao-kezhang", "POST", at, wire.Verification{Accept: true}).want(200, "").into(&o)
		if o.State != "accepted" || o.VerifiedBy == nil || o.VerifiedBy.ID != "zhao-kezhang" {
			t.Errorf("checked: %+v", o)
		}
		w.hook(event("online", "budget.issued", p.Code, issued)).want(202, "") // its twin comes later
		w.must(w.link(nil).Receive(ctx()))
		w.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.Code+"/ledger", nil).want(200, "").into(&l)
		if l.Totals.Issued != "1000000.00" {
			t.Errorf("issued %s after both", l.Totals.Issued)
		}
		in.Data["amount"] = "-1.00"
		w.do("qian-caizheng", "POST", "/api/v1/partners/offline", in).want(422, "invalid-data")
		in.EventType = "procurement.awarded"
		w.do("qian-caizheng", "POST", "/api/v1/partners/offline", in).want(422, "invalid-data")
	})
}

// bureau is a partner whose answers a test chooses.
type bureau struct {
	status int
	got    []string
}

func (b *bureau) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.got = append(b.got, r.Header.Get(webhook.HeaderID))
	w.WriteHeader(b.status)
}

func TestOutboxRetriesAndDies(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		b := &bureau{status: 503}
		server := httptest.NewServer(b)
		defer server.Close()
		link := w.link(map[string]partnerlink.Partner{"finance": {URL: server.URL, Key: w.key}})
		w.out("x1")
		w.must(link.Deliver(ctx()))
		w.must(link.Deliver(ctx())) // not due again yet
		if len(b.got) != 1 {
			t.Fatalf("sent %v", b.got)
		}
		b.status = 202
		w.pass(2 * time.Second)
		w.must(link.Deliver(ctx()))
		if item := w.outbox("x1"); item.State != "delivered" || item.Attempts != 2 || b.got[1] != "x1" {
			t.Errorf("after the bureau came back: %+v, %v", item, b.got)
		}
		b.status = 503
		w.out("x2")
		for range 12 {
			w.must(link.Deliver(ctx()))
			w.pass(25 * time.Hour)
		}
		item := w.outbox("x2")
		if item.State != "dead" || item.Attempts != 10 || item.LastError == "" {
			t.Fatalf("after ten attempts: %+v", item)
		}
		b.status = 202
		w.do("qian-caizheng", "POST", "/api/v1/partners/outbox/x2/retry", wire.Reason{Reason: "财政系统已恢复"}).want(200, "")
		w.must(link.Deliver(ctx()))
		if item := w.outbox("x2"); item.State != "delivered" {
			t.Errorf("after the retry: %+v", item)
		}
		w.do("qian-caizheng", "POST", "/api/v1/partners/outbox/x2/retry", wire.Reason{Reason: "财政系统已恢复"}).want(409, "delivered-already")
		b.status = 400
		w.out("x3")
		w.must(link.Deliver(ctx()))
		if item := w.outbox("x3"); item.State != "dead" || item.Attempts != 1 {
			t.Errorf("refused for good: %+v", item)
		}
	})
}

func (w *town) out(id string) {
	w.t.Helper()
	w.must(w.db.Tx(context.Background(), func(tx *gorm.DB) error {
		return outbox.SendPartner(
			tx, models.Acting{Person: models.System, At: w.clock().UTC()}, id, "finance", "project.approved", "XM-2026-001",
			map[string]any{"approved": "1.00"},
		)
	}))
}

func (w *town) outbox(id string) wire.OutboxItem {
	w.t.Helper()
	var page wire.OutboxPage
	w.do("qian-caizheng", "GET", "/api/v1/partners/outbox", nil).want(200, "").into(&page)
	for _, item := range page.Items {
		if item.ID == id {
			return item
		}
	}
	w.t.Fatalf("no %s in the outbox", id)
	return wire.OutboxItem{}
}
