package sla

import (
	"time"

	"github.com/quancheng/quancheng/models/office"
)

// Stage is how far the clock of a task has come: how many rows of the table it has reached.
type Stage int

// The stages, in their order.
const (
	Running   Stage = iota // no row
	Reminded               // little time is left: amber
	Overdue                // red from here on
	Escalated              // the deputy director was asked to see to it
	Recorded               // it is in the duty records
)

// row is what happens when a stage is reached.
type row struct {
	name   string                                            // of the audit action task.<name> and of the notification task-<name>
	after  func(c Clock, due time.Time, limit int) time.Time // the last moment before it
	joins  audience                                          // who is told beside those whom earlier stages told
	record bool                                              // goes into the duty records
}

// table is rule G03.
var table = []row{
	{name: "reminder", after: remind, joins: holders},
	{name: "overdue", after: due, joins: sectionHeads},
	{name: "escalated", after: func(c Clock, due time.Time, _ int) time.Time { return c.later(due, c.Rules.Escalate) }, joins: deputies},
	{name: "recorded", after: func(c Clock, due time.Time, _ int) time.Time { return c.later(due, c.Rules.Record) }, record: true},
}

func (r row) kind() office.NotificationKind { return office.NotificationKind("task-" + r.name) }

// remind is the day on which at most the share of the limit is left, and at
// least one working day.
func remind(c Clock, due time.Time, limit int) time.Time {
	return c.dayWithLeft(due, max(1, limit*c.Rules.Warn/100))
}

func due(_ Clock, due time.Time, _ int) time.Time { return due }

// Stage is where a clock stands at a moment: due is when it runs out, limit how
// many working days it had (0: it was set to a moment).
func (c Clock) Stage(due time.Time, limit int, now time.Time) Stage {
	n := Running
	for _, r := range table {
		if !now.After(r.after(c, due, limit)) {
			break
		}
		n++
	}
	return n
}
