package running

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"github.com/quancheng/quancheng/models"
)

// How much a workbook may hold.
const (
	MaxBytes = 20 << 20
	maxRows  = 5000 // of all sheets together
	maxCell  = 500  // characters
)

// Book is what a workbook says: rows by sheet.
type Book map[string][]Row

// Row is a row of a sheet: what its cells mean, by column, and the cells that mean nothing.
type Row struct {
	Line  int               `json:"line"` // in the sheet, from 1; the head is 1
	Cells map[string]string `json:"cells"`
	Wrong []Wrong           `json:"wrong,omitempty"`
}

// Wrong is what is wrong with a cell, or with a row where Column is "".
type Wrong struct {
	Sheet  string            `json:"sheet"`
	Line   int               `json:"line"`
	Column string            `json:"column,omitempty"`
	Code   string            `json:"code"`
	Args   map[string]string `json:"args,omitempty"`
}

// Read reads a workbook. A file that is none, or whose sheets are not as the template
// has them, is a refusal; cells that are wrong are not: they stand with their row.
func Read(raw []byte) (Book, error) {
	if len(raw) > MaxBytes {
		return nil, models.Refuse("running-too-large", "limit", fmt.Sprint(MaxBytes>>20))
	}
	if !bytes.HasPrefix(raw, []byte("PK\x03\x04")) {
		return nil, models.Refuse("running-not-xlsx")
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{
		UnzipSizeLimit: 256 << 20, UnzipXMLSizeLimit: 32 << 20, RawCellValue: true,
	})
	if err != nil {
		return nil, models.Refuse("running-not-xlsx")
	}
	defer func() { _ = f.Close() }() // opened in memory
	r := models.Refuse("running-head")
	book, left := Book{}, maxRows
	for i := range sheets {
		s := &sheets[i]
		name := find(f, s)
		if name == "" {
			if s.needed {
				r.Field("/"+s.zh, "running-sheet-missing", "sheet", s.zh)
			}
			continue
		}
		rows, err := s.read(f, name, r, &left)
		if err != nil {
			return nil, err
		}
		book[s.key] = rows
	}
	if err := r.OrNil(); err != nil {
		return nil, err
	}
	if len(book["project"]) == 0 {
		return nil, models.Refuse("running-empty")
	}
	return book, nil
}

// find is the sheet of the workbook that is called so in either language.
func find(f *excelize.File, s *sheet) string {
	for _, name := range f.GetSheetList() {
		if p := plain(name); p == s.zh || p == strings.ToLower(s.en) {
			return name
		}
	}
	return ""
}

