package activities_test

import (
	"testing"

	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/workflows/contract"
)

// TestStatementsOfAStep counts what a step asks of the database, once its caches
// are warm: more is a loss for every step of every case. COMMIT is not counted.
func TestStatementsOfAStep(t *testing.T) {
	each(t, func(t *testing.T, h *activitiestest.House) {
		h.Deploy("testdata/two.bpmn")
		count := func(r contract.Request) int {
			n := 0
			out, err := h.Send(models.WithProbe(t.Context(), func() error { n++; return nil }), r)
			if err != nil {
				t.Fatal(err)
			}
			h.Wants(out, contract.Applied, "")
			return n
		}
		life := func() (counts [3]int) {
			r := h.Begin("two", nil)
			counts[0] = count(r)
			counts[1] = count(h.Operation(r.Root, "first", "complete", "ann"))
			counts[2] = count(h.Operation(r.Root, "second", "complete", "bob"))
			return counts
		}
		life()
		// Each tells who has got a task: whom it concerns, and what he is told; the last tells who began; two bind an act to the audit.
		most := [3]int{16, 22, 21}
		if !h.DB.SQLite() {
			most = [3]int{17, 23, 22} // and the notices
		}
		for i, n := range life() {
			if n > most[i] {
				t.Errorf("step %d: %d statements, not more than %d", i+1, n, most[i])
			}
			t.Logf("step %d: %d statements", i+1, n)
		}
	})
}
