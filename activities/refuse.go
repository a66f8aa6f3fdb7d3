package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

// gone are refusals that say that nobody waits for the event any more: they stop no token.
var gone = []string{
	"no-such-instance", "no-such-timer", "no-such-job", "no-such-subscription", "no-such-incident",
	"instance-ended", "not-started", "already-started",
}

// later are refusals of events that will come again by themselves, so that their outcome must not be kept.
var later = []string{"suspended", "not-due"}

// refuse decides what the refusal of an event leads to; the savepoint is rolled back.
func (c *Committer) refuse(ctx context.Context, tx *gorm.DB, s *step, refused *models.Refusal) (contract.Outcome, error) {
	system := s.acting.Person == models.System
	switch {
	case system && slices.Contains(later, refused.Code):
		if err := s.messageReturned(tx, refused.Code); err != nil {
			return contract.Outcome{}, err
		}
		if before, found, err := process.OutcomeOf(tx, s.req.ID); found || err != nil { // stored while this one waited for the lock
			if err != nil {
				return contract.Outcome{}, err
			}
			return c.known(tx, s.req, s.root, before)
		}
		out := contract.Outcome{Event: s.req.ID, Verdict: contract.Refused, Code: refused.Code, At: s.now}
		return out, c.adopt(tx, s.root, nil, &out)
	case !system || slices.Contains(gone, refused.Code) || s.ev.Operation == "unclaim" || s.ev.Operation == timedOut:
		// the claim is over, or the time of a task that somebody has done or that nobody else may have
		if err := s.messageReturned(tx, refused.Code); err != nil {
			return contract.Outcome{}, err
		}
		if err := commands.TellBroken(tx, s.acting, s.root.Key, s.root.Project, refused); err != nil {
			return contract.Outcome{}, err
		}
		return c.storeRefusal(tx, s.req, s.root, s.world.OrgVersion, refused)
	}
	out := contract.Outcome{Verdict: contract.Refused, Code: refused.Code, Refusal: json.RawMessage(models.JSONOf(refused))}
	return c.stop(ctx, tx, s.req, s.root, out, refused.Error())
}

// stop raises an incident on the element that the event is about, and keeps the
// event: a retry applies it again. A start that did not happen stops its instance.
// Where nothing is left to stop, only the outcome stays.
func (c *Committer) stop(
	ctx context.Context, tx *gorm.DB, r contract.Request, root process.RootState, out contract.Outcome, why string,
) (contract.Outcome, error) {
	s, err := c.begin(ctx, tx, r, root) // anew: a refused step leaves no usable state
	if err != nil {
		return out, err
	}
	s.keep = models.JSONOf(r)
	raise := engine.Event{ID: r.ID, Type: engine.RaiseIncident, Key: s.ev.Key, Name: out.Code, Message: why}
	err = tx.Transaction(func(sp *gorm.DB) error {
		if err := s.turn(sp, raise); err != nil {
			return err
		}
		if err := s.trail.write(sp); err != nil {
			return err
		}
		if s.ev.Type == engine.FireTimer {
			return s.update(sp, &process.Timer{}, s.ev.Key, map[string]any{"refused": true})
		}
		return nil
	})
	if refusalOf(err) != nil {
		if s.ev.Type == engine.Start { // there is no element yet, but nobody else would hear of it
			return c.strand(tx, r, root, out, why, -r.Root)
		}
		return c.store(tx, r, root, nil, s.world.OrgVersion, out)
	}
	if err != nil {
		return out, err
	}
	return s.conclude(tx, out)
}

// strand stores an outcome with an incident that the engine does not know; its key is negative.
func (c *Committer) strand(
	tx *gorm.DB, r contract.Request, root process.RootState, out contract.Outcome, why string, key int64,
) (contract.Outcome, error) {
	row := process.Incident{
		Key: key, Root: r.Root, Instance: r.Root, Code: out.Code, Message: why, Event: models.JSONOf(r), Project: root.Project,
		Process: root.Process, RaisedAt: c.now(),
	}
	if err := tx.Create(&row).Error; err != nil {
		return out, fmt.Errorf("incident of %d: %w", r.Root, err)
	}
	return c.store(tx, r, root, nil, 0, out)
}

