package livetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/quancheng/quancheng/activities"
	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

const outside = "../../activities/testdata/outside.bpmn"

// printer is outside work: it fails the first times, or waits until it is let go.
type printer struct {
	mu      sync.Mutex
	jobs    []process.Job // as they were handed out
	failing int
	hold    chan struct{} // nil: nobody waits
}

func (p *printer) print(ctx context.Context, j process.Job) (map[string]any, error) {
	p.mu.Lock()
	p.jobs = append(p.jobs, j)
	n := len(p.jobs)
	p.mu.Unlock()
	if p.hold != nil {
		select {
		case <-p.hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if n <= p.failing {
		return nil, errors.New("no paper")
	}
	return map[string]any{"pages": n}, nil
}

func (p *printer) times() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.jobs)
}

// eachPrinter runs a test with outside work, through Temporal on both databases.
func eachPrinter(t *testing.T, p func() *printer, f func(t *testing.T, l *live, p *printer)) {
	t.Helper()
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h, worker := activitiestest.Build(t, db, outside), p()
		h.C.Workers = map[string]activities.Worker{"print": worker.print}
		f(t, through(t, h), worker)
	})
}

// Outside work is tried again when it fails, its result is a step of the case, and the job's key names it in Temporal's history.
func TestOutsideWork(t *testing.T) {
	eachPrinter(t, func() *printer { return &printer{failing: 1} }, func(t *testing.T, l *live, p *printer) {
		root, _ := l.Start("outside", map[string]any{"title": "批复"})
		l.eventually("the print is read", func() bool { return slices.Contains(l.Open(root), "read") })
		if n := l.Count("SELECT count(*) FROM variable WHERE root = ? AND name = 'pages' AND value = '2'", root); n != 1 || p.times() != 2 {
			t.Errorf("%d results after %d attempts, want one of the second", n, p.times())
		}
		job := p.jobs[0]
		if job.Element != "print" || !strings.Contains(string(job.Headers), "A4") || p.jobs[1].Key != job.Key ||
			p.jobs[1].Retries != job.Retries-1 {
			t.Errorf("handed out %+v", p.jobs)
		}
		var ids []string
		for _, e := range l.history(root) {
			if a := e.GetActivityTaskScheduledEventAttributes(); a != nil {
				ids = append(ids, a.ActivityId)
			}
		}
		if want := []string{fmt.Sprintf("%d-2", job.Key), fmt.Sprintf("%d-1", job.Key)}; !slices.Equal(ids, want) {
			t.Errorf("activities %v, want %v", ids, want)
		}
	})
}

// Work that keeps failing stops at an incident; a retry has it done.
func TestOutsideWorkGivesUp(t *testing.T) {
	eachPrinter(t, func() *printer { return &printer{failing: 2} }, func(t *testing.T, l *live, p *printer) {
		root, _ := l.Start("outside", nil)
		incident := func() int {
			return l.Count("SELECT coalesce(max(key), 0) FROM incident WHERE root = ? AND resolved_at IS NULL", root)
		}
		l.eventually("the failures are an incident", func() bool { return incident() != 0 })
		if p.times() != 2 {
			t.Errorf("%d attempts before the incident, want 2", p.times())
		}
		retry := engine.Event{Type: engine.ResolveIncident, Key: int64(incident())}
		l.Wants(l.Commit(l.Request(root, "u:bob:retry", "resolveIncident", retry, "bob")), contract.Applied, "")
		l.eventually("the print is read", func() bool { return slices.Contains(l.Open(root), "read") })
		if incident() != 0 || p.times() != 3 {
			t.Errorf("incident %d after %d attempts", incident(), p.times())
		}
	})
}

// The result of work that nobody waits for any more is an outcome and changes nothing.
func TestOutsideWorkIsLate(t *testing.T) {
	eachPrinter(t, func() *printer { return &printer{hold: make(chan struct{})} }, func(t *testing.T, l *live, p *printer) {
		root, _ := l.Start("outside", nil)
		l.eventually("the work begins", func() bool { return p.times() == 1 })
		out := l.Operate(root, "stop", "complete", "ann")
		l.Wants(out, contract.Applied, "")
		close(p.hold)
		late := engine.Event{Type: engine.CompleteJob, Key: p.jobs[0].Key}
		answer, err := activitiestest.Sealed(
			l.C,
		)(
			ctx, l.Request(root, "j:late", "completeJob", late, ""),
		) // as the workflow does with a result
		if err != nil {
			t.Fatal(err)
		}
		l.Wants(answer, contract.Refused, "instance-ended")
		if !out.Ended || l.Count("SELECT count(*) FROM incident WHERE root = ?", root) != 0 {
			t.Errorf("ended %v, with an incident", out.Ended)
		}
	})
}

// A worker that dies in the middle of outside work leaves it to the next one: it is done at least once, and counts once.
func TestOutsideWorkAgain(t *testing.T) {
	eachPrinter(t, func() *printer { return &printer{hold: make(chan struct{})} }, func(t *testing.T, l *live, p *printer) {
		root, _ := l.Start("outside", nil)
		l.eventually("the work begins", func() bool { return p.times() == 1 })
		if err := l.temporal.TerminateWorkflow(ctx, contract.WorkflowID(root), "", "test"); err != nil {
			t.Fatal(err)
		}
		if err := l.client.Poke(ctx, root, contract.Poke{}); err != nil {
			t.Fatal(err)
		}
		l.eventually("the work begins again", func() bool { return p.times() == 2 })
		close(p.hold)
		l.eventually("the print is read", func() bool { return slices.Contains(l.Open(root), "read") })
		if n := l.Count("SELECT count(*) FROM event_outcome WHERE root = ? AND event LIKE 'j:%'", root); n != 1 {
			t.Errorf("%d results, want 1", n)
		}
	})
}

// A run that is renewed waits for the work under way and does not begin it twice.
func TestOutsideWorkAcrossRuns(t *testing.T) {
	eachPrinter(t, func() *printer { return &printer{hold: make(chan struct{})} }, func(t *testing.T, l *live, p *printer) {
		l.client.Renew = 3
		root, _ := l.Start("outside", nil)
		l.eventually("the work begins", func() bool { return p.times() == 1 })
		before := l.run(root)
		l.Wants(l.Operate(root, "stop", "claim", "ann"), contract.Applied, "")
		l.Wants(l.Operate(root, "stop", "unclaim", "ann"), contract.Applied, "")
		close(p.hold)
		l.eventually("the print is read", func() bool { return slices.Contains(l.Open(root), "read") })
		l.eventually("a new run", func() bool { return l.run(root) != before })
		if p.times() != 1 {
			t.Errorf("the work was begun %d times", p.times())
		}
		l.Wants(l.Operate(root, "read", "complete", "bob"), contract.Applied, "")
	})
}
