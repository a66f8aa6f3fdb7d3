package logs

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestALogFileIsBounded(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.log")
	f, err := Open(name, 100, 3)
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		if _, err := f.Write([]byte(strings.Repeat("x", 39) + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	all, err := filepath.Glob(name + "*")
	if err != nil || len(all) != 3 {
		t.Errorf("files %v, %v", all, err)
	}
	for _, n := range all {
		raw, err := os.ReadFile(n)
		if err != nil || len(raw) == 0 || len(raw) > 100 || len(raw)%40 != 0 {
			t.Errorf("%s has %d bytes, %v", n, len(raw), err)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "no", "x.log"), 1, 1); err == nil {
		t.Error("a log in no directory opens")
	}
}

// While a database is away the log says so now and then, not ten thousand times; an alarm is never left out.
func TestTheSameLineIsNotSaidAThousandTimes(t *testing.T) {
	var out bytes.Buffer
	log := New(&out, true, slog.LevelInfo)
	now := time.Unix(0, 0)
	log.Handler().(*quiet).seen.now = func() time.Time { return now }
	for range 1000 {
		log.Error("outbox", "error", errors.New("connection refused"))
		log.Error("defect", "alarm", true, "error", "x")
	}
	log.Error("outbox", "error", errors.New("another"))
	now = now.Add(quietFor)
	log.With("a", 1).Error("outbox", "error", errors.New("connection refused"))
	var refused, alarms int
	var last map[string]any
	for l := range strings.Lines(out.String()) {
		last = map[string]any{}
		if err := json.Unmarshal([]byte(l), &last); err != nil {
			t.Fatalf("%q is no JSON: %v", l, err)
		}
		if last["msg"] == "defect" {
			alarms++
		}
		if last["error"] == "connection refused" {
			refused++
		}
	}
	if alarms != 1000 || refused != quietFirst+1 || last["withheld"] != 997.0 {
		t.Errorf("%d alarms, %d times the same, last %v", alarms, refused, last)
	}
}
