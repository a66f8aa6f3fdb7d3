package registers

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Period of business dates, both ends included; empty ends are open.
type Period struct{ From, To models.Date }

// Value of a total.
type Value struct {
	Register string
	ID       string
	Def      Total
	Version  int    // of the definition
	Value    string // a decimal number, or a text of fn last, min and max over texts; "" when no row counts
	Rows     int64  // that count
	Group    string // the value of the field that it is parted by
}

// query that a total runs over.
func (t Total) query(p Period, asOf time.Time) Query {
	q := Query{From: p.From, To: p.To, Where: t.Where, AsOf: asOf}
	if t.Period == "until" {
		q.From = ""
	}
	return q
}

// Totals of a register over what the person may read, by id; by parts them by a field.
func Totals(tx *gorm.DB, s *Sight, p Period, asOf time.Time, by string) ([]Value, error) {
	var out []Value
	for _, id := range slices.Sorted(maps.Keys(s.def.Totals)) {
		all, err := s.total(tx, id, p, asOf, by)
		if err != nil {
			return nil, err
		}
		out = append(out, all...)
	}
	return out, nil
}

func (s *Sight) total(tx *gorm.DB, id string, p Period, asOf time.Time, by string) ([]Value, error) {
	t := s.def.Totals[id]
	g, err := s.choose(tx, t.query(p, asOf))
	if err != nil {
		return nil, err
	}
	slot, kind := s.def.slot(t.Field)
	if t.Fn == "last" {
		return s.last(g, id, slot, kind)
	}
	expr := map[string]string{
		"count": "COUNT(*)", "sum": "COALESCE(SUM(" + slot + "), 0)", "distinct": "COUNT(DISTINCT " + slot + ")",
		"min": "MIN(" + slot + ")", "max": "MAX(" + slot + ")",
	}[t.Fn]
	if t.Fn == "distinct" || t.Fn == "min" || t.Fn == "max" {
		g = notNothing(g, slot)
	}
	group, grouped := "''", ""
	if by != "" {
		if grouped, _ = s.def.slot(by); grouped == "" || grouped[0] == 'n' {
			return nil, models.Refuse("unknown-filter", "field", by).Field("query/by", "unknown-filter", "field", by)
		}
		masked, err := s.Masked(nil)
		if err != nil || masked[by] {
			return nil, unknownFilter(by)
		}
		group = grouped
		g = g.Group(grouped).Order(grouped)
	}
	var rows []struct {
		V     *string
		N     int64
		Group string `gorm:"column:grp"`
	}
	if err := g.Select("CAST(" + expr + " AS TEXT) AS v, COUNT(*) AS n, " + group + " AS grp").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("total %s: %w", id, err)
	}
	out := make([]Value, 0, len(rows))
	for _, r := range rows {
		v := Value{Register: s.def.ID, ID: id, Def: t, Version: s.def.Version, Rows: r.N, Group: r.Group}
		if v.Value, err = shown(t.Fn, kind, r.V); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// notNothing leaves out the rows that have no text or date in a slot; a number is always one.
func notNothing(g *gorm.DB, slot string) *gorm.DB {
	if slot[0] == 'n' {
		return g
	}
	return g.Where(slot + " <> ''")
}

// shown is a result as people read it: numbers out of ten-thousandths.
func shown(fn, kind string, v *string) (string, error) {
	if v == nil {
		return "", nil
	}
	if fn == "count" || fn == "distinct" || kind != TypeNumber && kind != TypeBoolean {
		return *v, nil
	}
	text, _, _ := strings.Cut(*v, ".")
	d, err := decimal.NewFromString(text)
	if err != nil {
		return "", fmt.Errorf("total: %w", err)
	}
	return d.Shift(-scaleDigits).String(), nil
}

// last is the value of the newest entry by business date: the version of a catalogue that is in force.
func (s *Sight) last(g *gorm.DB, id, slot, kind string) ([]Value, error) {
	v := Value{Register: s.def.ID, ID: id, Def: s.def.Totals[id], Version: s.def.Version}
	g = notNothing(g, slot)
	var rows []Entry
	if err := g.Order("on_date DESC, id DESC").Limit(1).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("total %s: %w", id, err)
	}
	if len(rows) == 0 {
		return []Value{v}, nil
	}
	v.Rows = 1
	switch at := rows[0].Slots.place(slot).(type) {
	case *string:
		v.Value = *at
	case *int64:
		v.Value = unscaled(*at).String()
	}
	return []Value{v}, nil
}

