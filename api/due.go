package api

import (
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/sla"
)

// The lights of a due time (红黄绿).
const (
	red   = "red"
	amber = "amber"
	green = "green"
	none  = "none"
)

// horizon bounds how far working days are counted, in calendar days.
const horizon = 400

// due is a deadline as it looks now: amber from its reminder on, red when it is over.
func (c *call) due(at *time.Time, limit int) wire.Due {
	if at == nil {
		return wire.Due{Light: none}
	}
	left := c.workdaysLeft(*at)
	out := wire.Due{At: local(at), WorkdaysLeft: &left, Limit: limit, Light: red}
	switch c.clocks().Stage(*at, limit, c.now) {
	case sla.Running:
		out.Light = green
	case sla.Reminded:
		out.Light = amber
	}
	return out
}

// taskDue is the deadline of a task. While its case is suspended no days are left or
// over, they move with the pause; the light stays that of the lists and their counts.
func (c *call) taskDue(t process.Task) wire.Due {
	out := c.due(t.DueAt, t.DueWorkdays)
	if t.State == process.TaskSuspended {
		out.Suspended, out.WorkdaysLeft = true, nil
	}
	return out
}

// workdaysLeft counts working days after today up to the due day; negative when it is over.
func (c *call) workdaysLeft(due time.Time) int {
	from, to, sign := models.DateOf(c.now), models.DateOf(due), 1
	if to < from {
		from, to, sign = to, from, -1
	}
	return sign * c.clocks().Calendar.Between(from, min(to, from.AddDays(horizon)))
}

// clocks are the newest calendar and today's rules, read once per call. A light
// is advice: where they cannot be read, what the binary knows lights it, and the log says why.
func (c *call) clocks() sla.Clock {
	if c.clock != nil {
		return *c.clock
	}
	now, err := c.edition()
	clock := c.srv.shipped
	if err == nil {
		clock, err = c.srv.known.Load(c.db(), now.Edition, models.DateOf(c.now))
	}
	if err != nil {
		c.srv.Log.Error("clocks of tasks", "request", c.id, "error", err)
		clock = c.srv.shipped
	}
	c.clock = &clock
	return clock
}

// worst is the most pressing light of tasks.
func worst(tasks []wire.NextTask) string {
	rank := map[string]int{none: 0, green: 1, amber: 2, red: 3}
	light := none
	for _, t := range tasks {
		if t.Due != nil && rank[t.Due.Light] > rank[light] {
			light = t.Due.Light
		}
	}
	return light
}
