package activities

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// saveTask puts a task into inboxes; created is zero for one that is there already.
func (s *step) saveTask(tx *gorm.DB, t engine.Task, created time.Time) error {
	if !created.IsZero() {
		s.hold(&process.Task{Key: t.Key, CreatedAt: created, State: process.TaskOpen})
	}
	row, err := s.taskRow(tx, t.Key)
	if err != nil {
		return err
	}
	instance, err := s.instance(tx, t.Instance)
	if err != nil {
		return err
	}
	row.Root, row.Instance, row.ElementKey, row.Bundle = s.root.Key, t.Instance, t.ElementKey, s.root.Bundle
	row.Process, row.Element, row.Name, row.Form, row.Command, row.Policy = t.Process, t.Element, t.Name, t.Form, t.Command, t.Policy
	row.Edits, row.About = strings.Join(t.Edits, ","), t.About
	row.Project, row.Dept, row.BusinessKey = s.root.Project, s.root.Dept, instance.BusinessKey
	row.Assignee, row.Version, row.Round, row.Priority, row.DueWorkdays = t.Assignee, t.Version, t.Round, t.Priority, t.DueWorkdays
	el := s.bundle.Element(t.Process, t.Element)
	if !created.IsZero() && !t.Due.IsZero() { // from then on the clock is package sla's
		due := t.Due.UTC()
		row.DueAt = &due
		if el != nil && el.Ext.SLA != nil && el.Ext.DueDate == "" {
			row.Calendar = s.world.CalendarVersion
		}
	}
	if el != nil {
		row.NameEn = el.Ext.NameEn
		if t.Appended {
			row.NameEn = ""
		} else if el.Ext.Task != nil {
			row.View, row.Batch = el.Ext.Task.View, el.Ext.Task.Batch
		}
	}
	if row.Detail, err = detail(t, el); err != nil {
		return err
	}
	to := bundles.Principals(t, s.world.Input)
	if !created.IsZero() {
		if err := process.OpenTask(tx, *row, to); err != nil {
			return err
		}
		if err := acts.WithApplicantAgain(tx, s.acting, row.Project, t.Edits); err != nil {
			return err
		}
		s.gained(t.Key, to, true)
		return s.notifyTask(tx, t.Key, to)
	}
	lost, gained, err := process.SaveTask(tx, *row, to)
	if err != nil {
		return err
	}
	s.gained(t.Key, gained, false)
	if err := s.tellLosers(tx, *row, lost); err != nil {
		return err
	}
	return s.notifyTask(tx, t.Key, append(to, lost...))
}

// taskRow is a task as it stands in this event.
func (s *step) taskRow(tx *gorm.DB, key int64) (*process.Task, error) {
	if row := s.tasks[key]; row != nil {
		return row, nil
	}
	row, err := process.TaskForStep(tx, key)
	if err != nil {
		return nil, fmt.Errorf("task %d: %w", key, err)
	}
	s.hold(&row)
	return &row, nil
}

func (s *step) hold(row *process.Task) {
	if s.tasks == nil {
		s.tasks = map[int64]*process.Task{}
	}
	s.tasks[row.Key] = row
}

func detail(t engine.Task, el *bpmn.Element) (models.JSON, error) {
	inputs, err := json.Marshal(t.Inputs)
	if err != nil {
		return nil, fmt.Errorf("task %d: %w", t.Key, err)
	}
	d := process.TaskDetail{Users: t.Users, Groups: t.Groups, Operations: t.Operations, Headers: t.Headers, Inputs: inputs,
		Post: t.Post, For: t.For, Out: t.Out, Governors: t.Governors, Late: t.Late, Appended: t.Appended, Steps: t.Steps}
	if t.Appended {
		d.Stops = t.Stops
	} else if el != nil && el.Ext.SLA != nil {
		d.Stops = el.Ext.SLA.Pause
	}
	d.Blind = !t.Appended && el != nil && el.Ext.Approval != nil && el.Ext.Approval.Blind
	for _, w := range t.Whys {
		d.Whys = append(d.Whys, process.TaskWhy{Rule: w.Rule, Args: w.Args})
	}
	if d.Seats, err = seats(t.Seats); err != nil {
		return nil, err
	}
	return models.JSONOf(d), nil
}

// seats are stored as the engine writes them.
func seats(all []engine.Seat) (out []process.TaskSeat, err error) {
	raw, err := json.Marshal(all)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	return out, err
}

