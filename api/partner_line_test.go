package api_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
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
	"github.com/quancheng/quancheng/models/partner/exchange"
	"github.com/quancheng/quancheng/models/partner/facts"
	"github.com/quancheng/quancheng/webhook"
)

// eventSamples are an event of each type that the bureaus send.
func eventSamples(t *testing.T) map[string]json.RawMessage {
	t.Helper()
	raw, err := os.ReadFile("../models/partner/facts/testdata/matrix.json")
	if err != nil {
		t.Fatal(err)
	}
	var m struct{ Events map[string]json.RawMessage }
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m.Events
}

// sampled is such an event in its envelope.
func sampled(id, kind, project string, data json.RawMessage) webhook.Envelope {
	e := event(id, kind, project, string(data))
	e.Source = facts.Sender(kind)
	return e
}

// lineFaults are what the line can do to an event of any type, and what it is answered (integration.md §10).
var lineFaults = []struct {
	id     string
	spoil  func(w *town, e webhook.Envelope, body []byte) ([]byte, func(*http.Request))
	status int
	slug   string
	kept   int // events in the inbox afterwards
}{
	{"FT01", nil, 202, "", 1},
	{"FT02", func(_ *town, _ webhook.Envelope, body []byte) ([]byte, func(*http.Request)) {
		return bytes.Replace(body, []byte(`"data":{`), []byte(`"data":{"other":"1",`), 1), nil
	}, 409, "digest-conflict", 1},
	{"FT24", func(w *town, e webhook.Envelope, body []byte) ([]byte, func(*http.Request)) {
		return body, func(r *http.Request) { webhook.SetHeaders(r.Header, w.key, e.EventID, noon.Add(6*time.Minute), body) }
	}, 401, "webhook-timestamp", 1},
	{"FT25", func(_ *town, e webhook.Envelope, body []byte) ([]byte, func(*http.Request)) {
		return body, func(r *http.Request) { webhook.SetHeaders(r.Header, webhook.NewKey(), e.EventID, noon, body) }
	}, 401, "webhook-signature", 1},
	{"FT26", func(w *town, e webhook.Envelope, body []byte) ([]byte, func(*http.Request)) {
		return body, func(r *http.Request) { webhook.SetHeaders(r.Header, w.key, e.EventID, noon.Add(-time.Hour), body) }
	}, 401, "webhook-timestamp", 1},
	{"FT29", func(_ *town, _ webhook.Envelope, body []byte) ([]byte, func(*http.Request)) {
		return append(body, bytes.Repeat([]byte(" "), 1<<20)...), nil
	}, 413, "too-large", 1},
	{"FT30", func(_ *town, _ webhook.Envelope, body []byte) ([]byte, func(*http.Request)) {
		return bytes.Replace(body, []byte(`"data":{`), []byte("\"data\":{\"x\":\"\xb2\xc6\","), 1), nil
	}, 400, "not-utf8", 1},
	{"FT31", func(_ *town, _ webhook.Envelope, body []byte) ([]byte, func(*http.Request)) {
		return bytes.Replace(body, []byte(`"occurred_at"`), []byte(`"happened_at"`), 1), nil
	}, 400, "malformed-envelope", 1},
}

// TestLineFaultsByType plays each fault of the line against each type of event: the event that came
// well stands, what was not believed lies apart, and the fifth refusal is told, once.
func TestLineFaultsByType(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.draft()
	n := 0
	for kind, data := range eventSamples(t) {
		for _, f := range lineFaults {
			n++
			e := sampled(fmt.Sprintf("%s-%s", f.id, kind), kind, p.Code, data)
			w.hook(e).want(202, "")
			body, err := json.Marshal(e)
			w.must(err)
			var change func(*http.Request)
			if f.spoil != nil {
				body, change = f.spoil(w, e, body)
			}
			got := w.deliver(e.Source, e.EventID, body, change)
			got.want(f.status, f.slug)
			if f.status == 401 && got.header.Get("X-Server-Time") != fmt.Sprint(noon.Unix()) {
				t.Errorf("%s %s: server time %q", f.id, kind, got.header.Get("X-Server-Time"))
			}
		}
	}
	t.Logf("%d faults of the line × event types", n)
	if kept := w.rows("partner_inbox"); int(kept) != n {
		t.Errorf("%d events are kept of %d", kept, n)
	}
	var refused wire.Refusals
	w.do("zhao-kezhang", "GET", "/api/v1/partners/refusals", nil).want(200, "").into(&refused)
	if len(refused.Items) == 0 || refused.Items[0].Digest == "" || refused.Items[0].Size == 0 {
		t.Errorf("refusals: %+v", refused.Items)
	}
	w.do("zhou-min", "GET", "/api/v1/partners/refusals", nil).want(403, "forbidden")
	var told wire.NotificationPage
	w.do("wei-anquan", "GET", "/api/v1/notifications", nil).want(200, "").into(&told)
	if len(told.Items) != 2 { // one for each bureau
		t.Errorf("the security administrator was told %d times", len(told.Items))
	}
}

