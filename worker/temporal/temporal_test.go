//go:build !external

package temporal_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	temporalsdk "go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/worker/temporal"
	"github.com/quancheng/quancheng/workflows/contract"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

// A workflow that waits goes on after the server was stopped and started again
// on the same store, and its search attributes are accepted.
func TestWorkflowOutlivesTheServer(t *testing.T) {
	for name, options := range map[string]func(t *testing.T) temporal.Options{
		"sqlite": func(t *testing.T) temporal.Options {
			return temporal.Options{File: filepath.Join(t.TempDir(), "temporal.db")}
		},
		"postgres": func(t *testing.T) temporal.Options { return temporal.Options{Postgres: modelstest.Postgres(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			o := options(t)
			o.LogFile = filepath.Join(t.TempDir(), "temporal.log")
			ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
			defer cancel()

			c, stop := run(ctx, t, o)
			began, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "pi-1", TaskQueue: contract.Queue}, waiting)
			if err != nil {
				t.Fatal(err)
			}
			stop()

			c, stop = run(ctx, t, o)
			defer stop()
			if err := c.SignalWorkflow(ctx, "pi-1", began.GetRunID(), "go", nil); err != nil {
				t.Fatal(err)
			}
			var answer string
			if err := c.GetWorkflow(ctx, "pi-1", "").Get(ctx, &answer); err != nil || answer != "done" {
				t.Errorf("the workflow answered %q, %v", answer, err)
			}
		})
	}
}

func waiting(ctx workflow.Context) (string, error) {
	project := temporalsdk.NewSearchAttributeKeyKeyword(contract.AttrProject)
	if err := workflow.UpsertTypedSearchAttributes(ctx, project.ValueSet("XM-2022-001")); err != nil {
		return "", err
	}
	workflow.GetSignalChannel(ctx, "go").Receive(ctx, nil)
	return "done", nil
}

func run(ctx context.Context, t *testing.T, o temporal.Options) (client.Client, func()) {
	t.Helper()
	began := time.Now()
	s, err := temporal.Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the server answers after %s", time.Since(began).Round(time.Millisecond))
	c, err := s.Client(ctx, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := worker.New(c, contract.Queue, worker.Options{})
	w.RegisterWorkflowWithOptions(waiting, workflow.RegisterOptions{Name: "waiting"})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	return c, func() {
		w.Stop()
		c.Close()
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	}
}