func (s *step) closeTask(tx *gorm.DB, e engine.TaskClosed) error {
	row, err := s.taskRow(tx, e.Key)
	if err != nil {
		return err
	}
	if len(e.Seats) > 0 {
		d, err := row.Details()
		if err != nil {
			return err
		}
		if d.Seats, err = seats(e.Seats); err != nil {
			return err
		}
		row.Detail = models.JSONOf(d)
	}
	now := s.now
	row.ClosedAt, row.Outcome, row.Operation, row.ClosedBy, row.BusinessDate = &now, string(
		e.Outcome,
	), e.Operation, s.acting.Person, s.acting.BusinessDate
	to, err := process.CloseTask(tx, row)
	if err != nil {
		return err
	}
	if err := s.tellLosers(tx, *row, to); err != nil {
		return err
	}
	return s.notifyTask(tx, e.Key, to)
}

// tellLosers tells persons that a task is theirs no more by what somebody else has
// done; members of a post, who never had it for themselves, are not told.
func (s *step) tellLosers(tx *gorm.DB, t process.Task, left []string) error {
	persons := slices.DeleteFunc(slices.Clone(left), func(p string) bool { return strings.Contains(p, "@") || p == s.acting.Person })
	if len(persons) == 0 || s.acting.Person == models.System {
		return nil
	}
	var by office.Person
	if err := tx.Select("name", "name_en").Where("id = ?", s.acting.Person).Limit(1).Find(&by).Error; err != nil {
		return fmt.Errorf("person %s: %w", s.acting.Person, err)
	}
	return office.Tell(tx, office.Notification{
		Cause: fmt.Sprintf("lost:%d:%d", t.Key, t.Version), Kind: "task-lost", Subject: fmt.Sprintf("case:%d", t.Root), CreatedAt: s.now,
		Args: models.JSONOf(
			map[string]string{"task": t.Name, "taskEn": t.NameEn, "who": cmp.Or(by.Name, s.acting.Person), "whoEn": by.NameEn},
		),
	}, persons...)
}

func (s *step) voidVerdicts(tx *gorm.DB, e engine.VerdictsVoided) error {
	row, err := s.taskRow(tx, e.Task)
	if err != nil {
		return err
	}
	d, err := row.Details()
	if err != nil {
		return err
	}
	var persons []string
	for _, no := range e.Seats {
		for i, seat := range d.Seats {
			if seat.No == no {
				persons = append(persons, seat.Actor)
				d.Seats[i].State = "void"
			}
		}
	}
	row.Detail = models.JSONOf(d)
	if row.State == process.TaskClosed {
		if err := tx.Model(&process.Task{}).Where("key = ?", row.Key).Update("detail", row.Detail).Error; err != nil {
			return fmt.Errorf("task %d: %w", e.Task, err)
		}
	}
	if err := s.tellVoided(tx, *row, persons); err != nil {
		return err
	}
	return process.VoidActs(tx, e.Task, persons)
}

// tellVoided tells signers that what they have signed holds no longer.
func (s *step) tellVoided(tx *gorm.DB, t process.Task, signers []string) error {
	persons := slices.DeleteFunc(slices.Clone(signers), func(p string) bool { return p == "" || p == s.acting.Person })
	if len(persons) == 0 {
		return nil
	}
	return office.Tell(tx, office.Notification{
		Cause: fmt.Sprintf("void:%d:%s", t.Key, s.req.ID), Kind: "verdict-void", Subject: fmt.Sprintf("case:%d", t.Root), CreatedAt: s.now,
		Args: models.JSONOf(map[string]string{"task": t.Name, "taskEn": t.NameEn, "matter": cmp.Or(s.root.BusinessKey, s.root.Project)}),
	}, persons...)
}

// notifyTask tells everybody who holds a task, or held it, to look again.
func (s *step) notifyTask(tx *gorm.DB, key int64, to []string) error {
	n := models.Notice{Kind: "task", Key: fmt.Sprint(key), Project: s.root.Project, Dept: s.root.Dept}
	for _, p := range to {
		if role, dept := models.SplitPost(p); role != "" && dept != "" {
			n.Posts = append(n.Posts, p)
		} else {
			n.Persons = append(n.Persons, p)
		}
	}
	return models.Notify(tx, n)
}