// ours are the events that go out (integration.md §4).
var ours = []string{
	"project.approved", "project.revoked", "project.changed", "procurement.plan", "acceptance.passed", "payment.precheck",
	"project.archived", "procurement.contract_signed",
}

// hearer is a bureau that remembers what reached it, and answers badly so many times.
type hearer struct {
	bad, status int
	got         []webhook.Envelope
	raw         []string
}

func (l *hearer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var e webhook.Envelope
	_ = json.Unmarshal(body, &e)
	l.got, l.raw = append(l.got, e), append(l.raw, string(body))
	if l.bad > 0 {
		l.bad--
		w.WriteHeader(l.status)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// TestOurStream: what we tell a bureau is numbered without gaps, each attempt of an event is the same
// to the byte (FT27, FT28: each type), and can be asked for again, under the same ids.
func TestOurStream(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		b := &hearer{}
		server := httptest.NewServer(b)
		defer server.Close()
		link := w.link(map[string]partnerlink.Partner{"finance": {URL: server.URL + "/events", Key: w.key}})
		for i, kind := range ours {
			w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
				return outbox.SendPartner(tx, models.Acting{Person: models.System, At: w.clock().UTC()}, fmt.Sprintf("o%d", i), "finance", kind,
					"XM-2026-001", map[string]any{"approved": "1.00"})
			}))
			b.bad, b.status = 1, []int{503, 504}[i%2] // away, or too late though it has it
			w.must(link.Deliver(ctx()))
			w.pass(2 * time.Minute)
			w.must(link.Deliver(ctx()))
			if n := len(b.got); n != 2*(i+1) || b.raw[n-1] != b.raw[n-2] || b.got[n-1].Seq != int64(i+1) {
				t.Fatalf("%s: %d told, the last as %d", kind, n, b.got[n-1].Seq)
			}
			if prev := b.got[2*i].PrevEventID; i > 0 && prev != fmt.Sprintf("o%d", i-1) {
				t.Errorf("%s follows %q", kind, prev)
			}
		}
		ask := func(method, path string, body []byte, key webhook.Key) answer {
			r := httptest.NewRequest(method, path, bytes.NewReader(body))
			told := body
			if method == http.MethodGet {
				told = []byte(r.URL.RequestURI())
			} else {
				r.Header.Set("Content-Type", "application/json")
			}
			webhook.SetHeaders(r.Header, key, "ask-1", w.clock(), told)
			return w.send(r, body)
		}
		var again wire.ToldAgain
		ask("GET", "/integrations/finance/events?after_seq=5&limit=2", nil, w.key).want(200, "").into(&again)
		if len(again.Events) != 2 || again.LastSeq != 7 || again.Stream != "quancheng:finance" {
			t.Errorf("told again: %+v", again)
		}
		if e, _ := again.Events[0].(map[string]any); e["event_id"] != "o5" || e["replay"] != true {
			t.Errorf("told again: %v", again.Events[0])
		}
		ask("GET", "/integrations/finance/events?after_seq=0", nil, webhook.NewKey()).want(401, "webhook-signature")
		ask("GET", "/integrations/finance/events?stream=other", nil, w.key).want(400, "stream-unknown")
		ask("GET", "/integrations/procurement/events", nil, w.key).want(200, "").into(&again)
		if len(again.Events) != 0 {
			t.Errorf("another bureau reads %v", again.Events)
		}
		for _, bad := range []string{`{}`, `{"from_seq":3,"to_seq":2}`, `{"from_seq":1,"to_seq":2,"stream":"x"}`} {
			ask("POST", "/integrations/finance/events/replay", []byte(bad), w.key).want(400, "replay-range")
		}
		ask("POST", "/integrations/finance/events/replay", []byte(`{"from_seq":2,"to_seq":3}`), webhook.NewKey()).want(401, "webhook-signature")
		ask("POST", "/integrations/finance/events/replay", []byte(`{"from_seq":2,"to_seq":3}`), w.key).want(202, "")
		before := len(b.got)
		w.must(link.Deliver(ctx()))
		if sent := b.got[before:]; len(sent) != 2 || sent[0].EventID != "o1" || !sent[0].Replay || sent[0].Seq != 2 {
			t.Errorf("replayed %+v", b.got[before:])
		}
	})
}

