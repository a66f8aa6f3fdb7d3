package api

import (
	"slices"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
)

// unitHeads are the roles that lead a unit.
var unitHeads = append([]string{"APPLY_LEADER"}, heads...)

// auditors see what is outside projects too.
const roleAuditor = "AUDITOR"

// seesCase refuses who does not see the matter: of a project who does not see
// that; of a rectification who is not of its unit and has not acted in it; of
// one's own model who has no part in it (domain/access.md §2.4).
func (c *call) seesCase(root process.RootState) error {
	if root.Project != "" {
		if c.who.sees == seesAll {
			return nil
		}
		_, err := c.project(root.Project)
		return err
	}
	sees, err := process.HasPart(c.db(), root.Key, c.who.Person.ID, c.who.postIDs())
	if err != nil || sees {
		return err
	}
	finding, err := c.isRectification(root)
	if err != nil {
		return err
	}
	if finding {
		sees = c.who.sees == seesAll || root.Dept != "" && contains(c.who.viewer().Depts, root.Dept)
	} else if sees, err = c.overseesCase(root); err != nil {
		return err
	}
	if !sees {
		return notFound()
	}
	return nil
}

// overseesCase reports whether a case outside projects is seen by the person
// without a part in it: he governs it, heads the unit that it was begun in, is of
// a unit that the model names, or an auditor.
func (c *call) overseesCase(root process.RootState) (bool, error) {
	if c.who.may(processGovern) || c.heads(root.Dept) ||
		slices.ContainsFunc(c.who.held(), func(p bundles.Post) bool { return p.Role == roleAuditor }) {
		return true, nil
	}
	m, err := c.modelOf(root)
	if err != nil || m == nil {
		return false, err
	}
	governs, err := c.governsCase(root)
	if err != nil || governs || m.Sight == "" {
		return governs, err
	}
	w, err := c.srv.Bundles.World(c.db(), bundles.About{Now: c.now, On: models.DateOf(c.now), Root: root.Key})
	if err != nil {
		return false, err
	}
	units, err := bundles.Names(m.Sight, w.Input, map[string]any{"initiator": w.Input.Case.Initiator, "deptId": root.Dept})
	if err != nil { // the model's fault: nobody sees more by it, and the log says why
		c.srv.Log.Warn("who sees a case", "process", root.Process, "error", err)
		return false, nil
	}
	return slices.ContainsFunc(
		c.who.held(), func(p bundles.Post) bool { return slices.Contains(units, p.Unit) || slices.Contains(units, "*") },
	), nil
}

// modelOf is what the model of a case says of how people find and govern it, or nil.
func (c *call) modelOf(root process.RootState) (*bpmn.Matter, error) {
	b, err := c.srv.Bundles.Load(c.Request.Context(), root.Bundle)
	if err != nil {
		return nil, err
	}
	return b.Matter(root.Process), nil
}
