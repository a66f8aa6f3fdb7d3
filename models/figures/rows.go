package figures

import (
	"fmt"
	"maps"
	"slices"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/campaign"
	"github.com/quancheng/quancheng/models/registers"
	"github.com/quancheng/quancheng/models/service"
)

// rows are all rows behind a figure: their number or sum is its value.
func (r *reader) rows(d Definition) ([]Row, error) {
	switch d.Kind {
	case KindCampaign:
		return r.campaignRows(d)
	case KindService:
		return r.serviceRows(d)
	case KindRegister:
		return r.registerRows(d)
	case KindWindow:
		former, err := r.registerRows(d)
		if err != nil {
			return nil, err
		}
		cases, err := r.bookRows(d)
		return append(former, cases...), err
	}
	return r.bookRows(d)
}

// bookRows runs the query and writes each column as text: money in 元 with two decimals.
func (r *reader) bookRows(d Definition) ([]Row, error) {
	result, err := r.tx.Raw(d.Rows.SQL, r.args()).Rows()
	if err != nil {
		return nil, fmt.Errorf("figure %s: %w", d.ID, err)
	}
	defer func() { _ = result.Close() }()
	var rows []Row
	for result.Next() {
		cells := make([]any, len(d.Columns))
		for i, c := range d.Columns {
			cells[i] = cell(c)
		}
		if err := result.Scan(cells...); err != nil {
			return nil, fmt.Errorf("figure %s: %w", d.ID, err)
		}
		row := Row{}
		for i, c := range d.Columns {
			row[c.ID] = text(cells[i])
		}
		rows = append(rows, row)
	}
	if err := result.Err(); err != nil {
		return nil, fmt.Errorf("figure %s: %w", d.ID, err)
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

func (r *reader) campaignRows(d Definition) ([]Row, error) {
	_, all, err := campaign.Figure(r.tx, d.Rows.Campaign, r.p.From, r.p.To, r.asOf)
	rows := make([]Row, 0, len(all))
	for _, x := range all {
		rows = append(rows, Row{ref.ID: x.Ref, dept.ID: r.depts[x.Unit], what.ID: x.Text, on.ID: string(x.On), counted.ID: x.Adds})
	}
	return rows, err
}

func (r *reader) serviceRows(d Definition) ([]Row, error) {
	items, err := service.FigureRows(r.tx, r.day())
	rows := make([]Row, 0, len(items))
	for _, i := range items {
		n, whole := 0, 1
		switch d.Rows.Service {
		case "time_cut_rate":
			n, whole = i.LegalDays-i.PromisedDays, i.LegalDays
		case "time_cut_items_rate":
			n = one(i.PromisedDays < i.LegalDays)
		case "instant_rate":
			n = one(i.Instant)
		}
		rows = append(
			rows, Row{ref.ID: i.Code, what.ID: i.Name, dept.ID: r.depts[i.Unit], counted.ID: fmt.Sprint(n), of.ID: fmt.Sprint(whole)},
		)
	}
	return rows, err
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// registerRows are the entries behind a total. Of a number of different values
// there is a row for each value, which says how many entries have it.
func (r *reader) registerRows(d Definition) ([]Row, error) {
	id := d.Rows.Total
	if r.totals[id] == nil {
		return nil, nil
	}
	def, entries, err := registers.FigureRows(r.tx, id, r.period(), r.asOf)
	if err != nil {
		return nil, err
	}
	t := def.Totals[id]
	if t.Fn == "distinct" {
		return r.distinct(t.Field, entries)
	}
	rows := make([]Row, 0, len(entries))
	for _, e := range entries {
		fields, err := e.Fields()
		if err != nil {
			return nil, err
		}
		row := r.entryRow(def, e, fields)
		if t.Fn == "sum" {
			row[counted.ID] = said(fields[t.Field], "0")
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (r *reader) entryRow(def *registers.Definition, e registers.Entry, fields map[string]any) Row {
	words := ""
	for _, key := range def.List {
		if v := said(fields[key], ""); v != "" && key != def.Date {
			if words != "" {
				words += " · "
			}
			words += r.named(v)
		}
	}
	return Row{
		ref.ID: fmt.Sprintf("%s/%d", def.ID, e.ID), dept.ID: r.depts[e.Owner], what.ID: words, on.ID: string(e.OnDate),
		counted.ID: "1",
	}
}

// named is a unit by its name, and everything else as it is.
func (r *reader) named(v string) string {
	if name := r.depts[v]; name != "" {
		return name
	}
	return v
}

func (r *reader) distinct(field string, entries []registers.Entry) ([]Row, error) {
	n, last := map[string]int{}, map[string]registers.Entry{}
	for _, e := range entries {
		fields, err := e.Fields()
		if err != nil {
			return nil, err
		}
		if v := said(fields[field], ""); v != "" {
			n[v], last[v] = n[v]+1, e
		}
	}
	rows := []Row{}
	for _, v := range slices.Sorted(maps.Keys(n)) {
		e := last[v]
		rows = append(
			rows,
			Row{
				ref.ID: v, dept.ID: r.depts[e.Owner], what.ID: fmt.Sprintf("%s（%d）", r.named(v), n[v]),
				on.ID: string(e.OnDate), counted.ID: "1",
			},
		)
	}
	return rows, nil
}

// said is a field as text.
func said(v any, none string) string {
	if v == nil {
		return none
	}
	return fmt.Sprint(v)
}
