// Package spreadsheet reads the sheets that people hand in (.xlsx and .csv) and
// writes those that they take home. It is a leaf and knows no table of ours.
//
// It reads what a cell says and never computes: a formula, a merged cell or a
// macro is reported with its place, because what a person sees there is not what
// the file holds. Rows that are empty are skipped, however many there are.
package spreadsheet

import (
	"errors"
	"strings"
)

// The limits of a sheet that is read.
const (
	MaxRows    = 50_000    // that hold anything
	MaxColumns = 200       // of a row
	maxPart    = 256 << 20 // bytes of one unpacked part: a million empty rows are 60 MB
	maxCell    = 32_767    // characters, as the format has it
)

// What is wrong with a whole file.
var (
	ErrFormat   = errors.New("neither an .xlsx workbook nor text")
	ErrMacro    = errors.New("the workbook holds macros")
	ErrEncoding = errors.New("the text is neither UTF-8 nor GB 18030")
	ErrTooLarge = errors.New("the sheet is too large")
	ErrEmpty    = errors.New("the sheet is empty")
)

// Fault of a cell: what it holds is not what people see.
type Fault string

// The faults of cells.
const (
	Fine    Fault = ""
	Formula Fault = "formula" // its result was computed elsewhere
	Merged  Fault = "merged"  // it belongs to other rows or columns as well
	Failed  Fault = "failed"  // #N/A, #REF! …
)

// Cell of a row.
type Cell struct {
	Text  string // trimmed; a date is 2022-06-30, a boolean true or false
	Fault Fault
}

// Row of a sheet that holds anything.
type Row struct {
	No    int // as the sheet counts, from 1
	Cells []Cell
}

// Text of a column, "" beyond the last.
func (r Row) Text(column int) string {
	if column < 0 || column >= len(r.Cells) {
		return ""
	}
	return r.Cells[column].Text
}

func (r Row) empty() bool {
	for _, c := range r.Cells {
		if c.Text != "" || c.Fault != Fine {
			return false
		}
	}
	return true
}

// Column is the letters that a sheet names a column with, from 0: A, B, … AA.
func Column(n int) string {
	var b []byte
	for n++; n > 0; n = (n - 1) / 26 {
		b = append([]byte{byte('A' + (n-1)%26)}, b...)
	}
	return string(b)
}

// Read reads the first sheet of an .xlsx workbook, or delimited text.
func Read(data []byte) ([]Row, error) {
	var rows []Row
	var err error
	switch {
	case len(data) > 4 && string(data[:4]) == "PK\x03\x04":
		rows, err = readWorkbook(data)
	case len(data) > 8 && string(data[:4]) == "\xd0\xcf\x11\xe0": // the .xls of before 2007, or an encrypted workbook
		return nil, ErrFormat
	default:
		rows, err = readText(data)
	}
	if err == nil && len(rows) == 0 {
		err = ErrEmpty
	}
	return rows, err
}

// trim takes spaces off both ends, the wide ones of Chinese text and the ones that do not break included.
func trim(s string) string { return strings.Trim(s, " \t\r\n\u00a0\u3000\ufeff\u200b") }
