package api

import (
	"net/http"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/privacy"
	"github.com/quancheng/quancheng/models/process"
)

// listUnits are all units with what they serve as, ended ones at the end of their time.
func listUnits(c *call) (any, error) {
	var units []office.Dept
	var serves []office.UnitFunction
	var names []office.UnitName
	for _, err := range []error{
		c.db().Order("id").Find(&units).Error,
		c.db().Where("valid_to IS NULL OR valid_to > ?", c.now.UTC()).Order("function, ord").Find(&serves).Error,
		c.db().Where("valid_to IS NOT NULL").Order("unit, valid_from").Find(&names).Error,
	} {
		if err != nil {
			return nil, err
		}
	}
	functions, former := map[string][]string{}, map[string][]string{}
	for _, f := range serves {
		functions[f.Unit] = append(functions[f.Unit], f.Function)
	}
	for _, n := range names {
		former[n.Unit] = append(former[n.Unit], n.Name)
	}
	out := wire.Units{Units: []wire.Unit{}}
	for _, u := range units {
		w := wire.Unit{
			ID: u.ID, Name: u.Name, NameEn: u.NameEn, Kind: u.Kind, Parent: u.Parent, AgencyCode: u.AgencyCode, USCC: u.USCC,
			Successor: u.Successor, Functions: functions[u.ID], FormerNames: former[u.ID],
		}
		if u.ValidTo != nil {
			at := u.ValidTo.In(models.Zone)
			w.EndsAt = &at
		}
		out.Units = append(out.Units, w)
	}
	return out, nil
}

func createUnit(c *call) (any, error) { return c.writeUnit("", office.CreateUnit, http.StatusCreated) }

func changeUnit(c *call) (any, error) {
	return c.writeUnit(c.Param("id"), office.ChangeUnit, http.StatusOK)
}

func (c *call) writeUnit(id string, write func(*gorm.DB, models.Acting, office.Dept) error, status int) (any, error) {
	var in wire.UnitInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if id == "" {
		id = in.ID
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	d := office.Dept{ID: id, Name: in.Name, NameEn: in.NameEn, Kind: in.Kind, Parent: in.Parent, AgencyCode: in.AgencyCode, USCC: in.USCC}
	return c.once(func(tx *gorm.DB) (reply, error) {
		return reply{
				Status: status,
				Body: wire.Unit{
					ID: id, Name: d.Name, NameEn: d.NameEn, Kind: d.Kind, Parent: d.Parent, AgencyCode: d.AgencyCode, USCC: d.USCC,
				},
			}, write(
				tx, a, d,
			)
	})
}

// endUnit ends a unit now or later; its open tasks are its successor's from then on.
func endUnit(c *call) (any, error) {
	var in wire.UnitEnd
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	at := c.now
	if in.On != "" {
		if at = models.Date(in.On).Start(); at.Before(c.now.Add(-24 * time.Hour)) {
			return nil, invalid().field("/on", "date-in-past")
		}
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if err := office.EndUnit(tx, a, c.Param("id"), in.Successor, at); err != nil {
			return reply{}, err
		}
		_, err := process.HandEndedDrafts(tx, c.now) // of a unit that ends later: by the worker
		return reply{Status: http.StatusNoContent}, err
	})
}

func serveFunction(c *call) (any, error) {
	var in wire.FunctionInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		return reply{Status: http.StatusNoContent}, office.Serve(tx, a, c.Param("function"), in.Units)
	})
}

// getStaffing names what the processes ask of the organisation and it does not have.
func getStaffing(c *call) (any, error) {
	s, err := c.srv.Bundles.Staffing(c.Request.Context(), c.now)
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := wire.Staffing{NoUnit: s.NoUnit, Vacant: []wire.VacantPost{}}
	for _, p := range s.Vacant {
		out.Vacant = append(out.Vacant, wire.VacantPost{Post: p, Name: d.post(p)})
	}
	return out, nil
}

// revealNumber shows a personal number in clear to whoever may see it and says why. Each look is in the audit.
func revealNumber(c *call) (any, error) {
	var in wire.RevealInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	var text string
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) (err error) { // never kept for an Idempotency-Key
		if err = privacy.MayReveal(tx, a, c.Param("id")); err != nil {
			return err
		}
		text, err = office.Reveal(tx, a, c.srv.Cipher, c.Param("id"), in.Field)
		if err != nil {
			return err
		}
		return audit.CountAccess(
			tx, c.now, audit.AccessTally{Person: a.Person, Action: "person.reveal", Subject: "person:" + c.Param("id"), Remote: a.Remote},
		)
	})
	if err != nil {
		return nil, err
	}
	return wire.Revealed{Field: in.Field, Value: text}, nil
}
