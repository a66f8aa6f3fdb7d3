package conformance

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/conformance/dmntck"
	"github.com/quancheng/quancheng/conformance/report"
	"github.com/quancheng/quancheng/engine/play"
)

// Options say what to run, and on what.
type Options struct {
	// Only limits the run to cases whose id matches; nil: all.
	Only *regexp.Regexp
	// Driver makes the fresh engine of each scenario; nil: in memory.
	Driver func() (play.Driver, error)
}

// Run runs every suite in a directory tree. A folder with scenario files is a
// suite of scenarios, one with DMN files and test cases is a DMN suite, and one
// with BPMN models that no scenario plays is an interchange suite.
func Run(dir string, o Options) (*report.Report, error) {
	if o.Driver == nil {
		o.Driver = func() (play.Driver, error) { return play.NewMemory(false), nil }
	}
	folders, err := survey(dir)
	if err != nil {
		return nil, err
	}
	if len(folders) == 0 {
		return nil, fmt.Errorf("%s holds no conformance suite: no scenarios, DMN test cases or BPMN models", dir)
	}
	r := report.New()
	for _, f := range folders {
		if err := f.run(f, &o, r); err != nil {
			return nil, fmt.Errorf("suite %s: %w", f.suite, err)
		}
	}
	return r, nil
}

// folder is a directory with cases of one kind.
type folder struct {
	suite string
	dir   string
	files []string // names of the case files
	run   func(*folder, *Options, *report.Report) error
}

// survey finds the folders with cases, in the order of their names.
func survey(dir string) ([]*folder, error) {
	scenarios := map[string][]string{}
	models := map[string][]string{}
	decisions := false
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		in := filepath.Dir(file)
		switch strings.ToLower(filepath.Ext(file)) {
		case ".json":
			data, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			if isScenario(data) {
				scenarios[in] = append(scenarios[in], filepath.Base(file))
			}
		case ".bpmn":
			models[in] = append(models[in], filepath.Base(file))
		case ".dmn":
			decisions = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []*folder
	for in, files := range scenarios {
		out = append(out, &folder{suite: suiteName(dir, in), dir: in, files: files, run: runScenarios})
	}
	for in, files := range models {
		if holder, played := within(in, scenarios); !played {
			out = append(
				out,
				&folder{
					suite: suiteName(dir, strings.TrimSuffix(holder, string(filepath.Separator)+"models")), dir: in, files: files,
					run: runInterchange,
				},
			)
		}
	}
	slices.SortFunc(out, func(a, b *folder) int { return strings.Compare(a.dir, b.dir) })
	if decisions {
		out = append(out, &folder{suite: "dmn", dir: dir, run: runDecisions})
	}
	return out, nil
}

// within reports whether a directory or one above it holds scenarios.
func within(dir string, scenarios map[string][]string) (string, bool) {
	for d := dir; ; d = filepath.Dir(d) {
		if scenarios[d] != nil {
			return dir, true
		}
		if filepath.Dir(d) == d || d == "." {
			return dir, false
		}
	}
}

// suiteName is the path of a folder below the directory of the run.
func suiteName(dir, in string) string {
	rel, err := filepath.Rel(dir, in)
	if err != nil || rel == "." || strings.HasPrefix(rel, "..") {
		abs, err := filepath.Abs(in)
		if err != nil {
			return filepath.Base(in)
		}
		return filepath.Base(abs)
	}
	return filepath.ToSlash(rel)
}

func (o *Options) wants(id string) bool { return o.Only == nil || o.Only.MatchString(id) }

func runScenarios(f *folder, o *Options, r *report.Report) error {
	for _, name := range f.files {
		s, err := ReadScenario(filepath.Join(f.dir, name))
		id := path.Join(f.suite, strings.TrimSuffix(name, ".json"))
		if s != nil && s.ID != "" {
			id = s.ID
		}
		if !o.wants(id) {
			continue
		}
		if err == nil {
			err = playOn(o, s)
		}
		r.Add(f.suite, outcome(id, err, s != nil && s.Contested))
	}
	return nil
}

func playOn(o *Options, s *play.Scenario) error {
	d, err := o.Driver()
	if err != nil {
		return err
	}
	err = play.Run(s, d)
	if closed := d.Close(); err == nil {
		err = closed
	}
	return err
}

func runInterchange(f *folder, o *Options, r *report.Report) error {
	for _, name := range f.files {
		if id := path.Join(f.suite, strings.TrimSuffix(name, filepath.Ext(name))); o.wants(id) {
			r.Add(f.suite, outcome(id, Interchange(filepath.Join(f.dir, name)), false))
		}
	}
	return nil
}

func runDecisions(f *folder, o *Options, r *report.Report) error {
	return dmntck.Run(f.dir, o.Only, r)
}

func outcome(id string, err error, contested bool) report.Case {
	c := report.Case{ID: id, Contested: contested}
	if err != nil {
		c.Why = err.Error()
	}
	return c
}
