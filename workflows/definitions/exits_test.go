package definitions_test

import (
	"bytes"
	"encoding/xml"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/workflows/definitions"
)

// way is an end of a process or of a part of it, and how many entries that part has.
type way struct {
	exit    string // process/end event
	entries int
}

const bpmnSpace = "http://www.omg.org/spec/BPMN/20100524/MODEL"

// waysOf counts in a model: each end event, with the start events of the scope that it ends.
func waysOf(t *testing.T, data []byte) (out []way) {
	t.Helper()
	type scope struct {
		starts int
		ends   []string
	}
	var open []*scope
	var process string
	dec := xml.NewDecoder(bytes.NewReader(data))
	for {
		tok, err := dec.Token()
		if err != nil {
			return out
		}
		switch e := tok.(type) {
		case xml.StartElement:
			if e.Name.Space != bpmnSpace {
				continue // of our own extensions
			}
			var id string
			for _, a := range e.Attr {
				if a.Name.Local == "id" {
					id = a.Value
				}
			}
			switch e.Name.Local {
			case "process":
				process = id
				open = append(open, &scope{})
			case "subProcess", "transaction", "adHocSubProcess":
				open = append(open, &scope{})
			case "startEvent":
				open[len(open)-1].starts++
			case "endEvent":
				open[len(open)-1].ends = append(open[len(open)-1].ends, id)
			}
		case xml.EndElement:
			if e.Name.Space != bpmnSpace {
				continue
			}
			switch e.Name.Local {
			case "process", "subProcess", "transaction", "adHocSubProcess":
				s := open[len(open)-1]
				open = open[:len(open)-1]
				for _, end := range s.ends {
					out = append(out, way{process + "/" + end, max(s.starts, 1)})
				}
			}
		}
	}
}

// TestExitsAreCounted: every end event of every process is named in testdata/exits.txt with the test
// that plays a case to it, or with a dash and a reason; the tests are there.
func TestExitsAreCounted(t *testing.T) {
	bundle, err := definitions.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join("testdata", "exits.txt"))
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		exit, test, found := strings.Cut(strings.TrimSpace(line), " ")
		if found && !strings.HasPrefix(line, "#") {
			by[exit] = test
		}
	}
	tests := testsOf(t)
	exits, ways, unplayed := 0, 0, 0
	for _, f := range bundle.Files {
		if !strings.HasSuffix(f.Name, ".bpmn") {
			continue
		}
		for _, w := range waysOf(t, f.Data) {
			exits++
			ways += w.entries
			test, said := by[w.exit]
			delete(by, w.exit)
			name, _, _ := strings.Cut(test, "/")
			switch {
			case !said:
				t.Errorf("%s is not in testdata/exits.txt", w.exit)
			case strings.HasPrefix(test, "– "):
				unplayed++
			case !tests[name]:
				t.Errorf("%s: there is no test %s", w.exit, name)
			}
		}
	}
	for exit := range by {
		t.Errorf("testdata/exits.txt names %s, which no model has", exit)
	}
	t.Logf("%d exits (end events), %d with the entries of their scopes; %d played live by a named test, %d not", exits, ways,
		exits-unplayed, unplayed)
}

var testName = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9_]+)\(`)

// testsOf are the names of all tests of this repository.
func testsOf(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "web"):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		raw, err := os.ReadFile(path)
		for _, m := range testName.FindAllSubmatch(raw, -1) {
			names[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
