package papers

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
)

//go:embed templates/*.md
var shipped embed.FS

// House is what a county says of its house (house.yaml beside its templates).
type House struct {
	Name    string `yaml:"name"`    // empty: the unit that serves as the bureau
	Head    string `yaml:"head"`    // 发文机关标志; empty: the name and 文件
	Code    string `yaml:"code"`    // 机关代字 of numbers
	Office  string `yaml:"office"`  // who prints; empty: the name and 办公室
	Address string `yaml:"address"` //
	Phone   string `yaml:"phone"`   //
	Verify  string `yaml:"verify"`  // where the public verifies: https://…, to which /verify/TOKEN is added
	// Basis is one sentence for each act: accept, supplement, refusal, approval, rectification. What is not there is not printed.
	Basis map[string]string `yaml:"basis"`
}

// Shelf are the templates of a house, by kind. It does not change once it is loaded.
type Shelf struct {
	House  House
	kinds  map[string]*Template
	names  map[string]string // kinds by Chinese name
	source map[string]string // where a kind comes from: shipped, or a file
}

// Load reads the templates that are shipped, and instead of them a county's files
// in a directory: <kind>.md, house.yaml. Empty: the shipped ones alone. Everything
// that is wrong in the files is told at once, with file and line.
func Load(dir string) (*Shelf, error) {
	s := &Shelf{House: House{Code: "县数资"}, kinds: map[string]*Template{}, names: map[string]string{}, source: map[string]string{}}
	if err := s.read(shipped, "templates", "papers"); err != nil {
		return nil, err
	}
	if dir == "" {
		return s, nil
	}
	if err := s.readHouse(dir); err != nil {
		return nil, err
	}
	return s, s.read(os.DirFS(dir), ".", dir)
}

// standard is the shelf of a house that has no files of its own.
var standard = sync.OnceValues(func() (*Shelf, error) { return Load("") })

func (s *Shelf) readHouse(dir string) error {
	f, err := os.Open(path.Join(dir, "house.yaml"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("papers: %w", err)
	}
	defer func() { _ = f.Close() }()
	dec := yaml.NewDecoder(f)
	dec.KnownFields(true)
	if err := dec.Decode(&s.House); err != nil {
		return fmt.Errorf("papers: %s: %w", f.Name(), err)
	}
	if strings.TrimSpace(s.House.Code) == "" {
		return fmt.Errorf("papers: %s: code (机关代字) is empty", f.Name())
	}
	return nil
}

func (s *Shelf) read(files fs.FS, dir, shown string) error {
	list, err := fs.Glob(files, path.Join(dir, "*.md"))
	if err != nil {
		return fmt.Errorf("papers: %w", err)
	}
	var faults []error
	for _, name := range list {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return fmt.Errorf("papers: %w", err)
		}
		file := path.Join(shown, path.Base(name))
		t, found := Parse(raw)
		for _, d := range found {
			faults = append(faults, fmt.Errorf("%s:%d: %s", file, d.Line, d.Message))
		}
		if t != nil {
			faults = append(faults, s.put(t, file, path.Base(name), dir == "templates"))
		}
	}
	return errors.Join(faults...)
}

// put takes a template in. A county's keeps the facts that the moment of its kind brings.
func (s *Shelf) put(t *Template, file, base string, ours bool) error {
	if base != t.Kind+".md" {
		return fmt.Errorf("%s:1: kind %s belongs into a file %s.md", file, t.Kind, t.Kind)
	}
	if owner, taken := s.names[t.Name.Zh]; taken && owner != t.Kind {
		return fmt.Errorf("%s:1: the name %s is that of %s", file, t.Name.Zh, owner)
	}
	if before := s.kinds[t.Kind]; before != nil && !ours {
		for name := range t.types {
			if _, known := before.types[name]; !known {
				return fmt.Errorf("%s:1: nobody brings the fact %s to a paper of kind %s", file, name, t.Kind)
			}
		}
		if t.Series != before.Series {
			return fmt.Errorf("%s:1: the series stays %q: numbers of the year would run twice", file, before.Series)
		}
		delete(s.names, before.Name.Zh)
	}
	s.kinds[t.Kind], s.names[t.Name.Zh], s.source[t.Kind] = t, t.Kind, file
	return nil
}

// Kinds are all kinds, in alphabetical order.
func (s *Shelf) Kinds() []string { return slices.Sorted(maps.Keys(s.kinds)) }

