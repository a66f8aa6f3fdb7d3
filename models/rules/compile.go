package rules

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/quancheng/quancheng/dmn"
	"github.com/quancheng/quancheng/feel"
)

// File is one file of a pack: checks/A.dmn.
type File struct {
	Name string
	Body []byte
}

// Checks are the rules of a pack, ready to judge. They are safe for concurrent use.
type Checks struct {
	Rules   map[string]*Rule
	Points  []Point
	words   map[string]Text
	says    map[string]*feel.Program // by expression
	logic   map[string]string        // of decisions, as written
	source  map[string]string        // of decisions and functions, as a whole
	deps    map[string][]string      // ids that each decision requires
	program *dmn.Program
}

// Compile puts the files of a pack together as one model: a later file's
// decision, function, point or word wins over an earlier one's, so that a
// county's file states only what it wants otherwise. All problems come at once.
// There are Checks even then: what is broken judges as Error, the others go on.
func Compile(files []File) (*Checks, error) {
	c := &Checks{
		Rules: map[string]*Rule{}, words: map[string]Text{}, says: map[string]*feel.Program{}, logic: map[string]string{},
		source: map[string]string{},
	}
	merged := merger{model: &dmn.Model{Name: "checks", Namespace: "https://quancheng.dev/checks"}}
	var errs []error
	for _, f := range files {
		m, problems := dmn.Parse(f.Body)
		for _, d := range problems {
			if d.Severity == dmn.Error {
				errs = append(errs, fmt.Errorf("%s: %s", f.Name, d))
			}
		}
		if m == nil {
			continue
		}
		merged.add(m)
		x, faults := readExtensions(f)
		errs = append(errs, faults...)
		c.take(x)
	}
	program, problems := dmn.Compile(merged.model, dmn.Options{})
	c.program = program
	deps := dependencies(merged.model)
	c.deps = deps
	for _, d := range problems {
		if d.Severity != dmn.Error {
			continue
		}
		errs = append(errs, fmt.Errorf("%s: %s", d.Element, d))
		c.breaks(d.Element, d.Message, deps)
	}
	errs = append(errs, c.finish(deps)...)
	return c, errors.Join(errs...)
}

func (c *Checks) take(x extensions) {
	for _, r := range x.rules {
		c.Rules[r.ID] = r
	}
	for _, p := range x.points {
		if i := slices.IndexFunc(c.Points, func(q Point) bool { return q.Name == p.Name }); i >= 0 {
			c.Points[i] = p
		} else {
			c.Points = append(c.Points, p)
		}
	}
	maps.Copy(c.logic, x.logic)
	maps.Copy(c.source, x.source)
	for _, w := range x.words {
		c.words[w.Code] = w.Text
	}
}

// breaks marks the rules that lean on a faulty element.
func (c *Checks) breaks(element, why string, deps map[string][]string) {
	for id, r := range c.Rules {
		if id == element || slices.Contains(closure(deps, id), element) {
			r.broken = why
		}
	}
}

// finish reads what rules lean on: parameters by the text of their expressions, and compiles their sentences.
func (c *Checks) finish(deps map[string][]string) (errs []error) {
	for id, r := range c.Rules {
		for _, part := range append(closure(deps, id), id) {
			r.params = append(r.params, paramsIn(c.logic[part])...)
		}
		sort.Strings(r.params)
		r.params = slices.Compact(r.params)
		for _, s := range append(r.Says, Say{Text: r.Satisfy}) {
			errs = append(errs, c.compileText(id, s.ZH)...)
			errs = append(errs, c.compileText(id, s.EN)...)
		}
	}
	for _, p := range c.Points {
		for _, id := range p.Rules {
			if c.Rules[id] == nil {
				errs = append(errs, fmt.Errorf("check point %s names rule %s, which no file has", p.Name, id))
			}
		}
	}
	return errs
}

// Point is a check point by its name.
func (c *Checks) Point(name string) (Point, bool) {
	for _, p := range c.Points {
		if p.Name == name {
			return p, true
		}
	}
	return Point{}, false
}

// Lacking are the parameters, "B06.L3", that rules read and the tree does not have.
func (c *Checks) Lacking(tree Tree) (out []string) {
	for _, r := range c.Rules {
		out = append(out, r.lacking(tree)...)
	}
	sort.Strings(out)
	return slices.Compact(out)
}

func (r *Rule) lacking(tree Tree) (out []string) {
	for _, p := range r.params {
		rule, key, one := strings.Cut(p, ".")
		if params := tree[rule]; params == nil {
			out = append(out, p)
		} else if _, ok := params[key]; one && !ok {
			out = append(out, p)
		}
	}
	return out
}

// Reads says whether a rule, or a helper that it requires, reads a parameter such as "B06.L3".
func (r *Rule) Reads(param string) bool {
	rule, _, _ := strings.Cut(param, ".")
	return slices.Contains(r.params, param) || slices.Contains(r.params, rule)
}

var paramUse = regexp.MustCompile(`params\.([A-Za-z][A-Za-z0-9]*)(?:\.([A-Za-z][A-Za-z0-9]*))?`)

// paramsIn finds "params.B06.L3", and "params.W06" where a rule is read as a whole.
func paramsIn(text string) (out []string) {
	for _, m := range paramUse.FindAllStringSubmatch(text, -1) {
		if m[2] == "" {
			out = append(out, m[1])
		} else {
			out = append(out, m[1]+"."+m[2])
		}
	}
	return out
}

// merger makes one model of several; the later element of an id takes the place of the earlier.
type merger struct{ model *dmn.Model }

func (m merger) add(from *dmn.Model) {
	m.model.Items = append(m.model.Items, from.Items...)
	m.model.Inputs = replace(m.model.Inputs, from.Inputs, func(e *dmn.InputData) string { return e.ID })
	m.model.Decisions = replace(m.model.Decisions, from.Decisions, func(e *dmn.Decision) string { return e.ID })
	m.model.Knowledge = replace(m.model.Knowledge, from.Knowledge, func(e *dmn.BusinessKnowledgeModel) string { return e.ID })
	m.model.Services = replace(m.model.Services, from.Services, func(e *dmn.DecisionService) string { return e.ID })
}

func replace[T any](all, some []T, id func(T) string) []T {
	for _, e := range some {
		if i := slices.IndexFunc(all, func(x T) bool { return id(x) == id(e) }); i >= 0 {
			all[i] = e
		} else {
			all = append(all, e)
		}
	}
	return all
}

// dependencies are the ids that each decision requires: decisions and functions.
func dependencies(m *dmn.Model) map[string][]string {
	out := map[string][]string{}
	for _, d := range m.Decisions {
		for _, refs := range [][]dmn.Ref{d.Requires.Decisions, d.Requires.Knowledge} {
			for _, ref := range refs {
				out[d.ID] = append(out[d.ID], ref.Href[strings.LastIndexByte(ref.Href, '#')+1:])
			}
		}
	}
	return out
}

// closure is all that a decision leans on, each once.
func closure(deps map[string][]string, id string) (out []string) {
	for _, d := range deps[id] {
		if !slices.Contains(out, d) && d != id {
			out = append(out, d)
		}
	}
	for i := 0; i < len(out); i++ {
		for _, d := range deps[out[i]] {
			if !slices.Contains(out, d) && d != id {
				out = append(out, d)
			}
		}
	}
	return out
}
