package api_test

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// begun is a case of one of the models of testdata/cases.bpmn: after its start
// case_waits waits for finance or an hour, case_both for finance and for a task.
func (w *town) begun(id, code string) string {
	w.t.Helper()
	data, err := os.ReadFile("testdata/cases.bpmn")
	w.must(err)
	var root int64
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		a := models.Acting{Person: models.System, At: w.clock().UTC(), BusinessDate: models.DateOf(w.clock())}
		if _, _, err := bundles.Deploy(tx, a, definitions.Bundle{Digest: "cases",
			Files: []definitions.File{{Name: "cases.bpmn", Data: data}}}); err != nil {
			return err
		}
		var err error
		root, _, err = process.Begin(
			tx, a, process.Beginning{Process: id, BusinessKey: code, Variables: models.JSONOf(map[string]any{"code": code}), Acting: a},
		)
		return err
	}))
	w.pump()
	return "/api/v1/instances/" + strconv.FormatInt(root, 10)
}

func (w *town) caseAt(person, at string) (out wire.Case) {
	w.t.Helper()
	w.do(person, "GET", at, nil).want(200, "").into(&out)
	return out
}

func actsOf(k wire.Case) string {
	var out []string
	for _, a := range k.Acts {
		if a.Blocked == "" {
			out = append(out, a.Act)
		}
	}
	return strings.Join(out, " ")
}

// message publishes a partner's word, and brings it to whoever waits.
func (w *town) message(name, code string) {
	w.t.Helper()
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		at := w.clock().UTC()
		return process.Publish(
			tx, models.Acting{Person: models.System, At: at},
			process.Message{ID: "word-" + code, Name: name, CorrelationKey: code, ExpiresAt: at.Add(1000 * time.Hour)},
		)
	}))
	w.pump()
}

// sweep does what the sweeper does for cases: due timers, and messages that were not taken.
func (w *town) sweep() {
	w.t.Helper()
	var due []process.Timer
	w.must(w.db.Read(ctx()).Where("due <= ? AND NOT refused", w.clock().UTC()).Find(&due).Error)
	for _, t := range due {
		raw, err := json.Marshal(engine.Event{Type: engine.FireTimer, Key: t.Key})
		w.must(err)
		id := "t:" + strconv.FormatInt(t.Key, 10)
		_, err = w.shell.Send(ctx(), contract.Request{Root: t.Root, ID: id, Digest: id, Name: "timer", Event: raw})
		w.must(err)
	}
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error { return process.Redeliver(tx, w.clock().UTC(), 100) }))
	w.pump()
}

const because = "按会议纪要处理"

// A case that waits for a bureau, with no task open, is suspended and resumed;
// meanwhile timers and messages wait, and are applied afterwards.
func TestSuspendWithoutATask(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		at := w.begun("case_waits", "W-1")
		k := w.caseAt("zhao-kezhang", at)
		if len(k.Tokens) != 1 || k.Tokens[0].Task != "" || len(k.Tokens[0].Waits) != 2 || actsOf(k) != "urge suspend jump terminate" {
			t.Fatalf("the case: %+v", k)
		}
		w.do("he-guangming", "POST", at+"/suspend", wire.CaseRequest{Reason: because}).want(403, "forbidden")
		w.do("zhao-kezhang", "POST", at+"/suspend", wire.CaseRequest{Reason: "不"}).want(422, "invalid-input")
		w.do("zhao-kezhang", "POST", at+"/resume", wire.CaseRequest{Reason: because}).want(409, "not-suspended")
		w.do("zhao-kezhang", "POST", at+"/suspend", wire.CaseRequest{Reason: because}, "Idempotency-Key", "s").want(200, "")
		w.do("zhao-kezhang", "POST", at+"/suspend", wire.CaseRequest{Reason: because}, "Idempotency-Key", "s").want(200, "")
		w.do("gao-fenguan", "POST", at+"/suspend", wire.CaseRequest{Reason: because}).want(409, "suspended")
		if k = w.caseAt("zhao-kezhang", at); k.State != "suspended" || actsOf(k) != "urge resume terminate" {
			t.Errorf("suspended: %s, %s", k.State, actsOf(k))
		}
		w.do("zhao-kezhang", "POST", at+"/jump", wire.CaseRequest{Reason: because, Target: "check"}).want(409, "suspended")
		w.message("budget.issued", "W-1")
		w.pass(3 * time.Hour)
		w.sweep()
		if k = w.caseAt("zhao-kezhang", at); len(k.Tokens) != 1 || k.Tokens[0].Element != "which" {
			t.Fatalf("it moved while suspended: %+v", k.Tokens)
		}
		w.do("zhao-kezhang", "POST", at+"/resume", wire.CaseRequest{Reason: because}).want(200, "")
		w.sweep()
		if k = w.caseAt("zhao-kezhang", at); len(k.Tokens) != 1 || k.Tokens[0].Element != "check" {
			t.Errorf("the message that came meanwhile was not applied: %+v", k.Tokens)
		}
		if w.rows("task_act WHERE operation IN ('suspend', 'resume')") != 2 {
			t.Error("the thread does not tell of it once each")
		}
	})
}

