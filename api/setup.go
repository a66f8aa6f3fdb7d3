package api

import (
	"encoding/json"
	"errors"
	"net/http"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/founding"
	"github.com/quancheng/quancheng/models/office"
)

// getSetup says whether a link opens the setup page, and until when.
func getSetup(c *call) (any, error) {
	var out wire.Setup
	err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		ends, err := founding.CheckLink(tx, c.Query("token"), c.now)
		out = wire.Setup{EndsAt: ends.In(models.Zone), Functions: office.Functions, Optional: office.OptionalFunctions}
		return err
	})
	if err != nil {
		return nil, setupProblem(err)
	}
	return out, json.Unmarshal(founding.Example(), &out.Example)
}

// setUp founds the town. The link is used up with it, in the same transaction;
// a file with errors leaves it as it is.
func setUp(c *call) (any, error) {
	var in wire.SetupRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a := models.Acting{Person: models.System, Remote: c.ClientIP(), At: c.now.UTC(), BusinessDate: models.DateOf(c.now), Reason: "首次启动"}
	var made founding.Founded
	err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		if _, err := founding.CheckLink(tx, in.Token, c.now); err != nil {
			return setupProblem(err)
		}
		f, err := founding.Read(in.Setup)
		if err == nil {
			err = f.Check()
		}
		if err != nil {
			return below("/setup", err)
		}
		if in.DryRun {
			return nil
		}
		made, err = founding.Found(tx, a, f, c.srv.Cipher)
		return err
	})
	if err != nil || in.DryRun {
		return reply{Status: http.StatusNoContent}, err
	}
	return wire.SetupDone{Town: made.Town, Administrators: oneTimeCodes(made.Administrators)}, nil
}

// setupProblem: what a link does not open is forbidden, what is over is over.
func setupProblem(err error) error {
	var r *models.Refusal
	if !errors.As(err, &r) {
		return err
	}
	status := map[string]int{"setup-link-wrong": http.StatusForbidden, "setup-link-used": http.StatusGone,
		"setup-link-late": http.StatusGone, "already-founded": http.StatusConflict}[r.Code]
	if status == 0 {
		return err
	}
	p := ofRefusal(r)
	p.Status = status
	return p
}
