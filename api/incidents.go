package api

import (
	"errors"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

// listIncidents lists open incidents. Whoever may not read projects sees where
// it is stuck, not whose matter it is.
func listIncidents(c *call) (any, error) {
	before, err := c.before()
	if err != nil {
		return nil, err
	}
	var rows []struct {
		process.Incident
		ProjectName string
		ElementName string
	}
	q := c.db().Table("incident i").Select("i.*, COALESCE(p.name, '') AS project_name, COALESCE(e.name, '') AS element_name").
		Joins("LEFT JOIN project p ON p.code = i.project").Joins("LEFT JOIN element_instance e ON e.key = i.element_key").
		Where("i.resolved_at IS NULL").Order("i.key DESC").Limit(c.limit() + 1)
	if before > 0 {
		q = q.Where("i.key < ?", before)
	}
	if code := c.Query("project"); code != "" {
		q = q.Where("i.project = ?", code)
	}
	if err := q.Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := wire.IncidentPage{Items: []wire.Incident{}}
	for i, r := range rows {
		if i == c.limit() {
			out.Next = out.Items[i-1].Key
			break
		}
		w := wire.Incident{
			Key: keyText(r.Key), InstanceKey: keyText(r.Instance), Element: r.Element, ElementName: r.ElementName,
			Code: r.Code, Message: r.Message, RaisedAt: r.RaisedAt.In(models.Zone),
		}
		if c.who.may(projectRead) {
			w.Project, w.ProjectName = r.Project, r.ProjectName
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

// retryIncident applies again what was refused.
func retryIncident(c *call) (any, error) {
	key, err := c.key("key")
	if err != nil {
		return nil, err
	}
	var in wire.Reason
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	incident, err := process.IncidentByKey(c.db(), key)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, notFound()
	}
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.move(move{
		Root: incident.Root, Name: contract.UpdateResolve, Acting: a,
		Event: engine.Event{Type: engine.ResolveIncident, Key: key, Reason: in.Reason, Actor: c.actor(a)},
	})
}
