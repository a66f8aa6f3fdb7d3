package livetest

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	historypb "go.temporal.io/api/history/v1"

	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/workflows/contract"
)

var record = flag.Bool("record", false, "record histories into ../testdata/history, under the name of this release")

// TestRecord writes the histories that the loop of this release makes. Recorded
// ones are never rewritten: every later release must replay them.
func TestRecord(t *testing.T) {
	if !*record {
		t.Skip("only with -record")
	}
	l := through(t, activitiestest.Build(t, modelstest.Open(t, modelstest.SQLite(t)), waits))
	root, _ := l.Start("waits", map[string]any{"projectCode": "XM-1", "limit": "PT1H"})
	l.eventually("the refused timer", func() bool { return l.Count("SELECT count(*) FROM timer WHERE refused") == 0 })
	l.Operate(root, "hold", "claim", "ann")
	l.Operate(root, "hold", "claim", "cat")
	l.Operate(root, "hold", "complete", "ann")
	l.save(root, "waits-for-a-message")

	l.Deploy(two)
	root, _ = l.Start("two", nil)
	l.Operate(root, "first", "complete", "ann")
	l.Operate(root, "second", "complete", "bob")
	l.eventually("the run ends", func() bool { return len(l.history(root)) > 0 })
	l.save(root, "two-tasks-to-the-end")

	l.client.Renew = 3
	root, _ = l.Start("two", nil)
	run := l.run(root)
	for _, op := range []string{"claim", "unclaim", "claim"} {
		l.Operate(root, "first", op, "ann")
	}
	l.eventually("the next run", func() bool { return l.run(root) != run })
	l.saveRun(root, run, "continued-as-new")
}

func (l *live) save(root int64, name string) { l.saveRun(root, l.run(root), name) }

func (l *live) saveRun(root int64, run, name string) {
	l.Helper()
	h := &historypb.History{}
	for it := l.temporal.GetWorkflowHistory(ctx, contract.WorkflowID(root), run, false, 1); it.HasNext(); {
		e, err := it.Next()
		if err != nil {
			l.Fatal(err)
		}
		e.Links = nil
		h.Events = append(h.Events, e)
	}
	raw, err := protojson.MarshalOptions{Indent: " "}.Marshal(h)
	if err != nil {
		l.Fatal(err)
	}
	path := filepath.Join("..", "testdata", "history", name+".json")
	if _, err := os.Stat(path); err == nil {
		l.Fatalf("%s is there: a recorded history is never rewritten, give this one another name", path)
	}
	if err := os.WriteFile(path, raw, 0o644); err != nil {
		l.Fatal(err)
	}
}
