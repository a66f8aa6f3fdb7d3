package api

import (
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
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

// due is a deadline as it looks now. Amber begins when at most 30 % of the
// limit is left, but at least one working day before.
func (c *call) due(at *time.Time, limit int) wire.Due {
	if at == nil {
		return wire.Due{Light: none}
	}
	left := c.workdaysLeft(*at)
	out := wire.Due{At: local(at), WorkdaysLeft: &left, Limit: limit, Light: green}
	switch {
	case at.Before(c.now):
		out.Light = red
	case left <= 1 || left*10 <= limit*3:
		out.Light = amber
	}
	return out
}

// workdaysLeft counts working days after today up to the due day; negative when it is over.
func (c *call) workdaysLeft(due time.Time) int {
	from, to, sign := models.DateOf(c.now), models.DateOf(due), 1
	if to < from {
		from, to, sign = to, from, -1
	}
	n := 0
	for day, i := from.AddDays(1), 0; day <= to && i < horizon; day, i = day.AddDays(1), i+1 {
		if c.isWorkday(day) {
			n++
		}
	}
	return sign * n
}

// isWorkday asks the newest calendar, read once per call.
func (c *call) isWorkday(day models.Date) bool {
	if c.workdays == nil {
		c.workdays = c.srv.calendar(c)
	}
	return c.workdays(day)
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
