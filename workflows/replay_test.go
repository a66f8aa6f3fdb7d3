package workflows_test

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/trust/payload"
	"github.com/quancheng/quancheng/workflows"
)

// Histories of earlier releases replay: a case that began under one of them goes on under this one,
// which reads their payloads in clear although it encrypts its own. Those of whole lives are named by
// their release and compressed.
func TestStoredHistoriesReplay(t *testing.T) {
	files, err := filepath.Glob("testdata/history/*.json*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stored history: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			r, err := worker.NewWorkflowReplayerWithOptions(
				worker.WorkflowReplayerOptions{DataConverter: payload.Converter(trust.New(time.Time{}))},
			)
			if err != nil {
				t.Fatal(err)
			}
			workflows.Register(r)
			if err := r.ReplayWorkflowHistory(nil, stored(t, file)); err != nil {
				t.Error(err)
			}
		})
	}
}

// stored reads a history.
func stored(t *testing.T, file string) *historypb.History {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var r io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	h, err := client.HistoryFromJSON(r, client.HistoryJSONOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}