// A timer of a suspended case counts on from where it stood.
func TestTimerOfASuspendedCase(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	at := w.begun("case_waits", "W-1")
	w.pass(50 * time.Minute)
	w.do("zhao-kezhang", "POST", at+"/suspend", wire.CaseRequest{Reason: because}).want(200, "")
	w.pass(48 * time.Hour)
	w.do("zhao-kezhang", "POST", at+"/resume", wire.CaseRequest{Reason: because}).want(200, "")
	w.pass(9 * time.Minute)
	w.sweep()
	if k := w.caseAt("zhao-kezhang", at); k.Tokens[0].Element != "which" {
		t.Error("the time of the suspension counted")
	}
	w.pass(time.Minute)
	w.sweep()
	if k := w.caseAt("zhao-kezhang", at); k.Tokens[0].Element != "ask" {
		t.Errorf("after an hour: %+v", k.Tokens)
	}
}

// A jump of a token that no task holds, and a termination, take another head.
func TestSecondPersonWithoutATask(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		at := w.begun("case_waits", "W-1")
		jump := wire.CaseRequest{Reason: because, Target: "check", Seen: w.caseAt("zhao-kezhang", at).Seen}
		w.do("he-guangming", "POST", at+"/jump", jump).want(403, "forbidden")
		w.do("zhao-kezhang", "POST", at+"/jump", wire.CaseRequest{Reason: because}).want(422, "invalid-input")
		w.do("zhao-kezhang", "POST", at+"/jump", wire.CaseRequest{Reason: because, Target: "begin"}).want(422, "no-such-target")
		w.do("zhao-kezhang", "POST", at+"/jump", wire.CaseRequest{Reason: because, Target: "check", Seen: "elsewhere"}).
			want(409, "moved-on")
		var asked, again, done wire.OperationResult
		w.do("zhao-kezhang", "POST", at+"/jump", jump, "Idempotency-Key", "j").want(202, "").into(&asked)
		w.do("zhao-kezhang", "POST", at+"/jump", jump, "Idempotency-Key", "j").want(202, "").into(&again)
		w.do("gao-fenguan", "POST", at+"/jump", jump).want(403, "forbidden") // he confirms, and does not ask
		w.do("zhao-kezhang", "POST", at+"/jump", jump).want(422, "asked-already")
		if asked.Confirmation == "" || again.Confirmation != asked.Confirmation {
			t.Fatalf("asked %+v, again %+v", asked, again)
		}
		var page wire.ConfirmationPage
		w.do("lin-juzhang", "GET", "/api/v1/confirmations", nil).want(200, "").into(&page)
		if len(page.Items) != 1 || page.Items[0].Mine || page.Items[0].Stale || page.Items[0].Target != "核对指标" ||
			len(page.Items[0].Effects) < 3 {
			t.Errorf("waiting: %+v", page.Items)
		}
		word := "/api/v1/confirmations/" + asked.Confirmation
		w.do("zhao-kezhang", "POST", word, wire.Decision{Accept: true}).want(403, "second-person-needed")
		w.do("he-guangming", "POST", word, wire.Decision{Accept: true}).want(403, "forbidden")
		w.do("lin-juzhang", "POST", word, wire.Decision{Accept: true}).want(200, "").into(&done)
		if len(done.NextTasks) != 1 || done.NextTasks[0].Element != "check" {
			t.Errorf("after the jump: %+v", done)
		}
		w.do("lin-juzhang", "POST", word, wire.Decision{Accept: true}).want(409, "checked-already")

		at = w.begun("case_waits", "W-2")
		w.do("zhao-kezhang", "POST", at+"/terminate", wire.CaseRequest{Reason: because}).want(202, "").into(&asked)
		w.do("gao-fenguan", "POST", "/api/v1/confirmations/"+asked.Confirmation, wire.Decision{Accept: true}).want(403, "forbidden")
		w.do("lin-juzhang", "POST", "/api/v1/confirmations/"+asked.Confirmation, wire.Decision{Accept: true}).want(200, "")
		if k := w.caseAt("zhao-kezhang", at); k.State != "ended" || len(k.Acts) != 0 || len(k.Tokens) != 0 {
			t.Errorf("after the termination: %+v", k)
		}
		for _, act := range []string{"terminate", "suspend"} {
			w.do("zhao-kezhang", "POST", at+"/"+act, wire.CaseRequest{Reason: because}).want(409, "instance-ended")
		}
		if w.rows("audit WHERE action LIKE 'confirmation.%'") != 4 ||
			w.rows("audit WHERE action IN ('process.jump', 'process.terminate')") != 2 {
			t.Error("who asked and who confirmed is not all in the audit")
		}
	})
}

