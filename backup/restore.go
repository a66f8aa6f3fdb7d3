package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/files"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// UnseenLeap is how far numbers leap when the books that are replaced cannot be
// read: the marks beside them are a minute old at most, and nobody gives out so many in a minute.
const UnseenLeap = 100

// LostLeap is how far they leap when the marks are lost as well, and only the backup's are known.
const LostLeap = 1000

// Restored says what a restore has done.
type Restored struct {
	Manifest Manifest
	Former   []string // where what was there before is kept
	Raised   []string // counters and sequences that stand higher than in the backup
	Files    int      // that the store did not have
}

// Restore brings a backup back. Nobody may serve the place meanwhile. What was
// there before is kept beside it under another name.
func Restore(ctx context.Context, dir string, to Place, reason string, out io.Writer) (Restored, error) {
	m, err := Read(dir)
	r := Restored{Manifest: m}
	if err != nil {
		return r, err
	}
	if sqlite := strings.HasPrefix(to.DSN, "sqlite:"); sqlite != (m.Dialect == "sqlite") {
		return r, fmt.Errorf("the backup is of %s, and the database is another one", m.Dialect)
	}
	marks, leap := seen(ctx, to, m, out)
	stamp := time.Now().Format("20060102150405")
	if err := r.replaceBooks(ctx, dir, to, stamp); err != nil {
		return r, fmt.Errorf("books: %w", err)
	}
	if err := r.replaceTemporal(ctx, dir, to, stamp); err != nil {
		return r, fmt.Errorf("temporal: %w", err)
	}
	db, err := models.Open(to.DSN)
	if err != nil {
		return r, err
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Migrate(ctx); err != nil {
		return r, err
	}
	if err := r.settle(ctx, db, marks, leap, reason); err != nil {
		return r, err
	}
	if to.Marks != "" {
		now, err := db.MarksOf(ctx, time.Now())
		if err == nil {
			err = now.Keep(to.Marks)
		}
		if err != nil {
			return r, err
		}
	}
	r.Files, err = bringFiles(ctx, dir, to.Store)
	return r, err
}

// seen are the highest marks that anybody remembers: the backup, the file beside
// the books, and the books that are replaced, when they can still be read.
func seen(ctx context.Context, to Place, m Manifest, out io.Writer) (models.Marks, int64) {
	marks, leap := m.Marks, int64(LostLeap)
	if beside, err := models.LoadMarks(to.Marks); err == nil && !beside.At.IsZero() {
		marks, leap = marks.Over(beside), UnseenLeap
	} else {
		fmt.Fprintf(out, "there are no marks beside the books (%s)\n", to.Marks)
	}
	if now, err := marksInPlace(ctx, to.DSN); err == nil {
		marks, leap = marks.Over(now), 0
	} else {
		fmt.Fprintf(out, "the books in place cannot be read (%v): numbers leap by %d\n", err, leap)
	}
	marks.At = time.Now().UTC()
	return marks, leap
}

func marksInPlace(ctx context.Context, dsn string) (models.Marks, error) {
	if file, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		if _, err := os.Stat(file); err != nil {
			return models.Marks{}, err
		}
	}
	db, err := models.Open(dsn)
	if err != nil {
		return models.Marks{}, err
	}
	defer func() { _ = db.Close() }()
	return db.MarksOf(ctx, time.Now())
}

func (r *Restored) replaceBooks(ctx context.Context, dir string, to Place, stamp string) error {
	if file, ok := strings.CutPrefix(to.DSN, "sqlite:"); ok {
		return r.replaceFile(filepath.Join(dir, "books.db"), file, stamp)
	}
	former, err := replace(ctx, to.DSN, filepath.Join(dir, "books.dump"), stamp)
	r.kept(former)
	return err
}

func (r *Restored) replaceTemporal(ctx context.Context, dir string, to Place, stamp string) error {
	file, sqlite := strings.CutPrefix(to.Temporal, "sqlite:")
	switch {
	case sqlite && r.Manifest.Temporal == "sqlite":
		return r.replaceFile(filepath.Join(dir, "temporal.db"), file, stamp)
	case to.Temporal == "postgres" && r.Manifest.Temporal == "postgres":
		for _, suffix := range temporalSuffixes {
			dsn, err := beside(to.DSN, suffix)
			if err != nil {
				return err
			}
			former, err := replace(ctx, dsn, filepath.Join(dir, "temporal"+strings.TrimPrefix(suffix, "_temporal")+".dump"), stamp)
			if err != nil {
				return err
			}
			r.kept(former)
		}
	}
	return nil
}

func (r *Restored) kept(former string) {
	if former != "" {
		r.Former = append(r.Former, former)
	}
}

// replaceFile puts a copy in the place of a SQLite database; the former one, with its log, stays under another name.
func (r *Restored) replaceFile(from, file, stamp string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	fresh := file + ".restoring"
	if err := copyPlain(from, fresh); err != nil {
		return err
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		former := file + ".before-" + stamp + end
		err := os.Rename(file+end, former)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err == nil && end == "" {
			r.kept(former)
		}
	}
	return os.Rename(fresh, file)
}

func copyPlain(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// settle raises the numbers, ends the sessions that the backup knew open, and writes into the audit what happened.
func (r *Restored) settle(ctx context.Context, db *models.DB, marks models.Marks, leap int64, reason string) error {
	return db.Tx(ctx, func(tx *gorm.DB) (err error) {
		if r.Raised, err = marks.Raise(tx, leap); err != nil {
			return err
		}
		now := time.Now()
		if err := tx.Exec("UPDATE session SET ended_at = ? WHERE ended_at IS NULL", now.UTC()).Error; err != nil {
			return err
		}
		a := models.Acting{Person: models.System, At: now, BusinessDate: models.DateOf(now), Reason: reason}
		return audit.Audit(tx, "r:restore", a, audit.AuditEntry{
			Action: "books.restore", Subject: "backup:" + r.Manifest.At.Format(time.RFC3339),
			Detail: models.JSONOf(map[string]any{"backup": r.Manifest.At, "raised": r.Raised, "leap": leap, "former": r.Former}),
		})
	})
}

// bringFiles gives the store what it lacks.
func bringFiles(ctx context.Context, dir string, to files.Store) (int, error) {
	n := 0
	err := filepath.WalkDir(filepath.Join(dir, "files"), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		if f, err := to.Open(ctx, d.Name()); err == nil {
			return f.Close()
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		digest, err := to.Put(raw)
		if err == nil && digest != d.Name() {
			err = fmt.Errorf("file %s is not what was written: the backup was changed, or its medium is bad", d.Name())
		}
		n++
		return err
	})
	return n, err
}
