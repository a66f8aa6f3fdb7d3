package activities

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/sla"
)

// project turns one effect into rows.
func (s *step) project(tx *gorm.DB, effect engine.Effect) error {
	switch e := effect.(type) {
	case engine.InstanceStarted:
		return s.startInstance(tx, process.Instance{
			Key: e.Key, Root: e.Root, Parent: e.Parent, ParentElement: e.ParentElement, Process: e.Process, Name: e.Name,
			BusinessKey: e.BusinessKey, State: "active", StartedAt: s.now,
		})
	case engine.InstanceEnded:
		return s.update(tx, &process.Instance{}, e.Key, map[string]any{"state": string(e.Outcome), "ended_at": s.now})
	case engine.ElementEntered:
		i, err := s.instance(tx, e.Instance)
		if err != nil {
			return err
		}
		s.trail.enter(process.ElementInstance{
			Key: e.Key, Root: s.root.Key, Instance: e.Instance, Scope: e.Scope, Process: i.Process, Element: e.Element,
			Kind: e.Kind, Name: e.Name, Loop: e.Loop, State: "active", EnteredAt: s.now,
		})
		return nil
	case engine.ElementLeft:
		s.left = append(s.left, e.Key)
		if s.trail.leave(e.Key, string(e.Outcome), s.now) {
			return nil
		}
		return s.update(tx, &process.ElementInstance{}, e.Key, map[string]any{"state": string(e.Outcome), "left_at": s.now})
	case engine.FlowTaken:
		s.trail.take(process.FlowTaken{Instance: e.Instance, Flow: e.Flow, Root: s.root.Key, Times: 1, LastAt: s.now})
		return nil
	case engine.TaskOpened:
		s.opened = append(s.opened, e.Task.Key)
		return s.saveTask(tx, e.Task, s.now)
	case engine.TaskChanged:
		return s.saveTask(tx, e.Task, time.Time{})
	case engine.TaskClosed:
		s.closed++
		return s.closeTask(tx, e)
	case engine.DecisionMade:
		return s.keepDecision(tx, e)
	case engine.VerdictsVoided:
		return s.voidVerdicts(tx, e)
	case engine.VariableSet:
		return s.setVariable(e)
	default:
		return s.projectWait(tx, effect)
	}
}

// projectWait turns what tokens wait for, and what they send, into rows.
func (s *step) projectWait(tx *gorm.DB, effect engine.Effect) error {
	switch e := effect.(type) {
	case engine.JobOpened:
		return s.openJob(tx, e)
	case engine.JobClosed:
		s.dropJob(e.Key)
		return process.CloseJob(tx, e.Key)
	case engine.TimerArmed:
		return s.upsert(tx, &process.Timer{Key: e.Key, Root: s.root.Key, Instance: e.Instance, ElementKey: e.ElementKey, Element: e.Element,
			Due: e.Due.UTC()})
	case engine.TimerCleared:
		return process.CloseTimer(tx, e.Key)
	case engine.SubscriptionOpened:
		return process.Subscribe(tx, s.now, process.Subscription{
			Key: e.Key, Root: s.root.Key, Instance: e.Instance, Element: e.Element, Kind: e.Kind, Name: e.Name,
			CorrelationKey: e.CorrelationKey, OpenedAt: s.now,
		})
	case engine.SubscriptionClosed:
		return process.CloseSubscription(tx, e.Key)
	case engine.IncidentRaised:
		return s.raise(tx, e)
	case engine.IncidentResolved:
		if err := process.ReleaseJob(tx, e.Key); err != nil {
			return fmt.Errorf("job of incident %d: %w", e.Key, err)
		}
		return s.update(tx, &process.Incident{}, e.Key, map[string]any{"resolved_at": s.now})
	case engine.MessageThrown:
		return s.publish(tx, e)
	case engine.SignalThrown:
		return s.broadcast(tx, e)
	default:
		return fmt.Errorf("the shell does not know the effect %T", effect)
	}
}

// projectEvent stores what an event means that has no effects of its own.
func (s *step) projectEvent(tx *gorm.DB, ev engine.Event) error {
	from, to, clocks := "active", "suspended", sla.Pause
	switch ev.Type {
	case engine.Suspend:
		if err := process.SuspendUntil(tx, s.root.Key, ev.Until); err != nil {
			return err
		}
	case engine.Resume:
		from, to, clocks = to, from, sla.Resume
		if err := process.SuspendUntil(tx, s.root.Key, time.Time{}); err != nil {
			return err
		}
	default:
		return nil
	}
	all, err := process.Instances(tx, s.root.Key)
	if err != nil {
		return err
	}
	below := map[int64]bool{ev.Key: true}
	for _, i := range all { // callers come before what they call
		if below[i.Parent] {
			below[i.Key] = true
		}
		if !below[i.Key] || i.State != from {
			continue
		}
		if err := s.update(tx, &process.Instance{}, i.Key, map[string]any{"state": to}); err != nil {
			return err
		}
		if err := clocks(tx, s.acting, i.Key); err != nil {
			return err
		}
	}
	s.tasks = nil // they are not as they were read
	return nil
}

