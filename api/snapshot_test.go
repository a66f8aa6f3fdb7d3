package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// witness keeps the statements of a request.
type witness struct {
	mu   sync.Mutex
	said []string
}

func (s *witness) see(statement string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, strings.Join(strings.Fields(statement), " "))
}

var (
	reading  = regexp.MustCompile(`(?i)^(SELECT|WITH)\s`)
	changing = regexp.MustCompile(`(?i)\b(INSERT INTO|UPDATE|DELETE FROM|FOR (UPDATE|SHARE|NO KEY|KEY))\b`)
)

// writes are the statements that change rows, or lock them.
func (s *witness) writes() (out []string) {
	for _, q := range s.said {
		if !reading.MatchString(q) || changing.MatchString(q) {
			out = append(out, q)
		}
	}
	return out
}

// seen is a request of a signed-in person, and its statements.
func (h *house) seen(person, path string, body any) (answer, *witness) {
	h.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		h.t.Fatal(err)
	}
	s := &witness{}
	r := httptest.NewRequestWithContext(models.WithWitness(ctx(), s.see), "POST", path, bytes.NewReader(raw))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+h.signIn(person))
	return h.send(r, raw), s
}

// looked is a reading of a signed-in person, and its statements.
func (h *house) looked(person, path string) (answer, *witness) {
	h.t.Helper()
	s := &witness{}
	r := httptest.NewRequestWithContext(models.WithWitness(ctx(), s.see), "GET", path, nil)
	r.Header.Set("Authorization", "Bearer "+h.signIn(person))
	return h.send(r, nil), s
}

// frozen holds every table against writers, and against who wants a row for himself, while f runs.
func (h *house) frozen(f func()) {
	h.t.Helper()
	err := h.db.Tx(context.Background(), func(tx *gorm.DB) error {
		if !h.db.SQLite() { // where the transaction itself is the only writer
			var tables []string
			if err := tx.Raw("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").Scan(&tables).Error; err != nil {
				return err
			}
			if err := tx.Exec("LOCK TABLE " + strings.Join(tables, ", ") + " IN EXCLUSIVE MODE").Error; err != nil {
				return err
			}
		}
		f()
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// TestPreviewAndPreCheckOnlyRead: while everything is locked by somebody else,
// a preview answers, and so does the refusal of a form; an act with a form runs
// its command once.
func TestPreviewAndPreCheckOnlyRead(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		w.submitted()
		leader := w.taskOf("he-guangming", "p1_leader")
		w.operate("he-guangming", leader, "agree", wire.OperationRequest{}).want(200, "")
		check := w.taskOf("chen-shouli", "p2_check")
		at := "/api/v1/tasks/" + check.Key
		right := wire.OperationRequest{
			Operation: "complete", Version: check.Version, Data: fields{"decision": "accept", "checklist": checkItems()},
		}
		wrong := wire.OperationRequest{Version: check.Version, Data: fields{"decision": "perhaps"}}
		w.frozen(func() {
			a, preview := w.seen("chen-shouli", at+"/preview", right)
			var next wire.Consequences
			a.want(200, "").into(&next)
			if len(next.Opens) != 1 || next.Opens[0].Element != "p3_pre" || len(next.Opens[0].Holders) == 0 || len(next.Does) != 1 ||
				next.Does[0] != "受理登记" || len(next.Possible) > 0 {
				t.Errorf("preview: %+v", next)
			}
			if wrote := preview.writes(); len(wrote) > 0 || len(preview.said) == 0 {
				t.Errorf("a preview of %d statements wrote %q", len(preview.said), wrote)
			}
			a, refused := w.seen("chen-shouli", at+"/complete", wrong)
			var p wire.Problem
			a.want(422, "invalid-data").into(&p)
			if len(p.Errors) != 1 || p.Errors[0].Pointer != "/decision" {
				t.Errorf("refused with %+v", p.Errors)
			}
			if wrote := refused.writes(); len(wrote) > 0 || len(refused.said) == 0 {
				t.Errorf("a pre-check of %d statements wrote %q", len(refused.said), wrote)
			}
			t.Logf("preview: %d statements; refused form: %d", len(preview.said), len(refused.said))
		})
		outcomes := w.rows("event_outcome")
		right.Operation = ""
		a, act := w.seen("chen-shouli", at+"/complete", right)
		a.want(200, "")
		records := 0
		for _, q := range act.said {
			if strings.HasPrefix(q, "INSERT INTO `record`") || strings.HasPrefix(q, `INSERT INTO "record"`) {
				records++
			}
		}
		if records != 1 || w.rows("event_outcome") != outcomes+1 {
			t.Errorf("the command ran %d times, %d outcomes", records, w.rows("event_outcome")-outcomes)
		}
		t.Logf("act: %d statements, of them %d writes", len(act.said), len(act.writes()))
	})
}

// TestRefusalStaysWithItsKey: what a command refuses is an outcome. The key
// repeats it, does not do for another body, and a new key begins anew.
func TestRefusalStaysWithItsKey(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.submitted()
		w.operate("he-guangming", w.taskOf("he-guangming", "p1_leader"), "agree", wire.OperationRequest{}).want(200, "")
		check := w.taskOf("chen-shouli", "p2_check")
		failed := wire.OperationRequest{
			Data: fields{"decision": "accept", "checklist": []any{fields{"code": "proposal", "result": "fail", "comment": "缺页"}}},
		}
		right := wire.OperationRequest{Data: fields{"decision": "accept", "checklist": checkItems()}}
		for range 2 {
			var refused wire.Problem
			w.operate("chen-shouli", check, "complete", failed, "Idempotency-Key", "k1").want(422, "invalid-data").into(&refused)
			if len(refused.Errors) != 1 || refused.Errors[0].Pointer != "/checklist/0/result" || refused.Errors[0].Detail == "" {
				t.Errorf("refused with %+v", refused.Errors)
			}
		}
		w.operate("chen-shouli", check, "complete", right, "Idempotency-Key", "k1").want(422, "idempotency-key-reused")
		var done wire.OperationResult
		w.operate("chen-shouli", check, "complete", right, "Idempotency-Key", "k2").want(200, "").into(&done)
		if len(done.NextTasks) != 1 || done.Project.Code != p.Code {
			t.Errorf("then %+v", done)
		}
	})
}
