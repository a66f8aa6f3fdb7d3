// Package files keeps uploaded files, in a directory or in a store that speaks
// S3, each under the SM3 digest of its content, and lets in only types that its content proves.
package files

import (
	"archive/zip"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/emmansun/gmsm/sm3"
	"github.com/gabriel-vasile/mimetype"
)

// Max is how large a file may be.
const Max = 50 << 20

// The reasons why a file is not stored.
var (
	ErrLarge     = errors.New("files: too large")
	ErrEmpty     = errors.New("files: empty")
	ErrType      = errors.New("files: this type is not allowed")
	ErrDisguised = errors.New("files: the content is of another type than the name says")
	ErrStorage   = errors.New("files: the store does not answer, or takes nothing")
)

// OFD is the media type of China's fixed-layout documents (GB/T 33190).
const OFD = "application/ofd"

// allowed are the media types by the endings that their names may have.
var allowed = map[string][]string{
	"application/pdf": {".pdf"},
	OFD:               {".ofd"},
	"image/png":       {".png"},
	"image/jpeg":      {".jpg", ".jpeg"},
	Plain:             {".txt"},
	CSV:               {".csv"},
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":       {".xlsx"},
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": {".docx"},
}

// Store is where files lie.
type Store struct {
	Dir    string  // the directory; with a bucket that of uploads which are still looked at
	Bucket *Bucket // nil: the directory

	Scanner *Scanner // looks at what is uploaded; nil: nothing does
}

// File is a stored file.
type File struct {
	Name      string // as given, without directories
	Ext       string // ending of Name, as given
	MediaType string
	Size      int64
	Digest    string // SM3, lower-case hex: its name in the store

	store  Store
	staged string // where it lies until it is kept
}

// path is where the content of a digest lies in a directory.
func (s Store) path(digest string) string {
	return filepath.Join(s.Dir, digest[:min(2, len(digest))], digest)
}

// Open reads the content of a digest. The error wraps ErrStorage, and fs.ErrNotExist when the store has no such file.
func (s Store) Open(ctx context.Context, digest string) (io.ReadCloser, error) {
	var f io.ReadCloser
	var err error
	if s.Bucket != nil {
		f, err = s.Bucket.open(ctx, digest)
	} else {
		f, err = os.Open(s.path(digest))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStorage, err)
	}
	return f, nil
}

// Check writes and reads a small file, as every upload does.
func (s Store) Check(ctx context.Context) error {
	digest, err := s.Put([]byte("quancheng"))
	if err != nil {
		return err
	}
	f, err := s.Open(ctx, digest)
	if err != nil {
		return err
	}
	return f.Close()
}

// Digest is the SM3 of a content, under which it is stored: lower-case hex.
func Digest(content io.Reader) (string, error) {
	sum := sm3.New()
	if _, err := io.Copy(sum, content); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Put stores what we made ourselves, under its digest. The same content is stored once.
func (s Store) Put(raw []byte) (digest string, err error) {
	sum := sm3.Sum(raw)
	f := File{Digest: hex.EncodeToString(sum[:]), store: s}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return "", fmt.Errorf("%w: %w", ErrStorage, err)
	}
	tmp, err := os.CreateTemp(s.Dir, ".made-*")
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrStorage, err)
	}
	f.staged = tmp.Name()
	_, err = tmp.Write(raw)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		f.Discard()
		return "", fmt.Errorf("%w: %w", ErrStorage, err)
	}
	return f.Digest, f.Keep()
}

// Stage reads a file and checks it. Nothing of it stays unless Keep follows.
func (s Store) Stage(name string, r io.Reader) (File, error) {
	f := File{Name: cleanName(name), store: s}
	f.Ext = filepath.Ext(f.Name)
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return f, fmt.Errorf("%w: %w", ErrStorage, err)
	}
	tmp, err := os.CreateTemp(s.Dir, ".upload-*")
	if err != nil {
		return f, fmt.Errorf("%w: %w", ErrStorage, err)
	}
	defer func() { _ = tmp.Close() }()
	f.staged = tmp.Name()
	if err := f.read(tmp, r); err != nil {
		f.Discard()
		return f, err
	}
	return f, nil
}

// read copies the content to the disk and looks at it there.
func (f *File) read(tmp *os.File, r io.Reader) (err error) {
	sum := sm3.New()
	f.Size, err = io.Copy(io.MultiWriter(tmp, sum), io.LimitReader(r, Max+1))
	switch {
	case err != nil:
		return err
	case f.Size > Max:
		return ErrLarge
	case f.Size == 0:
		return ErrEmpty
	}
	if err := f.sniff(tmp); err != nil {
		return err
	}
	if Secret.MatchString(f.Name) {
		return ErrSecret
	}
	if err := f.scanned(tmp); err != nil {
		return err
	}
	f.Digest = hex.EncodeToString(sum.Sum(nil))
	if err := tmp.Sync(); err != nil {
		return fmt.Errorf("%w: %w", ErrStorage, err)
	}
	return nil
}

