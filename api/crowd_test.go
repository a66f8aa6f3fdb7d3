package api_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/webhook"
)

// TestSlowMessagesOfABureau: who holds as many messages open as may be read at a time is asked to come again, from that
// address alone; once they have ended, the next one is taken (FT29).
func TestSlowMessagesOfABureau(t *testing.T) {
	const most = 32
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.draft()
	post := func(body io.Reader, id string, raw []byte, from string) int {
		r := httptest.NewRequest(http.MethodPost, "/integrations/finance", body)
		r.Header.Set("Content-Type", "application/json")
		r.RemoteAddr = from
		webhook.SetHeaders(r.Header, w.key, id, w.clock(), raw)
		got := httptest.NewRecorder()
		w.h.ServeHTTP(got, r)
		return got.Code
	}
	message := func(id string) []byte {
		raw, err := json.Marshal(event(id, "budget.issued", p.Code, issued))
		w.must(err)
		return raw
	}
	var slow []*io.PipeWriter
	var all sync.WaitGroup
	for range most {
		body, hold := io.Pipe()
		slow = append(slow, hold)
		all.Go(func() { post(body, "slow", nil, "10.0.0.1:999") })
		if _, err := hold.Write([]byte("{")); err != nil { // it is being read
			t.Fatal(err)
		}
	}
	send := func(id, from string, want int) {
		t.Helper()
		raw := message(id)
		if got := post(&reader{raw}, id, raw, from); got != want {
			t.Errorf("%s from %s: %d, want %d", id, from, got, want)
		}
	}
	send("one-more", "10.0.0.1:1000", 429)
	send("elsewhere", "10.0.0.2:1000", 202)
	for _, hold := range slow {
		hold.Close()
	}
	all.Wait()
	send("one-more", "10.0.0.1:1000", 202)
}

// reader gives bytes as a body that has no length.
type reader struct{ left []byte }

func (r *reader) Read(b []byte) (int, error) {
	if len(r.left) == 0 {
		return 0, io.EOF
	}
	n := copy(b, r.left)
	r.left = r.left[n:]
	return n, nil
}
