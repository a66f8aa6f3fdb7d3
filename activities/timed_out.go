package activities

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

// timedOut is the operation of the clock when the time of a task is over.
const timedOut = "timeout"

// actOfClock keeps in the thread what the clock has done with a task. It is the
// system's, in nobody's list of what he has done.
func (s *step) actOfClock(tx *gorm.DB) error {
	if s.ev.Operation != timedOut || s.task == nil {
		return nil
	}
	d, err := s.task.Details()
	if err != nil {
		return err
	}
	return process.Remark(tx, process.TaskAct{
		Task: s.task.Key, Root: s.root.Key, Element: s.task.Element, TaskName: s.task.Name, Round: s.task.Round, Person: models.System,
		Operation: timedOut, Target: d.Late, Event: s.req.ID, At: s.now, BusinessDate: s.acting.BusinessDate,
	})
}

// late tells those who had a task that the clock has moved it, and of a return who began the matter.
func (t *teller) late(tx *gorm.DB) error {
	if t.ev.Operation != timedOut || t.task == nil {
		return nil
	}
	d, err := t.task.Details()
	if err != nil {
		return err
	}
	had := append(slices.Clone(d.Users), t.task.Assignee)
	for _, s := range d.Seats {
		if s.State == "active" || s.State == "waiting" || s.State == "suspended" {
			had = append(had, s.Actor, s.Principal)
		}
	}
	if d.Late == "return" {
		had = append(had, t.world.Input.Case.Initiator)
	}
	slices.Sort(had)
	had = slices.DeleteFunc(slices.Compact(had), func(p string) bool { return p == "" })
	more := map[string]string{
		"task": t.task.Name, "taskEn": t.task.NameEn, "what": texts.Text(texts.Chinese, "timeout."+d.Late, nil),
		"whatEn": texts.Text(texts.English, "timeout."+d.Late, nil),
	}
	return t.say(tx, "task-timeout", fmt.Sprintf("timeout:%d:%d", t.task.Key, t.task.Version), t.subject(), more, had)
}
