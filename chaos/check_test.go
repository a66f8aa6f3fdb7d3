package chaos

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/partner"
	"github.com/quancheng/quancheng/models/process"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

// crimes are rows that must not be, by the promise that they break.
var crimes = map[string][]any{
	"a partner's event is not in the books": {
		&partner.PartnerEvent{
			Source: "finance", EventID: "e1", EventType: "budget.issued", State: partner.InboxFailed, Candidates: models.JSON("[]"),
			Body: []byte("{}"),
		},
	},
	"an incident waits": {
		&process.Incident{Key: 1, Element: "p1_submit", Code: "not-found", Event: models.JSON("{}")},
	},
	"something never left": {
		&outbox.Outgoing{
			ID: "o1", Kind: outbox.OutPartner, EventType: "project.approved", State: outbox.OutDead, Payload: models.JSON("{}"),
		},
	},
	"a task of the script was completed twice": {
		&process.TaskAct{Task: 1, Element: "p2_check", Person: "ann", Operation: "complete"},
		&process.TaskAct{Task: 1, Element: "p2_check", Person: "ann", Operation: "complete"},
	},
}

// Each promise is asked in words that both databases understand, holds in empty books, and can be broken.
func TestPromises(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		broken := func() (found []string) {
			for promise, query := range forbidden {
				var what []string
				if err := db.Read(context.Background()).Raw(query).Scan(&what).Error; err != nil {
					t.Errorf("%s: %v", promise, err)
				}
				if len(what) > 0 {
					found = append(found, promise)
				}
			}
			return found
		}
		if found := broken(); len(found) > 0 {
			t.Errorf("empty books break %v", found)
		}
		for promise, rows := range crimes {
			err := db.Tx(context.Background(), func(tx *gorm.DB) error {
				for _, row := range rows {
					if err := tx.Create(row).Error; err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatalf("%s: %v", promise, err)
			}
			if !strings.Contains(strings.Join(broken(), "\n"), promise) {
				t.Errorf("nobody notices that %s", promise)
			}
		}
		if err := missing(db.Read(context.Background()), []string{"lost"}); err == nil {
			t.Error("nobody notices an acknowledged write without an outcome")
		}
	})
}

// An answer is a success, a clear refusal, or asks to come again.
func TestUnclearAnswers(t *testing.T) {
	problem := http.Header{"Content-Type": {"application/problem+json"}}
	for _, c := range []struct {
		status  int
		header  http.Header
		unclear bool
	}{
		{http.StatusOK, nil, false},
		{http.StatusAccepted, nil, false},
		{http.StatusConflict, problem, false},
		{http.StatusConflict, nil, true},
		{http.StatusServiceUnavailable, http.Header{"Retry-After": {"2"}}, false},
		{http.StatusServiceUnavailable, problem, true},
		{http.StatusInternalServerError, problem, true},
	} {
		r := &recorder{}
		request := &http.Request{
			Method: http.MethodPost, URL: &url.URL{Path: "/api/v1/tasks/1/agree"},
			Header: http.Header{"Idempotency-Key": {time.Now().String()}},
		}
		if err := r.look(&http.Response{StatusCode: c.status, Header: c.header, Request: request}); err != nil {
			t.Fatal(err)
		}
		acknowledged, _, unclear := r.seen()
		if (len(unclear) > 0) != c.unclear || (len(acknowledged) > 0) != (c.status == http.StatusOK) {
			t.Errorf("%d %v: acknowledged %v, unclear %v", c.status, c.header, acknowledged, unclear)
		}
	}
}
