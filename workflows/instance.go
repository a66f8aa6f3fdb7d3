package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/quancheng/quancheng/workflows/contract"
)

// renewAfter is the number of Updates after which a run continues as new;
// Temporal's own limit is 2,000.
const renewAfter = 1_500

// instance is one run of the loop.
type instance struct {
	in       contract.Input
	now      contract.Outcome // what Commit or ResumeLoad said last
	shown    contract.Summary // what Temporal's pages show
	queue    workflow.Mutex   // one event at a time
	handled  int              // Updates of this run
	draining bool             // the next run takes further Updates
	renew    bool             // somebody asked for a new run
	changed  workflow.Channel // now was replaced
	working  map[int64]bool   // jobs under way
	clock    timer
}

// timer is the one timer of an instance.
type timer struct {
	due    time.Time
	future workflow.Future
	cancel workflow.CancelFunc
}

// ProcessInstance is the workflow of a root process instance.
func ProcessInstance(ctx workflow.Context, in contract.Input) error {
	ctx, _ = workflow.NewDisconnectedContext(ctx) // who cancels the run does not end the case: the database wins
	w := &instance{in: in, queue: workflow.NewMutex(ctx), changed: workflow.NewBufferedChannel(ctx, 1), working: map[int64]bool{}}
	if w.in.Renew == 0 {
		w.in.Renew = renewAfter
	}
	if err := w.listen(ctx); err != nil {
		return err
	}
	if err := w.resume(ctx); err != nil {
		return err
	}
	for !w.now.Ended && !w.mustRenew(ctx) {
		w.wait(ctx)
	}
	return w.leave(ctx)
}

// wait lets the loop sleep until something is due, poked, or changed.
func (w *instance) wait(ctx workflow.Context) {
	w.work(ctx)
	w.arm(ctx)
	pokes := workflow.GetSignalChannel(ctx, contract.SignalPoke)
	s := workflow.NewSelector(ctx)
	s.AddReceive(w.changed, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, nil) })
	s.AddReceive(pokes, func(c workflow.ReceiveChannel, _ bool) { w.poked(ctx, c) })
	if w.clock.future != nil {
		s.AddFuture(w.clock.future, func(workflow.Future) {
			w.clock = timer{}
			w.fire(ctx)
		})
	}
	s.Select(ctx)
}

// poked looks again at the database; a poke may ask for a new run.
func (w *instance) poked(ctx workflow.Context, c workflow.ReceiveChannel) {
	var p contract.Poke
	c.Receive(ctx, &p)
	w.renew = w.renew || p.Renew
	_ = w.resume(ctx) // never fails: nothing cancels the run
}

// arm keeps the timer at the earliest due moment.
func (w *instance) arm(ctx workflow.Context) {
	due := time.Time{}
	if w.now.NextDue != nil {
		due = *w.now.NextDue
	}
	if due.Equal(w.clock.due) {
		return
	}
	if w.clock.cancel != nil {
		w.clock.cancel()
	}
	w.clock = timer{due: due}
	if due.IsZero() {
		return
	}
	// A due moment in the past fires at once; never before the moment, to the millisecond that is stored.
	delay := max(due.Sub(workflow.Now(ctx))+2*time.Millisecond, time.Millisecond)
	timed, cancel := workflow.WithCancel(ctx)
	w.clock.cancel = cancel
	w.clock.future = workflow.NewTimerWithOptions(timed, delay, workflow.TimerOptions{Summary: w.timerNames(due)})
}

// fire applies the timers that are due, earliest first.
func (w *instance) fire(ctx workflow.Context) {
	_ = w.queue.Lock(ctx) // never fails: nothing cancels the run
	defer w.queue.Unlock()
	for range 1000 {
		if w.now.Ended || len(w.now.Timers) == 0 || w.now.Timers[0].Due.After(workflow.Now(ctx)) {
			return
		}
		out, err := w.commit(ctx, contract.Arrival{Root: w.in.Root, Timer: &w.now.Timers[0]}, forever)
		if err != nil {
			return
		}
		if out.Verdict == contract.Refused && out.Code == "not-due" { // the database's host is behind ours
			_ = workflow.Sleep(ctx, time.Second)
		}
	}
}

// mustRenew reports whether this run has grown long enough.
func (w *instance) mustRenew(ctx workflow.Context) bool {
	return w.renew || w.handled >= w.in.Renew || workflow.GetInfo(ctx).GetContinueAsNewSuggested()
}

// drainFor is how long a run waits for outside work before the next run starts it again.
const drainFor = 10 * time.Second

// leave ends the run: for ever when the instance has ended, else in favour of the next one.
func (w *instance) leave(ctx workflow.Context) error {
	w.draining = !w.now.Ended
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return err
	}
	if w.now.Ended {
		return nil
	}
	if _, err := workflow.AwaitWithTimeout(ctx, drainFor, func() bool { return len(w.working) == 0 }); err != nil {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, contract.Workflow, w.in)
}

// resume asks the database what this run must know. Nothing is lost when it is asked again.
func (w *instance) resume(ctx workflow.Context) error {
	for {
		var out contract.Outcome
		local := workflow.WithLocalActivityOptions(ctx, forever)
		err := workflow.ExecuteLocalActivity(local, contract.ResumeLoad, w.in.Root).Get(ctx, &out)
		if err == nil {
			w.adopt(ctx, out)
			return nil
		}
		if temporal.IsCanceledError(err) {
			return err
		}
		if err := workflow.Sleep(ctx, 5*time.Second); err != nil {
			return err
		}
	}
}

// adopt takes over what the database says, and wakes the loop.
func (w *instance) adopt(ctx workflow.Context, out contract.Outcome) {
	w.now = out
	w.show(ctx)
	w.changed.SendAsync(true)
}
