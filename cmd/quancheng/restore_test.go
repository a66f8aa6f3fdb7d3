package main

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/backup"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/notrun"
	"github.com/quancheng/quancheng/seed"
)

// TestRestoreDrill is what docs/operations.md tells to practise, on both
// databases: back up while the platform runs, go on, lose what came afterwards,
// restore, go on. Another process is kept away from the data meanwhile, and no number is given twice.
func TestRestoreDrill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts whole platforms")
	}
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": nil, "postgres": modelstest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			at := "sqlite:" + filepath.Join(dir, "quancheng.db")
			flags := []string{"--seed=false", "--bureau-pace=20ms"}
			if dsn != nil {
				at = dsn(t)
				if _, err := backup.Tool("pg_dump"); err != nil {
					notrun.Skip(t, "%v", err)
				}
				flags = append(flags, "--database", at)
			}
			drill(t, newProcess(t, "", dir, flags...), at)
		})
	}
}

func drill(t *testing.T, p *platformProcess, dsn string) {
	ctx, kept := t.Context(), filepath.Join(t.TempDir(), "backup")
	place := []string{"--database", dsn, "--data", p.dir}
	p.start(ctx)
	before := played(ctx, t, p, "p2_check")
	if out := said(backupCommand(), append([]string{kept}, place...)...); !strings.Contains(out, "backup of") {
		t.Fatalf("backup: %s", out)
	}
	lost := played(ctx, t, p, "p1_draft")
	examined(t, append([]string{"--json"}, place...), "temporal", wellOK)

	// While it is served nobody else may: the other one is named.
	again := newProcess(t, "", p.dir, p.flags...)
	again.launch()
	if err := <-again.ended; err == nil || !strings.Contains(again.log(), "pid ") ||
		!strings.Contains(again.log(), "in use by another process") {
		t.Errorf("a second server on the same data: %v\n%s", err, again.log())
	}
	again.cmd = nil
	if out := said(restoreCommand(), append([]string{kept, "--reason", "drill"}, place...)...); !strings.Contains(
		out, "in use by another process",
	) {
		t.Errorf("restore beside a server: %s", out)
	}
	p.stop()

	out := said(restoreCommand(), append([]string{kept, "--reason", "drill"}, place...)...)
	if !strings.Contains(out, "the books are those of") || !strings.Contains(out, "raised business_counter/XM/") ||
		!strings.Contains(out, "is kept as") {
		t.Fatalf("restore: %s", out)
	}
	p.start(ctx)
	after := played(ctx, t, p, "p1_draft")
	if after.Code == lost.Code || after.InstanceKey == lost.InstanceKey || after.Code <= lost.Code {
		t.Errorf("%s (%s) is given again: after the restore comes %s (%s)", lost.Code, lost.InstanceKey, after.Code, after.InstanceKey)
	}
	player, err := seed.NewPlayer(ctx, p.url())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := player.Play(ctx, "p2_check", nil); err != nil {
		t.Errorf("after the restore: %v", err)
	}
	keys := filepath.Join(p.dir, "keys", "keys.json")
	if out := said(repairCommand(), append([]string{"--keys", keys}, place...)...); !strings.Contains(out, "open instances have a run") ||
		strings.Contains(out, "do not know") {
		t.Errorf("repair beside the server: %s", out)
	}
	if out := said(auditCommand(), "verify", "--database", dsn); !strings.Contains(out, "every link holds") {
		t.Errorf("audit verify: %s", out)
	}
	holdsFiles(ctx, t, dsn, p.dir, before.Code)
	p.stop()
	if out := said(restoreCommand(), append([]string{filepath.Join(kept, "files"), "--reason", "drill"}, place...)...); !strings.Contains(
		out, "no finished backup",
	) {
		t.Errorf("restore of what is no backup: %s", out)
	}
	spoil(t, kept)
	if out := said(restoreCommand(), append([]string{kept, "--reason", "drill"}, place...)...); !strings.Contains(
		out, "is not what was written",
	) {
		t.Errorf("restore of a spoiled backup: %s", out)
	}
}

func played(ctx context.Context, t *testing.T, p *platformProcess, until string) seed.Played {
	t.Helper()
	player, err := seed.NewPlayer(ctx, p.url())
	if err != nil {
		t.Fatal(err)
	}
	at, err := player.Play(ctx, until, nil)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// examined holds one finding of the doctor, and that none is an error.
func examined(t *testing.T, args []string, check, state string) {
	t.Helper()
	var out strings.Builder
	c := doctorCommand()
	c.SetArgs(args)
	c.SetOut(&out)
	c.SilenceErrors, c.SilenceUsage = true, true
	_ = c.Execute() // a warning is a status too
	var said struct {
		State  string
		Checks []finding
	}
	if err := json.Unmarshal([]byte(out.String()), &said); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	seen := false
	for _, f := range said.Checks {
		if f.State == wellError {
			t.Errorf("doctor: %+v", f)
		}
		seen = seen || f.Check == check && f.State == state
	}
	if !seen {
		t.Errorf("doctor says nothing like %s %s: %s", check, state, out.String())
	}
}

// holdsFiles: each file that the restored books name is in the store.
func holdsFiles(ctx context.Context, t *testing.T, dsn, dir, code string) {
	t.Helper()
	err := withDatabase(dsn, func(db *models.DB) error {
		var digests []string
		if err := db.Read(ctx).Raw("SELECT digest FROM document WHERE project = ? AND digest <> ''",
			code).Scan(&digests).Error; err != nil {
			return err
		}
		if len(digests) == 0 {
			t.Error("the project has no file: the drill holds nothing")
		}
		for _, d := range digests {
			if _, err := os.Stat(filepath.Join(dir, "documents", d[:2], d)); err != nil {
				t.Error(err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func spoil(t *testing.T, kept string) {
	t.Helper()
	err := filepath.WalkDir(kept, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasPrefix(d.Name(), "books.") {
			return err
		}
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteString("x")
		_ = f.Close()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The doctor finds what is not there, in words and as JSON, and its status says so.
func TestTheDoctorFindsWhatIsMissing(t *testing.T) {
	t.Setenv("QUANCHENG_KEYS", "")
	t.Setenv(models.PoolVariable, "two")
	dir := t.TempDir()
	c := doctorCommand()
	var out strings.Builder
	c.SetArgs([]string{"--data", dir, "--database", "sqlite:" + filepath.Join(dir, "no.db")})
	c.SetOut(&out)
	c.SilenceErrors, c.SilenceUsage = true, true
	if err := c.Execute(); err != errReported { //nolint:errorlint // it is given back as it is
		t.Errorf("the status is %v", err)
	}
	for _, want := range []string{"error    settings", "error    keys", "error    database", "quancheng keys new"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the doctor does not say %q:\n%s", want, out.String())
		}
	}
}
