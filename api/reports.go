package api

import (
	"net/url"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/figures"
)

// halfYear is the half-year report: every figure with the address of its rows.
func halfYear(c *call) (any, error) {
	from, to := models.Date(c.Query("from")), models.Date(c.Query("to"))
	all, checks, err := figures.HalfYear(c.db(), from, to)
	if err != nil {
		return nil, err
	}
	out := wire.HalfYear{From: string(from), To: string(to), AsOf: c.now.In(models.Zone), Figures: []wire.Figure{}, Checks: []wire.Check{}}
	for _, f := range all {
		out.Figures = append(out.Figures, c.figure(f, from, to))
	}
	for _, k := range checks {
		out.Checks = append(out.Checks, wire.Check{ID: k.ID, Level: k.Level, Pass: k.Pass, Message: c.textOf("check."+k.ID, k.Args)})
	}
	return out, nil
}

func (c *call) figure(f figures.Figure, from, to models.Date) wire.Figure {
	q := url.Values{"from": {string(from)}, "to": {string(to)}}
	return wire.Figure{
		ID: f.ID, Label: c.text("figure." + f.ID), Value: f.Value, Unit: f.Unit, Numerator: f.Numerator, Denominator: f.Denominator,
		Rows: "/api/v1/reports/half-year/" + f.ID + "/rows?" + q.Encode(),
	}
}

// halfYearRows are the rows behind one figure.
func halfYearRows(c *call) (any, error) {
	from, to := models.Date(c.Query("from")), models.Date(c.Query("to"))
	f, columns, rows, err := figures.Rows(c.db(), c.Param("figure"), from, to)
	if err != nil {
		return nil, err
	}
	out := wire.FigureRows{Figure: c.figure(f, from, to), Columns: []wire.Column{}, Rows: []map[string]string{}}
	for _, k := range columns {
		out.Columns = append(out.Columns, wire.Column{ID: k.ID, Label: c.text("column." + k.ID), Kind: k.Kind})
	}
	for _, r := range rows {
		out.Rows = append(out.Rows, r)
	}
	return out, nil
}
