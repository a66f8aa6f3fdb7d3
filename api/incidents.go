package api

import (
	"cmp"
	"errors"
	"net/http"

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
	rows, next, err := process.OpenIncidents(c.db(), process.IncidentFilter{
		Project: c.Query("project"), Sort: c.Query("sort"), Cursor: c.Query("cursor"), Limit: c.limit(),
	})
	if err != nil {
		return nil, err
	}
	names, err := c.processNames()
	if err != nil {
		return nil, err
	}
	out := wire.IncidentPage{Items: []wire.Incident{}, Next: next}
	for _, r := range rows {
		w := wire.Incident{
			Key: keyText(r.Key), InstanceKey: keyText(r.Instance), Process: r.Process, ProcessName: cmp.Or(names[r.Process], r.Process),
			Element: r.Element, ElementName: r.ElementName, Code: r.Code, RaisedAt: r.RaisedAt.In(models.Zone),
		}
		if c.who.may(projectRead) { // to who may not, a place and a cause: the message holds values
			w.Project, w.ProjectName, w.Message = r.Project, r.ProjectName, r.Message
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

// mayRetry refuses who neither tries again everywhere nor governs the case; of a case that he does not see there is no incident.
func (c *call) mayRetry(i process.Incident) error {
	if c.who.may(incidentRetry) {
		return nil
	}
	root, err := process.RootByKey(c.db(), i.Root)
	if err != nil {
		return err
	}
	if err := c.seesCase(root); err != nil {
		return err
	}
	governs, err := c.governsCase(root)
	if err == nil && !governs {
		err = refuse(http.StatusForbidden, "forbidden")
	}
	return err
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
	if err := c.mayRetry(incident); err != nil {
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
