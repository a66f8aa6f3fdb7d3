package activities_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/workflows/contract"
)

// distrusted is why what arrived was not believed.
func distrusted(h *activitiestest.House, a contract.Arrival) string {
	h.Helper()
	out, err := h.C.Arrive(context.Background(), a)
	var d *contract.Distrust
	if !errors.As(err, &d) {
		h.Errorf("arrived: %+v, %v", out, err)
		return ""
	}
	return d.Code
}

// TestDistrust is what is not believed: it changes nothing and burns no id, and
// is counted. The honest request under the same id is applied afterwards.
func TestDistrust(t *testing.T) {
	strangers := trust.New(time.Time{})
	for _, c := range []struct {
		name  string
		forge func(h *activitiestest.House, r contract.Request) contract.Request // from an honest one that was not sent
		want  string
	}{
		{"unsigned", func(_ *activitiestest.House, r contract.Request) contract.Request {
			r.Seal = contract.Seal{}
			return r
		}, contract.RequestUnsigned},
		{"a stranger's key", func(h *activitiestest.House, r contract.Request) contract.Request {
			r, _ = strangers.At(h.Now).Seal(r)
			return r
		}, contract.KeyUnknown},
		{"another actor", func(_ *activitiestest.House, r contract.Request) contract.Request {
			r.Acting = json.RawMessage(`{"person":"bob"}`)
			return r
		}, contract.RequestAltered},
		{"another event", func(_ *activitiestest.House, r contract.Request) contract.Request {
			r.Event = json.RawMessage(`{"type":"cancel"}`)
			return r
		}, contract.RequestAltered},
		{"under another id", func(_ *activitiestest.House, r contract.Request) contract.Request {
			r.ID += "0"
			return r
		}, contract.RequestAltered},
		{"for another instance", func(h *activitiestest.House, r contract.Request) contract.Request {
			r.Root++
			return r
		}, contract.RequestMisdirected},
		{"too late", func(h *activitiestest.House, r contract.Request) contract.Request {
			h.Advance(contract.Validity)
			return r
		}, contract.RequestExpired},
		{"empty", func(_ *activitiestest.House, r contract.Request) contract.Request {
			return contract.Request{Root: r.Root}
		}, contract.RequestUnsigned},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *activitiestest.House) {
				root, _ := h.Start("waits", map[string]any{"projectCode": "XM-1", "limit": "P30D"})
				honest, err := h.Keys.Seal(h.Operation(root, "hold", "claim", "ann"))
				if err != nil {
					t.Fatal(err)
				}
				before := rows(h, root)
				forged := c.forge(h, honest)
				if got := distrusted(h, contract.Arrival{Root: root, Request: &forged}); got != c.want {
					t.Errorf("%q, want %q", got, c.want)
				}
				if now := rows(h, root); now != before {
					t.Errorf("changed:\n%s\n%s", before, now)
				}
				if n := h.Count("SELECT coalesce(sum(n), 0) FROM distrust WHERE code = ?", c.want); n != 1 {
					t.Errorf("counted %d", n)
				}
				h.Wants(h.Commit(honest), contract.Applied, "") // sealed anew, as a client does that sends again
			})
		})
	}
}

// What was applied is told again for ever, to whom the request is sealed with a key that is known.
func TestKnownOutcomeAfterExpiry(t *testing.T) {
	each(t, func(t *testing.T, h *activitiestest.House) {
		root, _ := h.Start("waits", map[string]any{"projectCode": "XM-1", "limit": "P30D"})
		r, err := h.Keys.Seal(h.Operation(root, "hold", "claim", "ann"))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			out, err := h.C.Arrive(context.Background(), contract.Arrival{Root: root, Request: &r})
			if err != nil {
				t.Fatal(err)
			}
			h.Wants(out, contract.Applied, "")
			h.Advance(2 * contract.Validity)
		}
		r.Seal.Signature = slices.Clone(r.Seal.Signature)
		r.Seal.Signature[0] ^= 1
		if got := distrusted(h, contract.Arrival{Root: root, Request: &r}); got != contract.RequestAltered {
			t.Errorf("%q", got)
		}
	})
}

// A timer fires by the workflow's own path and by no request, whatever its id,
// and never before the database finds it due.
func TestTimerPath(t *testing.T) {
	each(t, func(t *testing.T, h *activitiestest.House) {
		root := begin(h, "XM-1")
		var timer process.Timer
		if err := h.Read().Where("root = ?", root).Take(&timer).Error; err != nil {
			t.Fatal(err)
		}
		due := contract.Timer{Key: timer.Key, Due: timer.Due}
		out, err := h.C.Arrive(context.Background(), contract.Arrival{Root: root, Timer: &due})
		if err != nil {
			t.Fatal(err)
		}
		h.Wants(out, contract.Refused, "not-due")
		h.Advance(2 * time.Hour)
		forged := due.Fire(root)
		if got := distrusted(h, contract.Arrival{Root: root, Request: &forged}); got != contract.RequestUnsigned {
			t.Errorf("%q", got)
		}
		if out, err = h.C.Arrive(context.Background(), contract.Arrival{Root: root, Timer: &due}); err != nil || out.Code == "not-due" {
			t.Errorf("%+v, %v", out, err)
		}
		if n := h.Count("SELECT count(*) FROM event_outcome WHERE event = ?", forged.ID); n != 1 {
			t.Errorf("the timer has %d outcomes", n)
		}
	})
}

// What is not believed is in the audit by the minute, whatever an attacker writes into it.
func TestDistrustIsAudited(t *testing.T) {
	each(t, func(t *testing.T, h *activitiestest.House) {
		root := begin(h, "XM-1")
		for i := range 30 {
			r := h.Request(root+int64(i%3)*1000, fmt.Sprintf("u:x%d:1", i), "claim", engine.Event{}, "")
			distrusted(h, contract.Arrival{Root: r.Root, Request: &r})
		}
		h.Advance(time.Minute)
		h.Tx(func(tx *gorm.DB) error {
			_, err := audit.FoldAccess(tx, h.Now(), 100)
			return err
		})
		if n := h.Count("SELECT count(*) FROM audit WHERE chain = 'r:access' AND action = ? AND actor = ?", audit.RequestDistrusted,
			audit.Unsealed); n != 2 {
			t.Errorf("%d entries, want one of the instance and one of those that do not exist", n)
		}
		if n := h.Count("SELECT n FROM distrust"); n != 30 {
			t.Errorf("counted %d", n)
		}
	})
}
