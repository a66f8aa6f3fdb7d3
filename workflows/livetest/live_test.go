package livetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	temporalclient "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/trust/payload"
	quancheng "github.com/quancheng/quancheng/worker"
	"github.com/quancheng/quancheng/worker/temporal"
	"github.com/quancheng/quancheng/workflows/client"
	"github.com/quancheng/quancheng/workflows/contract"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

// server is one embedded Temporal for the whole package; it ends with the process.
var server struct {
	once    sync.Once
	server  *temporal.Server
	log     string // file of what it says
	client  temporalclient.Client
	err     error
	offset  atomic.Int64
	workers sync.Mutex // one at a time: they share a task queue
}

// live is a house whose events go through Temporal.
type live struct {
	*activitiestest.House
	temporal temporalclient.Client
	client   *client.Client
	stop     func() // ends the worker
}

func temporalClient(t testing.TB) temporalclient.Client {
	t.Helper()
	server.once.Do(func() {
		dir, err := os.MkdirTemp("", "quancheng-live-") // of the process, not of the test that happens to be first
		if err != nil {
			server.err = err
			return
		}
		s, err := temporal.Start(
			context.Background(), temporal.Options{File: filepath.Join(dir, "temporal.db"), LogFile: filepath.Join(dir, "temporal.log")},
		)
		if err != nil {
			server.err = err
			return
		}
		server.server, server.log = s, filepath.Join(dir, "temporal.log")
		server.client, server.err = s.Client(
			context.Background(), payload.Options(activitiestest.Keys(), temporalclient.Options{Logger: quiet{}}),
		)
	})
	if server.err != nil {
		t.Fatal(server.err)
	}
	return server.client
}

// through lets the events of a house go through Temporal. Its keys are its own:
// all houses share one Temporal.
func through(t testing.TB, h *activitiestest.House) *live {
	t.Helper()
	keys := server.offset.Add(1) * 1_000_000
	sql := "INSERT INTO sqlite_sequence (name, seq) VALUES ('root_state', ?)"
	if !h.DB.SQLite() {
		sql = "SELECT setval('root_state_key_seq', ?)"
	}
	h.Tx(func(tx *gorm.DB) error { return tx.Exec(sql, keys).Error })
	return connect(h, temporalClient(t))
}

// connect sends the events of a house through a Temporal and works for it until the test ends.
func connect(h *activitiestest.House, c temporalclient.Client) *live {
	h.Helper()
	l := &live{House: h, temporal: c, client: client.New(c, h.Keys)}
	h.Cleanup(l.tell)
	l.client.Stored = h.C.Stored
	h.Send = l.client.Send
	l.stop = l.work()
	h.Cleanup(l.stop)
	return l
}

// work runs a worker until it is stopped.
func (l *live) work() (stop func()) {
	l.Helper()
	server.workers.Lock()
	w := worker.New(l.temporal, contract.Queue, worker.Options{})
	quancheng.Register(w, l.C)
	if err := w.Start(); err != nil {
		server.workers.Unlock()
		l.Fatal(err)
	}
	return sync.OnceFunc(func() {
		w.Stop()
		server.workers.Unlock()
	})
}

// eventually waits for what happens by itself.
func (l *live) eventually(what string, f func() bool) {
	l.Helper()
	for range 600 {
		if f() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	l.Fatalf("it did not happen: %s", what)
}

// eachLive runs a test through Temporal on both databases.
func eachLive(t *testing.T, file string, f func(t *testing.T, l *live)) {
	t.Helper()
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		f(t, through(t, activitiestest.Build(t, db, file)))
	})
}

// quiet drops the SDK's log, but not what breaks a workflow.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(msg string, kv ...any) {
	if strings.Contains(msg, "panic") || strings.Contains(msg, "Workflow") {
		fmt.Println(append([]any{msg}, kv...)...)
	}
}

// tell shows, of a test that failed, what its cases wait for in Temporal and the last that Temporal said:
// what fails on a busy machine only cannot be asked a second time.
func (l *live) tell() {
	if !l.Failed() {
		return
	}
	var roots []int64
	if err := l.Read().Raw("SELECT key FROM root_state WHERE open ORDER BY key").Scan(&roots).Error; err != nil {
		l.Log(err)
	}
	for _, root := range roots {
		d, err := l.temporal.DescribeWorkflowExecution(context.Background(), contract.WorkflowID(root), "")
		l.Logf("case %d: waits for %v, activities %v (%v)", root, d.GetPendingWorkflowTask(), d.GetPendingActivities(), err)
	}
	said, err := os.ReadFile(server.log)
	if err != nil {
		l.Log(err)
	}
	l.Logf("Temporal said: … %s", said[max(0, len(said)-4000):])
}
