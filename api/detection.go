package api

import (
	"errors"
	"fmt"
	"net/http"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/process"
)

// foreseeLikes finds, before an act that is a check point, what its rules will ask
// of similar projects: under the lock of the case it is only read.
func (c *call) foreseeLikes(m move) error {
	t, err := c.about(m)
	if errors.Is(err, process.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var detail process.TaskDetail
	if err := t.Detail.Into(&detail); err != nil {
		return fmt.Errorf("task %d: %w", t.Key, err)
	}
	project := string(t.Project)
	if project == "" || commands.Point(detail.Headers) == "" {
		return nil
	}
	found, err := books.Foresee(c.db(), project, m.Acting.On())
	if err != nil {
		return err
	}
	return c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error { return found.Keep(tx, c.now) })
}

// listInventory is all systems of the county.
func listInventory(c *call) (any, error) {
	all, err := books.Inventory(c.db())
	if err != nil {
		return nil, err
	}
	out := wire.Inventory{Items: []wire.System{}}
	for _, s := range all {
		out.Items = append(out.Items, wire.System{
			ID: keyText(s.ID), Unit: s.Unit, Name: s.Name, Functions: s.Functions, BuiltYear: s.BuiltYear, Cost: s.Cost.String(),
			Users: s.Users, LastActive: s.LastActive, Source: s.Source, Project: s.Project,
		})
	}
	return out, nil
}

// mostSystems of one import.
const mostSystems = 5000

// importInventory takes over a sheet: .xlsx or .csv with a row of heads.
func importInventory(c *call) (any, error) {
	var in wire.InventoryImport
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	rows, err := books.ReadInventory(in.FileName, in.Content, mostSystems)
	if err != nil {
		var refusal *models.Refusal
		if errors.As(err, &refusal) {
			return nil, refusal
		}
		return nil, fmt.Errorf("inventory %s: %w", in.FileName, err)
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if err := books.SaveInventory(tx, a, rows); err != nil {
			return reply{}, err
		}
		entry := audit.AuditEntry{
			Action: "inventory.import", Subject: "inventory",
			Detail: models.JSONOf(map[string]any{"file": in.FileName, "rows": len(rows), "reason": in.Reason}),
		}
		if err := audit.Audit(tx, "r:inventory", a, entry); err != nil {
			return reply{}, err
		}
		return reply{Status: http.StatusOK, Body: wire.InventoryImported{Rows: len(rows)}}, nil
	})
}
