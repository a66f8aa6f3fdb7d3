// Package live plays conformance scenarios through the durable shell: every
// event is a Commit on a database, so that state, projections and outcomes are
// stored and loaded between any two steps.
//
// A twin in memory does the same. It says what happened, and after each step
// the database must hold its state, byte for byte, and rows for exactly what
// its effects left open.
package live

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities"
	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/engine/play"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/workflows/contract"
)

// Shell is a database that scenarios are played on, one after the other.
type Shell struct {
	// Committer applies events to the database, at the scenario's time.
	Committer *activities.Committer
	// Send brings an event to the Committer: sealed and straight, unless something durable stands between.
	Send func(context.Context, contract.Request) (contract.Outcome, error)

	db      *models.DB
	now     atomic.Int64 // in nanoseconds: the Committer may work elsewhere
	drivers atomic.Int64
}

// Open plays on a migrated database that nobody else uses.
func Open(db *models.DB) *Shell {
	s := &Shell{db: db}
	s.Committer = activities.New(db, bundles.NewCache(db), trust.New(time.Time{}).At(s.Now))
	s.Committer.Now = s.Now
	s.Send = func(ctx context.Context, r contract.Request) (contract.Outcome, error) {
		r, err := s.Committer.Keys.Seal(r)
		if err != nil {
			return contract.Outcome{}, err
		}
		return s.Committer.Commit(ctx, r)
	}
	return s
}

// Now is the time of the scenario that is played.
func (s *Shell) Now() time.Time { return time.Unix(0, s.now.Load()).UTC() }

// Driver is a fresh driver. Bundles and instances of earlier scenarios stay where they are: no event reaches them.
func (s *Shell) Driver() (play.Driver, error) {
	return &driver{
		Shell: s, twin: play.NewMemory(false), run: fmt.Sprintf("c:%d:%d", time.Now().UnixNano(), s.drivers.Add(1)),
		open: map[int64]*waits{},
	}, nil
}

// driver plays one scenario.
type driver struct {
	*Shell
	twin *play.Memory
	run  string // begins its event ids
	open map[int64]*waits
}

var _ play.Driver = (*driver)(nil)

// Deploy stores a bundle that the twin's gate lets in. The admission gate of
// people's deployments would refuse models that are unsound on purpose.
func (d *driver) Deploy(files []play.File, now time.Time) ([]engine.StartTrigger, error) {
	triggers, err := d.twin.Deploy(files, now)
	if err != nil {
		return nil, err
	}
	var rows []process.BundleFile
	var processes []process.Definition
	for i, f := range files {
		rows = append(rows, process.BundleFile{Name: strconv.Itoa(i) + ".bpmn", Data: f.Data})
		m, _ := bpmn.Parse(f.Data) // the twin has read it
		for _, p := range m.Processes {
			if p.Process.Executable {
				processes = append(processes, process.Definition{Process: p.ID, Name: p.Name})
			}
		}
	}
	d.now.Store(now.UnixNano())
	err = d.db.Tx(context.Background(), func(tx *gorm.DB) error {
		_, err := process.StoreBundle(tx, models.Acting{Person: models.System, At: now}, d.run, rows, processes)
		return err
	})
	return triggers, err
}

func (d *driver) NextStart(t engine.StartTrigger, now time.Time) (engine.StartTrigger, bool) {
	return d.twin.NextStart(t, now)
}

func (d *driver) Start(ev engine.Event, now time.Time) (int64, []engine.Effect, error) {
	d.now.Store(now.UnixNano())
	var entry string
	err := d.db.Tx(context.Background(), func(tx *gorm.DB) (err error) {
		ev.Key, entry, err = process.Begin(
			tx, models.Acting{Person: models.System, At: now}, process.Beginning{Process: ev.Process, BusinessKey: ev.BusinessKey},
		)
		return err
	})
	if errors.Is(err, process.ErrNotFound) {
		return d.twin.Start(engine.Event{Process: ev.Process}, now) // refuses it too
	}
	if err != nil {
		return 0, nil, err
	}
	effects, err := d.both(ev.Key, entry, ev, func() ([]engine.Effect, error) {
		_, effects, err := d.twin.Start(ev, now.In(models.Zone)) // in which the shell keeps time
		return effects, err
	})
	return ev.Key, effects, err
}

func (d *driver) Send(root int64, ev engine.Event, now time.Time) ([]engine.Effect, error) {
	d.now.Store(now.UnixNano())
	if err := d.people(ev.To); err != nil {
		return nil, err
	}
	return d.both(root, d.run+":"+ev.ID, ev, func() ([]engine.Effect, error) { return d.twin.Send(root, ev, now.In(models.Zone)) })
}

// people lets a scenario's people exist: the shell gives tasks to nobody else.
func (d *driver) people(id string) error {
	if id == "" {
		return nil
	}
	return d.db.Tx(context.Background(), func(tx *gorm.DB) error {
		return tx.Where("id = ?", id).FirstOrCreate(&office.Person{ID: id, Name: id, Active: true, Demo: true}).Error
	})
}

