package engine

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/quancheng/quancheng/feel"
)

// Org is an immutable snapshot of the organisation: intervals, not states, so
// that the moment of a step decides who is active and nothing has to happen at
// midnight. It must not be changed or copied once a step has seen it; it may be
// shared by any number of steps.
type Org struct {
	Version   int64      `json:"version"` // of the organisation's tables; names the snapshot
	Units     []Unit     `json:"units,omitempty"`
	People    []Person   `json:"people,omitempty"`
	Posts     []Post     `json:"posts,omitempty"`
	Proxies   []Proxy    `json:"proxies,omitempty"`
	Functions []Function `json:"functions,omitempty"`

	once  sync.Once
	index orgIndex
}

// Span is an interval of time: From belongs to it, To does not.
type Span struct {
	From time.Time `json:"from,omitzero"` // zero: since ever
	To   time.Time `json:"to,omitzero"`   // zero: open
}

// At reports whether the moment lies in the span.
func (s Span) At(now time.Time) bool {
	return !now.Before(s.From) && (s.To.IsZero() || now.Before(s.To))
}

// Unit is a department, or an outside organisation.
type Unit struct {
	ID        string `json:"id"`
	Parent    string `json:"parent,omitempty"`
	Kind      string `json:"kind,omitempty"`
	Successor string `json:"successor,omitempty"` // the unit that took over when it ended
	Span
}

// Person of the directory.
type Person struct {
	ID     string `json:"id"`
	Unit   string `json:"unit,omitempty"`
	Admin  bool   `json:"admin,omitempty"` // one of the three administrators
	Active []Span `json:"active,omitempty"`
}

// Post is a role that a person holds in a unit for a while; the id of the post is ROLE@UNIT.
type Post struct {
	Person string `json:"person"`
	Role   string `json:"role"`
	Unit   string `json:"unit"`
	Rank   int    `json:"rank,omitempty"` // 0 is the head
	Span
}

// ID is ROLE@UNIT.
func (p Post) ID() string { return p.Role + "@" + p.Unit }

// Proxy lets a deputy act for a principal for a while.
type Proxy struct {
	ID        int64        `json:"id"`
	Principal string       `json:"principal"`
	Deputy    string       `json:"deputy"`
	Roles     []string     `json:"roles,omitempty"`     // none: all
	Processes []string     `json:"processes,omitempty"` // none: all
	Cap       *feel.Number `json:"cap,omitempty"`       // 元; nil: no limit
	Span
}

// Function says which unit serves as what in this county; of "joint" there may be several.
type Function struct {
	Name  string `json:"name"`
	Unit  string `json:"unit"`
	Order int    `json:"order,omitempty"` // among the units of one function
	Span
}

// FunctionNames are what a unit may serve as, and the keys of the context org. Only "joint" is a list.
var FunctionNames = []string{"bureau", "finance", "procurement", "county", "joint", "archive", "experts", "discipline", "audit", "hall"}

// functionJoint is the function that several units have at a time.
const functionJoint = "joint"

// orgIndex answers look-ups without a walk over all rows.
type orgIndex struct {
	people    map[string]*Person
	holders   map[string][]*Post // by post id, by person
	functions map[string][]*Function
	posts     map[string][]*Post // by person
	staff     map[string][]*Post // by unit, by rank and person
	units     map[string]*Unit
	proxies   map[string][]*Proxy // by principal
	ranked    map[string]bool     // units whose posts say a rank
}

func (o *Org) build() {
	ix := orgIndex{
		people: make(map[string]*Person, len(o.People)), holders: make(map[string][]*Post, len(o.Posts)),
		functions: map[string][]*Function{},
	}
	o.buildStaff(&ix)
	for i := range o.People {
		ix.people[o.People[i].ID] = &o.People[i]
	}
	for i := range o.Posts {
		p := &o.Posts[i]
		ix.holders[p.ID()] = append(ix.holders[p.ID()], p)
	}
	for _, list := range ix.holders {
		slices.SortStableFunc(list, func(a, b *Post) int { return cmp.Compare(a.Person, b.Person) })
	}
	for i := range o.Functions {
		f := &o.Functions[i]
		ix.functions[f.Name] = append(ix.functions[f.Name], f)
	}
	for _, list := range ix.functions {
		slices.SortStableFunc(list, func(a, b *Function) int { return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Unit, b.Unit)) })
	}
	o.index = ix
}

// Roster is the organisation at a moment.
type Roster struct {
	index *orgIndex
	at    time.Time
}

// At is the organisation at a moment. Of a nil Org nobody is active, nobody
// holds a post, and no unit has a function.
func (o *Org) At(now time.Time) Roster {
	if o == nil {
		return Roster{index: &orgIndex{}, at: now}
	}
	o.once.Do(o.build)
	return Roster{index: &o.index, at: now}
}

// Known reports whether somebody has the id, active or not.
func (r Roster) Known(person string) bool { return r.index.people[person] != nil }

// Active reports whether the id names a person who is active.
func (r Roster) Active(person string) bool {
	p := r.index.people[person]
	return p != nil && slices.ContainsFunc(p.Active, func(s Span) bool { return s.At(r.at) })
}

// Holders are the active persons who hold a post "ROLE@UNIT", each once, by id.
func (r Roster) Holders(post string) []string {
	var out []string
	for _, p := range r.index.holders[post] {
		if p.At(r.at) && r.Active(p.Person) && (len(out) == 0 || out[len(out)-1] != p.Person) {
			out = append(out, p.Person)
		}
	}
	return out
}

// Holds reports whether an active person holds a post "ROLE@UNIT".
func (r Roster) Holds(person, post string) bool { return slices.Contains(r.Holders(post), person) }

// Posts are the ids of all posts that an active person holds, in order.
func (r Roster) Posts() []string {
	var out []string
	for post := range r.index.holders {
		if len(r.Holders(post)) > 0 {
			out = append(out, post)
		}
	}
	slices.Sort(out)
	return out
}

// Units are the units that serve as a function, in their order.
func (r Roster) Units(function string) []string {
	var out []string
	for _, f := range r.index.functions[function] {
		if f.At(r.at) && !slices.Contains(out, f.Unit) {
			out = append(out, f.Unit)
		}
	}
	return out
}

// Context is what expressions see as "org": for each function its unit, or
// null; of joint a list.
func (r Roster) Context() *feel.Context {
	c := feel.NewContext(len(FunctionNames))
	for _, name := range FunctionNames {
		units := r.Units(name)
		switch {
		case name == functionJoint:
			list := make(feel.List, len(units))
			for i, u := range units {
				list[i] = u
			}
			c.Set(name, list)
		case len(units) > 0:
			c.Set(name, units[0])
		default:
			c.Set(name, nil)
		}
	}
	return c
}
