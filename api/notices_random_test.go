package api_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// heard is how many notices each person has.
func (w *town) heard() map[string]int {
	w.t.Helper()
	var rows []struct {
		Person string
		N      int
	}
	w.must(w.db.Read(ctx()).Raw("SELECT person, count(*) AS n FROM notification GROUP BY person").Scan(&rows).Error)
	out := map[string]int{}
	for _, r := range rows {
		out[r.Person] = r.N
	}
	return out
}

// A random run of matters, each act of which comes as often as a nervous hand or a broken line sends it: whom an act concerns is
// told of it once, who has done it is not, and nobody else hears anything.
func TestEachIsToldOfEachThingOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		w.leaves()
		const clerk, leader, reader = "zhou-min", "he-guangming", "zhao-kezhang"
		r := rand.New(rand.NewPCG(14, 17))
		at := map[string]string{} // where each open matter stands
		followed := map[string]bool{}
		var keys []string
		total := map[string]int{}
		acts := 0
		// once does an act of a matter several times under one key, and holds who was told against who should be.
		once := func(what, matter string, want map[string]int, do func(headers ...string) answer) answer {
			before := w.heard()
			acts++
			key := fmt.Sprintf("act-%d", acts)
			var a answer
			for range 1 + r.IntN(3) {
				a = do("Idempotency-Key", key)
				w.pump()
			}
			got := w.heard()
			for p := range got {
				if got[p] -= before[p]; got[p] == 0 {
					delete(got, p)
				}
			}
			if followed[matter] {
				want[reader]++
			}
			maps.DeleteFunc(want, func(_ string, n int) bool { return n == 0 })
			if !maps.Equal(got, want) {
				t.Errorf("%s of %s: told %v, not %v", what, matter, got, want)
			}
			for p, n := range want {
				total[p] += n
			}
			return a
		}
		task := func(person, root, element string) wire.TaskSummary {
			s, ok := w.openTask(person, root, element)
			if !ok {
				t.Fatalf("%s of %s is not open", element, root)
			}
			return s
		}
		operate := func(person, root, element, op string, in wire.OperationRequest) func(...string) answer {
			s := task(person, root, element)
			return func(h ...string) answer { return w.operate(person, s, op, in, h...).want(200, "") }
		}
		for range 40 {
			if len(keys) == 0 || r.IntN(4) == 0 {
				var b wire.Beginning
				once("begin", "", map[string]int{leader: 1}, func(h ...string) answer {
					return w.do(clerk, "POST", leave+"/instances", wire.BeginRequest{Data: trip}, h...).want(201, "")
				}).into(&b)
				keys, at[b.Key] = append(keys, b.Key), "chief"
				continue
			}
			i := r.IntN(len(keys))
			k := keys[i]
			if r.IntN(6) == 0 && !followed[k] {
				once("follow", "", map[string]int{}, func(h ...string) answer {
					return w.do(reader, "POST", "/api/v1/instances/"+k+"/follow", wire.CaseRequest{}, h...).want(200, "")
				})
				followed[k] = true
				continue
			}
			data := wire.OperationRequest{Data: map[string]any{"where": "黄山", "days": 2}}
			switch n := r.IntN(4); {
			case at[k] == "mend":
				once("mend", k, map[string]int{leader: 1}, operate(clerk, k, "mend", "complete", data))
				at[k] = "chief"
			case at[k] == "chief" && n == 0:
				once("agree", k, map[string]int{}, operate(leader, k, "chief", "agree", wire.OperationRequest{}))
				at[k] = "slip"
			case at[k] == "chief" && n == 1:
				once("disagree", k, map[string]int{clerk: 1}, operate(leader, k, "chief", "disagree", wire.OperationRequest{Opinion: "改期"}))
				at[k] = "mend"
			case at[k] == "chief" && n == 2:
				once("return", k, map[string]int{clerk: 1}, operate(leader, k, "chief", "return", wire.OperationRequest{Reason: "写清楚去几天"}))
				at[k] = "mend"
			case at[k] == "slip":
				var m wire.MatterDetail
				w.do(clerk, "GET", "/api/v1/instances/"+k+"/matter", nil).want(200, "").into(&m)
				word := wire.MessageRequest{Name: "leave.slip", CorrelationKey: m.Matter}
				once("slip", k, map[string]int{clerk: 1}, func(h ...string) answer { // the end, which the message brings
					return w.do(clerk, "POST", "/api/v1/messages", word, h...).want(200, "")
				})
				keys = append(keys[:i:i], keys[i+1:]...)
			}
		}
		if all := w.heard(); !maps.Equal(all, total) {
			t.Errorf("in all told %v, not %v", all, total)
		}
	})
}
