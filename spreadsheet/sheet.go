package spreadsheet

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// rawCell is a cell as the file holds it (ECMA-376 §18.3.1.4).
type rawCell struct {
	Ref   string    `xml:"r,attr"`
	Type  string    `xml:"t,attr"`
	Style int       `xml:"s,attr"`
	Value string    `xml:"v"`
	F     *struct{} `xml:"f"`
	Inner struct {
		T string `xml:"t"`
		R []struct {
			T string `xml:"t"`
		} `xml:"r"`
	} `xml:"is"`
}

// sheet streams the rows of a sheet and then marks the merged ones, which the format names at the end.
func (w *workbook) sheet(name string) ([]Row, error) {
	d, done, err := w.part(name)
	if err != nil {
		return nil, err
	}
	defer done()
	var rows []Row
	var merged []string
	no := 0
	for {
		t, err := d.Token()
		switch {
		case errors.Is(err, io.EOF):
			mark(rows, merged)
			return rows, nil
		case errors.Is(err, ErrTooLarge):
			return nil, ErrTooLarge
		case err != nil:
			return nil, ErrFormat
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "row":
			no++
			if r, err := strconv.Atoi(attr(e, "r")); err == nil {
				no = r
			}
			row, err := w.row(d, no)
			if err != nil {
				return nil, err
			}
			if !row.empty() {
				if rows = append(rows, row); len(rows) > MaxRows {
					return nil, ErrTooLarge
				}
			}
		case "mergeCell":
			merged = append(merged, attr(e, "ref"))
		}
	}
}

// row reads up to the end of the row that has begun.
func (w *workbook) row(d *xml.Decoder, no int) (Row, error) {
	row := Row{No: no}
	for {
		t, err := d.Token()
		if err != nil {
			if errors.Is(err, ErrTooLarge) {
				return row, ErrTooLarge
			}
			return row, ErrFormat
		}
		switch e := t.(type) {
		case xml.EndElement:
			if e.Name.Local == "row" {
				return row, nil
			}
		case xml.StartElement:
			if e.Name.Local != "c" {
				continue
			}
			var raw rawCell
			if err := d.DecodeElement(&raw, &e); err != nil {
				return row, ErrFormat
			}
			cell := w.cell(raw)
			if cell.Text == "" && cell.Fault == Fine {
				continue
			}
			at, _, ok := place(raw.Ref)
			if !ok {
				at = len(row.Cells)
			}
			if at >= MaxColumns {
				return row, ErrTooLarge
			}
			for len(row.Cells) <= at {
				row.Cells = append(row.Cells, Cell{})
			}
			row.Cells[at] = cell
		}
	}
}

// place takes B7 apart: column from 0, and row.
func place(ref string) (column, row int, ok bool) {
	i := 0
	for ; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z' && i < 4; i++ {
		column = column*26 + int(ref[i]-'A') + 1
	}
	row, err := strconv.Atoi(ref[i:])
	return column - 1, row, err == nil && i > 0
}

func (w *workbook) cell(raw rawCell) Cell {
	var c Cell
	switch raw.Type {
	case "s":
		if n, err := strconv.Atoi(raw.Value); err == nil && n >= 0 && n < len(w.strings) {
			c.Text = w.strings[n]
		}
	case "inlineStr":
		c.Text = raw.Inner.T
		for _, r := range raw.Inner.R {
			c.Text += r.T
		}
	case "b":
		c.Text = strconv.FormatBool(raw.Value == "1")
	case "e":
		c = Cell{Text: raw.Value, Fault: Failed}
	case "str", "d":
		c.Text = raw.Value
	default:
		c.Text = w.number(raw)
	}
	if c.Text = trim(c.Text); len(c.Text) > maxCell*4 {
		c.Text = c.Text[:maxCell*4]
	}
	if raw.F != nil {
		c.Fault = Formula
	}
	return c
}

// number is a number as people see it: a date when its style says so, else the
// shortest text of the same number (the file may hold 0.1 as 0.10000000000000001).
func (w *workbook) number(raw rawCell) string {
	text := strings.TrimSpace(raw.Value)
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || text == "" {
		return text
	}
	if raw.Style >= 0 && raw.Style < len(w.dates) && w.dates[raw.Style] {
		return w.date(f)
	}
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// date of a serial number. Day 1 is 1900-01-01, and the format believes that 1900 was a leap year (§18.17.4.1).
func (w *workbook) date(serial float64) string {
	days := int(math.Floor(serial))
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case w.mac:
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days < 60:
		days++
	}
	if days < 0 || days > 2_958_466 {
		return strconv.FormatFloat(serial, 'f', -1, 64)
	}
	return base.AddDate(0, 0, days).Format(time.DateOnly)
}

// mark notes the cells that belong to several.
func mark(rows []Row, ranges []string) {
	for _, ref := range ranges {
		from, to, ok := strings.Cut(ref, ":")
		c1, r1, ok1 := place(from)
		c2, r2, ok2 := place(to)
		if !ok || !ok1 || !ok2 {
			continue
		}
		for i := range rows {
			if rows[i].No < r1 || rows[i].No > r2 {
				continue
			}
			for c := c1; c <= c2 && c < MaxColumns; c++ {
				for len(rows[i].Cells) <= c {
					rows[i].Cells = append(rows[i].Cells, Cell{})
				}
				rows[i].Cells[c].Fault = Merged
			}
		}
	}
}
