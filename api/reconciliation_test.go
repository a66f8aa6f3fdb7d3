package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/activities/partnerlink"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/webhook"
)

// Books are compared once a morning; each difference is one item and one
// rectification, however often it is found, and goes when it is gone.
func TestReconciliation(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.draft()
		budget := func(id, amount, on, more string) webhook.Envelope {
			e := event("e-"+id, "budget.issued", p.Code, `{"bgt_id":"`+id+`","amount":"`+amount+`","doc_date":"`+on+`"`+more+`}`)
			e.OccurredAt = noon.Add(-24 * time.Hour)
			return e
		}
		day := string(models.DateOf(noon).AddDays(-1))
		for _, id := range []string{"match", "ours", "amount", "date", "status"} {
			w.hook(budget(id, "10.00", day, "")).want(202, "")
		}
		w.must(w.link(nil).Receive(ctx()))
		books := []webhook.Envelope{
			budget("match", "10.00", day, `,"is_deleted":2`), budget("theirs", "5.00", day, ""), budget("amount", "10.01", day, ""),
			budget(
				"date", "10.00", string(models.DateOf(noon).AddDays(-3)), "",
			), budget("status", "10.00", day, `,"is_deleted":1`), budget("void", "1.00", day, `,"is_deleted":1`),
		}
		asked := 0
		server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/records") {
				asked++
			}
			if err := webhook.Verify(r.Header, []webhook.Key{w.key}, w.clock(), []byte(r.URL.RequestURI())); err != nil {
				t.Error(err)
			}
			_ = json.NewEncoder(rw).Encode(map[string]any{"records": books})
		}))
		defer server.Close()
		link := w.link(map[string]partnerlink.Partner{"finance": {URL: server.URL + "/events", Key: w.key}})
		list := func() (out []string) {
			var page wire.DifferencePage
			w.do("qian-caizheng", "GET", "/api/v1/partners/differences?state=open", nil).want(200, "").into(&page)
			for _, d := range page.Items {
				if d.Rectification == "" || d.Owner != "FINANCE_LIAISON@DP22" {
					t.Errorf("%+v", d)
				}
				out = append(out, d.NaturalKey+" "+d.Class)
			}
			slices.Sort(out)
			return out
		}
		for range 2 {
			w.must(link.Daily(ctx()))
		}
		want := "amount AMOUNT_DIFF, date DATE_DIFF, ours ONLY_OURS, status STATUS_DIFF, theirs ONLY_THEIRS"
		if got := strings.Join(list(), ", "); got != want || asked != 1 {
			t.Fatalf("asked %d times: %s", asked, got)
		}
		books[2] = budget("amount", "10.00", day, "")
		_, err := link.Reconcile(ctx(), "finance", models.Date(day), models.Date(day))
		w.must(err)
		if got := strings.Join(list(), ", "); got != strings.TrimPrefix(want, "amount AMOUNT_DIFF, ") {
			t.Errorf("after the correction: %s", got)
		}
		if n := w.rows("rectification"); n != 5 {
			t.Errorf("%d rectifications for five differences", n)
		}
		var page wire.DifferencePage
		w.do("qian-caizheng", "GET", "/api/v1/partners/differences?state=open&limit=1", nil).want(200, "").into(&page)
		at := "/api/v1/partners/differences/" + page.Items[0].ID + "/resolve"
		w.do("qian-caizheng", "POST", at, wire.DifferenceResolution{Resolution: "explained", Reason: "对方跨日入账，次日可见"}).want(200, "")
		w.do("qian-caizheng", "POST", at, wire.DifferenceResolution{Resolution: "explained", Reason: "对方跨日入账，次日可见"}).
			want(409, "difference-closed")
		_, err = link.Reconcile(ctx(), "finance", models.Date(day), models.Date(day))
		w.must(err)
		if got := list(); len(got) != 3 {
			t.Errorf("what a person has explained came back: %v", got)
		}
	})
}
