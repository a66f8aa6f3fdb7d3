package activities_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/workflows/contract"
)

// A disk that is full, or a primary that became a standby, at any statement of
// an event is trouble that passes: nothing is stored, no incident is raised, and
// the same event goes through afterwards.
func TestAFullDiskIsNoDefect(t *testing.T) {
	for name, code := range map[string]string{"disk full": "53100", "read only": "25006", "input/output error": "58030"} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, h *activitiestest.House) {
				r := h.Operation(begin(h, "XM-1"), "hold", "complete", "ann")
				before := rows(h, r.Root)
				for at := 1; ; at++ {
					n := 0
					_, err := h.Send(models.WithProbe(context.Background(), func() error {
						if n++; n >= at {
							return &pgconn.PgError{Code: code, Message: name}
						}
						return nil
					}), r)
					if n < at && err == nil { // every statement was tried
						if at < 15 {
							t.Errorf("only %d statements", n)
						}
						break
					}
					if err == nil || !models.IsTransient(err) {
						t.Fatalf("at statement %d of %d: %v", at, n, err)
					}
					if now := rows(h, r.Root); now != before {
						t.Fatalf("at statement %d: rows %s, before %s", at, now, before)
					}
				}
				h.Wants(h.Commit(r), contract.Applied, "") // the last one went through: the same answer
			})
		})
	}
}
