package api

import (
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/partners"
)

// bureau is a fake bureau of a dev server; elsewhere there is none.
func (c *call) bureau() (*partners.Bureau, error) {
	if c.srv.Dev == nil || c.srv.Dev.Bureaus[c.Param("bureau")] == nil {
		return nil, notFound()
	}
	return c.srv.Dev.Bureaus[c.Param("bureau")], nil
}

func getFaults(c *call) (any, error) {
	b, err := c.bureau()
	if err != nil {
		return nil, err
	}
	return b.Faults(c.Query("project")), nil
}

// setFaults tells a fake bureau how to misbehave. What we could not deliver is
// tried again at once, for it may be back.
func setFaults(c *call) (any, error) {
	b, err := c.bureau()
	if err != nil {
		return nil, err
	}
	var f partners.Faults
	if err := c.decode(&f); err != nil {
		return nil, err
	}
	if c.Query("project") != "" && f.OfAll() {
		return nil, invalid().field("query/project", "fault-of-all")
	}
	if err := b.SetFaults(c.Query("project"), f); err != nil {
		return nil, err
	}
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		q := tx.Model(&outbox.Outgoing{}).
			Where("kind = ? AND target = ? AND state = ?", outbox.OutPartner, c.Param("bureau"), outbox.OutPending)
		if err := q.Update("next_at", c.now.UTC()).Error; err != nil {
			return err
		}
		return models.Notify(tx, models.Notice{Kind: "partner", Key: c.Param("bureau")})
	})
	return b.Faults(c.Query("project")), err
}

// passTrial lets the months of a project's trial run pass at once: a demo cannot wait for them.
func passTrial(c *call) (any, error) {
	if _, err := c.bureau(); err != nil {
		return nil, err
	}
	code := c.Query("project")
	err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		if err := books.AgeTrial(tx, code); err != nil {
			return err
		}
		return audit.Audit(tx, "r:partners", c.actingAs(models.System), audit.AuditEntry{
			Action: "demo.age-trial", Subject: "project:" + code, Project: code,
		})
	})
	return struct{}{}, err
}

// fakeBureau is where our events for a fake bureau go.
func fakeBureau(c *call) (any, error) {
	b, err := c.bureau()
	if err != nil {
		return nil, err
	}
	b.Handler().ServeHTTP(c.Writer, c.Request)
	return written, nil
}