// both commits an event, lets the twin take it, and compares.
func (d *driver) both(root int64, id string, ev engine.Event, twin func() ([]engine.Effect, error)) ([]engine.Effect, error) {
	outcome, err := d.send(root, id, ev)
	if err != nil {
		return nil, err
	}
	effects, err := twin()
	var refusal *engine.Refusal
	refused := errors.As(err, &refusal)
	switch {
	case err != nil && !refused:
		return nil, err
	case refused && outcome.Verdict == contract.Refused && outcome.Code == refusal.Code:
		return nil, err
	case refused || outcome.Verdict != contract.Applied:
		return nil, fmt.Errorf("event %s is %s %s %s, but its twin says: %w", ev.Type, outcome.Verdict, outcome.Code, outcome.Refusal, err)
	}
	return effects, d.compare(root, effects)
}

func (d *driver) send(root int64, id string, ev engine.Event) (contract.Outcome, error) {
	ev.ID = id
	event, err := json.Marshal(ev)
	if err != nil {
		return contract.Outcome{}, err
	}
	data, err := json.Marshal(ev.Variables)
	if err != nil {
		return contract.Outcome{}, err
	}
	return d.Shell.Send(
		context.Background(), contract.Request{Root: root, ID: id, Name: string(ev.Type), Event: event, Data: data, Digest: id},
	)
}

// waits is what a root instance has open, by what its effects said.
type waits struct{ tasks, jobs, timers, subscriptions, incidents, instances, elements map[int64]bool }

func newWaits() *waits {
	fresh := func() map[int64]bool { return map[int64]bool{} }
	return &waits{fresh(), fresh(), fresh(), fresh(), fresh(), fresh(), fresh()}
}

func (w *waits) apply(e engine.Effect) {
	switch e := e.(type) {
	case engine.InstanceStarted:
		w.instances[e.Key] = true
	case engine.InstanceEnded:
		delete(w.instances, e.Key)
	case engine.ElementEntered:
		w.elements[e.Key] = true
	case engine.ElementLeft:
		delete(w.elements, e.Key)
	case engine.TaskOpened:
		w.tasks[e.Task.Key] = true
	case engine.TaskClosed:
		delete(w.tasks, e.Key)
	case engine.JobOpened:
		w.jobs[e.Key] = true
	case engine.JobClosed:
		delete(w.jobs, e.Key)
	case engine.TimerArmed:
		w.timers[e.Key] = true
	case engine.TimerCleared:
		delete(w.timers, e.Key)
	case engine.SubscriptionOpened:
		w.subscriptions[e.Key] = true
	case engine.SubscriptionClosed:
		delete(w.subscriptions, e.Key)
	case engine.IncidentRaised:
		w.incidents[e.Key] = true
	case engine.IncidentResolved:
		delete(w.incidents, e.Key)
	}
}

// compare holds the database against the twin: the state, and a row for all that is open.
func (d *driver) compare(root int64, effects []engine.Effect) error {
	w := d.open[root]
	if w == nil {
		w = newWaits()
		d.open[root] = w
	}
	for _, e := range effects {
		w.apply(e)
	}
	tx := d.db.Read(context.Background())
	row, err := process.RootByKey(tx, root)
	if err != nil {
		return err
	}
	if twin := d.twin.Stored(root); !bytes.Equal(row.State, twin) {
		return fmt.Errorf("the database holds another state:\n%s\n%s", row.State, twin)
	}
	for _, t := range []struct {
		what, where string
		row         any
		open        map[int64]bool
	}{
		{"instances", "state = 'active'", &process.Instance{}, w.instances},
		{"element instances", "state = 'active'", &process.ElementInstance{}, w.elements},
		{"tasks", "state <> '" + string(process.TaskClosed) + "'", &process.Task{}, w.tasks},
		{"jobs", "1 = 1", &process.Job{}, w.jobs},
		{"timers", "1 = 1", &process.Timer{}, w.timers},
		{"subscriptions", "1 = 1", &process.Subscription{}, w.subscriptions},
		{"incidents", "resolved_at IS NULL", &process.Incident{}, w.incidents},
	} {
		var have []int64
		if err := tx.Model(t.row).Where("root = ? AND "+t.where, root).Order("key").Pluck("key", &have).Error; err != nil {
			return fmt.Errorf("%s: %w", t.what, err)
		}
		var want []int64
		for key := range t.open {
			want = append(want, key)
		}
		slices.Sort(want)
		if !slices.Equal(have, want) {
			return fmt.Errorf("the database has open %s %v, its twin %v", t.what, have, want)
		}
	}
	return nil
}

// Restart drops what is cached: bundles and states are read from the database.
func (d *driver) Restart() error {
	d.Committer.Bundles = bundles.NewCache(d.db)
	return d.twin.Restart()
}

// Close leaves the database to its owner.
func (d *driver) Close() error { return nil }
