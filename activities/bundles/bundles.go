// Package bundles compiles deployed bundles and keeps them ready: the program
// of the engine, the models it came from, and the forms. A bundle never
// changes, so that what is compiled stays true for ever.
package bundles

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/forms"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// Bundle is a compiled bundle, safe for concurrent use.
type Bundle struct {
	Digest  string
	Program *engine.Program
	Models  []*bpmn.Model
	Forms   map[string]*forms.Form
	Schemas map[string]json.RawMessage // the forms as they were written, for the browser
	XML     map[string][]byte          // process id → its BPMN file, for the diagram
	file    map[string]*bpmn.Model
}

// Process finds a process of the bundle, or nil.
func (b *Bundle) Process(id string) *bpmn.Element {
	if m := b.file[id]; m != nil {
		return m.Process(id)
	}
	return nil
}

// Element finds an element of a process, or nil.
func (b *Bundle) Element(process, id string) *bpmn.Element {
	if m := b.file[process]; m != nil {
		return m.Element(id)
	}
	return nil
}

// Diagnostic is what is wrong with a file of a bundle.
type Diagnostic struct {
	File string
	bpmn.Diagnostic
}

// String names the file first.
func (d Diagnostic) String() string { return d.File + ": " + d.Diagnostic.String() }

// Cache holds compiled bundles by digest.
type Cache struct {
	db        *models.DB
	packs     sync.Map                   // packs → parsed
	calendars sync.Map                   // version → *calendar.Calendar
	org       atomic.Pointer[engine.Org] // the newest that was read
	mu        sync.Mutex
	done      map[string]*entry
}

type entry struct {
	once   sync.Once
	bundle *Bundle
	err    error
}

// NewCache is an empty cache over a database.
func NewCache(db *models.DB) *Cache { return &Cache{db: db, done: map[string]*entry{}} }

// Load gives a bundle, compiled at its first use.
func (c *Cache) Load(ctx context.Context, digest string) (*Bundle, error) {
	c.mu.Lock()
	e := c.done[digest]
	if e == nil {
		e = &entry{}
		c.done[digest] = e
	}
	c.mu.Unlock()
	e.once.Do(func() { e.bundle, e.err = c.compile(ctx, digest) })
	if e.err != nil { // not kept: a database that did not answer may answer next time
		c.mu.Lock()
		if c.done[digest] == e {
			delete(c.done, digest)
		}
		c.mu.Unlock()
	}
	return e.bundle, e.err
}

func (c *Cache) compile(ctx context.Context, digest string) (*Bundle, error) {
	rows, err := process.BundleFiles(c.db.Read(ctx), digest)
	if err != nil {
		return nil, err
	}
	files := make([]definitions.File, len(rows))
	for i, r := range rows {
		files[i] = definitions.File{Name: r.Name, Data: r.Data}
	}
	b, problems := Compile(definitions.Bundle{Files: files, Digest: digest})
	for _, p := range problems {
		if p.Severity == bpmn.Error {
			return nil, fmt.Errorf("bundle %s: %s", digest, p)
		}
	}
	return b, nil
}