// TotalRows is a page of the entries behind a total: their count, sum or newest value is the total.
func TotalRows(tx *gorm.DB, s *Sight, id string, p Period, q Query) ([]Entry, string, error) {
	t, ok := s.def.Totals[id]
	if !ok {
		return nil, "", models.Refuse("not-found", "what", id)
	}
	of := t.query(p, q.AsOf)
	of.Where = slices.Clone(of.Where)
	if slot, kind := s.def.slot(t.Field); (t.Fn == "distinct" || t.Fn == "last" || t.Fn == "min" || t.Fn == "max") && slot[0] != 'n' &&
		kind != "" {
		of.Where = append(of.Where, Condition{Field: t.Field, Op: "!=", Value: ""})
	}
	of.Filter, of.Sort, of.Cursor, of.Limit = q.Filter, q.Sort, q.Cursor, q.Limit
	if t.Fn == "last" {
		of.Sort, of.Cursor, of.Limit = "", "", 1
		rows, _, err := List(tx, s, of)
		return rows, "", err
	}
	return List(tx, s, of)
}

// everybody sees what a report counts, whoever prints it.
func everybody(tx *gorm.DB, d *Definition) *Sight {
	all := *d
	all.rights = map[string][]right{"read": {{all: true}}}
	all.masks = nil
	return &Sight{def: &all, lists: newLists(tx)}
}

// Figure is a total as a report counts it: over all entries whose business date
// lies in the period, as they were recorded at asOf (zero: now). The id is that of
// the total; a refusal "not-found" where no register has it.
func Figure(tx *gorm.DB, id string, p Period, asOf time.Time) (Value, error) {
	d, err := withTotal(tx, id)
	if err != nil {
		return Value{}, err
	}
	return FigureOf(tx, d, id, p, asOf)
}

// FigureOf is Figure of a register that the caller has read: a report has many figures of few registers.
func FigureOf(tx *gorm.DB, d *Definition, id string, p Period, asOf time.Time) (Value, error) {
	all, err := everybody(tx, d).total(tx, id, p, asOf, "")
	if err != nil || len(all) == 0 {
		return Value{Register: d.ID, ID: id, Def: d.Totals[id], Version: d.Version}, err
	}
	return all[0], nil
}

// FigureRows are the entries behind a figure, all of them, oldest first.
func FigureRows(tx *gorm.DB, id string, p Period, asOf time.Time) (*Definition, []Entry, error) {
	d, err := withTotal(tx, id)
	if err != nil {
		return nil, nil, err
	}
	s, out := everybody(tx, d), []Entry{}
	q := Query{AsOf: asOf, Limit: 200, Sort: "date"}
	for {
		rows, next, err := TotalRows(tx, s, id, p, q)
		if err != nil {
			return nil, nil, err
		}
		out = append(out, rows...)
		if q.Cursor = next; next == "" {
			return d, out, nil
		}
	}
}

// Figures are the ids of all totals, with the register that has them.
func Figures(tx *gorm.DB) (map[string]string, error) {
	all, err := All(tx)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, d := range all {
		for id := range d.Totals {
			out[id] = d.ID
		}
	}
	return out, nil
}

func withTotal(tx *gorm.DB, id string) (*Definition, error) {
	all, err := All(tx)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		if _, ok := d.Totals[id]; ok {
			return d, nil
		}
	}
	return nil, models.Refuse("not-found", "what", id)
}
