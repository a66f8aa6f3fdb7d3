package api_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"gorm.io/gorm"
)

// TestLiveEvents: whoever may see a change hears of it when it is committed.
func TestLiveEvents(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := newHouse(t, db, nil)
		h.seat("zhou-min", "APPLY_CLERK@DP18")
		h.seat("fang-lei", "APPLY_CLERK@DP02")
		h.seat("sun-jia", "EXPERT@EX00")
		h.seat("li-qiang", "BUREAU_CHIEF@DP34")
		err := db.Tx(ctx(), func(tx *gorm.DB) error {
			return tx.Create(&books.Project{
				Code: "XM-2026-001", Name: "智慧停车", DeptID: "DP18", DraftedOn: "2026-11-24", Stage: books.Draft, Form: models.JSON("{}"),
			}).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(h.h)
		t.Cleanup(server.Close) // after the streams
		listeners := map[string]*listener{}
		for _, who := range []string{"zhou-min", "fang-lei", "sun-jia", "li-qiang"} {
			listeners[who] = h.listen(server.URL, who)
		}
		rolled := models.Notice{Kind: "project", Key: "rolled-back", Project: "XM-2026-001", Dept: "DP18"}
		_ = db.Tx(ctx(), func(tx *gorm.DB) error { _ = models.Notify(tx, rolled); return context.Canceled })
		h.tell(models.Notice{Kind: "project", Key: "XM-2026-001", Project: "XM-2026-001", Dept: "DP18"})
		h.tell(models.Notice{Kind: "task", Key: "42", Project: "XM-2026-001", Dept: "DP18", Persons: []string{"sun-jia"}})
		h.tell(models.Notice{Kind: "project", Key: "last", Persons: []string{"zhou-min", "fang-lei", "sun-jia", "li-qiang"}})
		for who, want := range map[string]string{
			"zhou-min": "XM-2026-001 42 last", "fang-lei": "last", "sun-jia": "42 last", "li-qiang": "XM-2026-001 42 last",
		} {
			if got := listeners[who].until("last"); got != want {
				t.Errorf("%s heard %q, want %q", who, got, want)
			}
		}
	})
}

func (h *house) tell(n models.Notice) {
	h.t.Helper()
	if err := h.db.Tx(ctx(), func(tx *gorm.DB) error { return models.Notify(tx, n) }); err != nil {
		h.t.Fatal(err)
	}
}

// listener reads a person's stream.
type listener struct{ lines *bufio.Scanner }

// listen opens a stream and waits for its hello.
func (h *house) listen(server, who string) *listener {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, server+"/api/v1/events", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+h.signIn(who))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = resp.Body.Close() })
	if ct := resp.Header.Get("Content-Type"); ct != "text/event-stream" {
		h.t.Fatalf("content type %q", ct)
	}
	l := &listener{bufio.NewScanner(resp.Body)}
	for l.lines.Scan() {
		if l.lines.Text() == "event: hello" {
			return l
		}
	}
	h.t.Fatal("no hello")
	return nil
}

// until lists the keys that were heard up to one.
func (l *listener) until(last string) string {
	var keys []string
	for l.lines.Scan() {
		_, rest, ok := strings.Cut(l.lines.Text(), `"key":"`)
		if !ok {
			continue
		}
		key := rest[:strings.Index(rest, `"`)]
		keys = append(keys, key)
		if key == last {
			break
		}
	}
	return strings.Join(keys, " ")
}
