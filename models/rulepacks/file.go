// Package rulepacks is how a county owns its rules: a draft over the pack in
// force, the difference, the rehearsal over what was judged so far, and the
// publication by a second person.
package rulepacks

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
)

// File is a pack as a county writes it: like the shipped params.json, with what
// it wants otherwise. Parameters and decisions that are not named stay.
type File struct {
	Pack      string       `json:"pack"`
	Name      string       `json:"name"`
	ValidFrom models.Date  `json:"validFrom"`
	ValidTo   models.Date  `json:"validTo"`
	Params    []Param      `json:"params"`
	Checks    []rules.File `json:"-"` // checks/*.dmn
}

// Param is a parameter of a file; what is left out keeps what the pack before it says.
type Param struct {
	Rule     string      `json:"rule"`
	Key      string      `json:"key"`
	Value    json.Number `json:"value"`
	Unit     *string     `json:"unit"`
	Basis    *string     `json:"basis"`
	Verified *bool       `json:"verified"`
	Floating *bool       `json:"floating"`
}

// Read reads a file, or a folder with params.json and checks/*.dmn (either may be missing there).
func Read(path string) (File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return File{}, err
	}
	if !info.IsDir() {
		raw, err := os.ReadFile(path)
		if err != nil {
			return File{}, err
		}
		return parse(path, raw)
	}
	raw, err := os.ReadFile(filepath.Join(path, "params.json"))
	if err != nil {
		return File{}, fmt.Errorf("a folder of a rule pack has params.json with its id and first day: %w", err)
	}
	f, err := parse(filepath.Join(path, "params.json"), raw)
	if err != nil {
		return f, err
	}
	names, err := filepath.Glob(filepath.Join(path, "checks", "*.dmn"))
	if err != nil {
		return f, err
	}
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			return f, err
		}
		f.Checks = append(f.Checks, rules.File{Name: "checks/" + filepath.Base(name), Body: body})
	}
	return f, nil
}

func parse(name string, raw []byte) (File, error) {
	f, err := Parse(raw)
	if err != nil {
		return f, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

// Parse reads {"pack", "name", "validFrom", "validTo", "params"}; everything that is wrong comes at once.
func Parse(raw []byte) (File, error) {
	var f File
	if err := json.Unmarshal(raw, &f); err != nil {
		return f, fmt.Errorf("no rule pack like params.json: %w", err)
	}
	return f, f.Check()
}

// ownLayer and baseLayer are where a stored pack keeps a county's files, and the shipped ones below them.
const (
	ownLayer  = "checks/"
	baseLayer = "base/"
)

// Check says everything that is wrong with a file at once.
func (f File) Check() error {
	var errs []error
	if f.Pack = strings.TrimSpace(f.Pack); f.Pack == "" || len(f.Pack) > 60 || strings.ContainsAny(f.Pack, "/?#% ") {
		errs = append(errs, fmt.Errorf("“pack” %q is no id such as COUNTY-2022.1", f.Pack))
	}
	if _, err := models.ParseDate(string(f.ValidFrom)); err != nil {
		errs = append(errs, fmt.Errorf("“validFrom” %w", err))
	}
	if f.ValidTo != "" {
		if _, err := models.ParseDate(string(f.ValidTo)); err != nil {
			errs = append(errs, fmt.Errorf("“validTo” %w", err))
		} else if f.ValidTo < f.ValidFrom {
			errs = append(errs, fmt.Errorf("it ends on %s, before it begins on %s", f.ValidTo, f.ValidFrom))
		}
	}
	var seen []string
	for i, row := range f.Params {
		name := row.Rule + "." + row.Key
		switch {
		case row.Rule == "" || row.Key == "":
			errs = append(errs, fmt.Errorf("params[%d] has no rule or key", i))
		case slices.Contains(seen, name):
			errs = append(errs, fmt.Errorf("%s is given twice", name))
		}
		seen = append(seen, name)
	}
	for _, c := range f.Checks {
		if !strings.HasPrefix(c.Name, ownLayer) || !strings.HasSuffix(c.Name, ".dmn") || strings.Count(c.Name, "/") != 1 {
			errs = append(errs, fmt.Errorf("%q is no file of a pack such as checks/B.dmn", c.Name))
		}
	}
	return errors.Join(errs...)
}
