package api_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
)

// fold ends the minute and writes what was counted into the audit.
func (h *house) fold() []audit.AuditEntry {
	h.t.Helper()
	h.pass(time.Minute)
	var out []audit.AuditEntry
	err := h.db.Tx(ctx(), func(tx *gorm.DB) error {
		if _, err := audit.FoldAccess(tx, h.clock(), 500); err != nil {
			return err
		}
		return tx.Where("chain = ?", "r:access").Order("seq").Find(&out).Error
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// TestAccessIsAudited: refusals and readings become one entry of a person, a
// subject and a minute, however often they were tried.
func TestAccessIsAudited(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := newHouse(t, db, nil)
		h.seat("zhou-min", "APPLY_CLERK@DP18")
		h.seat("zhao-kezhang", "BUREAU_CHIEF@DP34")
		h.seat("luo-wen", "AUDITOR@DP35")
		for range 30 {
			h.do("zhou-min", "GET", "/api/v1/audit", nil).want(403, "forbidden")
		}
		h.do("zhou-min", "GET", "/api/v1/projects/XM-2022-001", nil).want(404, "not-found")
		h.do("zhou-min", "GET", "/api/v1/projects/XM-2022-002", nil).want(404, "not-found")
		h.do("luo-wen", "GET", "/api/v1/audit", nil).want(200, "")
		h.do("zhao-kezhang", "GET", "/api/v1/reports/half-year?from=2022-01-01&to=2022-06-30", nil).want(200, "")
		want := []string{
			`access.read luo-wen read:/api/v1/audit {"minute":"2026-11-24T04:00:00Z","times":1}`,
			`access.export zhao-kezhang read:/api/v1/reports/half-year {"minute":"2026-11-24T04:00:00Z","times":1}`,
			`access.denied zhou-min route:GET /api/v1/audit {"code":"forbidden","minute":"2026-11-24T04:00:00Z","times":30}`,
			`access.denied zhou-min route:GET /api/v1/projects/{code} {"code":"not-found","minute":"2026-11-24T04:00:00Z","times":2}`,
		}
		got := map[string]bool{}
		entries := h.fold()
		for _, e := range entries {
			var detail map[string]any
			if err := e.Detail.Into(&detail); err != nil {
				t.Fatal(err)
			}
			got[e.Action+" "+e.Actor+" "+e.Subject+" "+string(models.JSONOf(detail))] = true
		}
		for _, line := range want {
			if !got[line] {
				t.Errorf("no entry %s", line)
			}
		}
		if len(entries) != len(want) {
			t.Errorf("entries %v", got)
		}
		if again := h.fold(); len(again) != len(entries) {
			t.Errorf("folded twice: %d entries", len(again))
		}
	})
}

// TestAccountIsLocked: five wrong passwords in a row lock an account for a
// quarter of an hour, in every process, whether somebody has the name or not.
func TestAccountIsLocked(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		noDev := func(d *api.Deps) { d.Dev = nil }
		h, other := newHouse(t, db, noDev), newHouse(t, db, noDev)
		h.seat("zhou-min", "APPLY_CLERK@DP18")
		h.password("zhou-min", "长江后浪推前浪 2026")
		right := wire.SignIn{Person: "zhou-min", Password: "长江后浪推前浪 2026"}
		for _, who := range []string{"zhou-min", "nobody-at-all"} {
			for range tries {
				h.do("", "POST", "/api/v1/session", wire.SignIn{Person: who, Password: "wrong"}).want(401, "wrong-credentials")
			}
			a := other.do("", "POST", "/api/v1/session", wire.SignIn{Person: who, Password: "wrong"}).want(429, "account-locked")
			if a.header.Get("Retry-After") != "900" || !strings.Contains(string(a.body), "15") {
				t.Errorf("%s: Retry-After %s, %s", who, a.header.Get("Retry-After"), a.body)
			}
		}
		h.do("", "POST", "/api/v1/session", right).want(429, "account-locked")
		h.pass(office.DefaultPolicy().Lock())
		for range tries - 1 {
			h.do("", "POST", "/api/v1/session", wire.SignIn{Person: "zhou-min", Password: "wrong"}).want(401, "wrong-credentials")
		}
		h.do("", "POST", "/api/v1/session", right).want(200, "") // and the count begins anew
		h.do("", "POST", "/api/v1/session", wire.SignIn{Person: "zhou-min", Password: "wrong"}).want(401, "wrong-credentials")
		h.do("", "POST", "/api/v1/session", right).want(200, "")
	})
}

// TestParallelGuessesAreCounted: twenty guesses at once are not twenty tries.
func TestParallelGuessesAreCounted(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		var mu sync.Mutex
		tried := 0
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				err := db.Tx(ctx(), func(tx *gorm.DB) error {
					wait, _, err := office.TrySignIn(tx, "zhou-min", "10.0.0.1", office.DefaultPolicy(), noon)
					if err == nil && wait == 0 {
						mu.Lock()
						tried++
						mu.Unlock()
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if tried != tries {
			t.Errorf("%d of 20 parallel guesses were let through, want %d", tried, tries)
		}
	})
}

func (h *house) password(person, password string) {
	h.t.Helper()
	err := h.db.Tx(ctx(), func(tx *gorm.DB) error {
		return office.SetPassword(tx, models.Acting{Person: person, At: h.now}, office.HashPassword(password), "")
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// TestSignInEndsTheSessionBefore: a session that somebody planted in a browser is not the one that is signed in.
func TestSignInEndsTheSessionBefore(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("zhou-min", "APPLY_CLERK@DP18")
	planted := h.signIn("zhou-min")
	var s wire.Session
	h.do("", "POST", "/api/v1/session", wire.SignIn{Person: "zhou-min"}, "Cookie", "qc_session="+planted).want(200, "").into(&s)
	if s.Token == planted {
		t.Error("the token was kept")
	}
	h.do("zhou-min", "GET", "/api/v1/me", nil).want(401, "sign-in-needed")
	h.do("", "GET", "/api/v1/me", nil, "Authorization", "Bearer "+s.Token).want(200, "")
}

// TestEveryAnswerIsGuarded: no browser frames, sniffs or runs what is answered.
func TestEveryAnswerIsGuarded(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	for _, path := range []string{"/healthz", "/api/v1/me", "/api/v1/nothing", "/openapi.json"} {
		a := h.do("", "GET", path, nil)
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Content-Security-Policy": "default-src 'none'"} {
			if !strings.Contains(a.header.Get(name), want) {
				t.Errorf("%s: %s is %q", path, name, a.header.Get(name))
			}
		}
	}
}

// TestCallerWhoGoesAway is no fault of ours.
func TestCallerWhoGoesAway(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("zhou-min", "APPLY_CLERK@DP18")
	token := h.signIn("zhou-min")
	gone, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("the browser went elsewhere"))
	r := httptest.NewRequest(http.MethodGet, "/api/v1/tasks", nil).WithContext(gone)
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	h.h.ServeHTTP(w, r)
	if w.Body.Len() > 0 || strings.Contains(h.log.String(), "ERROR") {
		t.Errorf("answered %d %s and logged %s", w.Code, w.Body, &h.log)
	}
}
