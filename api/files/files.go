// Package files keeps uploaded files on the disk, each under the SM3 digest of
// its content, and lets in only types that its content proves.
package files

import (
	"archive/zip"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
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
	ErrStorage   = errors.New("files: cannot store")
)

// OFD is the media type of China's fixed-layout documents (GB/T 33190).
const OFD = "application/ofd"

// allowed are the media types by the endings that their names may have.
var allowed = map[string][]string{
	"application/pdf": {".pdf"},
	OFD:               {".ofd"},
	"image/png":       {".png"},
	"image/jpeg":      {".jpg", ".jpeg"},
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":       {".xlsx"},
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": {".docx"},
}

// Store is a directory of files.
type Store struct{ Dir string }

// File is a stored file.
type File struct {
	Name      string // as given, without directories
	Ext       string // ending of Name, as given
	MediaType string
	Size      int64
	Digest    string // SM3, lower-case hex: its name in the store
}

// Path is where the content of a digest lies.
func (s Store) Path(digest string) string {
	return filepath.Join(s.Dir, digest[:min(2, len(digest))], digest)
}

// Put reads a file, checks it and stores it. The same content is stored once.
func (s Store) Put(name string, r io.Reader) (File, error) {
	f := File{Name: cleanName(name)}
	f.Ext = filepath.Ext(f.Name)
	if err := os.MkdirAll(s.Dir, 0o750); err != nil {
		return f, fmt.Errorf("%w: %w", ErrStorage, err)
	}
	tmp, err := os.CreateTemp(s.Dir, ".upload-*")
	if err != nil {
		return f, fmt.Errorf("%w: %w", ErrStorage, err)
	}
	defer func() { _ = tmp.Close(); _ = os.Remove(tmp.Name()) }()
	sum := sm3.New()
	f.Size, err = io.Copy(io.MultiWriter(tmp, sum), io.LimitReader(r, Max+1))
	switch {
	case err != nil:
		return f, err
	case f.Size > Max:
		return f, ErrLarge
	case f.Size == 0:
		return f, ErrEmpty
	}
	if err := f.sniff(tmp); err != nil {
		return f, err
	}
	f.Digest = hex.EncodeToString(sum.Sum(nil))
	return f, s.keep(tmp, f.Digest)
}

// keep gives the file its name once its content is on the disk.
func (s Store) keep(tmp *os.File, digest string) error {
	if err := tmp.Sync(); err != nil {
		return fmt.Errorf("%w: %w", ErrStorage, err)
	}
	path := s.Path(digest)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("%w: %w", ErrStorage, err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return fmt.Errorf("%w: %w", ErrStorage, err)
	}
	return nil
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

// zip looks inside an archive: an OFD is one, and an office file must carry no macros.
func (f *File) zip(content *os.File) error {
	z, err := zip.NewReader(content, f.Size)
	if err != nil {
		return ErrType
	}
	for _, e := range z.File {
		name := strings.ToLower(e.Name)
		switch {
		case name == "ofd.xml":
			f.MediaType = OFD
		case strings.HasSuffix(name, "vbaproject.bin"):
			return ErrType
		}
	}
	return nil
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
