// Package report is the result of a conformance run: totals by suite, and the
// first difference of each failure. It is a leaf, shared by the runners.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Report is the result of a run. Contested cases, whose expectation is
// disputable, are counted apart.
type Report struct {
	Total     int        `json:"total"`
	Passed    int        `json:"passed"`
	Suites    []*Suite   `json:"suites"` // in the order in which they were met
	Failures  []Failure  `json:"failures"`
	Contested *Contested `json:"contested,omitempty"`
}

// Suite is the count of one folder of cases.
type Suite struct {
	Name   string `json:"name"`
	Total  int    `json:"total"`
	Passed int    `json:"passed"`
}

// Failure is a case that did not pass, and the first difference.
type Failure struct {
	ID  string `json:"id"`
	Why string `json:"why"`
}

// Contested counts the cases whose expectation is disputable.
type Contested struct {
	Total    int       `json:"total"`
	Passed   int       `json:"passed"`
	Failures []Failure `json:"failures"`
}

// Case is the outcome of one case.
type Case struct {
	ID        string
	Why       string // the first difference; empty: passed
	Contested bool
}

// New is an empty report. Its lists are empty, not null, in JSON.
func New() *Report { return &Report{Suites: []*Suite{}, Failures: []Failure{}} }

// Add counts cases under the name of their suite.
func (r *Report) Add(suite string, cases ...Case) {
	s := r.suite(suite)
	for _, c := range cases {
		if c.Contested {
			r.contest(c)
			continue
		}
		r.Total++
		s.Total++
		if c.Why == "" {
			r.Passed++
			s.Passed++
			continue
		}
		r.Failures = append(r.Failures, Failure{ID: c.ID, Why: c.Why})
	}
}

func (r *Report) suite(name string) *Suite {
	if i := slices.IndexFunc(r.Suites, func(s *Suite) bool { return s.Name == name }); i >= 0 {
		return r.Suites[i]
	}
	s := &Suite{Name: name}
	r.Suites = append(r.Suites, s)
	return s
}

func (r *Report) contest(c Case) {
	if r.Contested == nil {
		r.Contested = &Contested{Failures: []Failure{}}
	}
	r.Contested.Total++
	if c.Why == "" {
		r.Contested.Passed++
		return
	}
	r.Contested.Failures = append(r.Contested.Failures, Failure{ID: c.ID, Why: c.Why})
}

// WriteJSON writes the report as one JSON object.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(r)
}

// WriteText writes the report for people: failures first, totals last.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	for _, f := range r.Failures {
		fmt.Fprintf(&b, "FAIL %s\n     %s\n", f.ID, strings.ReplaceAll(f.Why, "\n", "\n     "))
	}
	if c := r.Contested; c != nil {
		for _, f := range c.Failures {
			fmt.Fprintf(&b, "contested %s\n     %s\n", f.ID, strings.ReplaceAll(f.Why, "\n", "\n     "))
		}
	}
	for _, s := range r.Suites {
		fmt.Fprintf(&b, "%-28s %5d of %5d\n", s.Name, s.Passed, s.Total)
	}
	fmt.Fprintf(&b, "%-28s %5d of %5d\n", "total", r.Passed, r.Total)
	if c := r.Contested; c != nil {
		fmt.Fprintf(&b, "%-28s %5d of %5d\n", "contested, counted apart", c.Passed, c.Total)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