// exchanged brings a bureau's file with what stands beside it.
func (w *town) exchanged(person, name string, body []byte, digest, signature string) answer {
	w.t.Helper()
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	for _, part := range []struct {
		field, file string
		body        []byte
	}{{"file", name, body}, {"digest", name + ".sm3", []byte(digest)}, {"signature", name + ".sig", []byte(signature)}} {
		if len(part.body) == 0 {
			continue
		}
		to, err := m.CreateFormFile(part.field, part.file)
		w.must(err)
		_, _ = to.Write(part.body)
	}
	w.must(m.Close())
	r := httptest.NewRequestWithContext(ctx(), http.MethodPost, "/api/v1/partners/files", bytes.NewReader(form.Bytes()))
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+w.signIn(person))
	return w.send(r, form.Bytes())
}

// TestExchangeOfFiles: a bureau's file counts whole or not at all, once, and has the effect of the line (FT36).
func TestExchangeOfFiles(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.draft()
	const name = "EVT_finance_20261124_1.jsonl"
	events := []webhook.Envelope{
		event("f1", "budget.issued", p.Code, issued),
		event("f2", "budget.received", p.Code, `{"pro_code":"P1","apply_up":"1000000.00"}`),
	}
	body, digest, signature, err := exchange.Write(name, events, w.key)
	w.must(err)
	signed := func(body []byte) (string, string) {
		d := exchange.Digest(body)
		return d, exchange.Sign(w.key, name, d)
	}
	lines := strings.SplitAfter(string(body), "\n")
	for slug, spoiled := range map[string]string{
		"exchange-partial": lines[0] + lines[1], "exchange-trailer": lines[0] + lines[2], "exchange-line": "no event\n" + lines[2],
		"exchange-encoding": "\x81\xff\xff" + string(body),
	} {
		d, s := signed([]byte(spoiled))
		w.exchanged("qian-caizheng", name, []byte(spoiled), d, s).want(422, slug)
	}
	w.exchanged("qian-caizheng", name, body, strings.Repeat("0", 64), signature).want(422, "exchange-digest")
	w.exchanged("qian-caizheng", name, body, digest, exchange.Sign(webhook.NewKey(), name, digest)).want(422, "exchange-signature")
	w.exchanged("qian-caizheng", "EVT_finance_20261125_1.jsonl", body, digest, signature).want(422, "exchange-signature")
	w.exchanged("qian-caizheng", "budget.jsonl", body, digest, signature).want(422, "exchange-name")
	w.exchanged("qian-caizheng", name, body, "", signature).want(422, "invalid-input")
	w.exchanged("gong-caigou", name, body, digest, signature).want(403, "not-the-liaison")
	w.exchanged("zhou-min", name, body, digest, signature).want(403, "forbidden")
	if n := w.rows("partner_inbox"); n != 0 {
		t.Fatalf("%d events of files that were refused", n)
	}
	var first, second wire.ExchangeFile
	w.exchanged("qian-caizheng", name, body, digest, signature).want(201, "").into(&first)
	w.exchanged("qian-caizheng", name, body, digest, signature).want(200, "").into(&second)
	if first.Events != 2 || first.Fresh != 2 || first.Again || !second.Again || second.ID != first.ID || first.Amount != "1000000.00" {
		t.Errorf("taken in %+v, then %+v", first, second)
	}
	w.must(w.link(nil).Receive(ctx()))
	w.hook(events[0]).want(202, "") // the line has it too: the same event
	var l wire.Ledger
	w.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.Code+"/ledger", nil).want(200, "").into(&l)
	if l.Totals.Issued != "1000000.00" {
		t.Errorf("issued %s", l.Totals.Issued)
	}
	other := events
	other[0].Data = json.RawMessage(strings.Replace(issued, "1000000.00", "9.00", 1))
	conflict, d, s, err := exchange.Write(name, other, w.key)
	w.must(err)
	w.exchanged("qian-caizheng", name, conflict, d, s).want(409, "exchange-conflict")

	w.out("x1")
	got := w.do("qian-caizheng", "GET", "/api/v1/partners/files/finance/2026-11-24", nil).want(200, "")
	z, err := zip.NewReader(bytes.NewReader(got.body), int64(len(got.body)))
	w.must(err)
	var names []string
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		w.must(err)
		raw, _ := io.ReadAll(r)
		names, parts[f.Name] = append(names, f.Name), string(raw)
	}
	const out = "EVT_quancheng_20261124_1.jsonl"
	if !slices.Equal(names, []string{out, out + ".sm3", out + ".sig"}) || !strings.Contains(parts[out], `"x1"`) ||
		!strings.HasPrefix(parts[out+".sm3"], exchange.Digest([]byte(parts[out]))) || !strings.HasPrefix(parts[out+".sig"], "v1,") {
		t.Errorf("given out: %v", names)
	}
	w.do("zhao-kezhang", "GET", "/api/v1/partners/files/finance/2026-11-24", nil).want(403, "forbidden")
}