// What is confirmed is what was shown: when the case has moved on, nothing happens and the request is gone.
func TestConfirmedAfterItMovedOn(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		for n, act := range []wire.CaseRequest{{Reason: because, Target: "file"}, {Reason: because}} {
			name := []string{"jump", "terminate"}[n]
			at := w.begun("case_waits", "W-"+name)
			var asked wire.OperationResult
			w.do("zhao-kezhang", "POST", at+"/"+name, act).want(202, "").into(&asked)
			w.message("budget.issued", "W-"+name)
			if k := w.caseAt("lin-juzhang", at); len(k.Confirmations) != 1 || !k.Confirmations[0].Stale {
				t.Errorf("%s is shown as %+v", name, k.Confirmations)
			}
			w.do("lin-juzhang", "POST", "/api/v1/confirmations/"+asked.Confirmation, wire.Decision{Accept: true}).want(409, "moved-on")
			k := w.caseAt("lin-juzhang", at)
			if len(k.Tokens) != 1 || k.Tokens[0].Element != "check" || len(k.Confirmations) != 0 {
				t.Errorf("after a late %s: %+v", name, k)
			}
			w.do("zhao-kezhang", "POST", at+"/"+name, act).want(202, "").into(&asked)
			w.do("lin-juzhang", "POST", "/api/v1/confirmations/"+asked.Confirmation, wire.Decision{Accept: true}).want(200, "")
		}
	})
}

// Of several tokens one is named; the others stay. Two heads at once do it once.
func TestTwoHeadsAtOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		at := w.begun("case_both", "W-1")
		k := w.caseAt("zhao-kezhang", at)
		i := slices.IndexFunc(k.Tokens, func(a wire.CaseToken) bool { return a.Element == "word" })
		if len(k.Tokens) != 2 || i < 0 {
			t.Fatalf("tokens: %+v", k.Tokens)
		}
		w.do("zhao-kezhang", "POST", at+"/jump", wire.CaseRequest{Reason: because, Target: "left"}).want(422, "invalid-input")
		w.do("zhao-kezhang", "POST", at+"/jump", wire.CaseRequest{Reason: because, Target: "left", From: "1"}).want(422, "no-such-token")
		if other := k.Tokens[1-i]; len(other.Targets) != 0 {
			t.Errorf("%s would leave the join waiting, and is offered %+v", other.Name, other.Targets)
		}
		w.do("zhao-kezhang", "POST", at+"/jump", wire.CaseRequest{Reason: because, Target: "left", From: k.Tokens[1-i].Key}).
			want(422, "would-strand")
		var asked wire.OperationResult
		w.do("zhao-kezhang", "POST", at+"/jump", wire.CaseRequest{Reason: because, Target: "left", From: k.Tokens[i].Key}).
			want(202, "").
			into(&asked)
		var wg sync.WaitGroup
		codes := make([]int, 2)
		for i, head := range []string{"lin-juzhang", "gao-fenguan"} {
			w.signIn(head)
			wg.Go(func() {
				codes[i] = w.do(head, http.MethodPost, "/api/v1/confirmations/"+asked.Confirmation, wire.Decision{Accept: true}).status
			})
		}
		wg.Wait()
		slices.Sort(codes)
		if codes[0] != 200 || codes[1] != 409 {
			t.Errorf("answers %v, want one 200 and one 409", codes)
		}
		k = w.caseAt("zhao-kezhang", at)
		if len(k.Tokens) != 2 || w.rows("task WHERE element = 'left'") != 1 {
			t.Errorf("after it: %+v", k.Tokens)
		}
	})
}

