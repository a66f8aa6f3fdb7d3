package partners

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quancheng/quancheng/webhook"
)

// house is our side: it records what the bureau sends.
type house struct {
	key    webhook.Key
	status atomic.Int32
	got    chan delivery
	*httptest.Server
}

type delivery struct {
	event webhook.Envelope
	valid bool
}

func newHouse(t *testing.T, key webhook.Key) *house {
	h := &house{key: key, got: make(chan delivery, 100)}
	h.status.Store(http.StatusAccepted)
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var d delivery
		d.valid = webhook.Verify(r.Header, []webhook.Key{key}, time.Now(), body) == nil
		_ = json.Unmarshal(body, &d.event)
		status := int(h.status.Load())
		if !d.valid {
			status = http.StatusUnauthorized
		}
		w.WriteHeader(status)
		h.got <- d
	}))
	t.Cleanup(h.Close)
	return h
}

// types waits for n deliveries and lists their event types.
func (h *house) types(t *testing.T, n int) (types []string, last delivery) {
	t.Helper()
	for range n {
		select {
		case last = <-h.got:
			types = append(types, strings.TrimPrefix(last.event.EventType, "procurement."))
		case <-time.After(20 * time.Second):
			t.Fatalf("only %v arrived", types)
		}
	}
	return types, last
}

func open(t *testing.T, name, file string, h *house) *Bureau {
	t.Helper()
	b, err := New(Config{Name: name, Hook: h.URL, Key: h.key, File: file})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func start(t *testing.T, b *Bureau) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = b.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
}

func event(kind, data string, at time.Time) webhook.Envelope {
	return webhook.Envelope{
		EventID: "ev-" + kind, EventType: kind, Source: "quancheng", OccurredAt: at,
		Correlation: webhook.Correlation{ProjectCode: "XM-2022-003"}, Data: json.RawMessage(data),
	}
}

func send(b *Bureau, key webhook.Key, e webhook.Envelope) int {
	body, _ := json.Marshal(e)
	r := httptest.NewRequest(http.MethodPost, "/fake/"+b.cfg.Name+"/events", bytes.NewReader(body))
	webhook.SetHeaders(r.Header, key, e.EventID, time.Now(), body)
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, r)
	return w.Code
}

const (
	approved = `{"declared":"6125000.00","approved":"3602600.00"}`
	planned  = `{"plan_no":"P1","packages":[{"package_no":"1","limit_price":"3282600.00"},{"package_no":"2","limit_price":"200000.00"}]}`
	precheck = `{"contract_no":"HT-01","amount":"971400.00","request_no":"7"}`
	signed   = `{"contract_no":"HT-01"}`
)

func TestWhatBureausAnswer(t *testing.T) {
	cases := []struct {
		name, bureau, kind, data string
		faults                   Faults
		want                     []string
		project                  string // whose faults they are; "": everybody's
	}{
		{"budget", "finance", "project.approved", approved, Faults{}, []string{"budget.received", "budget.issued"}, ""},
		{"budget refused", "finance", "project.approved", approved, Faults{RejectBudget: true}, []string{"budget.rejected"}, ""},
		{"payment", "finance", "payment.precheck", precheck, Faults{}, []string{"payment.applied", "payment.paid"}, ""},
		{
			"paid before applied", "finance", "payment.precheck", precheck, Faults{Reorder: true},
			[]string{"payment.paid", "payment.applied"}, "",
		},
		{
			"twice", "finance", "payment.precheck", precheck, Faults{Duplicate: true},
			[]string{"payment.applied", "payment.applied", "payment.paid", "payment.paid"}, "",
		},
		{"two packages", "procurement", "procurement.plan", planned, Faults{},
			[]string{"plan_filed", "notice_published", "opened", "awarded", "notice_published", "opened", "awarded"}, ""},
		{"the first tender fails", "procurement", "procurement.plan", planned, Faults{FailTender: 1},
			[]string{"plan_filed", "notice_published", "opened", "failed", "notice_published", "opened", "awarded"}, ""},
		{"contract", "procurement", "procurement.contract_signed", signed, Faults{}, []string{"contract_published", "contract_filed"}, ""},
		{"its own tender fails", "procurement", "procurement.plan", planned, Faults{FailTender: 1},
			[]string{"plan_filed", "notice_published", "opened", "failed", "notice_published", "opened", "awarded"}, "XM-2022-003"},
		{"another's tender fails", "procurement", "procurement.plan", planned, Faults{FailTender: 1},
			[]string{"plan_filed", "notice_published", "opened", "awarded", "notice_published", "opened", "awarded"}, "XM-2022-004"},
		{
			"another's budget is refused", "finance", "project.approved", approved, Faults{RejectBudget: true},
			[]string{"budget.received", "budget.issued"}, "XM-2022-004",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, webhook.NewKey())
			b := open(t, c.bureau, filepath.Join(t.TempDir(), "state.json"), h)
			if err := b.SetFaults(c.project, c.faults); err != nil {
				t.Fatal(err)
			}
			for range 2 { // our own repetition has no second effect
				if got := send(b, h.key, event(c.kind, c.data, time.Now())); got != http.StatusAccepted {
					t.Fatalf("answered %d", got)
				}
			}
			start(t, b)
			got, last := h.types(t, len(c.want))
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if !last.valid || last.event.Correlation.ProjectCode != "XM-2022-003" {
				t.Errorf("envelope: %+v", last)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	h := newHouse(t, webhook.NewKey())
	cases := []struct {
		name   string
		key    webhook.Key
		event  webhook.Envelope
		faults Faults
		want   int
	}{
		{"forged", webhook.NewKey(), event("project.approved", approved, time.Now()), Faults{}, http.StatusUnauthorized},
		{"away", h.key, event("project.approved", approved, time.Now()), Faults{Away: true}, http.StatusServiceUnavailable},
		{"no amount", h.key, event("project.approved", `{}`, time.Now()), Faults{}, http.StatusBadRequest},
		{"no packages", h.key, event("procurement.plan", `{}`, time.Now()), Faults{}, http.StatusAccepted}, // not finance's business
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := open(t, "finance", filepath.Join(t.TempDir(), "state.json"), h)
			_ = b.SetFaults("", c.faults)
			if got := send(b, c.key, c.event); got != c.want {
				t.Errorf("answered %d, want %d", got, c.want)
			}
			if b.Pending() != 0 {
				t.Error("an answer was queued")
			}
		})
	}
}

