// Package quancheng holds no code: its tests keep the arrows between the rooms (docs/architecture.md).
package quancheng

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/quancheng/quancheng"

// core packages must stay a transition function: the same input gives the same
// output, byte for byte, under Temporal, in tests, and in the verifier.
var core = []string{"bpmn", "feel", "dmn", "engine"}

// banned lists what the packages below a room may not reach, directly or through others, and why.
var banned = []struct{ room, prefix, reason string }{
	{"core", "go.temporal.io/", "the core runs without Temporal: the database owns the state"},
	{"core", "gorm.io/", "the core has no database"},
	{"core", "database/sql", "the core has no database"}, // its driver package holds interfaces only, which decimals implement
	{"core", "net/http", "the core has no network"},
	{"core", "os/exec", "the core starts nothing"},
	{"core", module + "/models", "the arrow points the other way"},
	{"core", module + "/activities", "the arrow points the other way"},
	{"core", module + "/workflows", "the arrow points the other way"},
	{"core", module + "/api", "the arrow points the other way"},
	{"core", module + "/conformance", "the player of scenarios is core and reads no suite; conformance reads suites and plays them"},
	{"workflows", module + "/engine", "workflow code holds no business rule: replay must not see a changed engine"},
	{"workflows", module + "/models", "workflow code never touches the database"},
	{"workflows", module + "/trust", "workflow code decides nothing about seals: replay must not see keys"},
	{"workflows", "gorm.io/", "workflow code never touches the database"},
	{"workflows/contract", "go.temporal.io/", "contract is a leaf that everybody shares"},
	{"workflows/contract", module, "contract is a leaf that everybody shares: it carries keys and JSON, not others' types"},
	{"workflows/client", module + "/engine", "who sends an event knows its JSON, not its meaning"},
	{"workflows/client", module + "/models", "who sends an event reads no database"},
	{"trust", module + "/models", "keys know no books: every process needs them, also one without a database"},
	{"trust", module + "/activities", "the arrow points the other way"},
	{"models", module + "/trust", "the books believe what Commit believed"},
	{"models", "go.temporal.io/", "the books know nothing of Temporal"},
	{"models", module + "/engine", "activities map effects to rows; the books know no tokens"},
	{"models", module + "/api", "the arrow points the other way"},
	{"api", "go.temporal.io/server", "the embedded server is one package behind worker, out of what others compile"},
	{"activities", module + "/api", "an outcome carries keys; the API makes its answers of them"},
	{"activities", "github.com/gin-gonic/", "the shell serves no HTTP"},
	{"conformance", "gorm.io/", "suites run on the core alone; activities/live puts a database below the same player"},
	{"conformance", "go.temporal.io/", "suites run on the core alone"},
	{"conformance", module + "/models", "suites run on the core alone"},
	{"conformance", module + "/activities", "suites run on the core alone"},
	{"forms", module + "/models", "a form is checked against what was submitted, never against rows"},
	{"api/wire", module, "what travels over HTTP is a leaf: the server and its clients share it"},
	{"webhook", module, "the envelope is a leaf: the API, the books' inbox and the fake bureaus share it"},
	{"webhook", "gorm.io/", "the envelope is a leaf"},
	{"spreadsheet", module, "sheets are a leaf: whoever reads one knows what its cells mean"},
	{"spreadsheet", "gorm.io/", "sheets are a leaf"},
	{"tracing", module + "/models", "where a request stands is a leaf: every room may say it"},
	{"workflows", module + "/tracing", "workflow code watches nothing: replay must not see a clock"},
	{"product", module + "/tracing/export", "who collects traces is the command's: every room only says where it stands"},
	{"product", module + "/backup", "what copies the platform is no part of it"},
	{"similar", module, "detection is a leaf: texts in, scores out"},
	{"similar", "gorm.io/", "detection reads no database"},
	{"texts", module, "sentences are a leaf: every room may say something"},
	{"partners", module + "/models", "a fake bureau knows of us what a real one knows: what travels"},
	{"partners", module + "/api", "a fake bureau knows of us what a real one knows: what travels"},
	{"models", module + "/partners", "the fakes are for trying out: what works runs without them"},
	{"activities", module + "/partners", "the fakes are for trying out: what works runs without them"},
	{"worker", module + "/partners", "the fakes are for trying out: what works runs without them"},
	{"seed", module + "/models", "the seed is a client: what it may do, everybody may do over HTTP"},
	{"seed", module + "/activities", "the seed is a client"},
	{"product", module + "/seed", "made-up data is put in from outside"},
	{"product", module + "/chaos", "what kills the platform is no part of it"},
	{"product", module + "/bench", "what measures the platform is no part of it"},
	{"activities", "go.temporal.io/server", "the embedded server is one package behind worker, out of what others compile"},
}