// Kind finds a template by its kind, or by its Chinese name, as commands and models name papers.
func (s *Shelf) Kind(name string) (*Template, bool) {
	if k, ok := s.names[name]; ok {
		name = k
	}
	t, ok := s.kinds[name]
	return t, ok
}

// Source is where a template comes from.
func (s *Shelf) Source(kind string) string { return s.source[kind] }

// Signer holds the keys of the house, which sign digests with SM2.
type Signer interface {
	// SignPaper signs a digest, and names the key.
	SignPaper(digest string) (key string, signature []byte, err error)
	// VerifyPaper reports whether a key of the house has signed a digest; known is false where the key is not one of its.
	VerifyPaper(key, digest string, signature []byte) (known, good bool)
	// PublicPaperKey is the uncompressed point of a key of the house; nil where it is not one of its.
	PublicPaperKey(key string) []byte
}

// Desk is what issuing needs besides the transaction: the templates and the key of
// the house. It is fastened to a database when the process starts (models.DB.Use).
type Desk struct {
	Shelf  *Shelf
	Signer Signer // nil: papers are numbered without a signature
}

const deskName = "papers"

// Name makes it a plugin of gorm.
func (*Desk) Name() string { return deskName }

// Initialize makes it a plugin of gorm.
func (*Desk) Initialize(*gorm.DB) error { return nil }

// deskOf is the desk of the database that a transaction runs on; without one, shipped templates and no key.
func deskOf(tx *gorm.DB) (*Desk, error) {
	if d, ok := tx.Plugins[deskName].(*Desk); ok {
		return d, nil
	}
	s, err := standard()
	return &Desk{Shelf: s}, err
}

// Seal is a signature by the house over a digest, with what a stranger needs to check it.
type Seal struct {
	Key       string `json:"key"`
	Public    []byte `json:"publicKey"` // uncompressed point on the SM2 curve
	Digest    string `json:"digest"`    // what was signed, as text
	Signature []byte `json:"signature"` // ASN.1, SM2 with SM3 under the usual identity
}

// SealDigest signs a digest with the key of the house; ok is false where it has none.
func SealDigest(tx *gorm.DB, digest string) (s Seal, ok bool, err error) {
	desk, err := deskOf(tx)
	if err != nil || desk.Signer == nil {
		return s, false, err
	}
	s.Digest = digest
	if s.Key, s.Signature, err = desk.Signer.SignPaper(digest); err != nil || len(s.Signature) == 0 {
		return s, false, err
	}
	s.Public = desk.Signer.PublicPaperKey(s.Key)
	return s, true, nil
}

// Signed says how the signature of a paper stands: valid, invalid, unknown-key, or none where it was not signed.
func Signed(tx *gorm.DB, d Document) (string, error) {
	desk, err := deskOf(tx)
	switch {
	case err != nil:
		return "", err
	case len(d.Signature) == 0:
		return "none", nil
	case !d.Whole():
		return "invalid", nil
	case desk.Signer == nil:
		return "unknown-key", nil
	}
	known, good := desk.Signer.VerifyPaper(d.SignedBy, d.DocDigest, d.Signature)
	switch {
	case !known:
		return "unknown-key", nil
	case !good:
		return "invalid", nil
	}
	return "valid", nil
}

// ShelfOf are the templates of the database that tx reads.
func ShelfOf(tx *gorm.DB) (*Shelf, error) {
	d, err := deskOf(tx)
	return d.Shelf, err
}

// sample makes facts of a type for rehearsals: every field has a value.
func sample(t feel.Type, name string) any {
	switch t := t.(type) {
	case *feel.ListType:
		return []any{sample(t.Elem, name), sample(t.Elem, name)}
	case *feel.ContextType:
		m := map[string]any{}
		for _, f := range t.Fields {
			m[f.Name] = sample(f.Type, f.Name)
		}
		return m
	}
	switch t {
	case feel.NumberType:
		return "12000.00"
	case feel.DateType:
		return "2022-03-10"
	case feel.DateTimeType:
		return "2022-03-10T09:30:00+08:00"
	case feel.BooleanType:
		return true
	}
	return "示例" + name
}

// Sample are facts of a template with every field filled, for a look at it.
func (t *Template) Sample() map[string]any {
	out := map[string]any{}
	for name, typ := range t.types {
		out[name] = sample(typ, name)
	}
	return out
}