func TestHistoryIsFiledNotAnswered(t *testing.T) {
	h := newHouse(t, webhook.NewKey())
	b := open(t, "finance", filepath.Join(t.TempDir(), "state.json"), h)
	old := event("project.approved", approved, time.Now().Add(-2*history))
	if got := send(b, h.key, old); got != http.StatusAccepted || b.Pending() != 0 {
		t.Errorf("answered %d, %d pending", got, b.Pending())
	}
}

func TestWrongAmountAndBadSignature(t *testing.T) {
	h := newHouse(t, webhook.NewKey())
	b := open(t, "finance", filepath.Join(t.TempDir(), "state.json"), h)
	_ = b.SetFaults("", Faults{BadSignature: true, WrongAmount: true})
	send(b, h.key, event("payment.precheck", precheck, time.Now()))
	start(t, b)
	if _, d := h.types(t, 1); d.valid {
		t.Error("the signature is good")
	}
	_ = b.SetFaults("", Faults{WrongAmount: true})
	for {
		_, d := h.types(t, 1)
		if !d.valid {
			continue // sent before the fault was taken away
		}
		if !strings.Contains(string(d.event.Data), `"9714000000.00"`) {
			t.Errorf("amount: %s", d.event.Data)
		}
		break
	}
}

func TestQueueOutlivesTheProcess(t *testing.T) {
	h := newHouse(t, webhook.NewKey())
	file := filepath.Join(t.TempDir(), "state.json")
	first := open(t, "finance", file, h)
	send(first, h.key, event("project.approved", approved, time.Now()))

	again := open(t, "finance", file, h) // the first is gone without having sent anything
	if got := send(again, h.key, event("project.approved", approved, time.Now())); got != http.StatusAccepted || again.Pending() != 2 {
		t.Fatalf("answered %d, %d pending", got, again.Pending())
	}
	h.status.Store(http.StatusServiceUnavailable)
	start(t, again)
	h.types(t, 1)
	h.status.Store(http.StatusAccepted)
	var seen []string
	for !slices.Contains(seen, "budget.issued") {
		got, _ := h.types(t, 1)
		seen = append(seen, got...)
	}
	for again.Pending() > 0 {
		time.Sleep(time.Millisecond)
	}
	if last := open(t, "finance", file, h); last.Pending() != 0 {
		t.Errorf("%d pending after delivery", last.Pending())
	}
}

// A lost event is sent again when it is asked for, and the books have it all the time.
func TestReplayAndRecords(t *testing.T) {
	h := newHouse(t, webhook.NewKey())
	b := open(t, "finance", filepath.Join(t.TempDir(), "state.json"), h)
	_ = b.SetFaults("", Faults{Lose: 1})
	send(b, h.key, event("project.approved", approved, time.Now()))
	start(t, b)
	if got, _ := h.types(t, 1); got[0] != "budget.issued" {
		t.Fatalf("sent %v", got)
	}
	ask := func(method, target, body string, key webhook.Key) (int, string) {
		r := httptest.NewRequest(method, target, strings.NewReader(body))
		told := body
		if method == http.MethodGet {
			told = target
		}
		webhook.SetHeaders(r.Header, key, "ask", time.Now(), []byte(told))
		w := httptest.NewRecorder()
		b.Handler().ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	if code, _ := ask(http.MethodPost, "/fake/finance/events/replay", `{"from_seq":1,"to_seq":1}`,
		webhook.NewKey()); code != http.StatusUnauthorized {
		t.Errorf("a forged request was answered %d", code)
	}
	if code, text := ask(http.MethodPost, "/fake/finance/events/replay", `{"from_seq":1,"to_seq":1}`, h.key); code != http.StatusAccepted {
		t.Fatalf("%d %s", code, text)
	}
	if got, d := h.types(t, 1); got[0] != "budget.received" || !d.event.Replay || d.event.Seq != 1 {
		t.Errorf("replayed %v, %+v", got, d.event)
	}
	today := day(time.Now())
	for forget, want := range []int{2, 1} {
		_ = b.SetFaults("", Faults{Forget: forget})
		code, text := ask(http.MethodGet, "/fake/finance/records?from="+today+"&to="+today, "", h.key)
		if n := strings.Count(text, `"event_id"`); code != http.StatusOK || n != want {
			t.Errorf("forgetting %d: %d with %d records, want %d", forget, code, n, want)
		}
	}
	if code, text := ask(http.MethodGet, "/fake/finance/records?from=2020-01-01&to=2020-01-02", "", h.key); code != http.StatusOK ||
		strings.Contains(text, "event_id") {
		t.Errorf("%d %s", code, text)
	}
}
