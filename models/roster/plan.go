package roster

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// Plan is what a list would change, before anything is changed.
type Plan struct {
	Rows    int       `json:"rows"`
	Same    int       `json:"same"` // people of whom nothing changes
	Units   []Change  `json:"units"`
	New     []Change  `json:"new"`
	Changed []Change  `json:"changed"`
	Leaving []Change  `json:"leaving"`
	Refused []Refused `json:"refused"`

	units  []unitPlan
	people []*personPlan
}

// Change is what becomes of a unit or a person.
type Change struct {
	Line   int           `json:"line,omitempty"` // where the list says so first; 0: it does not
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	Unit   string        `json:"unit,omitempty"`
	Fields []FieldChange `json:"fields,omitempty"`
	Posts  []string      `json:"posts,omitempty"` // granted: ROLE@UNIT
	Ends   []string      `json:"ends,omitempty"`  // ended
}

// FieldChange is one value before and after; personal numbers are masked.
type FieldChange struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Refused is a row that is left out, and why.
type Refused struct {
	Line   int               `json:"line"`
	Column string            `json:"column"`
	Code   string            `json:"code"`
	Args   map[string]string `json:"args,omitempty"`
}

// Empty reports whether nothing would change.
func (p Plan) Empty() bool {
	return len(p.Units)+len(p.New)+len(p.Changed)+len(p.Leaving) == 0
}

// unitPlan is a unit as the list has it.
type unitPlan struct {
	dept  office.Dept
	fresh bool
}

// personPlan is a person as the list has him.
type personPlan struct {
	line    int
	person  office.Person
	fresh   bool
	changed bool // of the account
	fields  []FieldChange
	mobile  string // new ones, in clear
	idno    string
	grant   []office.PostChange
	end     []*office.Post
	leaves  bool
	roles   []string // all that he holds after it
	rows    []Row
}

// Make compares a list with the organisation as the transaction sees it. The rows
// that come back are those that can be done, each with an account.
func Make(tx *gorm.DB, rows []Row, now time.Time, c office.Cipher) (Plan, []Row, error) {
	w, err := readWorld(tx, now, c)
	if err != nil {
		return Plan{}, nil, err
	}
	b := newBuilder(w, rows)
	for _, row := range rows {
		if f := b.take(row); f != nil {
			b.plan.Refused = append(b.plan.Refused, *f)
		}
	}
	if err := b.complete(tx); err != nil {
		return Plan{}, nil, err
	}
	return b.done()
}

// builder makes a plan row by row.
type builder struct {
	*world
	plan    Plan
	rows    []Row
	units   map[string]*unitPlan
	listed  map[string]*personPlan // by account
	byKey   map[string]*personPlan // by account, number, or name and unit
	posts   map[string]int         // line by person and post
	kept    map[string]bool        // persons whose row was refused: they do not leave by that
	ordered []*personPlan
	touched []string // units, in the order of the list
	next    map[string]int
}

func newBuilder(w *world, rows []Row) *builder {
	return &builder{
		world: w, units: map[string]*unitPlan{}, listed: map[string]*personPlan{}, byKey: map[string]*personPlan{}, posts: map[string]int{},
		kept: map[string]bool{},
		plan: Plan{
			Rows: len(rows), Units: []Change{}, New: []Change{}, Changed: []Change{}, Leaving: []Change{}, Refused: []Refused{},
		}, next: map[string]int{},
	}
}

// take takes a row in, or says why not.
func (b *builder) take(row Row) *Refused {
	f := checkCells(row)
	if f == nil {
		f = b.takeUnit(&row)
	}
	if f == nil && row.Name == "" {
		f = onlyUnit(row)
		if f == nil {
			b.rows = append(b.rows, row)
		}
		return f
	}
	var p *personPlan
	if f == nil {
		p, f = b.takePerson(&row)
	}
	if f == nil {
		f = b.takePost(p, row)
	}
	if f != nil {
		b.keep(row)
		return f
	}
	p.rows = append(p.rows, row)
	b.rows = append(b.rows, row)
	return nil
}

