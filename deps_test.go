// Package quancheng holds no code: its tests keep the arrows between the rooms (docs/architecture.md).
package quancheng

import (
	"encoding/json"
	"os/exec"
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
	{"workflows", module + "/engine", "workflow code holds no business rule: replay must not see a changed engine"},
	{"workflows", module + "/models", "workflow code never touches the database"},
	{"workflows", module + "/trust", "workflow code decides nothing about seals: replay must not see keys"},
	{"workflows", "gorm.io/", "workflow code never touches the database"},
	{"workflows/contract", "go.temporal.io/", "contract is a leaf that everybody shares"},
	{"trust", module + "/models", "keys know no books: every process needs them, also one without a database"},
	{"trust", module + "/activities", "the arrow points the other way"},
	{"models", module + "/trust", "the books believe what Commit believed"},
	{"models", "go.temporal.io/", "the books know nothing of Temporal"},
	{"models", module + "/engine", "activities map effects to rows; the books know no tokens"},
	{"models", module + "/api", "the arrow points the other way"},
	{"api", "go.temporal.io/server", "the embedded server is one package behind worker, out of what others compile"},
	{"activities", "go.temporal.io/server", "the embedded server is one package behind worker, out of what others compile"},
}

func TestArrowsBetweenRooms(t *testing.T) {
	deps := listDeps(t)
	for _, b := range banned {
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

// inRoom reports whether a package lies in a room ("core" is all four core rooms).
// Test helpers of a room are not part of it, nor are the leaf packages below workflows that share data only.
func inRoom(pkg, room string) bool {
	if room == "core" {
		for _, c := range core {
			if inRoom(pkg, c) {
				return true
			}
		}
		return false
	}
	if room == "workflows" {
		return pkg == module+"/workflows"
	}
	return (pkg == module+"/"+room || strings.HasPrefix(pkg, module+"/"+room+"/")) && !strings.HasSuffix(pkg, "test")
}

func listDeps(t *testing.T) map[string][]string {
	t.Helper()
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
