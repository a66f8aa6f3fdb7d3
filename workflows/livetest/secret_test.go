package livetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	temporalclient "go.temporal.io/sdk/client"

	"github.com/quancheng/quancheng/activities"
	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/trust/payload"
	"github.com/quancheng/quancheng/worker/temporal"
	"github.com/quancheng/quancheng/workflows/contract"
)

// secrets are said in a case, each in another way.
var secrets = []string{
	"SECRET-OPINION", "SECRET-REASON", "SECRET-VARIABLE", "SECRET-DATA", "SECRET-RESULT", "SECRET-FAILURE", "u:ann:", `"ann"`, "8765432.10",
}

// tell plays a case in which all secrets are said.
func tell(l *live) int64 {
	l.Helper()
	tries := 0
	l.C.Workers = map[string]activities.Worker{"print": func(context.Context, process.Job) (map[string]any, error) {
		if tries++; tries == 1 {
			return nil, errors.New("SECRET-FAILURE")
		}
		return map[string]any{"text": "SECRET-RESULT"}, nil
	}}
	root, out := l.Start("outside", map[string]any{"projectCode": "XM-1", "title": "SECRET-VARIABLE", "amount": "8765432.10"})
	l.Wants(out, contract.Applied, "")
	r := l.Request(root, "u:ann:told", "claim", engine.Event{
		Type: engine.Operate, Key: l.Task(root, "stop"), Operation: "claim", Opinion: "SECRET-OPINION", Reason: "SECRET-REASON",
	}, "ann")
	r.Data = json.RawMessage(`{"note":"SECRET-DATA"}`)
	l.Wants(l.Commit(r), contract.Applied, "")
	l.eventually("the print is read", func() bool {
		return l.Count("SELECT count(*) FROM task WHERE root = ? AND element = 'read'", root) == 1
	})
	return root
}

// found are the secrets in the files of a store.
func found(t *testing.T, file string, texts []string) []string {
	t.Helper()
	var all []byte
	for _, name := range []string{file, file + "-wal"} {
		raw, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		all = append(all, raw...)
	}
	var out []string
	for _, s := range texts {
		if bytes.Contains(all, []byte(s)) {
			out = append(out, s)
		}
	}
	return out
}

// Nothing that was said is in Temporal's store, and what people read there is.
// The same case in clear shows that the search would find it.
func TestTemporalStoresNoSecret(t *testing.T) {
	readable := []string{contract.WorkflowID(1), "claim", "打印", "print", "叫停"}
	for _, clear := range []bool{false, true} {
		file := filepath.Join(t.TempDir(), "temporal.db")
		h := activitiestest.Build(t, modelstest.Open(t, modelstest.SQLite(t)), outside)
		o := payload.Options(h.Keys, temporalclient.Options{Logger: quiet{}})
		if clear {
			o = temporalclient.Options{Logger: quiet{}}
		}
		l, stop := onWith(t, h, file, o)
		tell(l)
		stop()
		if got := found(t, file, secrets); clear != (len(got) >= len(secrets)-1) || !clear && len(got) > 0 { // u:ann: is hidden in both
			t.Errorf("in clear %v: found %q", clear, got)
		}
		if got := found(t, file, readable); len(got) < len(readable)-1 {
			t.Errorf("in clear %v: of %q only %q can be read", clear, readable, got)
		}
	}
}

// A case whose history a former release wrote in clear goes on, and is encrypted from there on.
func TestUpgradeFromClear(t *testing.T) {
	file := filepath.Join(t.TempDir(), "temporal.db")
	h := activitiestest.Build(t, modelstest.Open(t, modelstest.SQLite(t)), two)
	l, stop := onWith(t, h, file, temporalclient.Options{Logger: quiet{}})
	root, _ := l.Start("two", map[string]any{"title": "SECRET-VARIABLE"})
	run := l.run(root)
	stop()

	l, stop = on(t, h, file)
	r := l.Operation(root, "first", "complete", "ann")
	r.Data = json.RawMessage(`{"note":"SECRET-DATA"}`)
	l.Wants(l.Commit(r), contract.Applied, "")
	l.Wants(l.Operate(root, "second", "complete", "bob"), contract.Applied, "")
	if l.run(root) != run {
		t.Error("the case went on in another run")
	}
	stop()
	if got := found(t, file, []string{"SECRET-DATA"}); len(got) > 0 {
		t.Errorf("found %q", got)
	}
}

// onWith connects a house to a Temporal of its own, with options of the connection.
func onWith(t *testing.T, h *activitiestest.House, file string, o temporalclient.Options) (*live, func()) {
	t.Helper()
	s, err := temporal.Start(ctx, temporal.Options{File: file, LogFile: filepath.Join(t.TempDir(), "temporal.log")})
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Client(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	l := connect(h, c)
	return l, func() {
		l.stop()
		c.Close()
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	}
}
