package stuck

import (
	"cmp"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Filter chooses cases.
type Filter struct {
	Units  []string // nil: all; else those that one of these handles, is consulted about, or has registered
	Open   bool     // that are not closed
	State  string
	Kind   string
	DueBy  models.Date // due by this day
	From   models.Date // received
	To     models.Date
	Query  string // part of number or item
	Sort   string // of Sorting; "": of open ones the next due first
	Cursor string
	Limit  int
}

// Sorting is by number or term; what has no term stands behind all terms.
var Sorting = models.Sorting[Report]{
	Usual: "-no",
	Key:   models.Place[Report]{Column: "no", Of: func(r Report) any { return r.No }},
	Places: map[string]models.Place[Report]{
		"no":         {Column: "no", Of: func(r Report) any { return r.No }},
		"receivedOn": {Column: "received_on", Of: func(r Report) any { return string(r.ReceivedOn) }},
		"dueOn": {Column: "COALESCE(due_on, '9999-12-31')", Of: func(r Report) any {
			return cmp.Or(string(r.DueOn), "9999-12-31")
		}},
	},
}

// List is a page of cases; the cursor of the next is "" at the end.
func List(tx *gorm.DB, f Filter) ([]Report, string, error) {
	if f.Sort == "" && f.Open {
		f.Sort = "dueOn"
	}
	if f.Limit <= 0 {
		f.Limit = 200
	}
	order, err := Sorting.Pick(f.Sort)
	if err != nil {
		return nil, "", err
	}
	rows, next, err := order.Page(f.choose(tx.Model(&Report{})), f.Cursor, f.Limit)
	if err != nil {
		return nil, "", fmt.Errorf("cases of the window: %w", err)
	}
	return rows, next, nil
}

func (f Filter) choose(g *gorm.DB) *gorm.DB {
	if f.Units != nil {
		g = g.Where("unit IN ?"+strings.Repeat(" OR CAST(joint AS TEXT) LIKE ? OR desk LIKE ?", len(f.Units)), f.unitArgs()...)
	}
	if f.Open {
		g = g.Where("state <> ?", Closed)
	}
	for column, v := range map[string]string{"state": f.State, "kind": f.Kind} {
		if v != "" {
			g = g.Where(column+" = ?", v)
		}
	}
	if f.DueBy != "" {
		g = g.Where("due_on <= ? AND state <> ?", string(f.DueBy), Closed)
	}
	if f.From != "" {
		g = g.Where("received_on >= ?", string(f.From))
	}
	if f.To != "" {
		g = g.Where("received_on <= ?", string(f.To))
	}
	if f.Query != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Query) + "%"
		g = g.Where(`(no LIKE ? ESCAPE '\' OR item LIKE ? ESCAPE '\')`, like, like)
	}
	return g
}

func (f Filter) unitArgs() []any {
	args := []any{f.Units}
	for _, u := range f.Units {
		args = append(args, `%"`+u+`"%`, "%@"+u)
	}
	return args
}

// Count of cases, parted as a report parts them.
type Count struct {
	Consulted int // answered questions
	Accepted  int // cases received in the period
	Resolved  int // cases that were closed in it with what the citizen came for
	Explained int
	OutOf     int
	Open      int // now
}

// CountOf counts the cases of a period of business dates.
func CountOf(tx *gorm.DB, f Filter, from, to models.Date) (n Count, err error) {
	period := Filter{Units: f.Units, From: from, To: to}
	for _, x := range []struct {
		to    *int
		where string
		args  []any
		open  bool
	}{
		{&n.Consulted, "kind = ?", []any{Consult}, false},
		{&n.Accepted, "kind = ?", []any{Case}, false},
		{&n.OutOf, "kind = ?", []any{Out}, false},
		{&n.Resolved, "kind = ? AND outcome = ? AND closed_on BETWEEN ? AND ?", []any{Case, Resolved, string(from), string(to)}, true},
		{&n.Explained, "kind = ? AND outcome = ? AND closed_on BETWEEN ? AND ?", []any{Case, Explained, string(from), string(to)}, true},
		{&n.Open, "state <> ?", []any{Closed}, true},
	} {
		which := period
		if x.open {
			which = Filter{Units: f.Units}
		}
		var k int64
		if err := which.choose(tx.Model(&Report{})).Where(x.where, x.args...).Count(&k).Error; err != nil {
			return n, fmt.Errorf("cases of the window: %w", err)
		}
		*x.to = int(k)
	}
	return n, nil
}

// Fault is something that several people have brought within a time.
type Fault struct {
	Item   string
	Units  int
	N      int
	Newest string // number of the last one
}

// Again are the items that came more than twice since a day and are not a rectification yet: the trouble is not the single case.
func Again(tx *gorm.DB, f Filter, since models.Date) ([]Fault, error) {
	var out []Fault
	g := Filter{Units: f.Units, From: since}.choose(tx.Model(&Report{})).Where("kind <> ?", Out)
	err := g.Select("item, COUNT(DISTINCT unit) AS units, COUNT(*) AS n, MAX(no) AS newest").
		Group("item").
		Having("COUNT(*) > 2 AND MAX(issue) = ''").
		Order("n DESC, item").
		Limit(10).
		Scan(&out).
		Error
	if err != nil {
		return nil, fmt.Errorf("what comes again: %w", err)
	}
	return out, nil
}
