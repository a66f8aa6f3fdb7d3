package api

import (
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/sla"
)

// matterClocks are the clocks of a project's stages. Why they stood still is for
// who follows its steps; that they did, and when they run out, for everybody who sees it.
func (c *call) matterClocks(project string, root int64, why bool) ([]wire.MatterClock, error) {
	all, err := sla.ClocksOf(c.db(), project, root, c.now)
	if err != nil {
		return nil, err
	}
	var out []wire.MatterClock
	for _, m := range all {
		w := wire.MatterClock{
			ID: m.ID, Name: c.text("clock." + m.ID), Limit: m.Limit, CalendarDays: m.CalendarDays, Statutory: m.Statutory,
			Received: string(m.Received), Day: string(m.Due), Used: m.Used, Late: m.Late(c.now), Provisional: m.Provisional,
		}
		due := m.Due.Start().Add(24*time.Hour - time.Second)
		switch {
		case !m.Ended.IsZero():
			w.Due, w.EndedAt = wire.Due{At: local(&due), Light: none, Limit: m.Limit}, local(&m.Ended)
		case m.Paused:
			w.Due = wire.Due{At: local(&due), Light: none, Limit: m.Limit, Suspended: true}
		default:
			w.Due = c.due(&due, m.Limit)
		}
		if why {
			for _, p := range m.Pauses {
				w.Pauses = append(w.Pauses, c.clockPause(p))
			}
		}
		out = append(out, w)
	}
	return out, nil
}

func (c *call) clockPause(p sla.Standstill) wire.ClockPause {
	w := wire.ClockPause{Cause: p.Cause, Name: c.text("clock.pause." + p.Cause), From: p.From.In(models.Zone)}
	if !p.To.IsZero() {
		w.To = local(&p.To)
	}
	return w
}
