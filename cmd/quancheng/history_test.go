package main

import (
	"compress/gzip"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	temporalclient "go.temporal.io/sdk/client"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/worker/temporal"
	"github.com/quancheng/quancheng/workflows/contract"
)

var exportHistories = flag.String("export-histories", "", "write workflow histories of a former release's fixture beside the stored ones")

// told are the cases whose histories are kept: an ended one, and what else a run may have under way.
var told = map[string]string{
	"archived":                                "archived",
	"supplement asked for, its timer armed":   "timer-armed",
	"suspended":                               "suspended",
	"incident: the post is vacant":            "incident",
	"contract signed, publication awaited":    "timers-beside-tasks",
	"rectification after a failed acceptance": "rectification",
	"joint review with one signature":         "joint-review",
}

// TestExportHistories brings histories from a fixture's Temporal to
// workflows/testdata/history, where they are replayed.
func TestExportHistories(t *testing.T) {
	if *exportHistories == "" {
		t.Skip("they are written once for each release, with -export-histories")
	}
	dir, m := unpack(t, *exportHistories)
	db, err := models.Open("sqlite:" + filepath.Join(dir, "quancheng.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	server, err := temporal.Start(
		t.Context(), temporal.Options{File: filepath.Join(dir, "temporal.db"), LogFile: filepath.Join(dir, "temporal.log")},
	)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Stop() }()
	c, err := server.Client(t.Context(), temporalclient.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for code, label := range m.Cases {
		name := told[label]
		if name == "" {
			continue
		}
		var root int64
		if err := db.Read(t.Context()).Raw("SELECT key FROM root_state WHERE project = ? AND process = 'qc_lifecycle'",
			code).Scan(&root).Error; err != nil {
			t.Fatal(err)
		}
		history := &historypb.History{}
		events := c.GetWorkflowHistory(t.Context(), contract.WorkflowID(root), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			e, err := events.Next()
			if err != nil {
				t.Fatalf("%s: %v", label, err)
			}
			history.Events = append(history.Events, e)
		}
		write(
			t,
			filepath.Join("../../workflows/testdata/history", fmt.Sprintf("%s-%s.json.gz", m.Release, strings.ReplaceAll(name, " ", "-"))),
			history,
		)
	}
}

func write(t *testing.T, file string, history *historypb.History) {
	t.Helper()
	raw, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(history)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
