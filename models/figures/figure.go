package figures

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/campaign"
	"github.com/quancheng/quancheng/models/registers"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/models/service"
)

// Figure of a report. Its label is the text "figure.<ID>".
type Figure struct {
	ID          string
	Unit        string // 元, %, 个, 项, 份, 天 …; "" of a date or a version
	Value       string // "": there is nothing that it could be computed from
	Numerator   string // of a rate
	Denominator string
	Wording     string // how a report says it: 10余次 (X02)
	Version     int    // of the definition
}

// Row behind a figure: values by column id.
type Row map[string]string

// Period is a range of business dates, both included.
type Period struct{ From, To models.Date }

// check a period: two dates, the first not after the second.
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

// HalfYear computes all figures of a period from the live books, and the checks across them.
func HalfYear(tx *gorm.DB, from, to models.Date) ([]Figure, []Check, error) {
	return At(tx, Period{from, to}, time.Time{})
}

// At is HalfYear as it was recorded at a moment (zero: now).
func At(tx *gorm.DB, p Period, asOf time.Time) ([]Figure, []Check, error) {
	r, err := read(tx, p, asOf)
	if err != nil {
		return nil, nil, err
	}
	all := make([]Figure, 0, len(Definitions))
	for _, d := range Definitions {
		f, err := r.value(d)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, f)
	}
	checks, err := r.crossFoot(all)
	return all, checks, err
}

// Find is the definition of a figure; a refusal "not-found" when there is none.
func Find(id string) (Definition, error) {
	for _, d := range Definitions {
		if d.ID == id {
			return d, nil
		}
	}
	return Definition{}, models.Refuse("not-found", "what", id)
}

// Rows are what is behind a figure of the live books.
func Rows(tx *gorm.DB, id string, from, to models.Date) (Figure, []Column, []Row, error) {
	d, err := Find(id)
	if err != nil {
		return Figure{}, nil, nil, err
	}
	r, err := read(tx, Period{from, to}, time.Time{})
	if err != nil {
		return Figure{}, nil, nil, err
	}
	f, err := r.value(d)
	if err != nil {
		return f, nil, nil, err
	}
	rows, err := r.rows(d)
	return f, d.Columns, rows, err
}

// reader is what the figures of one report share.
type reader struct {
	tx     *gorm.DB
	p      Period
	asOf   time.Time
	walks  campaign.Values
	shares map[string]service.Figure
	totals map[string]*registers.Definition
	depts  map[string]string
	rules  rules.Edition // that tell the numbers of the period: those of its last day
}

// horizon is after everything that is recorded.
var horizon = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

func read(tx *gorm.DB, p Period, asOf time.Time) (*reader, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	r := &reader{
		tx: tx, p: p, asOf: asOf, shares: map[string]service.Figure{}, totals: map[string]*registers.Definition{},
		depts: map[string]string{},
	}
	var err error
	if r.walks, err = campaign.ValuesOf(tx, p.From, p.To, asOf); err != nil {
		return nil, err
	}
	if r.rules, err = books.Rules.Telling(tx, p.To); err != nil {
		return nil, err
	}
	shares, err := service.Figures(tx, r.day(), r.rules)
	if err != nil {
		return nil, err
	}
	for _, s := range shares {
		r.shares[s.ID] = s
	}
	all, err := registers.All(tx)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		for id := range d.Totals {
			r.totals[id] = d
		}
	}
	var depts []struct{ ID, Name string }
	if err := tx.Table("dept").Select("id, name").Scan(&depts).Error; err != nil {
		return nil, fmt.Errorf("units of the report: %w", err)
	}
	for _, d := range depts {
		r.depts[d.ID] = d.Name
	}
	return r, nil
}

func (r *reader) day() service.At { return service.At{On: r.p.To, AsOf: r.asOf} }

func (r *reader) period() registers.Period { return registers.Period{From: r.p.From, To: r.p.To} }

func (r *reader) args() map[string]any {
	at := r.asOf.UTC()
	if r.asOf.IsZero() {
		at = horizon
	}
	return map[string]any{"from": r.p.From, "to": r.p.To, "as_of": at, "rejected": books.Rejected}
}

// value computes a figure, where it can without reading its rows.
func (r *reader) value(d Definition) (Figure, error) {
	f := Figure{ID: d.ID, Unit: d.Unit, Version: d.Version}
	switch d.Kind {
	case KindCampaign:
		f.Value = r.walks.By[d.Rows.Campaign]
		return f, nil
	case KindService:
		s := r.shares[d.Rows.Service]
		f.Value, f.Numerator, f.Denominator = s.Value, fmt.Sprint(s.Numerator), fmt.Sprint(s.Denominator)
		return f, nil
	case KindRegister:
		return r.total(d, f)
	case KindWindow:
		return r.window(d)
	}
	if d.Sum == "" {
		var n int64
		err := r.tx.Raw("SELECT COUNT(*) FROM ("+d.Rows.SQL+") x", r.args()).Scan(&n).Error
		if err != nil {
			return f, fmt.Errorf("figure %s: %w", d.ID, err)
		}
		f.Value = fmt.Sprint(n)
		return f, nil
	}
	rows, err := r.rows(d)
	if err != nil {
		return f, err
	}
	return d.Figure(rows, r.rules)
}

func (r *reader) total(d Definition, f Figure) (Figure, error) {
	def := r.totals[d.Rows.Total]
	if def == nil { // the county keeps no such register
		return f, nil
	}
	v, err := registers.FigureOf(r.tx, def, d.Rows.Total, r.period(), r.asOf)
	if err != nil {
		return f, err
	}
	f.Value, f.Version = v.Value, def.Version
	f.Wording, err = worded(r.rules, f.Value, d.Worded)
	return f, err
}

// window counts the cases of the window, and the entries of the ledger that was kept before.
func (r *reader) window(d Definition) (Figure, error) {
	rows, err := r.rows(d)
	if err != nil {
		return Figure{}, err
	}
	return d.Figure(rows, r.rules)
}

// worded is a number as rule X02 words it, 12 as 10余, with its unit; "" of a figure that is not worded.
func worded(e rules.Edition, value, unit string) (string, error) {
	n, err := decimal.NewFromString(value)
	if unit == "" || err != nil {
		return "", nil //nolint:nilerr // what is no number has no wording
	}
	said, err := e.Wording(n, unit == "元")
	return said + unit, err
}

// Figure computes the value from the rows, and nothing else; a ratio as the rules e show it (X01).
func (d Definition) Figure(rows []Row, e rules.Edition) (Figure, error) {
	f := Figure{ID: d.ID, Unit: d.Unit, Version: d.Version, Value: fmt.Sprint(len(rows))}
	if d.Sum == "" {
		return f, nil
	}
	sum, err := total(rows, d.Sum)
	if err != nil {
		return f, fmt.Errorf("figure %s: %w", d.ID, err)
	}
	if d.Over == "" {
		if d.Tenths {
			sum = sum.Shift(-1)
		}
		f.Value = sum.StringFixed(d.Scale)
		return f, nil
	}
	whole, err := total(rows, d.Over)
	if err != nil {
		return f, fmt.Errorf("figure %s: %w", d.ID, err)
	}
	f.Numerator, f.Denominator = sum.StringFixed(2), whole.StringFixed(2)
	f.Value, err = e.Percent(sum, whole)
	return f, err
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
