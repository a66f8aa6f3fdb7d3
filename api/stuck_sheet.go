package api

import (
	"strconv"

	"github.com/quancheng/quancheng/models/stuck"
	"github.com/quancheng/quancheng/spreadsheet"
)

// stuckSheet are reports as a sheet. Who came is a pseudonym, the same for the same person.
func (c *call) stuckSheet(d *directory, rows []stuck.Report) spreadsheet.Sheet {
	sheet := spreadsheet.Sheet{Name: c.text("stuck.sheet")}
	for _, h := range []string{"no", "kind", "category", "item", "unit", "visits", "difficulty", "person", "received", "due", "replied",
		"closed", "outcome", "callback"} {
		sheet.Heads = append(sheet.Heads, c.text("stuck.head."+h))
	}
	said := func(of, code string) string {
		if code == "" {
			return ""
		}
		return c.text("stuck." + of + "." + code)
	}
	for _, r := range rows {
		unit := ""
		if r.Unit != "" {
			unit = d.dept(r.Unit)
		}
		sheet.Rows = append(sheet.Rows, []any{
			r.No, said("kind", r.Kind), said("category", r.Category), r.Item, unit, spreadsheet.Number(strconv.Itoa(r.Visits)),
			said("difficulty", r.Difficulty), r.Pseudonym,
			string(
				r.ReceivedOn,
			), string(r.DueOn), string(r.RepliedOn), string(r.ClosedOn), said("outcome", r.Outcome), said("callback", r.Callback),
		})
	}
	return sheet
}