// TestLightsOfTheBureaus: a day of silence is yellow, three are red; working days count, and a word makes it green (FT37).
func TestLightsOfTheBureaus(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.draft()
	lights := func() string {
		var h wire.PartnerHealth
		w.do("zhao-kezhang", "GET", "/api/v1/partners/health", nil).want(200, "").into(&h)
		return h.Items[0].Light + " " + h.Items[1].Light
	}
	for _, step := range []struct {
		heard string
		days  int
		want  string
	}{
		{"", 0, "dark dark"}, {"a", 0, "green dark"}, {"", 1, "green dark"}, {"", 1, "yellow dark"}, {"", 1, "yellow dark"},
		{"", 3, "red dark"}, {"b", 0, "green dark"}, {"", 1, "green dark"},
	} { // from a Tuesday on
		if step.heard != "" {
			e := event(step.heard, "budget.received", p.Code, `{"pro_code":"P`+step.heard+`"}`)
			w.hook(e).want(202, "")
			w.must(w.link(nil).Receive(ctx()))
		}
		w.pass(time.Duration(step.days) * 24 * time.Hour)
		if got := lights(); got != step.want {
			t.Errorf("after %q and %d days: %s, want %s", step.heard, step.days, got, step.want)
		}
	}
	w.out("x1")
	var h wire.PartnerHealth
	w.do("yan-shenji", "GET", "/api/v1/partners/health", nil).want(200, "").into(&h)
	if f := h.Items[0]; f.Waiting != 1 || f.WaitsSince == nil || f.DataUntil == nil || !f.DataUntil.Equal(noon) {
		t.Errorf("finance: %+v", f)
	}
	w.do("zhou-min", "GET", "/api/v1/partners/health", nil).want(403, "forbidden")
}