// Keep gives a staged file its name, once its content is on the disk. The same
// content is stored once.
func (f File) Keep() error {
	if f.store.Bucket != nil {
		return f.send()
	}
	path := f.store.path(f.Digest)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("%w: %w", ErrStorage, err)
	}
	if err := os.Rename(f.staged, path); err != nil {
		return fmt.Errorf("%w: %w", ErrStorage, err)
	}
	return nil
}

// send brings a staged file into the bucket.
func (f File) send() error {
	content, err := os.Open(f.staged)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStorage, err)
	}
	err = f.store.Bucket.put(context.Background(), f.Digest, content)
	if err = errors.Join(err, content.Close()); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("%w: %w", ErrStorage, err)
	}
	f.Discard()
	return nil
}

// Discard removes a staged file; one that was kept stays.
func (f File) Discard() {
	if f.staged != "" {
		_ = os.Remove(f.staged)
	}
}

// sniff finds the type from the content and compares it with the name.
func (f *File) sniff(content *os.File) error {
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("%w: %w", ErrStorage, err)
	}
	m, err := mimetype.DetectReader(content)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStorage, err)
	}
	f.MediaType, _, _ = strings.Cut(m.String(), ";")
	if handled, err := f.text(content); handled {
		return err
	}
	if err := f.pure(content); err != nil {
		return err
	}
	if m.Is("application/zip") || allowed[f.MediaType] != nil && strings.Contains(f.MediaType, "openxml") {
		if err := f.zip(content); err != nil {
			return err
		}
	}
	endings, ok := allowed[f.MediaType]
	switch {
	case ok && slices.Contains(endings, strings.ToLower(f.Ext)):
		return nil
	case ok || claims(f.Ext):
		return ErrDisguised
	}
	return ErrType
}

// pure refuses what is two things at once: readers of a PDF forgive what stands
// before it, and readers of an archive what stands before that. It refuses a PDF that runs something.
func (f *File) pure(content *os.File) error {
	switch f.MediaType {
	case "application/pdf":
		head := make([]byte, 5)
		if _, err := content.ReadAt(head, 0); err != nil || string(head) != "%PDF-" {
			return ErrDisguised
		}
		return calmPDF(io.NewSectionReader(content, 0, f.Size))
	case "image/png", "image/jpeg":
		if _, err := zip.NewReader(content, f.Size); err == nil {
			return ErrDisguised
		}
	}
	return nil
}

// How large an archive may be when it is unpacked, and of how many parts.
const (
	maxUnpacked = 10 * Max
	maxParts    = 10_000
)

// zip looks inside an archive: an OFD is one, an office file must carry no
// macros, and no part may lead outside or be larger than anybody needs.
func (f *File) zip(content *os.File) error {
	z, err := zip.NewReader(content, f.Size)
	if err != nil || len(z.File) > maxParts {
		return ErrType
	}
	left := uint64(maxUnpacked)
	for _, e := range z.File {
		name := strings.ToLower(path.Clean(strings.ReplaceAll(e.Name, `\`, "/")))
		switch {
		case !filepath.IsLocal(name):
			return ErrType
		case e.UncompressedSize64 > left || bomb(e):
			return ErrLarge
		case name == "ofd.xml":
			f.MediaType = OFD
		}
		left -= e.UncompressedSize64
		if err := calms(name, e); err != nil {
			return err
		}
	}
	return nil
}

// bomb reports whether a part is far larger unpacked than packed: text shrinks
// to a tenth, a run of zeros to a thousandth.
func bomb(e *zip.File) bool {
	return e.UncompressedSize64 > 10<<20 && e.UncompressedSize64/200 > e.CompressedSize64
}

// Named is a file's name as it will be kept, or why none of that name comes in.
func Named(name string) (string, error) {
	name = cleanName(name)
	switch {
	case Secret.MatchString(name):
		return "", ErrSecret
	case !claims(filepath.Ext(name)):
		return "", ErrType
	}
	return name, nil
}

// claims reports whether an ending is that of an allowed type.
func claims(ext string) bool {
	for _, endings := range allowed {
		if slices.Contains(endings, strings.ToLower(ext)) {
			return true
		}
	}
	return false
}

// cleanName keeps the last part of a path, without what no name needs.
func cleanName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > 200 {
		name = string(runes[len(runes)-200:])
	}
	if name == "" {
		name = "file"
	}
	return name
}