// onlyUnit: a row without a name says something about a unit, and nothing about a person.
func onlyUnit(row Row) *Refused {
	if row.Account != "" || row.Role != "" || row.Mobile != "" || row.IDNo != "" {
		return refused(row, "name", "field.required")
	}
	return nil
}

// keep remembers whom a refused row means: he does not leave by it.
func (b *builder) keep(row Row) {
	for _, id := range append(b.named[row.Name], row.Account) {
		b.kept[id] = true
	}
}

func refused(row Row, column, code string, args ...string) *Refused {
	return &Refused{Line: row.Line, Column: column, Code: code, Args: models.Pairs(args)}
}

// takeUnit finds the unit of a row, or makes it; rows may not contradict each other about it.
func (b *builder) takeUnit(row *Row) *Refused {
	if row.Unit == "" {
		if row.Unit = b.names[row.UnitName]; row.Unit == "" {
			return refused(*row, "unit", "field.required")
		}
	}
	if u := b.units[row.Unit]; u != nil {
		return b.sameUnit(u, row)
	}
	known := b.world.units[row.Unit]
	if known != nil && known.Ended(b.now) {
		return refused(*row, "unit", "unit-ended", "unit", known.Name)
	}
	u := &unitPlan{fresh: known == nil}
	if known != nil {
		u.dept = *known
	} else {
		if row.UnitName == "" {
			return refused(*row, "unitName", "no-such-unit", "unit", row.Unit)
		}
		u.dept = office.Dept{ID: row.Unit, Kind: "applying"}
	}
	if other := b.names[row.UnitName]; row.UnitName != "" && other != "" && other != row.Unit {
		return refused(*row, "unitName", "unit-name-taken", "unit", other)
	}
	if row.Parent != "" && b.world.units[row.Parent] == nil && b.units[row.Parent] == nil {
		return refused(*row, "parent", "no-such-unit", "unit", row.Parent)
	}
	for _, set := range []struct {
		to    *string
		value string
	}{{&u.dept.Name, row.UnitName}, {&u.dept.Parent, row.Parent}, {&u.dept.Kind, row.UnitKind}, {&u.dept.AgencyCode, row.AgencyCode},
		{&u.dept.USCC, row.USCC}} {
		if set.value != "" {
			*set.to = set.value
		}
	}
	if b.circular(u.dept) {
		return refused(*row, "parent", "unit-below-itself")
	}
	b.units[row.Unit], b.names[u.dept.Name] = u, row.Unit
	b.touched = append(b.touched, row.Unit)
	return nil
}

func (b *builder) circular(d office.Dept) bool {
	for parent, n := d.Parent, 0; parent != ""; n++ {
		if parent == d.ID || n > 50 {
			return true
		}
		switch {
		case b.units[parent] != nil:
			parent = b.units[parent].dept.Parent
		case b.world.units[parent] != nil:
			parent = b.world.units[parent].Parent
		default:
			return false
		}
	}
	return false
}

// sameUnit refuses a row that says something else about its unit than one before.
func (b *builder) sameUnit(u *unitPlan, row *Row) *Refused {
	for _, say := range []struct{ column, is, says string }{
		{"unitName", u.dept.Name, row.UnitName}, {"parent", u.dept.Parent, row.Parent}, {"unitKind", u.dept.Kind, row.UnitKind},
		{"agencyCode", u.dept.AgencyCode, row.AgencyCode}, {"uscc", u.dept.USCC, row.USCC},
	} {
		if say.says != "" && say.says != say.is {
			return refused(*row, say.column, "roster-contradiction", "is", say.is, "says", say.says)
		}
	}
	return nil
}