// storeDefect stores the outcome of an event that broke us, with an incident, so that the queue goes on.
func (c *Committer) storeDefect(ctx context.Context, r contract.Request, d *defect) (contract.Outcome, error) {
	out := contract.Outcome{Verdict: contract.Defect, Code: "defect"}
	why := d.cause.Error()
	stopped, err := c.defective(ctx, r, out, why)
	if err == nil || technical(ctx, err) || errors.Is(err, errStale) {
		return stopped, err
	}
	c.Log.Error("the instance cannot take an incident either", "alarm", true, "root", r.Root, "error", err)
	err = c.DB.Tx(ctx, func(tx *gorm.DB) error {
		root, err := process.LockRoot(tx, r.Root, lease)
		if err != nil && !errors.Is(err, process.ErrNotFound) {
			return err
		}
		stopped, err = c.strand(tx, r, root, out, why, -c.now().UnixMicro())
		return err
	})
	return stopped, err
}

func (c *Committer) defective(
	ctx context.Context, r contract.Request, out contract.Outcome, why string,
) (stopped contract.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	err = c.DB.Tx(ctx, func(tx *gorm.DB) error {
		root, err := process.LockRoot(tx, r.Root, lease)
		if err != nil && !errors.Is(err, process.ErrNotFound) {
			return err
		}
		before, found, err := process.OutcomeOf(tx, r.ID)
		if err != nil {
			return err
		}
		if found {
			stopped, err = c.known(tx, r, root, before)
			return err
		}
		stopped, err = c.stop(ctx, tx, r, root, out, why)
		return err
	})
	return stopped, err
}

// resolve tries again what an incident stopped: in the engine, and the refused
// event that it keeps, in the name of its own actor.
func (s *step) resolve(tx *gorm.DB) error {
	row, err := process.IncidentByKey(tx, s.ev.Key)
	if errors.Is(err, process.ErrNotFound) || err == nil && (row.Root != s.root.Key || row.ResolvedAt != nil) {
		return models.Refuse("no-such-incident", "key", fmt.Sprint(s.ev.Key))
	}
	if err != nil {
		return fmt.Errorf("incident %d: %w", s.ev.Key, err)
	}
	if row.Key < 0 { // one that the engine does not know
		if err := s.update(tx, &process.Incident{}, row.Key, map[string]any{"resolved_at": s.now}); err != nil {
			return err
		}
	} else if err := s.move(tx, s.ev); err != nil {
		return err
	}
	if len(row.Event) == 0 {
		return nil
	}
	return s.again(tx, row)
}

// again applies the event that an incident kept.
func (s *step) again(tx *gorm.DB, row process.Incident) error {
	old := *s
	defer func() { s.ev, s.req, s.acting = old.ev, old.req, old.acting }()
	var r contract.Request
	if err := row.Event.Into(&r); err != nil {
		return fmt.Errorf("event of incident %d: %w", row.Key, err)
	}
	s.ev, s.acting = engine.Event{}, models.Acting{Person: models.System}
	if err := json.Unmarshal(r.Event, &s.ev); err != nil {
		return fmt.Errorf("event of incident %d: %w", row.Key, err)
	}
	if len(r.Acting) > 0 {
		if err := json.Unmarshal(r.Acting, &s.acting); err != nil {
			return fmt.Errorf("actor of incident %d: %w", row.Key, err)
		}
	}
	s.req.Data, s.ev.ID, s.acting.At, s.acting.Event = r.Data, r.ID, s.now, old.req.ID
	if s.acting.BusinessDate == "" {
		s.acting.BusinessDate = old.acting.BusinessDate
	}
	switch s.ev.Type {
	case engine.FireTimer:
		if err := s.update(tx, &process.Timer{}, s.ev.Key, map[string]any{"refused": false}); err != nil {
			return err
		}
	case engine.Operate:
		if err := s.prepare(tx); err != nil {
			return err
		}
	}
	if err := s.move(tx, s.ev); err != nil {
		return err
	}
	if id := messageOf(r.ID, s.ev); id != "" {
		return process.Correlated(tx, s.now, id)
	}
	return nil
}

// messageOf is the message that an event brings, to a wait or to a start event: its id is m:<message id>:<attempt>.
func messageOf(event string, ev engine.Event) string {
	id, ok := strings.CutPrefix(event, "m:")
	if !ok || ev.Type != engine.CorrelateMessage && ev.Type != engine.Start {
		return ""
	}
	return id[:max(strings.LastIndexByte(id, ':'), 0)]
}

func (s *step) messageApplied(tx *gorm.DB) error {
	if id := messageOf(s.req.ID, s.ev); id != "" {
		return process.Correlated(tx, s.now, id)
	}
	return nil
}

// messageReturned puts a message that could not be delivered back into the
// buffer; not one that has begun this instance, which stays its own.
func (s *step) messageReturned(tx *gorm.DB, code string) error {
	if id := messageOf(s.req.ID, s.ev); id != "" && s.ev.Type == engine.CorrelateMessage {
		return process.Returned(tx, s.now, id, code)
	}
	return nil
}
