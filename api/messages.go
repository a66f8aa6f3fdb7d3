package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/sosodev/duration"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// How long a published message waits for somebody to wait for it.
const (
	messageLife    = time.Hour
	maxMessageLife = 366 * 24 * time.Hour
)

// publishMessage publishes a message of processes of the person's own.
func publishMessage(c *call) (any, error) {
	var in wire.MessageRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	life, err := lifeOf(in.TimeToLive)
	if err != nil {
		return nil, err
	}
	if err := c.mayPublish(in); err != nil {
		return nil, err
	}
	if err := process.NamesOf(in.Variables, "/variables", false); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	m := process.Message{ID: a.Event, Name: in.Name, CorrelationKey: in.CorrelationKey, ExpiresAt: c.now.UTC().Add(life)}
	if in.Variables != nil {
		m.Variables = models.JSONOf(in.Variables)
	}
	answer, err := c.once(func(tx *gorm.DB) (reply, error) {
		if err := process.Publish(tx, a, m); err != nil {
			return reply{}, err
		}
		err := audit.Audit(
			tx, "r:message", a,
			audit.AuditEntry{
				Action: "message.publish", Subject: "message:" + in.Name,
				Detail: models.JSONOf(map[string]string{"correlationKey": in.CorrelationKey}),
			},
		)
		return reply{Status: http.StatusOK, Body: wire.MessagePublished{ID: m.ID}}, err
	})
	if err != nil {
		return nil, err
	}
	now, err := process.MessageByID(c.db(), m.ID)
	if err != nil {
		return nil, err
	}
	out := wire.MessagePublished{ID: m.ID, State: now.State}
	if now.Root != 0 {
		out.Case = keyText(now.Root)
	}
	r := answer.(reply)
	r.Body = out
	return r, nil
}

// lifeOf reads a time to live: milliseconds, or an ISO 8601 duration such as PT1H.
func lifeOf(v any) (time.Duration, error) {
	var d time.Duration
	bad := invalid().field("/timeToLive", "field.duration")
	switch v := v.(type) {
	case nil:
		return messageLife, nil
	case json.Number:
		ms, err := v.Int64()
		if err != nil || ms > maxMessageLife.Milliseconds() {
			return 0, bad
		}
		d = time.Duration(ms) * time.Millisecond
	case string:
		if ms, err := strconv.ParseInt(v, 10, 64); err == nil && ms <= maxMessageLife.Milliseconds() {
			d = time.Duration(ms) * time.Millisecond
			break
		}
		iso, err := duration.Parse(v)
		if err != nil {
			return 0, bad
		}
		d = iso.ToTimeDuration()
	default:
		return 0, bad
	}
	if d < 0 || d > maxMessageLife {
		return 0, bad
	}
	return d, nil
}

// mayPublish refuses a message that would reach a case or a process that is not
// the person's own: a case is his when he began or governs it, a process when he
// may begin or governs its cases. What the platform and the bureaus tell each
// other belongs to no person.
func (c *call) mayPublish(in wire.MessageRequest) error {
	var waiting []process.Subscription
	err := c.db().
		Where("kind = ? AND name = ? AND correlation_key = ?", process.SubMessage, in.Name, in.CorrelationKey).
		Find(&waiting).
		Error
	if err != nil {
		return err
	}
	for _, s := range waiting {
		root, err := process.RootByKey(c.db(), s.Root)
		if err != nil {
			return err
		}
		own, err := c.ownsCase(root)
		if err != nil {
			return err
		}
		if !own {
			return refuse(http.StatusForbidden, "not-your-message", "name", in.Name)
		}
	}
	if len(waiting) > 0 {
		return nil
	}
	return c.mayAnnounce(in.Name)
}

// mayAnnounce holds a message that nobody waits for yet against the processes that name it.
func (c *call) mayAnnounce(name string) error {
	all, err := process.NewestDefinitions(c.db())
	if err != nil {
		return err
	}
	w, err := c.srv.Bundles.World(c.db(), bundles.About{Now: c.now, On: models.DateOf(c.now)})
	if err != nil {
		return err
	}
	known := false
	for _, d := range all {
		b, err := c.srv.Bundles.Load(c.Request.Context(), d.Bundle)
		if err != nil {
			return err
		}
		if !b.NamesMessage(d.Process, name) {
			continue
		}
		known = true
		m := b.Matter(d.Process)
		if m == nil {
			return refuse(http.StatusForbidden, "not-your-message", "name", name)
		}
		var own []string
		for _, list := range []string{m.Start, m.Owner} {
			posts, err := bundles.Allows(list, w.Input, nil, c.who.Person.ID, c.who.held())
			if err != nil {
				return err
			}
			own = append(own, posts...)
		}
		if len(own) == 0 && !c.who.may(processGovern) {
			return refuse(http.StatusForbidden, "not-your-message", "name", name)
		}
	}
	if !known {
		return models.Refuse("unknown-message", "name", name)
	}
	return nil
}

// ownsCase reports whether a case of one's own model is the person's: he began it or governs it.
func (c *call) ownsCase(root process.RootState) (bool, error) {
	b, err := c.srv.Bundles.Load(c.Request.Context(), root.Bundle)
	if err != nil || b.Matter(root.Process) == nil {
		return false, err
	}
	begun, found, err := process.BegunOf(c.db(), root.Key)
	if err != nil || found && begun.Person == c.who.Person.ID {
		return err == nil, err
	}
	return c.governsCase(root)
}

// governsCase reports whether the person governs a case: by his permission, or a
// case of one's own model as its owner, who without a word of the model is the head
// of the unit that it was begun in.
func (c *call) governsCase(root process.RootState) (bool, error) {
	if c.who.may(processGovern) {
		return true, nil
	}
	b, err := c.srv.Bundles.Load(c.Request.Context(), root.Bundle)
	if err != nil {
		return false, err
	}
	m := b.Matter(root.Process)
	switch {
	case m == nil || root.Project != "":
		return false, nil
	case m.Owner == "":
		return c.heads(root.Dept), nil
	}
	posts, err := c.allows(m.Owner, root)
	return len(posts) > 0, err
}

// allows are the person's posts that a list of the model of a case names.
func (c *call) allows(list string, root process.RootState) ([]string, error) {
	w, err := c.srv.Bundles.World(c.db(), bundles.About{Now: c.now, On: models.DateOf(c.now), Root: root.Key})
	if err != nil {
		return nil, err
	}
	vars := map[string]any{"initiator": w.Input.Case.Initiator, "deptId": root.Dept}
	return bundles.Allows(list, w.Input, vars, c.who.Person.ID, c.who.held())
}

// heads reports whether the person heads a unit.
func (c *call) heads(unit string) bool {
	return slices.ContainsFunc(c.who.Posts, func(p office.Post) bool { return p.DeptID == unit && slices.Contains(unitHeads, p.Role) })
}