// complete adds what the list says by silence, and keeps those who still have tasks that nobody else could do.
func (b *builder) complete(tx *gorm.DB) error {
	for _, p := range b.ordered {
		if len(p.rows) > 0 {
			b.finish(p)
		}
	}
	b.leavers()
	var leaving []string
	for _, p := range b.plan.people {
		if p.leaves && !p.fresh {
			leaving = append(leaving, p.person.ID)
		}
	}
	open := map[string]int{}
	for some := range slices.Chunk(leaving, 300) {
		found, err := process.Unhanded(tx, some...)
		if err != nil {
			return err
		}
		maps.Copy(open, found)
	}
	b.plan.people = slices.DeleteFunc(b.plan.people, func(p *personPlan) bool {
		n := open[p.person.ID]
		if n > 0 {
			b.plan.Refused = append(
				b.plan.Refused, *refused(Row{Line: p.line}, "name", handover, "person", p.person.Name, "count", strconv.Itoa(n)),
			)
		}
		return n > 0
	})
	return nil
}

// handover is why somebody does not leave yet.
const handover = "handover-needed"

// done says what becomes of everybody.
func (b *builder) done() (Plan, []Row, error) {
	for _, id := range b.touched {
		u := b.units[id]
		var before office.Dept
		if !u.fresh {
			before = *b.world.units[id]
		}
		fields := unitFields(before, u.dept)
		if u.fresh || len(fields) > 0 {
			b.plan.units = append(b.plan.units, *u)
			b.plan.Units = append(b.plan.Units, Change{ID: id, Name: u.dept.Name, Fields: fields})
		}
	}
	b.plan.Same = 0
	for _, p := range b.plan.people {
		b.sort(p)
	}
	slices.SortFunc(b.plan.Refused, func(x, y Refused) int { return cmp.Compare(x.Line, y.Line) })
	return b.plan, b.rows, nil
}

// finish adds the ends of posts that the list, complete for its units, does not name any more.
func (b *builder) finish(p *personPlan) {
	for _, held := range b.world.posts[p.person.ID] {
		if b.units[held.DeptID] != nil && b.posts[p.person.ID+" "+held.ID] == 0 && !b.kept[p.person.ID] || p.leaves {
			p.end = append(p.end, held)
		}
	}
	b.plan.people = append(b.plan.people, p)
}

// leavers work in a unit of the list and are not on it.
func (b *builder) leavers() {
	for _, id := range sortedKeys(b.people) {
		p := b.people[id]
		if p.LeftAt != nil || b.listed[id] != nil || b.kept[id] || b.isAdministrator(id) || b.units[b.unitOf(p)] == nil {
			continue
		}
		b.plan.people = append(b.plan.people, &personPlan{person: *p, leaves: true, end: b.world.posts[id]})
	}
}

func (b *builder) sort(p *personPlan) {
	c := Change{Line: p.line, ID: p.person.ID, Name: p.person.Name, Unit: b.unitOf(&p.person), Fields: p.fields}
	for _, g := range p.grant {
		c.Posts = append(c.Posts, office.PostID(g.Role, g.Unit))
	}
	for _, e := range p.end {
		c.Ends = append(c.Ends, e.ID)
	}
	switch {
	case p.leaves && !p.fresh:
		b.plan.Leaving = append(b.plan.Leaving, c)
	case p.leaves:
	case p.fresh:
		b.plan.New = append(b.plan.New, c)
	case p.changed || len(p.grant)+len(p.end) > 0:
		b.plan.Changed = append(b.plan.Changed, c)
	default:
		b.plan.Same++
	}
}

func unitFields(before, after office.Dept) []FieldChange {
	var out []FieldChange
	for _, f := range []FieldChange{
		{"unitName", before.Name, after.Name}, {"parent", before.Parent, after.Parent}, {"unitKind", before.Kind, after.Kind},
		{"agencyCode", before.AgencyCode, after.AgencyCode}, {"uscc", before.USCC, after.USCC},
	} {
		if f.Before != f.After {
			out = append(out, f)
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// newAccount makes an account for somebody new without one: the unit and a number.
func (b *builder) newAccount(unit string) string {
	for {
		b.next[unit]++
		id := fmt.Sprintf("%s-%03d", lower(unit), b.next[unit])
		if b.people[id] == nil && b.listed[id] == nil {
			return id
		}
	}
}