func (s *sheet) read(f *excelize.File, name string, r *models.Refusal, left *int) ([]Row, error) {
	lines, err := f.Rows(name)
	if err != nil {
		return nil, models.Refuse("running-not-xlsx")
	}
	defer func() { _ = lines.Close() }()
	var rows []Row
	var heads []*column
	for line := 1; lines.Next(); line++ {
		cells, err := lines.Columns()
		if err != nil {
			return nil, models.Refuse("running-not-xlsx")
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		if heads == nil {
			heads = s.head(cells, r)
			continue
		}
		if *left--; *left < 0 {
			return nil, models.Refuse("running-too-many", "limit", fmt.Sprint(maxRows))
		}
		rows = append(rows, s.row(line, heads, cells))
	}
	return rows, nil
}

// head finds the columns. One that is not known is somebody's own note and is left alone.
func (s *sheet) head(cells []string, r *models.Refusal) []*column {
	out := make([]*column, len(cells))
	have := map[string]bool{}
	for i, cell := range cells {
		name := plain(cell)
		at := slices.IndexFunc(s.columns, func(c column) bool { return name == c.zh || name == strings.ToLower(c.en) })
		if at < 0 {
			continue
		}
		c := &s.columns[at]
		if have[c.key] {
			r.Field("/"+s.zh, "running-column-twice", "sheet", s.zh, "column", c.zh)
		}
		have[c.key], out[i] = true, c
	}
	for _, c := range s.columns {
		if c.needed && !have[c.key] {
			r.Field("/"+s.zh, "running-column-missing", "sheet", s.zh, "column", c.zh)
		}
	}
	return out
}

func (s *sheet) row(line int, heads []*column, cells []string) Row {
	row := Row{Line: line, Cells: map[string]string{}}
	for i, cell := range cells {
		if i >= len(heads) || heads[i] == nil {
			continue
		}
		c := heads[i]
		value, code := c.value(clean(cell))
		if code != "" {
			args := models.Pairs([]string{"value", clip(cell), "options", c.choices()})
			row.Wrong = append(row.Wrong, Wrong{s.key, line, c.key, code, args})
			continue
		}
		if value != "" {
			row.Cells[c.key] = value
		}
	}
	for _, c := range s.columns {
		if c.needed && row.Cells[c.key] == "" && !row.wrongAt(c.key) {
			row.Wrong = append(row.Wrong, Wrong{Sheet: s.key, Line: line, Column: c.key, Code: "running-required"})
		}
	}
	return row
}

func (r Row) wrongAt(column string) bool {
	return slices.ContainsFunc(r.Wrong, func(w Wrong) bool { return w.Column == column })
}

// choices are what may stand in a cell of the column.
func (c *column) choices() string {
	names := make([]string, 0, len(c.options))
	for name := range c.options {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, "、")
}

// value is what a cell means; code says why it means nothing.
func (c *column) value(cell string) (value, code string) {
	if cell == "" {
		return "", ""
	}
	if utf8.RuneCountInString(cell) > maxCell {
		return "", "running-too-long"
	}
	switch c.kind {
	case date:
		d, ok := readDate(cell)
		if !ok {
			return "", "running-not-a-date"
		}
		return string(d), ""
	case money, number, whole:
		return c.amount(cell)
	case choice:
		if v := c.options[cell]; v != "" {
			return v, ""
		}
		for _, v := range c.options { // the code itself
			if v == cell {
				return v, ""
			}
		}
		return "", "running-not-an-option"
	}
	return cell, ""
}

// greatest amount of a cell, in 元: what the books hold.
var greatest = decimal.New(1, 13)

func (c *column) amount(cell string) (value, code string) {
	cell = strings.TrimSuffix(strings.ReplaceAll(strings.ReplaceAll(cell, ",", ""), "，", ""), "%")
	d, err := decimal.NewFromString(cell)
	if err != nil || len(cell) > 40 {
		return "", "running-not-a-number"
	}
	d = d.Round(8) // what a spreadsheet makes of a tenth
	switch {
	case d.IsNegative() || d.GreaterThanOrEqual(greatest):
		return "", "running-out-of-range"
	case c.kind == money && !d.Equal(d.Round(2)), c.kind == number && !d.Equal(d.Round(4)):
		return "", "running-too-precise"
	case c.kind == whole && (!d.IsInteger() || d.GreaterThan(decimal.NewFromInt(9999))):
		return "", "running-not-whole"
	case c.kind == money:
		return d.StringFixed(2), ""
	}
	return d.String(), ""
}

var dateForms = []string{time.DateOnly, "2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102", "2006-01-02 15:04:05"}

// readDate reads a day as people write it, or the serial number that a spreadsheet keeps.
func readDate(cell string) (models.Date, bool) {
	for _, form := range dateForms {
		if t, err := time.Parse(form, cell); err == nil {
			return inLife(t)
		}
	}
	d, err := decimal.NewFromString(cell)
	if err != nil || !d.IsPositive() || d.GreaterThan(decimal.NewFromInt(99999)) {
		return "", false
	}
	f, _ := d.Float64()
	t, err := excelize.ExcelDateToTime(f, false)
	if err != nil {
		return "", false
	}
	return inLife(t)
}

// inLife refuses years in which no such project was: a number that a spreadsheet took for a day.
func inLife(t time.Time) (models.Date, bool) {
	return models.Date(t.Format(time.DateOnly)), t.Year() >= 2000 && t.Year() < 2100
}

// clean is a cell without what nobody sees.
func clean(cell string) string {
	return strings.TrimFunc(strings.TrimPrefix(strings.TrimSpace(cell), "'"), func(r rune) bool {
		return r == '\ufeff' || r == '\u00a0' || r == '\u3000' || r == ' ' || r == '\n' || r == '\t'
	})
}

func clip(cell string) string {
	if r := []rune(clean(cell)); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return clean(cell)
}

// The cells of a row that was read without a fault.

func (r Row) text(column string) string { return r.Cells[column] }

func (r Row) money(column string) models.Money {
	m, _ := models.ParseMoney(r.Cells[column]) // read before; absent is nothing
	return m
}

func (r Row) decimal(column string) decimal.Decimal {
	d, _ := decimal.NewFromString(r.Cells[column])
	return d
}

func (r Row) date(column string) models.Date { return models.Date(r.Cells[column]) }

func (r Row) int(column string) int { return int(r.decimal(column).IntPart()) }

// list is a cell of things apart by 、 or ；.
func (r Row) list(column string) (out []string) {
	for _, s := range strings.FieldsFunc(r.Cells[column], func(c rune) bool { return strings.ContainsRune("、；;\n", c) }) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
