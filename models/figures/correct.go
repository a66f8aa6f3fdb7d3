package figures

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// Correction is a figure that a later look at the same period gives otherwise (X04).
type Correction struct {
	Figure  string
	Unit    string
	Was, Is string
	Defined bool // the definition has another version: the facts may be the same
	Gone    []Row
	Come    []Row
	Changed []Change
}

// Change of a row that is there in both.
type Change struct{ Ref, Was, Is string }

// Corrections are the differences of a snapshot and a later one of the same
// period; nil: the live books.
func Corrections(tx *gorm.DB, s Taken, later *Taken) ([]Correction, error) {
	was, _, err := Kept(tx, s)
	if err != nil {
		return nil, err
	}
	var is []Figure
	var r *reader
	if later != nil {
		is, _, err = Kept(tx, *later)
	} else if r, err = read(tx, s.Period(), time.Time{}); err == nil {
		for _, d := range Definitions {
			f, e := r.value(d)
			if e != nil {
				return nil, e
			}
			is = append(is, f)
		}
	}
	if err != nil {
		return nil, err
	}
	now := map[string]Figure{}
	for _, f := range is {
		now[f.ID] = f
	}
	var out []Correction
	for _, f := range was {
		g, there := now[f.ID]
		if there && g.Value == f.Value && g.Version == f.Version {
			continue
		}
		c := Correction{Figure: f.ID, Unit: f.Unit, Was: f.Value, Is: g.Value, Defined: there && g.Version != f.Version}
		if err := c.compare(tx, s, later, r); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// compare finds the rows that make the difference.
func (c *Correction) compare(tx *gorm.DB, s Taken, later *Taken, r *reader) error {
	_, d, before, err := KeptRows(tx, s, c.Figure)
	if err != nil {
		return err
	}
	var after []Row
	if later != nil {
		_, _, after, err = KeptRows(tx, *later, c.Figure)
	} else if d, e := Find(c.Figure); e == nil { // a figure that was given up has no rows any more
		after, err = r.rows(d)
	}
	if err != nil {
		return err
	}
	key := func(row Row) string { return d.key(row) }
	old := map[string]Row{}
	for _, row := range before {
		old[key(row)] = row
	}
	for _, row := range after {
		k := key(row)
		was, there := old[k]
		switch {
		case !there:
			c.Come = append(c.Come, row)
		case d.adds(was) != d.adds(row):
			c.Changed = append(c.Changed, Change{Ref: k, Was: d.adds(was), Is: d.adds(row)})
		}
		delete(old, k)
	}
	for _, row := range before {
		if _, gone := old[key(row)]; gone {
			c.Gone = append(c.Gone, row)
		}
	}
	slices.SortFunc(c.Changed, func(a, b Change) int { return compareText(a.Ref, b.Ref) })
	return nil
}

func compareText(a, b string) int {
	if a < b {
		return -1
	}
	return one(a > b)
}

// key says which row of a figure it is: everything that names it, not what it adds.
func (d Definition) key(row Row) string {
	k := ""
	for _, c := range d.Columns {
		if c.Kind == "text" && c.ID != state.ID && c.ID != stage.ID && c.ID != what.ID {
			k += row[c.ID] + "|"
		}
	}
	return k
}

// adds is what a row gives to the value.
func (d Definition) adds(row Row) string {
	if d.Sum == "" {
		return fmt.Sprint(row[on.ID], row[what.ID])
	}
	if d.Over != "" {
		return row[d.Sum] + "/" + row[d.Over]
	}
	return row[d.Sum]
}
