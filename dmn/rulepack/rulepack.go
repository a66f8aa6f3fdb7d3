// Package rulepack holds effective-dated parameters of rules: which of several published packs decides, for
// which project, on which day.
//
// A project keeps the pack in force at its acceptance for life; parameters that are marked as floating, such as
// statutory clocks, follow the day of the event instead. A day on which no pack is in force is an error, never a
// silent default.
package rulepack

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quancheng/quancheng/feel"
)

// Date is a civil date, "2022-06-30"; empty is none.
type Date string

// Param is one parameter of a pack.
type Param struct {
	Rule     string      `json:"rule"`
	Key      string      `json:"key"`
	Value    json.Number `json:"value"` // exact decimal
	Unit     string      `json:"unit"`
	Basis    string      `json:"basis"` // legal basis, "—" for local practice
	Verified bool        `json:"verified"`
	Floating bool        `json:"floating,omitempty"` // follows the day of the event, whatever the project has pinned
}

// Pack is a published set of parameters. It never changes; a correction is another pack.
type Pack struct {
	ID        string  `json:"pack"`
	Name      string  `json:"name"`
	ValidFrom Date    `json:"validFrom"`
	ValidTo   Date    `json:"validTo,omitempty"` // the last day; empty: until another pack begins
	Params    []Param `json:"params"`
}

// Parse reads a pack from JSON and checks it.
func Parse(data []byte) (Pack, error) {
	var p Pack
	if err := json.Unmarshal(data, &p); err != nil {
		return Pack{}, fmt.Errorf("read rule pack: %w", err)
	}
	if err := p.check(); err != nil {
		return Pack{}, err
	}
	return p, nil
}

// check reports everything that is wrong with a pack at once.
func (p Pack) check() error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("rule pack "+p.ID+": "+format, args...))
	}
	if p.ID == "" {
		fail("it has no id")
	}
	if !p.ValidFrom.ok() {
		fail("validFrom %q is not a date like 2022-06-30", p.ValidFrom)
	}
	if p.ValidTo != "" && (!p.ValidTo.ok() || p.ValidTo < p.ValidFrom) {
		fail("validTo %q is not a date after validFrom", p.ValidTo)
	}
	seen := map[string]bool{}
	for _, q := range p.Params {
		name := q.Rule + "." + q.Key
		if q.Rule == "" || q.Key == "" {
			fail("a parameter has no rule or key")
		}
		if seen[name] {
			fail("%s is given twice", name)
		}
		seen[name] = true
		if _, err := feel.ParseNumber(q.Value.String()); err != nil {
			fail("%s: %q is no number", name, q.Value)
		}
	}
	return errors.Join(errs...)
}

func (d Date) ok() bool {
	_, err := time.Parse(time.DateOnly, string(d))
	return err == nil
}

// Tree gives the parameters as models read them: params.<rule>.<key>.
func (p Pack) Tree() map[string]map[string]json.Number {
	tree := map[string]map[string]json.Number{}
	for _, q := range p.Params {
		if tree[q.Rule] == nil {
			tree[q.Rule] = map[string]json.Number{}
		}
		tree[q.Rule][q.Key] = q.Value
	}
	return tree
}

// Set are the packs that have been published.
type Set struct{ packs []Pack } // by ValidFrom

var (
	// ErrNotInForce says that no pack is in force on a day.
	ErrNotInForce = errors.New("no rule pack is in force")
	// ErrUnknown says that there is no such pack or parameter.
	ErrUnknown = errors.New("unknown")
)

// NewSet checks the packs. Two packs must not begin on the same day.
func NewSet(packs ...Pack) (*Set, error) {
	s := &Set{packs: slices.Clone(packs)}
	slices.SortFunc(s.packs, func(a, b Pack) int { return compare(a.ValidFrom, b.ValidFrom) })
	var errs []error
	for i, p := range s.packs {
		errs = append(errs, p.check())
		if i > 0 && s.packs[i-1].ValidFrom == p.ValidFrom {
			errs = append(errs, fmt.Errorf("rule packs %s and %s both begin on %s", s.packs[i-1].ID, p.ID, p.ValidFrom))
		}
	}
	return s, errors.Join(errs...)
}

func compare(a, b Date) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// InForce is the pack that began last on or before the day; ErrNotInForce when there is none or it has ended.
func (s *Set) InForce(on Date) (Pack, error) {
	if !on.ok() {
		return Pack{}, fmt.Errorf("%q is not a date like 2022-06-30", on)
	}
	for _, p := range slices.Backward(s.packs) {
		if p.ValidFrom > on {
			continue
		}
		if p.ValidTo != "" && p.ValidTo < on {
			return Pack{}, fmt.Errorf("%w on %s: %s ended on %s", ErrNotInForce, on, p.ID, p.ValidTo)
		}
		return p, nil
	}
	return Pack{}, fmt.Errorf("%w on %s", ErrNotInForce, on)
}

// ByID is a published pack.
func (s *Set) ByID(id string) (Pack, error) {
	for _, p := range s.packs {
		if p.ID == id {
			return p, nil
		}
	}
	return Pack{}, fmt.Errorf("rule pack %s: %w", id, ErrUnknown)
}

// Params are the parameters that hold for one project on one day.
type Params struct {
	Pinned  string // id of the pack that decides
	InForce string // id of the pack that floating parameters come from; empty when none is in force
	values  map[string]map[string]Param
}

// For gives the parameters of a project with a pinned pack, by id, on the day of an event; without a pinned
// pack, those in force on the day. Floating parameters of a day without a pack in force are left out, so that
// asking for one is an error.
func (s *Set) For(pinned string, on Date) (*Params, error) {
	current, err := s.InForce(on)
	if pinned == "" {
		if err != nil {
			return nil, err
		}
		pinned = current.ID
	}
	base, unknown := s.ByID(pinned)
	if unknown != nil {
		return nil, unknown
	}
	p := &Params{Pinned: base.ID, InForce: current.ID, values: map[string]map[string]Param{}}
	for _, q := range base.Params {
		if !q.Floating {
			p.put(q)
		}
	}
	for _, q := range current.Params {
		if q.Floating {
			p.put(q)
		}
	}
	return p, nil
}

func (p *Params) put(q Param) {
	if p.values[q.Rule] == nil {
		p.values[q.Rule] = map[string]Param{}
	}
	p.values[q.Rule][q.Key] = q
}

// Get is one parameter; ErrUnknown when there is none.
func (p *Params) Get(rule, key string) (Param, error) {
	q, ok := p.values[rule][key]
	if !ok {
		return Param{}, fmt.Errorf("parameter %s.%s of rule pack %s: %w", rule, key, p.Pinned, ErrUnknown)
	}
	return q, nil
}

// Value is the context that models see as "params".
func (p *Params) Value() *feel.Context {
	rules := make([]string, 0, len(p.values))
	for rule := range p.values {
		rules = append(rules, rule)
	}
	slices.Sort(rules)
	c := feel.NewContext(len(rules))
	for _, rule := range rules {
		keys := make([]string, 0, len(p.values[rule]))
		for key := range p.values[rule] {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		entry := feel.NewContext(len(keys))
		for _, key := range keys {
			n, err := feel.ParseNumber(p.values[rule][key].Value.String())
			if err != nil {
				continue // check has refused such a pack
			}
			entry.Set(key, n)
		}
		c.Set(rule, entry)
	}
	return c
}
