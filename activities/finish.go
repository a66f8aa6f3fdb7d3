package activities

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

// finish stores the new state and what is said about the event.
func (s *step) finish(tx *gorm.DB) (contract.Outcome, error) {
	return s.conclude(tx, contract.Outcome{Verdict: contract.Applied})
}

// conclude is the end of every event that changed the state: applied, or refused or defective with an incident.
func (s *step) conclude(tx *gorm.DB, out contract.Outcome) (contract.Outcome, error) {
	if err := s.advance(tx); err != nil {
		return out, err
	}
	if out.Verdict == contract.Applied {
		if err := s.act(tx); err != nil {
			return out, err
		}
		if err := s.messageApplied(tx); err != nil {
			return out, err
		}
	}
	if !s.root.Open {
		if err := process.BeginNext(tx, s.now, s.root); err != nil {
			return out, err
		}
		if err := s.tellEnd(tx); err != nil {
			return out, err
		}
	}
	if err := s.tell(tx); err != nil {
		return out, err
	}
	if err := s.closeIncidents(tx); err != nil {
		return out, err
	}
	if err := s.audit(tx, out); err != nil {
		return out, err
	}
	if s.task != nil {
		out.Task = s.task.Key
	}
	out.Step, out.Opened = s.root.Step+1, s.opened
	if err := s.notify(tx); err != nil {
		return out, err
	}
	s.root.Step++
	return s.c.store(tx, s.req, s.root, s.state, s.world.OrgVersion, out)
}

// advance stores step n+1 if step n is still there.
func (s *step) advance(tx *gorm.DB) error {
	var err error
	if s.root.State, err = json.Marshal(s.state); err != nil {
		return fmt.Errorf("state of %d: %w", s.root.Key, err)
	}
	timers, err := dueTimers(tx, s.state)
	if err != nil {
		return err
	}
	if s.root.NextDue = nil; len(timers) > 0 {
		s.root.NextDue = &timers[0].Due
	}
	s.root.Open, s.root.UpdatedAt = !s.state.Ended(), s.now
	s.root.BusinessDate = s.acting.BusinessDate
	stored, err := s.root.Advance(tx)
	if err != nil {
		return fmt.Errorf("advance %d: %w", s.root.Key, err)
	}
	if !stored {
		return errStale
	}
	return nil
}

// forever is later than any timer.
var forever = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// dueTimers lists the timers that will fire, due first: not those of suspended
// instances, nor those that were refused and wait for somebody.
func dueTimers(tx *gorm.DB, state *engine.State) ([]process.Timer, error) {
	running := state.DueTimers(forever)
	if len(running) == 0 {
		return nil, nil
	}
	all, err := process.TimersOf(tx, state.Key())
	if err != nil {
		return nil, fmt.Errorf("timers of %d: %w", state.Key(), err)
	}
	return slices.DeleteFunc(all, func(t process.Timer) bool { return !slices.Contains(running, t.Key) }), nil
}

// closeIncidents ends the incidents of element instances that are gone.
func (s *step) closeIncidents(tx *gorm.DB) error {
	if !s.root.Stopped && len(s.raised) == 0 {
		return nil
	}
	for keys := range slices.Chunk(s.left, 500) {
		err := tx.Model(&process.Incident{}).
			Where("root = ? AND resolved_at IS NULL AND element_key IN ?", s.root.Key, keys).
			Update("resolved_at", s.now).
			Error
		if err != nil {
			return fmt.Errorf("incidents of %d: %w", s.root.Key, err)
		}
	}
	if !s.root.Open {
		return tx.Model(&process.Incident{}).Where("root = ? AND resolved_at IS NULL", s.root.Key).Update("resolved_at", s.now).Error
	}
	return nil
}

