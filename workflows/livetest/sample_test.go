package livetest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/quancheng/quancheng/activities/activitiestest"
	shell "github.com/quancheng/quancheng/activities/live"
	"github.com/quancheng/quancheng/conformance"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/engine/play"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/notrun"
	"github.com/quancheng/quancheng/workflows/client"
	"github.com/quancheng/quancheng/workflows/contract"
)

// renewSample lets the next run take over between any two events of an
// instance: most scenarios send no more than three or four.
const renewSample = 1

// TestSampleOfBehaviours plays a scenario of every kind of element through
// Temporal, with continue-as-new between any two events: our own ones, whose timers
// Temporal fires, and of the conformance suites as few as cover the rest.
func TestSampleOfBehaviours(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	s := newSampler(t, db)
	own := scenarios(t, "testdata")
	for _, sc := range own {
		t.Run(sc.ID, func(t *testing.T) { s.play(t, sc) })
	}
	t.Run("suites", func(t *testing.T) {
		chosen, uncovered := cover(scenarios(t, notrun.Conformance(t, "bpmn")), own)
		for _, kind := range uncovered {
			t.Run(kind, func(t *testing.T) { t.Skip("only scenarios that move the clock have it: add one to testdata") })
		}
		for _, sc := range chosen {
			t.Run(sc.ID, func(t *testing.T) { s.play(t, sc) })
		}
		t.Logf("%d scenarios", len(chosen))
	})
	t.Logf("%d of %d root instances went on in a new run, %d runs in all", s.renewed, s.roots, s.runs)
	if s.roots > 0 && s.renewed == 0 {
		t.Error("no instance continued as new")
	}
}

// scenarios reads all scenarios below a directory, in the order of their paths.
func scenarios(t *testing.T, dir string) []*play.Scenario {
	t.Helper()
	var out []*play.Scenario
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(file) != ".json" {
			return err
		}
		s, err := conformance.ReadScenario(file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		out = append(out, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// cover chooses scenarios that need no virtual clock until, with our own ones,
// every kind of element that any scenario has is played: always the one that
// adds most, the longer one of equals. What none of them has is uncovered.
func cover(all, own []*play.Scenario) (chosen []*play.Scenario, uncovered []string) {
	missing := map[string]bool{}
	for _, s := range all {
		for _, e := range s.Elements {
			missing[e] = true
		}
	}
	take := func(s *play.Scenario) {
		for _, e := range s.Elements {
			delete(missing, e)
		}
	}
	for _, s := range own {
		take(s)
	}
	all = slices.DeleteFunc(slices.Clone(all), func(s *play.Scenario) bool {
		return s.Contested || slices.Contains(s.Needs, "clock") || slices.Contains(s.Elements, "timerEventDefinition")
	})
	adds := func(s *play.Scenario) (n int) {
		for _, e := range s.Elements {
			if missing[e] {
				n++
			}
		}
		return n
	}
	for len(missing) > 0 && len(all) > 0 {
		best := slices.MaxFunc(all, func(a, b *play.Scenario) int {
			return cmp.Or(cmp.Compare(adds(a), adds(b)), cmp.Compare(len(a.Steps), len(b.Steps)))
		})
		if adds(best) == 0 {
			break
		}
		take(best)
		chosen = append(chosen, best)
	}
	return chosen, slices.Sorted(maps.Keys(missing))
}

// sampler plays scenarios through Temporal.
type sampler struct {
	*live
	shell                *shell.Shell
	updates              map[int64]int // Updates of the scenario's root instances
	roots, renewed, runs int
}

func newSampler(t *testing.T, db *models.DB) *sampler {
	s := &sampler{shell: shell.Open(db)}
	s.live = through(t, &activitiestest.House{TB: t, DB: db, C: s.shell.Committer, Keys: s.shell.Committer.Keys})
	s.client.Renew = renewSample
	s.shell.Send = s.send
	return s
}

// lead is how far the virtual clock is ahead when a scenario begins: steps take
// real time but no virtual time, and a timer must not be due before its step.
const lead = 2 * time.Second

// play plays a scenario from now on, so that Temporal's timers and the virtual
// clock agree, and holds that every instance with enough events went on in new runs.
func (s *sampler) play(t *testing.T, sc *play.Scenario) {
	s.TB, s.updates = t, map[int64]int{}
	d, err := s.shell.Driver()
	if err != nil {
		t.Fatal(err)
	}
	if err := play.RunFrom(time.Now().UTC().Add(lead).Truncate(time.Millisecond), sc, d); err != nil {
		t.Error(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	for root, updates := range s.updates {
		runs := s.runsOf(root)
		if updates > renewSample && runs == 1 {
			t.Errorf("root instance %d took %d events in one run", root, updates)
		}
		s.roots, s.runs = s.roots+1, s.runs+runs
		if runs > 1 {
			s.renewed++
		}
	}
}

// patience is how long an event or a timer may take on a machine that does other things too.
const patience = time.Minute

// send brings an event to its workflow, as people's clients do: what is pending
// is sent again. A timer is not brought: the workflow fires it by itself.
func (s *sampler) send(ctx context.Context, r contract.Request) (contract.Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var ev engine.Event
	if err := json.Unmarshal(r.Event, &ev); err != nil {
		return contract.Outcome{}, err
	}
	if ev.Type == engine.FireTimer {
		return s.fired(ctx, contract.Timer{Key: ev.Key, Due: s.shell.Now()}.Fire(r.Root).ID)
	}
	s.updates[r.Root]++
	for {
		out, err := s.client.Send(ctx, r)
		if ctx.Err() != nil || !errors.Is(err, contract.ErrPending) && !errors.Is(err, client.ErrUnavailable) {
			return out, err
		}
		s.Logf("sent again: %v", err)
	}
}

// fired waits for the outcome of a timer's own event.
func (s *sampler) fired(ctx context.Context, event string) (out contract.Outcome, err error) {
	for {
		row, found, err := process.OutcomeOf(s.DB.Read(ctx), event)
		if err != nil {
			return out, fmt.Errorf("timer event %s: %w", event, err)
		}
		if found {
			return out, row.Body.Into(&out)
		}
		select {
		case <-ctx.Done():
			return out, fmt.Errorf("timer event %s does not come: %w", event, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// runsOf counts the runs of a workflow that follow each other by continue-as-new.
func (s *sampler) runsOf(root int64) int {
	s.Helper()
	n := 0
	for run := s.run(root); run != ""; n++ {
		it := s.temporal.GetWorkflowHistory(ctx, contract.WorkflowID(root), run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		if !it.HasNext() {
			s.Fatalf("run %s has no history", run)
		}
		began, err := it.Next()
		if err != nil {
			s.Fatal(err)
		}
		run = began.GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId()
	}
	return n
}
