package api_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quancheng/quancheng/models/modelstest"
)

// BenchmarkSignInUnderAttack signs an honest person in while sixty wrong
// passwords arrive at once, from another address and from his own.
//
//	go test ./api -run '^$' -bench SignInUnderAttack -benchtime 20x
func BenchmarkSignInUnderAttack(b *testing.B) {
	for _, from := range []string{"10.6.6.6:1", "10.0.0.1:1"} {
		b.Run("attacker="+from, func(b *testing.B) {
			h := real(b, modelstest.Open(b, modelstest.SQLite(b)))
			h.seat("zhou-min", "APPLY_CLERK@DP18")
			h.password("zhou-min", goodPassword)
			try := func(address, person, password string) int {
				r := httptest.NewRequest("POST", "/api/v1/session", strings.NewReader(`{"person":"`+person+`","password":"`+password+`"}`))
				r.Header.Set("Content-Type", "application/json")
				r.RemoteAddr = address
				w := httptest.NewRecorder()
				h.h.ServeHTTP(w, r)
				return w.Code
			}
			var took []time.Duration
			for n := 0; b.Loop(); n++ {
				h.pass(time.Minute)
				var wg sync.WaitGroup
				for i := range 60 {
					wg.Go(func() { try(from, fmt.Sprintf("guess-%d-%d", n, i), "wrong") })
				}
				began := time.Now()
				if code := try("10.0.0.1:1", "zhou-min", goodPassword); code != 200 {
					b.Errorf("answered %d", code)
				}
				took = append(took, time.Since(began))
				wg.Wait()
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Milliseconds()), "p95-ms")
		})
	}
}
