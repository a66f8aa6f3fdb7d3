package engine

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/dmn"
)

// The corpus of a release (testdata/corpus/<release>): states that it has stored,
// with the models that they belong to and the world they lived in, and what its
// engine did with events in each of them. Every later engine must do the same.
//
// world.json.gz is exported from the release's data directory (see
// scripts/former-release.sh); steps.json.gz is written once, by the engine of that
// very release, with -write-corpus.
var writeCorpus = flag.String("write-corpus", "", "write what this engine does with the states of a release")

// newFields are the keys of states and effects that came after a release: what a
// stored expectation does not have is allowed to be there. Key → since when.
var newFields = map[string]string{
	"why":    "0.3: why somebody has a seat",
	"edits":  "0.3: what a task edits",
	"about":  "0.3: what a task is about",
	"amount": "0.3: the amount that a task decides on",
	"votes":  "0.4: how many of the newest changes were others' verdicts",
}

// changed are events that are meant to be answered otherwise than a release did,
// and why: "<type> <operation>", or that and ": <refusal then>".
var changed = map[string]string{
	"operate transfer": given, "operate delegate": given, "operate reassign": given, "operate assign": given,
	"operate addBefore": given, "operate addAfter": given, "operate addParallel": given,
	"operate jump: ":     "0.4: a jump does not pass an approval that is not signed in this round",
	"operate removeSign": "0.4: a seat that a statutory approval has by rule is not removed",
}

// given is why people were given tasks whom they are refused now.
const given = "0.4: a task is given only to who may act there, and the post goes with it"

type corpusWorld struct {
	Now     time.Time                    `json:"now"`
	Params  Vars                         `json:"params"`
	Moved   []string                     `json:"moved"` // dates that are not as a plain Monday to Friday week has them
	People  []string                     `json:"people"`
	Posts   map[string][]string          `json:"posts"` // post → its active holders
	Bundles map[string]map[string]string `json:"bundles"`
	Roots   []corpusRoot                 `json:"roots"`

	org *Org // of people and posts
}

type corpusRoot struct {
	Key    int64           `json:"key"`
	Bundle string          `json:"bundle"`
	Label  string          `json:"label"`
	State  json.RawMessage `json:"state"`
}

// corpusChain is what happened in one root, step by step.
type corpusChain struct {
	Root  int64        `json:"root"`
	Steps []corpusStep `json:"steps"`
}

type corpusStep struct {
	Event   Event           `json:"event"`
	Now     time.Time       `json:"now"`
	Refused string          `json:"refused,omitempty"`
	State   json.RawMessage `json:"state,omitempty"`
	Effects json.RawMessage `json:"effects,omitempty"`
}

// input is the world as a step sees it: the one place to change when Input changes.
func (w *corpusWorld) input(now time.Time) Input {
	if w.org == nil {
		w.org = &Org{}
		for _, id := range w.People {
			w.org.People = append(w.org.People, Person{ID: id, Active: []Span{{}}})
		}
		for _, post := range slices.Sorted(maps.Keys(w.Posts)) {
			role, unit, _ := strings.Cut(post, "@")
			for _, person := range w.Posts[post] {
				w.org.Posts = append(w.org.Posts, Post{Person: person, Role: role, Unit: unit})
			}
		}
	}
	return Input{Now: now, Calendar: movedDays(w.Moved), Params: w.Params, Org: w.org}
}

type movedDays []string

// IsWorkday is Monday to Friday, but for the dates that were moved.
func (d movedDays) IsWorkday(year int, month time.Month, day int) bool {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	plain := t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
	return plain != slices.Contains(d, t.Format(time.DateOnly))
}

// TestCorpus steps every stored state as its release did.
func TestCorpus(t *testing.T) {
	dirs, err := filepath.Glob("testdata/corpus/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			var w corpusWorld
			readGzip(t, filepath.Join(dir, "world.json.gz"), &w)
			programs := w.compile(t)
			steps := filepath.Join(dir, "steps.json.gz")
			if *writeCorpus == filepath.Base(dir) {
				writeGzip(t, steps, w.record(t, programs))
			}
			var chains []corpusChain
			readGzip(t, steps, &chains)
			n := 0
			for _, c := range chains {
				n += w.replay(t, programs, c)
			}
			if n < 100 {
				t.Errorf("only %d steps were compared", n)
			}
			t.Logf("%d steps of %d chains from %d states", n, len(chains), len(w.Roots))
		})
	}
}

func (w *corpusWorld) root(key int64) corpusRoot {
	return w.Roots[slices.IndexFunc(w.Roots, func(r corpusRoot) bool { return r.Key == key })]
}

