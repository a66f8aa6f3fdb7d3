package figures

import (
	"fmt"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// Figure of a report. Its label is the text "figure.<ID>".
type Figure struct {
	ID          string
	Unit        string // 元, %, 个, 项, 份, 天
	Value       string
	Numerator   string // of a rate
	Denominator string
}

// Row behind a figure: values by column id.
type Row map[string]string

// Column of the rows. Its label is the text "column.<ID>".
type Column struct {
	ID   string
	Kind string // text, money, date, count
}

// definition is how a figure is computed.
type definition struct {
	id, unit string
	sum      string // column whose sum is the value; "": the number of rows
	over     string // column of the denominator, of a rate
	scale    int32  // decimals of the sum
	columns  []Column
	query    string // rows of @from to @to
}

var (
	code    = Column{"project", "text"}
	name    = Column{"name", "text"}
	dept    = Column{"dept", "text"}
	amount  = Column{"amount", "money"}
	ref     = Column{"ref", "text"}
	on      = Column{"on", "date"}
	stage   = Column{"stage", "text"}
	line    = Column{"line", "text"}
	reason  = Column{"reason", "text"}
	no      = Column{"no", "text"}
	title   = Column{"title", "text"}
	state   = Column{"state", "text"}
	cut     = Column{"cut", "money"}
	decl    = Column{"declared", "money"}
	refund  = Column{"refunded", "money"}
	counted = Column{"n", "count"}
)

// Period is a range of business dates, both included.
type Period struct{ From, To models.Date }

// Read checks a period: two dates, the first not after the second.
func (p Period) check() error {
	f := models.Refuse("invalid-period")
	for pointer, d := range map[string]models.Date{"query/from": p.From, "query/to": p.To} {
		if _, err := models.ParseDate(string(d)); err != nil {
			f.Field(pointer, "date-format")
		}
	}
	if len(f.Fields) == 0 && p.To < p.From {
		f.Field("query/to", "end-before-start")
	}
	return f.OrNil()
}

// HalfYear computes all figures of a period and the checks across them.
func HalfYear(tx *gorm.DB, from, to models.Date) ([]Figure, []Check, error) {
	p := Period{from, to}
	if err := p.check(); err != nil {
		return nil, nil, err
	}
	figures := make([]Figure, 0, len(definitions))
	for _, d := range definitions {
		rows, err := d.rows(tx, p)
		if err != nil {
			return nil, nil, err
		}
		f, err := d.figure(rows)
		if err != nil {
			return nil, nil, err
		}
		figures = append(figures, f)
	}
	checks, err := crossFoot(tx, p, figures)
	return figures, checks, err
}

// Rows are what is behind a figure; a refusal "not-found" when there is no such figure.
func Rows(tx *gorm.DB, id string, from, to models.Date) (Figure, []Column, []Row, error) {
	p := Period{from, to}
	if err := p.check(); err != nil {
		return Figure{}, nil, nil, err
	}
	for _, d := range definitions {
		if d.id != id {
			continue
		}
		rows, err := d.rows(tx, p)
		if err != nil {
			return Figure{}, nil, nil, err
		}
		f, err := d.figure(rows)
		return f, d.columns, rows, err
	}
	return Figure{}, nil, nil, models.Refuse("not-found", "what", id)
}

// rows runs the query and writes each column as text: money in 元 with two decimals.
func (d definition) rows(tx *gorm.DB, p Period) ([]Row, error) {
	result, err := tx.Raw(d.query, map[string]any{"from": p.From, "to": p.To, "rejected": books.Rejected}).Rows()
	if err != nil {
		return nil, fmt.Errorf("figure %s: %w", d.id, err)
	}
	defer func() { _ = result.Close() }()
	var rows []Row
	for result.Next() {
		cells := make([]any, len(d.columns))
		for i, c := range d.columns {
			cells[i] = cell(c)
		}
		if err := result.Scan(cells...); err != nil {
			return nil, fmt.Errorf("figure %s: %w", d.id, err)
		}
		row := Row{}
		for i, c := range d.columns {
			row[c.ID] = text(cells[i])
		}
		rows = append(rows, row)
	}
	if err := result.Err(); err != nil {
		return nil, fmt.Errorf("figure %s: %w", d.id, err)
	}
	return rows, nil
}

func cell(c Column) any {
	switch c.Kind {
	case "money":
		return new(models.Money)
	case "date":
		return new(models.Date)
	case "count":
		return new(int64)
	}
	return new(models.Optional)
}

func text(cell any) string {
	switch v := cell.(type) {
	case *models.Money:
		return v.String()
	case *models.Date:
		return string(*v)
	case *models.Optional:
		return string(*v)
	case *int64:
		return fmt.Sprint(*v)
	}
	return ""
}

// figure computes the value from the rows, and nothing else.
func (d definition) figure(rows []Row) (Figure, error) {
	f := Figure{ID: d.id, Unit: d.unit, Value: fmt.Sprint(len(rows))}
	if d.sum == "" {
		return f, nil
	}
	sum, err := total(rows, d.sum)
	if err != nil {
		return f, fmt.Errorf("figure %s: %w", d.id, err)
	}
	if d.over == "" {
		f.Value = sum.Shift(-d.tenths()).StringFixed(d.scale)
		return f, nil
	}
	whole, err := total(rows, d.over)
	if err != nil {
		return f, fmt.Errorf("figure %s: %w", d.id, err)
	}
	f.Numerator, f.Denominator = sum.StringFixed(2), whole.StringFixed(2)
	f.Value = books.RateOf(sum, whole).Percent()
	return f, nil
}

// tenths: days saved are kept in tenths of a working day.
func (d definition) tenths() int32 {
	if d.unit == "天" {
		return 1
	}
	return 0
}

func total(rows []Row, column string) (decimal.Decimal, error) {
	sum := decimal.Zero
	for _, r := range rows {
		v, err := decimal.NewFromString(r[column])
		if err != nil {
			return sum, fmt.Errorf("column %s: %w", column, err)
		}
		sum = sum.Add(v)
	}
	return sum, nil
}
