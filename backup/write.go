package backup

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/quancheng/quancheng/models"
)

// Write copies everything into an empty or new directory while the platform
// runs. Temporal comes before the books, and the books before the files: what
// one copy names the next one has.
func Write(ctx context.Context, from Place, dir string, out io.Writer) (Manifest, error) {
	m := Manifest{Format: 1, At: time.Now().UTC().Truncate(time.Second), Temporal: Elsewhere}
	if there, err := os.ReadDir(dir); err == nil && len(there) > 0 {
		return m, fmt.Errorf("%s is not empty: a backup goes into a directory of its own", dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return m, err
	}
	db, err := models.Open(from.DSN)
	if err != nil {
		return m, err
	}
	defer func() { _ = db.Close() }()
	if m.Migrations, err = db.Applied(ctx); err != nil {
		return m, err
	}
	if len(m.Migrations) == 0 {
		return m, errors.New("there are no books: nothing was ever migrated in this database")
	}
	var parts []string
	if m.Temporal, parts, err = writeTemporal(ctx, from, dir); err != nil {
		return m, fmt.Errorf("temporal: %w", err)
	}
	m.Dialect = "postgres"
	if books := "books.dump"; db.SQLite() {
		m.Dialect, books = "sqlite", "books.db"
		err = copySQLite(ctx, strings.TrimPrefix(from.DSN, "sqlite:"), filepath.Join(dir, books))
		parts = append(parts, books)
	} else {
		err = dump(ctx, from.DSN, filepath.Join(dir, books))
		parts = append(parts, books)
	}
	if err != nil {
		return m, fmt.Errorf("books: %w", err)
	}
	// After the copy: marks that are higher than the books are no harm.
	if m.Marks, err = db.MarksOf(ctx, time.Now()); err != nil {
		return m, err
	}
	if err := writeFiles(ctx, db, from, dir, &m); err != nil {
		return m, fmt.Errorf("files: %w", err)
	}
	for _, name := range parts {
		p, err := part(dir, name)
		if err != nil {
			return m, err
		}
		m.Parts = append(m.Parts, p)
		fmt.Fprintf(out, "%s: %d bytes\n", p.Name, p.Size)
	}
	fmt.Fprintf(out, "files: %d, %d bytes\n", m.Files, m.Bytes)
	return m, writeManifest(dir, m)
}

func writeFiles(ctx context.Context, db *models.DB, from Place, dir string, m *Manifest) error {
	all, err := digests(ctx, db)
	if err != nil {
		return err
	}
	for _, d := range all {
		n, err := copyFile(ctx, from.Store, d, filepath.Join(dir, "files"))
		if errors.Is(err, fs.ErrNotExist) {
			m.Missing = append(m.Missing, d)
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", d, err)
		}
		m.Files, m.Bytes = m.Files+1, m.Bytes+n
	}
	return nil
}

func writeManifest(dir string, m Manifest) error {
	raw, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, manifestFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(raw, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}

// writeTemporal copies the store of an embedded Temporal.
func writeTemporal(ctx context.Context, from Place, dir string) (kind string, parts []string, err error) {
	if file, ok := strings.CutPrefix(from.Temporal, "sqlite:"); ok {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return Elsewhere, nil, nil
		}
		return "sqlite", []string{"temporal.db"}, copySQLite(ctx, file, filepath.Join(dir, "temporal.db"))
	}
	if from.Temporal != "postgres" {
		return Elsewhere, nil, nil
	}
	for _, suffix := range temporalSuffixes {
		dsn, err := beside(from.DSN, suffix)
		if err != nil {
			return "", nil, err
		}
		there, err := databaseExists(ctx, dsn)
		if err != nil {
			return "", nil, err
		}
		if !there {
			return Elsewhere, nil, nil
		}
		name := "temporal" + strings.TrimPrefix(suffix, "_temporal") + ".dump"
		if err := dump(ctx, dsn, filepath.Join(dir, name)); err != nil {
			return "", nil, err
		}
		parts = append(parts, name)
	}
	return "postgres", parts, nil
}

// copySQLite makes a copy of one moment, while others read and write.
func copySQLite(ctx context.Context, file, to string) error {
	if _, err := os.Stat(file); err != nil {
		return err
	}
	db, err := sql.Open(models.NameSQLite, "file:"+file+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", to)
	return errors.Join(err, db.Close())
}
