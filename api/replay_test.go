package api_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/quancheng/quancheng/activities/partnerlink"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/webhook"
)

// A replay may be signed long ago; nothing else may, and nobody else may sign it.
func TestReplaysComeLate(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.draft()
	signed := func(e webhook.Envelope, key webhook.Key, ago time.Duration) answer {
		body, err := json.Marshal(e)
		w.must(err)
		return w.deliver("finance", e.EventID, body, func(r *http.Request) {
			webhook.SetHeaders(r.Header, key, e.EventID, noon.Add(-ago), body)
		})
	}
	old := func(e webhook.Envelope, key webhook.Key) answer { return signed(e, key, 72*time.Hour) }
	e := event("e1", "budget.issued", p.Code, issued)
	old(e, w.key).want(401, "webhook-timestamp")
	e.Replay = true
	old(e, webhook.NewKey()).want(401, "webhook-signature")
	signed(e, w.key, webhook.ReplayTolerance+time.Second).want(401, "webhook-timestamp")
	signed(e, w.key, -webhook.Tolerance-time.Second).want(401, "webhook-timestamp") // of the future
	signed(e, w.key, webhook.ReplayTolerance).want(202, "")
	old(e, w.key).want(202, "")
	e.Replay = false
	w.hook(e).want(202, "") // the first telling, late: the same event
	if n := w.rows("partner_conflict"); n != 0 {
		t.Errorf("%d conflicts", n)
	}
}

// FT08: a gap is asked for once a minute, and given up with an alarm after ten.
func TestGapsAreAskedFor(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.draft()
		asked := []string{}
		server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if err := webhook.Verify(r.Header, []webhook.Key{w.key}, w.clock(), body); err != nil {
				t.Error(err)
			}
			asked = append(asked, r.URL.Path+" "+string(body))
		}))
		defer server.Close()
		link := w.link(map[string]partnerlink.Partner{"finance": {URL: server.URL + "/events", Key: w.key}})
		for _, e := range []struct {
			id, prev string
			seq      int64
		}{{"e1", "", 1}, {"e4", "e3", 4}} {
			env := event(e.id, "budget.received", p.Code, `{"pro_code":"P"}`)
			env.Stream, env.Seq, env.PrevEventID = "finance:county", e.seq, e.prev
			w.hook(env).want(202, "")
		}
		w.must(link.Receive(ctx()))
		for range 30 {
			w.must(link.Gaps(ctx()))
			w.pass(30 * time.Second)
		}
		if len(asked) != 10 || asked[0] != `/events/replay {"from_seq":2,"stream":"finance:county","to_seq":3}` {
			t.Errorf("asked %d times: %v", len(asked), asked[0])
		}
	})
}