// TestMonthsAreClosed: balances are held against balances, and a month closes when all is settled, once.
func TestMonthsAreClosed(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.draft()
		e := event("e1", "budget.issued", p.Code, `{"bgt_id":"B1","amount":"10.00","doc_date":"2026-10-20"}`)
		e.OccurredAt = models.Date("2026-10-20").Start()
		w.hook(e).want(202, "")
		w.must(w.link(nil).Receive(ctx()))
		balance := "9.00"
		server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/balances") {
				_, _ = fmt.Fprintf(rw, `{"balances":[{"kind":"budget","key":"B1","amount":"%s"}]}`, balance)
				return
			}
			_ = json.NewEncoder(rw).Encode(map[string]any{"records": []webhook.Envelope{e}})
		}))
		defer server.Close()
		link := w.link(map[string]partnerlink.Partner{"finance": {URL: server.URL + "/events", Key: w.key}})
		month := func(person, m string) answer {
			return w.do(person, "POST", "/api/v1/partners/months", wire.MonthClose{Partner: "finance", Month: m, Reason: "十月对账完成"})
		}
		month("qian-caizheng", "2026-10").want(409, "month-not-compared")
		month("qian-caizheng", "2026-11").want(409, "month-not-over")
		month("gong-caigou", "2026-10").want(403, "not-the-liaison")
		month("zhao-kezhang", "2026-10").want(403, "forbidden")
		run, err := link.Reconcile(ctx(), "finance", "2026-10-01", "2026-10-31")
		w.must(err)
		if run.Matched != 1 || run.Differences != 1 {
			t.Fatalf("%+v", run)
		}
		var open wire.DifferencePage
		w.do("qian-caizheng", "GET", "/api/v1/partners/differences?state=open", nil).want(200, "").into(&open)
		if len(open.Items) != 1 || open.Items[0].EventType != "balance.budget" || open.Items[0].OurAmount != "10.00" {
			t.Fatalf("%+v", open.Items)
		}
		w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error { // of the month itself
			return tx.Table("reconciliation_item").Where("1 = 1").Updates(map[string]any{"our_date": "2026-10-20"}).Error
		}))
		month("qian-caizheng", "2026-10").want(409, "month-open")
		balance = "10.00"
		_, err = link.Reconcile(ctx(), "finance", "2026-10-01", "2026-10-31")
		w.must(err)
		month("qian-caizheng", "2026-10").want(201, "")
		month("qian-caizheng", "2026-10").want(409, "month-closed")
		var months wire.ReconciledMonths
		w.do("yan-shenji", "GET", "/api/v1/partners/months", nil).want(200, "").into(&months)
		if len(months.Items) != 1 || months.Items[0].ClosedBy == nil || months.Items[0].Open != 0 {
			t.Errorf("%+v", months.Items)
		}
	})
}

// TestDeletedRecords: what a bureau deleted is undone when a person says so, by entries of its own, and
// done again when the bureau restores it (FT23). A bureau that was restored is compared whole (FT09).
func TestDeletedRecords(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.draft()
	tell := func(id, deleted string) {
		w.hook(event(id, "budget.issued", p.Code,
			`{"bgt_id":"B1","amount":"100.00","doc_date":"2026-11-20","is_deleted":"`+deleted+`"}`)).want(202, "")
		w.must(w.link(nil).Receive(ctx()))
	}
	linked := func() wire.InboxItem {
		var page wire.InboxPage
		w.do("qian-caizheng", "GET", "/api/v1/partners/parked", nil).want(200, "").into(&page)
		if len(page.Items) != 1 {
			t.Fatalf("parked %+v", page.Items)
		}
		var item wire.InboxItem
		w.do("qian-caizheng", "POST", "/api/v1/partners/parked/"+page.Items[0].ID+"/link",
			wire.Link{Project: p.Code, Reason: "已与财政电话核实"}).want(200, "").into(&item)
		return item
	}
	issuedNow := func() string {
		totals, err := books.TotalsOf(w.db.Read(ctx()), p.Code)
		w.must(err)
		return totals[p.Code].Issued.String()
	}
	tell("e1", "0")
	tell("e2", "1")
	if got := issuedNow(); got != "100.00" {
		t.Fatalf("issued %s before a person said so", got)
	}
	if item := linked(); item.State != "applied" || issuedNow() != "0.00" {
		t.Errorf("undone: %+v, issued %s", item, issuedNow())
	}
	tell("e3", "2")
	if item := linked(); item.State != "applied" || issuedNow() != "100.00" {
		t.Errorf("restored: %+v, issued %s", item, issuedNow())
	}
	if n := w.rows("ledger"); n != 3 {
		t.Errorf("%d entries of the ledger, nothing is edited", n)
	}
	asked := []string{}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.String())
		_ = json.NewEncoder(rw).Encode(map[string]any{"records": []webhook.Envelope{}})
	}))
	defer server.Close()
	link := w.link(map[string]partnerlink.Partner{"finance": {URL: server.URL + "/events", Key: w.key}})
	for _, id := range []string{"s1", "s2"} { // the same number for another event: it numbers again
		e := event(id, "budget.received", p.Code, `{"pro_code":"P`+id+`"}`)
		e.Stream, e.Seq = "finance:county", 1
		w.hook(e).want(202, "")
		w.must(link.Receive(ctx()))
	}
	w.must(link.Daily(ctx()))
	w.must(link.Daily(ctx()))
	whole := 0
	for _, a := range asked {
		if strings.Contains(a, "from=2026-10-20") && strings.Contains(a, "to=2026-12-25") { // from the oldest fact to today, with the margin
			whole++
		}
	}
	if whole != 1 {
		t.Errorf("compared whole %d times: %v", whole, asked)
	}
}
