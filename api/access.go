package api

import (
	"context"
	"net/http"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/audit"
)

// note counts an access for the audit. It outlives the caller's patience: who
// goes away early is noted too.
func (c *call) note(t audit.AccessTally) error {
	t.Person, t.Remote = c.who.Person.ID, c.ClientIP()
	return c.srv.DB.Tx(context.WithoutCancel(c.Request.Context()), func(tx *gorm.DB) error {
		return audit.CountAccess(tx, c.now, t)
	})
}

// traced lets nobody read without a trace: what the handler found is answered
// once it is noted under the action.
func traced(action string, do handler) handler {
	return func(c *call) (any, error) {
		out, err := do(c)
		if err != nil {
			return nil, err
		}
		return out, c.note(audit.AccessTally{Action: action, Subject: "read:" + c.Request.URL.Path})
	}
}

// denied notes what a signed-in person was refused: acts that are not his, and
// objects that do not exist for him.
func (c *call) denied(p *problem) {
	if c.who == nil {
		return
	}
	hidden := p.Slug == "not-found" && len(c.Params) > 0 && c.who.sees != seesAll
	if p.Status != http.StatusForbidden && !hidden {
		return
	}
	if err := c.note(audit.AccessTally{Action: audit.AccessDenied, Subject: "route:" + c.route.Method + " " + c.route.Path,
		Code: p.Slug}); err != nil {
		c.srv.Log.Error("a refusal is not in the audit", "request", c.id, "person", c.who.Person.ID, "error", err)
	}
}
