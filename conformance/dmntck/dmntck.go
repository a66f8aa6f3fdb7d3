// Package dmntck runs directories of the DMN Technology Compatibility Kit: models (.dmn) with test files (.xml)
// that name inputs and expected results.
package dmntck

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/quancheng/quancheng/conformance/report"
	"github.com/quancheng/quancheng/dmn"
	"github.com/quancheng/quancheng/feel"
)

// Run finds every directory below dir that holds test files, runs their cases and adds them to the report, under
// the suite "dmn/" and the directory's parent folder, which in the kit is the compliance level. A case's id is
// level/directory/case; only, when given, selects by it. External functions come from the list of External.
func Run(dir string, only *regexp.Regexp, r *report.Report) error {
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(path) == ".xml" {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("look for test files: %w", err)
	}
	slices.Sort(files)
	for _, f := range files {
		if err := runFile(f, only, r); err != nil {
			return err
		}
	}
	return nil
}

func runFile(path string, only *regexp.Regexp, r *report.Report) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	tests, err := readTests(data)
	if errors.Is(err, errNoTests) {
		return nil
	}
	folder := filepath.Dir(path)
	level := filepath.Base(filepath.Dir(folder))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	m := load(folder, tests.Model)
	for _, c := range tests.Cases {
		id := level + "/" + filepath.Base(folder) + "/" + c.ID
		if only != nil && !only.MatchString(id) {
			continue
		}
		r.Add("dmn/"+level, report.Case{ID: id, Why: m.run(c)})
	}
	return nil
}

// model is a compiled model of the kit.
type model struct {
	program *dmn.Program
	problem string // why there is no program
}

// load reads a model with all others of its folder as possible imports. Models with errors are run all the same:
// the kit has decisions that are wrong on purpose and must give null.
func load(folder, name string) *model {
	files, err := filepath.Glob(filepath.Join(folder, "*.dmn"))
	if err != nil {
		return &model{problem: err.Error()}
	}
	var main *dmn.Model
	var others []*dmn.Model
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return &model{problem: err.Error()}
		}
		m, diags := dmn.Parse(data)
		switch {
		case m == nil:
			return &model{problem: fmt.Sprintf("%s: %v", filepath.Base(f), diags)}
		case filepath.Base(f) == name:
			main = m
		default:
			others = append(others, m)
		}
	}
	if main == nil {
		return &model{problem: "there is no model " + name}
	}
	p, _ := dmn.Compile(main, dmn.Options{Imports: others, External: External})
	return &model{program: p}
}

// run evaluates a case and gives the first difference, empty when it passes.
func (m *model) run(c testCase) string {
	if m.problem != "" {
		return m.problem
	}
	for _, want := range c.Results {
		got, warnings, err := m.evaluate(c, want)
		if err != nil {
			return err.Error()
		}
		if !same(got, want.Expected) {
			return want.describe(got, warnings)
		}
	}
	return ""
}

// evaluate finds the value of a result node: a decision, or an output of the service or function under test.
func (m *model) evaluate(c testCase, want result) (feel.Value, []dmn.Warning, error) {
	ref := want.Name
	if c.Invocable != "" {
		ref = c.Invocable
	}
	res, err := m.program.Evaluate(ref, feel.Env{Now: time.Now()}, c.Inputs)
	if err != nil {
		return nil, nil, err
	}
	if outputs := m.program.Outputs(ref); len(outputs) > 1 && slices.Contains(outputs, want.Name) {
		v, _ := res.Value.(*feel.Context).Get(want.Name)
		return v, res.Warnings, nil
	}
	return res.Value, res.Warnings, nil
}

func (want result) describe(got feel.Value, warnings []dmn.Warning) string {
	s := fmt.Sprintf("%s: got %s, want %s", want.Name, feel.Text(got), feel.Text(want.Expected))
	for i, w := range warnings {
		if i == 3 {
			break
		}
		s += "\n" + w.String()
	}
	return s
}