// The project page names the acts for heads, also while no task is open; a bureau is urged through its liaison.
func TestProjectNamesTheActs(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.submitted()
	has := func(person string, want ...string) {
		t.Helper()
		w.do(person, "GET", "/api/v1/projects/"+p.Code, nil).want(200, "").into(&p)
		for _, act := range []string{"suspend", "resume", "jump", "terminate"} {
			if slices.Contains(p.Allowed, act) != slices.Contains(want, act) {
				t.Errorf("%s may %v, want %v", person, p.Allowed, want)
			}
		}
	}
	has("zhao-kezhang", "suspend", "jump", "terminate")
	has("zhou-min")
	w.do("zhao-kezhang", "POST", "/api/v1/instances/"+p.InstanceKey+"/suspend", wire.CaseRequest{Reason: because}).want(200, "")
	has("zhao-kezhang", "resume", "terminate")
	w.do("fang-lei", "GET", "/api/v1/instances/"+p.InstanceKey, nil).want(404, "not-found")
	w.do("zhou-min", "POST", "/api/v1/instances/"+p.InstanceKey+"/withdraw", wire.CaseRequest{Reason: because}).want(200, "")

	at := w.begun("case_waits", "W-1")
	w.do("gao-fenguan", "POST", at+"/urge", wire.CaseRequest{}).want(200, "")
	if w.rows("notification WHERE kind = 'case-urge'") == 0 {
		t.Error("nobody was told")
	}
	w.do("zhou-min", "POST", at+"/urge", wire.CaseRequest{}).want(404, "not-found")
}

// Held events, gaps that were given up and cases that stand still are counted, and told to who looks after them.
func TestWhatStandsStillIsCounted(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		at := w.begun("case_waits", "W-1")
		w.must(db.Tx(ctx(), func(tx *gorm.DB) error {
			now := w.clock().UTC()
			for _, sql := range []string{
				"INSERT INTO partner_inbox (source, event_id, event_type, body, digest, state, received_at, occurred_at, next_at, held_for, offline) VALUES ('finance', 'h', 'budget.issued', '{}', 'd', 'held', ?, ?, ?, 'GAP', FALSE)",
				"INSERT INTO stream_gap (source, stream, epoch, from_seq, to_seq, found_at, asked_at, alarmed_at) VALUES ('finance', 'finance:county', 1, 2, 3, ?, ?, ?)",
			} {
				if err := tx.Exec(sql, now, now, now).Error; err != nil {
					return err
				}
			}
			return tx.Exec(
				"INSERT INTO stuck_root (root, step, since, told_at) SELECT key, step, ?, ? FROM root_state WHERE business_key = 'W-1'",
				now, now,
			).Error
		}))
		var me wire.Me
		w.do("zhao-kezhang", "GET", "/api/v1/me", nil).want(200, "").into(&me)
		for name, n := range map[string]*int{"held": me.Counts.Held, "gaps": me.Counts.Gaps, "stuck": me.Counts.Stuck} {
			if n == nil || *n != 1 {
				t.Errorf("%s: %v", name, n)
			}
		}
		var gaps wire.GapPage
		w.do("zhao-kezhang", "GET", "/api/v1/partners/gaps", nil).want(200, "").into(&gaps)
		if len(gaps.Items) != 1 || gaps.Held != 1 || gaps.Items[0].GivenUpAt == nil {
			t.Errorf("gaps: %+v", gaps)
		}
		var stuck wire.StuckPage
		w.do("zhao-kezhang", "GET", "/api/v1/stuck", nil).want(200, "").into(&stuck)
		if len(stuck.Items) != 1 || at != "/api/v1/instances/"+stuck.Items[0].Case || stuck.Items[0].Matter != "W-1" {
			t.Errorf("stuck: %+v", stuck)
		}
		text := string(w.do("", "GET", "/metrics", nil).want(200, "").body)
		for _, line := range []string{"quancheng_stuck_roots 1", `quancheng_partner_inbox_events{state="held"} 1`,
			`quancheng_stream_gaps{partner="finance",state="given_up"} 1`} {
			if !strings.Contains(text, line) {
				t.Errorf("/metrics lacks %s", line)
			}
		}
	})
}
