package api

import (
	"net/http"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/registers"
)

// listImports are the sheets that a register took in.
func listImports(c *call) (any, error) {
	d, _, err := c.register()
	if err != nil {
		return nil, err
	}
	return c.imports(c.db(), d, nil)
}

func (c *call) imports(tx *gorm.DB, d *registers.Definition, w *registers.Withdrawn) (wire.RegisterImports, error) {
	out := wire.RegisterImports{Items: []wire.RegisterImportRow{}}
	if w != nil {
		out.Withdrawn = &wire.ImportWithdrawn{Voided: w.Voided, Restored: w.Restored, Kept: w.Kept}
	}
	all, err := registers.Imports(tx, d.ID)
	if err != nil {
		return out, err
	}
	may, err := registers.See(tx, c.reader(), d).MayWrite(nil)
	if err != nil {
		return out, err
	}
	who, err := c.directory()
	if err != nil {
		return out, err
	}
	var people []string
	for _, i := range all {
		people = append(people, i.Actor, i.WithdrawnBy)
	}
	if err := who.know(people...); err != nil {
		return out, err
	}
	for _, i := range all {
		out.Items = append(out.Items, wire.RegisterImportRow{
			ID: keyText(
				i.ID,
			), FileName: i.FileName, Added: i.Added, Changed: i.Changed, Same: i.Same, Refused: i.Refused, At: i.At.In(models.Zone),
			By:          who.ref(i.Actor, ""),
			WithdrawnAt: local(i.WithdrawnAt), WithdrawnBy: who.maybe(i.WithdrawnBy, ""), MayWithdraw: may && i.WithdrawnAt == nil,
		})
	}
	return out, nil
}

// withdrawImport takes a sheet back as one.
func withdrawImport(c *call) (any, error) {
	var in wire.WithdrawImport
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	d, _, err := c.register()
	if err != nil {
		return nil, err
	}
	id, err := c.key("import")
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		w, err := registers.Withdraw(tx, a, d, id)
		if err != nil {
			return reply{}, err
		}
		body, err := c.imports(tx, d, &w)
		return reply{Status: http.StatusOK, Body: body}, err
	})
}
