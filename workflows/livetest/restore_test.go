package livetest

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	temporalclient "go.temporal.io/sdk/client"

	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/trust/payload"
	"github.com/quancheng/quancheng/workflows/contract"
)

func execution(root int64) *commonpb.WorkflowExecution {
	return &commonpb.WorkflowExecution{WorkflowId: contract.WorkflowID(root)}
}

// eachDSN runs a test on a new database of both kinds that may be closed and copied.
func eachDSN(t *testing.T, f func(t *testing.T, dsn string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, modelstest.SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, modelstest.Postgres(t)) })
}

// copied is a copy of a database that nobody has open.
func copied(t *testing.T, dsn string) string {
	t.Helper()
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		return "sqlite:" + copyFile(t, path)
	}
	head, rest, _ := strings.Cut(dsn[len("postgres://"):], "/")
	name, query, _ := strings.Cut(rest, "?")
	admin, err := models.Open("postgres://" + head + "/postgres?" + query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close() }()
	if err := admin.Read(ctx).Exec(fmt.Sprintf("CREATE DATABASE %s_copy TEMPLATE %s", name, name)).Error; err != nil {
		t.Fatal(err)
	}
	return "postgres://" + head + "/" + name + "_copy?" + query
}

func copyFile(t *testing.T, path string) string {
	t.Helper()
	from, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = from.Close() }()
	to, err := os.Create(filepath.Join(t.TempDir(), filepath.Base(path)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return to.Name()
}

func open(t *testing.T, dsn string) *models.DB {
	t.Helper()
	db, err := models.Open(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// When our database is restored to an older copy, Temporal remembers answers
// that are lost there: the same event is applied again, to the restored state.
func TestDatabaseRestored(t *testing.T) {
	eachDSN(t, func(t *testing.T, dsn string) {
		db := modelstest.Open(t, dsn)
		l := through(t, activitiestest.Build(t, db, two))
		root, _ := l.Start("two", nil)
		l.stop()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		older := copied(t, dsn)

		db = open(t, dsn)
		l = connect(activitiestest.Open(t, db), l.temporal)
		r := l.Operation(root, "first", "complete", "ann")
		l.Wants(l.Commit(r), contract.Applied, "")
		l.Task(root, "second")
		l.stop()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}

		db = open(t, older)
		t.Cleanup(func() { _ = db.Close() })
		l = connect(activitiestest.Open(t, db), l.temporal)
		l.Task(root, "first") // what was done is lost
		l.Wants(l.Commit(r), contract.Applied, "")
		l.Wants(l.Operate(root, "second", "complete", "bob"), contract.Applied, "")
	})
}

// When Temporal is restored to an older copy, its runs replay what the database
// has outcomes for, and the case goes on from the database.
func TestTemporalRestored(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		file := filepath.Join(t.TempDir(), "temporal.db")
		h := activitiestest.Build(t, db, two)
		l, stop := on(t, h, file)
		root, _ := l.Start("two", nil)
		stop()
		older := setAside(t, file)

		l, stop = on(t, h, file)
		r := l.Operation(root, "first", "complete", "ann")
		l.Wants(l.Commit(r), contract.Applied, "")
		stop()

		l, stop = on(t, h, older)
		defer stop()
		l.Wants(l.Commit(r), contract.Applied, "")
		if n := l.Count("SELECT step FROM root_state WHERE key = ?", root); n != 2 {
			t.Errorf("%d steps, want 2", n)
		}
		l.Wants(l.Operate(root, "second", "complete", "bob"), contract.Applied, "")
	})
}

// TestTemporalLosesItsLastSecond holds why Temporal's databases need not be durable to the last second: of
// what they lose in a crash nothing was only there. A case that went on, one that was begun and one that
// was begun and ended in that second stand as they were acknowledged, and go on to their ends.
func TestTemporalLosesItsLastSecond(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		file := filepath.Join(t.TempDir(), "temporal.db")
		h := activitiestest.Build(t, db, two)
		l, stop := on(t, h, file)
		known, _ := l.Start("two", nil)
		stop()
		older := setAside(t, file) // what had reached the disk

		l, stop = on(t, h, file)
		went := l.Operation(known, "first", "complete", "ann")
		l.Wants(l.Commit(went), contract.Applied, "")
		begun, _ := l.Start("two", nil)
		followed := l.Operation(begun, "first", "complete", "ann")
		l.Wants(l.Commit(followed), contract.Applied, "")
		ended, _ := l.Start("two", nil)
		l.Wants(l.Operate(ended, "first", "complete", "ann"), contract.Applied, "")
		l.Wants(l.Operate(ended, "second", "complete", "bob"), contract.Applied, "")
		stop()

		l, stop = on(t, h, older)
		defer stop()
		steps := func(root int64) int { return l.Count("SELECT step FROM root_state WHERE key = ?", root) }
		if steps(known) != 2 || steps(begun) != 2 || steps(ended) != 3 {
			t.Errorf("steps after the crash: %d, %d, %d", steps(known), steps(begun), steps(ended))
		}
		for _, r := range []contract.Request{went, followed} { // asked once more, the answers are the same
			l.Wants(l.Commit(r), contract.Applied, "")
		}
		for _, root := range []int64{known, begun} {
			l.Wants(l.Operate(root, "second", "complete", "bob"), contract.Applied, "")
		}
		for _, root := range []int64{known, begun, ended} {
			if n := steps(root); n != 3 || l.Count("SELECT count(*) FROM root_state WHERE open AND key = ?", root) != 0 {
				t.Errorf("case %d: %d steps, want 3 and its end", root, n)
			}
		}
	})
}

// setAside copies a store that nobody has open, with its log.
func setAside(t *testing.T, file string) string {
	t.Helper()
	older := copyFile(t, file)
	if _, err := os.Stat(file + "-wal"); err == nil {
		if raw, err := os.ReadFile(file + "-wal"); err != nil || os.WriteFile(older+"-wal", raw, 0o600) != nil {
			t.Fatal("copy the log of the store")
		}
	}
	return older
}

// on connects a house to a Temporal of its own.
func on(t *testing.T, h *activitiestest.House, file string) (*live, func()) {
	t.Helper()
	return onWith(t, h, file, payload.Options(h.Keys, temporalclient.Options{Logger: quiet{}}))
}