func (s *step) create(tx *gorm.DB, row any) error {
	if err := tx.Create(row).Error; err != nil {
		return fmt.Errorf("project %T: %w", row, err)
	}
	return nil
}

func (s *step) upsert(tx *gorm.DB, row any) error {
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(row).Error; err != nil {
		return fmt.Errorf("project %T: %w", row, err)
	}
	return nil
}

func (s *step) update(tx *gorm.DB, row any, key int64, values map[string]any) error {
	if err := tx.Model(row).Where("key = ?", key).Updates(values).Error; err != nil {
		return fmt.Errorf("project %T %d: %w", row, key, err)
	}
	return nil
}

func (s *step) startInstance(tx *gorm.DB, i process.Instance) error {
	s.remember(i)
	return s.create(tx, &i)
}

// instance is what a process instance is of, and its business key: the state tells of those that
// live, the books of those that are gone.
func (s *step) instance(tx *gorm.DB, key int64) (process.Instance, error) {
	if i, ok := s.instances[key]; ok {
		return i, nil
	}
	i, err := process.InstanceByKey(tx, key)
	if err != nil {
		return i, fmt.Errorf("instance %d: %w", key, err)
	}
	s.remember(i)
	return i, nil
}

func (s *step) remember(i process.Instance) {
	if s.instances == nil {
		s.instances = map[int64]process.Instance{}
	}
	s.instances[i.Key] = i
}

func (s *step) setVariable(e engine.VariableSet) error {
	raw, err := json.Marshal(engine.Vars{"v": e.Value})
	if err != nil {
		return fmt.Errorf("variable %s: %w", e.Name, err)
	}
	var one map[string]json.RawMessage
	if err := json.Unmarshal(raw, &one); err != nil {
		return fmt.Errorf("variable %s: %w", e.Name, err)
	}
	s.trail.set(process.Variable{Scope: e.Scope, Name: e.Name, Root: s.root.Key, Instance: e.Instance, Value: models.JSON(one["v"])})
	return nil
}

func (s *step) openJob(tx *gorm.DB, e engine.JobOpened) error {
	if strings.HasPrefix(e.Type, commandPrefix) {
		s.jobs = append(s.jobs, e)
		return nil
	}
	vars, err := json.Marshal(e.Variables)
	if err != nil {
		return fmt.Errorf("job %s: %w", e.Type, err)
	}
	j := process.Job{
		Key: e.Key, Root: s.root.Key, Instance: e.Instance, ElementKey: e.ElementKey, Element: e.Element, Type: e.Type,
		Headers: models.JSONOf(e.Headers), Variables: vars, Retries: e.Retries, CreatedAt: s.now,
	}
	if !e.NotBefore.IsZero() {
		at := e.NotBefore.UTC()
		j.NotBefore = &at
	}
	return process.OpenJob(tx, j)
}

func (s *step) dropJob(key int64) {
	for i, j := range s.jobs {
		if j.Key == key {
			s.jobs = append(s.jobs[:i], s.jobs[i+1:]...)
			return
		}
	}
}

func (s *step) publish(tx *gorm.DB, e engine.MessageThrown) error {
	vars, err := json.Marshal(e.Variables)
	if err != nil {
		return fmt.Errorf("message %s: %w", e.Name, err)
	}
	s.sent++
	return process.Publish(tx, s.acting, process.Message{
		ID: fmt.Sprintf(
			"%s:m%d", s.req.ID, s.sent,
		), Name: e.Name, CorrelationKey: e.CorrelationKey, Variables: vars, ExpiresAt: s.now.Add(e.TimeToLive),
	})
}

// broadcast sends a signal to everybody else; the engine has served the thrower's own.
func (s *step) broadcast(tx *gorm.DB, e engine.SignalThrown) error {
	vars, err := json.Marshal(e.Variables)
	if err != nil {
		return fmt.Errorf("signal %s: %w", e.Name, err)
	}
	s.sent++
	return process.Broadcast(
		tx, s.acting, process.Signal{ID: fmt.Sprintf("%s:g%d", s.req.ID, s.sent), Name: e.Name, Variables: vars, Thrower: s.root.Key},
	)
}

func (s *step) raise(tx *gorm.DB, e engine.IncidentRaised) error {
	s.raised = append(s.raised, e.Key)
	row := process.Incident{
		Key: e.Key, Root: s.root.Key, Instance: e.Instance, ElementKey: e.ElementKey, Element: e.Element, Code: e.Code, Message: e.Message,
		Event: s.keep, Project: s.root.Project, Process: s.root.Process, RaisedAt: s.now,
	}
	if err := s.create(tx, &row); err != nil {
		return err
	}
	if err := process.HoldJob(tx, e.ElementKey); err != nil {
		return fmt.Errorf("job of incident %d: %w", e.Key, err)
	}
	return models.Notify(tx, models.Notice{Kind: "incident", Key: fmt.Sprint(e.Key), Project: s.root.Project, Dept: s.root.Dept})
}