func (s *step) audit(tx *gorm.DB, out contract.Outcome) error {
	subject, element := fmt.Sprintf("instance:%d", s.root.Key), ""
	if s.task != nil {
		subject, element = fmt.Sprintf("task:%d", s.task.Key), s.task.Element
	}
	facts := map[string]any{"step": s.root.Step + 1, "pack": s.world.Pack, "calendar": s.world.CalendarVersion}
	if s.world.PackInForce != s.world.Pack {
		facts["packInForce"] = s.world.PackInForce
	}
	if element != "" {
		facts["element"] = element
	}
	if out.Verdict != contract.Applied {
		facts["verdict"], facts["code"] = out.Verdict, out.Code
	}
	behalf := ""
	if s.task != nil {
		behalf = s.principal()
	}
	return audit.Audit(tx, fmt.Sprintf("i:%d", s.root.Key), s.acting, audit.AuditEntry{
		Action: "process." + s.req.Name, Subject: subject, Project: s.root.Project, OnBehalf: behalf, Reason: s.ev.Reason,
		Digest: s.ev.Digest, Detail: models.JSONOf(facts),
	})
}

func (s *step) notify(tx *gorm.DB) error {
	if s.root.Project == "" {
		return nil
	}
	return models.Notify(tx, models.Notice{Kind: "project", Key: s.root.Project, Project: s.root.Project, Dept: s.root.Dept})
}

// adopt fills in what the workflow takes over, as it stands in this transaction;
// of an instance that does not exist only that nothing follows. State is that of the
// row, where the caller has it; nil: what is needed of it is read.
func (c *Committer) adopt(tx *gorm.DB, row process.RootState, state *engine.State, out *contract.Outcome) error {
	if row.Key == 0 {
		out.Ended = true
		return nil
	}
	out.Ended, out.NextDue, out.Timers, out.Jobs = !row.Open, nil, nil, nil
	out.Summary = contract.Summary{Project: row.Project, Dept: row.Dept}
	if out.Ended {
		return c.stage(tx, row, out)
	}
	if row.NextDue != nil {
		if err := timersInto(tx, row, state, out); err != nil {
			return err
		}
	}
	if err := c.jobsInto(tx, row, out); err != nil {
		return err
	}
	if state != nil {
		out.Summary.Tasks = state.TaskNames()
		return c.stage(tx, row, out)
	}
	var err error
	if out.Summary.Tasks, err = process.OpenTaskNames(tx, row.Key); err != nil {
		return fmt.Errorf("tasks of %d: %w", row.Key, err)
	}
	return c.stage(tx, row, out)
}

// maxTimers is how many due moments the workflow is told at once; it asks again after each.
const maxTimers = 20

func timersInto(tx *gorm.DB, row process.RootState, state *engine.State, out *contract.Outcome) error {
	if state == nil {
		state = engine.NewState(row.Key)
		if err := json.Unmarshal(row.State, state); err != nil {
			return fmt.Errorf("state of %d: %w", row.Key, err)
		}
	}
	timers, err := dueTimers(tx, state)
	if err != nil {
		return err
	}
	for _, t := range timers[:min(len(timers), maxTimers)] {
		out.Timers = append(out.Timers, contract.Timer{Key: t.Key, Due: t.Due, Element: t.Element})
	}
	if len(timers) > 0 {
		out.NextDue = &timers[0].Due
	}
	return nil
}

func (c *Committer) jobsInto(tx *gorm.DB, row process.RootState, out *contract.Outcome) error {
	if len(c.Workers) == 0 {
		return nil
	}
	jobs, err := process.JobsOf(tx, row.Key)
	if err != nil {
		return fmt.Errorf("jobs of %d: %w", row.Key, err)
	}
	for _, j := range jobs {
		if c.Workers[j.Type] == nil || j.Failed {
			continue
		}
		job := contract.Job{Key: j.Key, Type: j.Type, Element: j.Element, Retries: j.Retries}
		if j.NotBefore != nil {
			job.At = *j.NotBefore
		}
		out.Jobs = append(out.Jobs, job)
	}
	return nil
}

func (c *Committer) stage(tx *gorm.DB, row process.RootState, out *contract.Outcome) error {
	if row.Project == "" {
		return nil
	}
	err := tx.Raw(`SELECT stage FROM project WHERE code = ?`, row.Project).Scan(&out.Summary.Stage).Error
	if err != nil {
		return fmt.Errorf("stage of %s: %w", row.Project, err)
	}
	return nil
}
