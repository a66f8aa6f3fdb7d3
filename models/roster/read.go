package roster

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/quancheng/quancheng/models"
)

// How much a list may hold. A county has some thousand people; what is longer is another file.
const (
	MaxRows  = 20000
	MaxBytes = 20 << 20
	maxCell  = 200 // characters
)

// Read reads an .xlsx or a .csv file (UTF-8 with or without a mark, or GBK), told
// apart by their content. A file that is no list is a refusal; rows that are
// wrong are not: Plan names them.
func Read(raw []byte) ([]Row, error) {
	if len(raw) > MaxBytes {
		return nil, models.Refuse("roster-too-large", "limit", fmt.Sprint(MaxBytes>>20))
	}
	if bytes.HasPrefix(raw, []byte("PK\x03\x04")) {
		return readWorkbook(raw)
	}
	return readText(raw)
}

func readWorkbook(raw []byte) ([]Row, error) {
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{UnzipSizeLimit: 512 << 20, UnzipXMLSizeLimit: 64 << 20})
	if err != nil {
		return nil, models.Refuse("roster-unreadable", "cause", err.Error())
	}
	defer func() { _ = f.Close() }() // opened in memory
	lines, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return nil, models.Refuse("roster-unreadable", "cause", err.Error())
	}
	defer func() { _ = lines.Close() }()
	t := table{}
	for lines.Next() {
		cells, err := lines.Columns()
		if err != nil {
			return nil, models.Refuse("roster-unreadable", "cause", err.Error())
		}
		if err := t.add(cells); err != nil {
			return nil, err
		}
	}
	if err := lines.Error(); err != nil {
		return nil, models.Refuse("roster-unreadable", "cause", err.Error())
	}
	return t.done()
}

func readText(raw []byte) ([]Row, error) {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if !utf8.Valid(raw) {
		plain, err := simplifiedchinese.GB18030.NewDecoder().Bytes(raw)
		if err != nil || bytes.ContainsRune(plain, utf8.RuneError) {
			return nil, models.Refuse("roster-encoding")
		}
		raw = plain
	}
	if bytes.ContainsRune(raw, 0) {
		return nil, models.Refuse("roster-unreadable", "cause", "NUL")
	}
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	if first, _, _ := bytes.Cut(raw, []byte("\n")); bytes.Count(first, []byte("\t")) > bytes.Count(first, []byte(",")) {
		r.Comma = '\t'
	}
	t := table{}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t.done()
		}
		if err != nil {
			return nil, models.Refuse("roster-unreadable", "cause", err.Error())
		}
		t.line, _ = r.FieldPos(0)
		t.line--
		if err := t.add(cells); err != nil {
			return nil, err
		}
	}
}

// table takes lines: the first one that is not empty is the head.
type table struct {
	line    int
	columns []*column
	rows    []Row
}

func (t *table) add(cells []string) error {
	t.line++
	if strings.TrimSpace(strings.Join(cells, "")) == "" {
		return nil
	}
	if t.columns == nil {
		return t.head(cells)
	}
	if len(t.rows) == MaxRows {
		return models.Refuse("roster-too-many", "limit", fmt.Sprint(MaxRows))
	}
	row := Row{Line: t.line}
	for i, text := range cells {
		if i < len(t.columns) && t.columns[i] != nil {
			*t.columns[i].field(&row) = clean(text)
		}
	}
	t.rows = append(t.rows, row)
	return nil
}

func (t *table) head(cells []string) error {
	r := models.Refuse("roster-head")
	t.columns = make([]*column, len(cells))
	have := map[string]bool{}
	for i, text := range cells {
		if strings.TrimSpace(text) == "" {
			continue
		}
		c, known := columnNamed(text)
		switch {
		case !known:
			r.Field(place(t.line, i), "roster-unknown-column", "column", clean(text))
		case have[c.key]:
			r.Field(place(t.line, i), "roster-column-twice", "column", c.zh)
		default:
			have[c.key], t.columns[i] = true, &c
		}
	}
	for _, c := range columns {
		if c.needed && !have[c.key] {
			r.Field("/1", "roster-column-missing", "column", c.zh)
		}
	}
	return r.OrNil()
}

// place is a cell by line and column, such as /3/B.
func place(line, column int) string {
	name, err := excelize.ColumnNumberToName(column + 1)
	if err != nil {
		return fmt.Sprintf("/%d", line)
	}
	return fmt.Sprintf("/%d/%s", line, name)
}

func (t *table) done() ([]Row, error) {
	if t.columns == nil || len(t.rows) == 0 {
		return nil, models.Refuse("roster-empty")
	}
	return t.rows, nil
}

// clean is a cell without what nobody sees: blanks around, full-width digits of
// codes stay, an apostrophe that spreadsheets put before numbers goes.
func clean(text string) string {
	text = strings.TrimFunc(
		strings.TrimPrefix(strings.TrimSpace(text), "'"),
		func(r rune) bool { return r == '\ufeff' || r == '\u00a0' || r == '　' || r == ' ' },
	)
	if utf8.RuneCountInString(text) > maxCell {
		return string([]rune(text)[:maxCell+1]) // still too long: Plan refuses it
	}
	return text
}
