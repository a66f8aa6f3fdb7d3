package api

import (
	"net/http"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/seconds"
)

// askBreakGlass asks the security administrator to open the sealed account.
func askBreakGlass(c *call) (any, error) {
	var in wire.Because
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	if len([]rune(a.Reason)) < seconds.MinReason {
		return nil, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		r, err := office.AskBreakGlass(tx, a)
		if err != nil {
			return reply{}, err
		}
		out, err := c.requests(r)
		if err != nil {
			return reply{}, err
		}
		return reply{Status: http.StatusAccepted, Body: out[0]}, nil
	})
}
