package api

import (
	"net/http"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
)

func listRechecks(c *call) (any, error) { return c.rechecks(c.db()) }

func (c *call) rechecks(tx *gorm.DB) (wire.Rechecks, error) {
	out := wire.Rechecks{Items: []wire.Recheck{}, MayDraw: c.who.may(rectRecheck)}
	last, err := books.LastRecheckDraw(tx)
	if err != nil {
		return out, err
	}
	n, err := books.CountRechecks(tx)
	if err != nil {
		return out, err
	}
	out.Drawn, out.Valid, out.Recurred, out.Until, out.Seed = n.Drawn, n.Valid, n.Recurred, string(last.UntilOn), last.Seed
	rows, err := books.Rechecks(tx)
	if err != nil {
		return out, err
	}
	d, err := c.directory()
	if err != nil {
		return out, err
	}
	var people []string
	for _, r := range rows {
		people = append(people, r.Verifier, r.Checker)
	}
	if err := d.know(people...); err != nil {
		return out, err
	}
	for _, r := range rows {
		out.Items = append(out.Items, wire.Recheck{
			No: r.No, Title: r.Title, Unit: r.Unit, UnitName: d.dept(r.Unit), ClosedOn: string(r.ClosedOn),
			Verifier: d.maybe(r.Verifier, ""), Draw: keyText(r.Draw), Result: r.Result, Method: r.Method,
			Note: r.Note, Checker: d.maybe(r.Checker, ""), CheckedOn: string(r.CheckedOn), Again: r.Again, MayCheck: r.Result == "" &&
				c.who.may(rectRecheck) && r.Verifier != c.who.Person.ID,
		})
	}
	return out, nil
}

// drawRechecks draws the sample of what was closed long enough ago (R06).
func drawRechecks(c *call) (any, error) {
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if _, err := commands.DrawRechecks(tx, a); err != nil {
			return reply{}, err
		}
		body, err := c.rechecks(tx)
		return reply{Status: http.StatusCreated, Body: body}, err
	})
}

// recheck keeps what a second look has found.
func recheck(c *call) (any, error) {
	var in wire.RecheckInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if _, err := acts.Recheck(tx, a, c.Param("no"), in.Result, in.Method, in.Note); err != nil {
			return reply{}, err
		}
		body, err := c.rechecks(tx)
		return reply{Status: http.StatusOK, Body: body}, err
	})
}