// replay compares one chain and says how many steps it had.
func (w *corpusWorld) replay(t *testing.T, programs map[string]*Program, c corpusChain) int {
	root := w.root(c.Root)
	before := root.State
	for i, step := range c.Steps {
		got := w.step(t, programs[root.Bundle], before, step.Event, step.Now)
		where := fmt.Sprintf("%s (%d), step %d, %s %s", root.Label, c.Root, i+1, step.Event.Type, step.Event.Operation)
		if what := strings.TrimSpace(string(step.Event.Type) + " " + step.Event.Operation); changed[what] != "" ||
			changed[what+": "+step.Refused] != "" {
			return i
		}
		if got.Refused != step.Refused {
			t.Errorf("%s: refused %q, then %q", where, got.Refused, step.Refused)
			return i
		}
		if !same(t, where+": state", got.State, step.State) || !same(t, where+": effects", got.Effects, step.Effects) {
			return i
		}
		if step.Refused == "" {
			before = step.State
		}
	}
	return len(c.Steps)
}

// step is one event in a stored state.
func (w *corpusWorld) step(t *testing.T, p *Program, before json.RawMessage, ev Event, now time.Time) corpusStep {
	t.Helper()
	out := corpusStep{Event: ev, Now: now}
	s := &State{}
	if err := json.Unmarshal(before, s); err != nil {
		t.Fatal(err)
	}
	effects, err := Step(p, s, ev, w.input(now))
	if r := (*Refusal)(nil); errors.As(err, &r) {
		out.Refused = r.Code
		return out
	}
	if err != nil {
		t.Fatalf("root %d, %s: %v", s.key, ev.Type, err)
	}
	named := make([]any, len(effects))
	for i, e := range effects {
		named[i] = map[string]any{reflect.TypeOf(e).Name(): e}
	}
	out.State, out.Effects = json.RawMessage(asJSON(s)), json.RawMessage(asJSON(named))
	return out
}

// same compares bytes, and where they differ the values: only a key of newFields may be there too many.
func same(t *testing.T, where string, got, want json.RawMessage) bool {
	t.Helper()
	if bytes.Equal(got, want) {
		return true
	}
	var g, w any
	for raw, into := range map[*json.RawMessage]*any{&got: &g, &want: &w} {
		d := json.NewDecoder(bytes.NewReader(*raw))
		d.UseNumber()
		if err := d.Decode(into); err != nil {
			t.Fatalf("%s: %v", where, err)
		}
	}
	if difference := differ(g, w, ""); difference != "" {
		t.Errorf("%s differs at %s", where, difference)
		return false
	}
	return true
}

// differ is where got is not what is wanted, or "".
func differ(got, want any, path string) string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if _, number := got.(json.Number); number && len(w) == 0 {
			return "" // effects of 6b780a7 wrote numbers as {}
		}
		if !ok {
			break
		}
		for key := range g {
			if _, known := w[key]; !known && newFields[key] == "" {
				return fmt.Sprintf("%s/%s: not in the corpus: %s", path, key, asJSON(g[key]))
			}
		}
		for key, value := range w {
			if d := differ(g[key], value, path+"/"+key); d != "" {
				return d
			}
		}
		return ""
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			break
		}
		for i := range w {
			if d := differ(g[i], w[i], fmt.Sprintf("%s/%d", path, i)); d != "" {
				return d
			}
		}
		return ""
	default:
		if got == want {
			return ""
		}
	}
	return fmt.Sprintf("%s: got %s, want %s", path, asJSON(got), asJSON(want))
}

// compile compiles the stored bundles as the shell does.
func (w *corpusWorld) compile(t *testing.T) map[string]*Program {
	t.Helper()
	out := map[string]*Program{}
	for digest, files := range w.Bundles {
		var models []*bpmn.Model
		var tables []*dmn.Model
		forms := map[string]bool{}
		for _, name := range slices.Sorted(mapKeys(files)) {
			switch data := []byte(files[name]); filepath.Ext(name) {
			case ".bpmn":
				m, ds := bpmn.Parse(data)
				if m == nil || bpmn.HasErrors(append(ds, bpmn.Repair(m)...)) {
					t.Fatalf("%s: %v", name, ds)
				}
				models = append(models, m)
			case ".dmn":
				m, ds := dmn.Parse(data)
				if m == nil {
					t.Fatalf("%s: %v", name, ds)
				}
				tables = append(tables, m)
			case ".form":
				var form struct {
					ID string `json:"id"`
				}
				if err := json.Unmarshal(data, &form); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				forms[form.ID] = true
			}
		}
		decisions, _ := dmn.NewDecisions(tables, dmn.Options{Camunda: true})
		p, ds := Compile(models[0], Resources{Models: models[1:], Decisions: decisions, Forms: forms})
		if p == nil || bpmn.HasErrors(ds) {
			t.Fatalf("bundle %s of a stored case does not compile any more: %v", digest, ds)
		}
		out[digest] = p
	}
	return out
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func readGzip(t *testing.T, file string, into any) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func writeGzip(t *testing.T, file string, v any) {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write([]byte(asJSON(v))); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
