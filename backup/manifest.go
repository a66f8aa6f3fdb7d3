// Package backup copies everything that the platform keeps into a directory, and
// brings it back: the books, Temporal where it is embedded, the files, and the
// high-water marks of the numbers that were given out.
package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/quancheng/quancheng/api/files"
	"github.com/quancheng/quancheng/models"
)

const manifestFile = "manifest.json"

// What a backup says of Temporal that is no part of it.
const Elsewhere = "elsewhere"

// Manifest says what a backup holds. It is written last: without it there is no backup.
type Manifest struct {
	Format     int          `json:"format"`
	At         time.Time    `json:"at"`
	Dialect    string       `json:"dialect"`  // sqlite, postgres
	Temporal   string       `json:"temporal"` // sqlite, postgres, elsewhere
	Migrations []int64      `json:"migrations"`
	Marks      models.Marks `json:"marks"`
	Parts      []Part       `json:"parts"`
	Files      int          `json:"files"`
	Bytes      int64        `json:"bytes"`
	Missing    []string     `json:"missing,omitempty"` // digests of files that the books name and the store did not have
}

// Part is one file of a backup.
type Part struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Place is where the platform keeps what is copied.
type Place struct {
	DSN      string      // of the books
	Temporal string      // sqlite:FILE, postgres (beside the books), or Elsewhere
	Store    files.Store // of uploaded files and papers
	Marks    string      // file of the marks beside the books
}

// Read reads a backup's manifest and holds each part against it.
func Read(dir string) (Manifest, error) {
	var m Manifest
	raw, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%s holds no finished backup: there is no %s", dir, manifestFile)
	}
	if err == nil {
		err = json.Unmarshal(raw, &m)
	}
	if err != nil {
		return m, fmt.Errorf("%s: %w", manifestFile, err)
	}
	if m.Format != 1 {
		return m, fmt.Errorf("%s: format %d is not known to this program", manifestFile, m.Format)
	}
	for _, p := range m.Parts {
		is, err := part(dir, p.Name)
		if err != nil {
			return m, err
		}
		if is != p {
			return m, fmt.Errorf("%s is not what was written: the backup was changed, or its medium is bad", p.Name)
		}
	}
	return m, nil
}

func part(dir, name string) (Part, error) {
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return Part{}, err
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	return Part{name, n, hex.EncodeToString(sum.Sum(nil))}, err
}

// digests are the files that the books name.
func digests(ctx context.Context, db *models.DB) ([]string, error) {
	var all []string
	err := db.Read(ctx).
		Raw("SELECT digest FROM document WHERE digest <> '' UNION SELECT sha FROM document_file ORDER BY 1").
		Scan(&all).
		Error
	return all, err
}

// copyFile writes a stored file below a directory unless it is there, and proves its digest.
func copyFile(ctx context.Context, from files.Store, digest, dir string) (int64, error) {
	name := filepath.Join(dir, digest[:min(2, len(digest))], digest)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return 0, err
	}
	in, err := from.Open(ctx, digest)
	if err != nil {
		return 0, err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	read, write := io.Pipe()
	proved := make(chan error, 1)
	go func() {
		is, err := files.Digest(read)
		if err == nil && is != digest {
			err = fmt.Errorf("the store has another content under %s", digest)
		}
		proved <- err
	}()
	n, err := io.Copy(io.MultiWriter(out, write), in)
	_ = write.Close() // never fails
	return n, errors.Join(err, <-proved, out.Sync(), out.Close())
}