func TestArrowsBetweenRooms(t *testing.T) {
	deps := listDeps(t)
	for _, b := range banned {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(deps)), func(pkg string) bool { return inRoom(pkg, b.room) }) {
			t.Errorf("there is no room %q to hold against %s: the row holds nothing", b.room, b.prefix)
		}
		for pkg, reached := range deps {
			if !inRoom(pkg, b.room) {
				continue
			}
			for _, dep := range reached {
				if dep == b.prefix || dep != "database/sql/driver" && strings.HasPrefix(dep, strings.TrimSuffix(b.prefix, "/")+"/") {
					t.Errorf("%s reaches %s: %s", pkg, dep, b.reason)
				}
			}
		}
	}
}

// unwelcome packages of the standard library come along with others (math/big
// brings math/rand), so only what the core itself imports is looked at.
var unwelcome = map[string]string{
	"math/rand":    "the core is deterministic",
	"math/rand/v2": "the core is deterministic",
	"crypto/rand":  "the core is deterministic",
	"os":           "the core reads no files and no environment",
}

func TestCoreImportsDirectly(t *testing.T) {
	allowed := map[string]bool{
		// Models come from other tools in other encodings than UTF-8.
		"golang.org/x/text/encoding/htmlindex": true,
		"golang.org/x/text/encoding/unicode":   true,

		"github.com/beevik/etree":       true, // XML
		"github.com/cockroachdb/apd/v3": true, // decimal128
		"github.com/adhocore/gronx":     true, // cron
		"github.com/sosodev/duration":   true, // ISO 8601 durations
	}
	out := run(t, "list", "-json=ImportPath,Imports", module+"/bpmn/...", module+"/feel/...", module+"/dmn/...", module+"/engine/...")
	dec := json.NewDecoder(strings.NewReader(out))
	for dec.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(p.ImportPath, "test") {
			continue
		}
		for _, imp := range p.Imports {
			if reason := unwelcome[imp]; reason != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imp, reason)
			}
			if strings.Contains(strings.SplitN(imp, "/", 2)[0], ".") && !allowed[imp] && !inRoom(imp, "core") {
				t.Errorf("%s imports %s: a new library in the core needs a line here and a reason", p.ImportPath, imp)
			}
		}
	}
}

// product are the rooms that run for users; cmd alone knows what is around them.
var product = append(
	[]string{
		"forms", "models", "activities", "api", "worker", "partners", "similar", "texts", "webhook", "workflows", "workflows/contract",
		"workflows/client", "workflows/definitions",
	},
	core...)

// inRoom reports whether a package lies in a room ("core" is all four core rooms, "product" all that run for users).
// Test helpers of a room are not part of it, nor are the leaf packages below workflows that share data only.
func inRoom(pkg, room string) bool {
	switch room {
	case "core":
		return slices.ContainsFunc(core, func(r string) bool { return inRoom(pkg, r) })
	case "product":
		return slices.ContainsFunc(product, func(r string) bool { return inRoom(pkg, r) })
	case "workflows":
		return pkg == module+"/workflows"
	}
	return (pkg == module+"/"+room || strings.HasPrefix(pkg, module+"/"+room+"/")) && !strings.HasSuffix(pkg, "test")
}

// lookAround opens every folder with sources: go test, which does not see what
// the go command reads for us, then runs this test again when one has changed.
func lookAround(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && slices.Contains([]string{".git", "web", "data", "build"}, path) {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func listDeps(t *testing.T) map[string][]string {
	t.Helper()
	lookAround(t)
	out := run(t, "list", "-json=ImportPath,Deps", "./...")
	deps := map[string][]string{}
	dec := json.NewDecoder(strings.NewReader(out))
	for dec.More() {
		var p struct {
			ImportPath string
			Deps       []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		deps[p.ImportPath] = p.Deps
	}
	return deps
}

func run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}
