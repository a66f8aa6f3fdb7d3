// Package definitions holds the models that ship in the binary: the life of a
// project as BPMN processes, DMN decisions and form-js forms, with the example
// rule pack. README.md is the catalogue that other packages build against.
//
// The package is a leaf: it reads files and knows nothing of engine or database.
package definitions

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
)

//go:embed *.bpmn *.dmn *.form
var shipped embed.FS

//go:embed samples/*/*.bpmn samples/*/*.form
var samples embed.FS

// File is one resource of a bundle.
type File struct {
	Name string // file name with extension, such as "qc_lifecycle.bpmn"
	Data []byte
}

// Bundle is one deployment: immutable, and named by its content (DESIGN §4).
type Bundle struct {
	Files  []File // sorted by name
	Digest string // SHA-256 over names and contents, lower-case hex
}

//go:embed registers
var registers embed.FS

// Registers are the registers that ship in the binary, as the folder registers of it.
func Registers() fs.FS { return registers }

// Shipped is the bundle in the binary.
func Shipped() (Bundle, error) { return Load(shipped) }

// Samples are complete processes beside the life of a project, each a bundle of
// its own: worked examples of docs/process-authoring.md, begun by people.
func Samples() ([]Bundle, error) {
	entries, err := fs.ReadDir(samples, "samples")
	if err != nil {
		return nil, fmt.Errorf("definitions: %w", err)
	}
	var out []Bundle
	for _, e := range entries {
		dir, err := fs.Sub(samples, path.Join("samples", e.Name()))
		if err != nil {
			return nil, fmt.Errorf("definitions: %w", err)
		}
		b, err := Load(dir)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// Load makes a bundle of all BPMN, DMN and form files at the top of fsys.
// Equal files give an equal digest, whatever their order or time stamps.
func Load(fsys fs.FS) (Bundle, error) {
	entries, err := fs.ReadDir(fsys, ".") // sorted by name
	if err != nil {
		return Bundle{}, fmt.Errorf("definitions: %w", err)
	}
	var b Bundle
	for _, e := range entries {
		switch path.Ext(e.Name()) {
		case ".bpmn", ".dmn", ".form":
		default:
			continue
		}
		data, err := fs.ReadFile(fsys, e.Name())
		if err != nil {
			return Bundle{}, fmt.Errorf("definitions: %w", err)
		}
		b.Files = append(b.Files, File{Name: e.Name(), Data: data})
	}
	if len(b.Files) == 0 {
		return Bundle{}, fmt.Errorf("definitions: no .bpmn, .dmn or .form file")
	}
	b.Digest = digest(b.Files)
	return b, nil
}

// Of lists the files with an extension, such as ".bpmn".
func (b Bundle) Of(ext string) []File {
	var files []File
	for _, f := range b.Files {
		if path.Ext(f.Name) == ext {
			files = append(files, f)
		}
	}
	return files
}

// digest frames each name and content with its length, so that moving a byte
// from one to the other changes the sum.
func digest(files []File) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%d:%s%d:", len(f.Name), f.Name, len(f.Data))
		h.Write(f.Data)
	}
	return hex.EncodeToString(h.Sum(nil))
}
