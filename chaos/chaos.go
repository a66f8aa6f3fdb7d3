// Package chaos lets bad things befall the platform while projects are played
// through its front door, from their applications to the archive: its process is
// killed at random moments, its database is restarted under it. Then it holds the
// books against what was acknowledged: nothing that was answered with success is
// missing, nothing happened twice, the sums are exact, every refusal was a clear
// one, and every project came to its end.
package chaos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/quancheng/quancheng/chaos/server"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/localpg"
	"github.com/quancheng/quancheng/seed"
)

// Options of a run.
type Options struct {
	Binary   string // the platform
	Dir      string // data of the rounds; kept when something is wrong
	Kills    int    // of the process
	Restarts int    // of PostgreSQL, where the machine has it
	Seed     uint64 // of the random moments, so that a run can be repeated
	Out      io.Writer
}

// Result is what a run did.
type Result struct {
	Kills, Restarts, Rounds int
	Acknowledged            int            // writes that were answered with success
	InFlight                int            // writes that were under way when trouble came
	Unavailable             int            // requests that were asked to come again
	Ends                    map[string]int // how many projects came to which end
	back                    []time.Duration
}

// Back is the median time until the platform is ready again.
func (r Result) Back() time.Duration { return median(r.back) }

// Run plays rounds of ten projects until all trouble was made. A promise that
// was broken is an error that says which.
func Run(ctx context.Context, o Options) (Result, error) {
	defer localpg.Stop()
	r := Result{Ends: map[string]int{}}
	random := rand.New(rand.NewPCG(o.Seed, 0))
	_, absent := localpg.Database()
	if absent != nil {
		fmt.Fprintf(o.Out, "nothing is tried on PostgreSQL: %v\n", absent)
		o.Restarts = 0
	}
	for r.Kills+r.Restarts < o.Kills+o.Restarts {
		trouble, left, postgres := kill, o.Kills-r.Kills, absent == nil && r.Rounds%2 == 1
		if left == 0 {
			trouble, left, postgres = restart, o.Restarts-r.Restarts, true
		}
		r.Rounds++
		dir := filepath.Join(o.Dir, fmt.Sprintf("round-%d", r.Rounds))
		times := min(left, troublesOfRound)
		if err := (&round{Options: o, dir: dir, trouble: trouble, times: times, random: random, result: &r}).run(ctx,
			postgres); err != nil {
			return r, fmt.Errorf("round %d, after %d kills and %d restarts (data in %s): %w", r.Rounds, r.Kills, r.Restarts, dir, err)
		}
		if err := os.RemoveAll(dir); err != nil {
			return r, err
		}
	}
	return r, nil
}

const (
	troublesOfRound = 10
	writesOfRound   = 900 // about as many are acknowledged while ten projects are played to their ends
	// patience is how long the platform may run without an acknowledged write before trouble comes all the same.
	patience = 10 * time.Second
	look     = 10 * time.Millisecond
)

// round is ten projects that are played to their ends once.
type round struct {
	Options
	dir      string
	trouble  trouble
	times    int
	random   *rand.Rand
	result   *Result
	victim   *server.Server
	recorder *recorder
}

func (r *round) run(ctx context.Context, postgres bool) error {
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		return err
	}
	database := "sqlite:" + filepath.Join(r.dir, "quancheng.db")
	if postgres {
		var err error
		if database, err = localpg.Database(); err != nil {
			return err
		}
	}
	address, err := server.FreeAddress()
	if err != nil {
		return err
	}
	r.victim = &server.Server{Binary: r.Binary, Dir: r.dir, Database: database, Address: address}
	if err := r.victim.Start(ctx); err != nil {
		return err
	}
	defer r.victim.Kill()
	if r.recorder, err = record(r.victim.URL()); err != nil {
		return err
	}
	defer r.recorder.close()
	if err := r.play(ctx); err != nil {
		return err
	}
	db, err := models.Open(database)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	settle(db.Read(ctx))
	r.victim.Kill()
	acknowledged, unavailable, unclear := r.recorder.seen()
	r.result.Acknowledged += len(acknowledged)
	r.result.Unavailable += unavailable
	return errors.Join(append(check(db.Read(ctx), acknowledged), unclear...)...)
}

// play plays the projects while trouble comes: spread over their whole lives,
// each after so many writes and some random moment of the next ones.
func (r *round) play(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	played := make(chan error, 1)
	go func() {
		ends, err := seed.Finish(ctx, r.recorder.address)
		for end, n := range ends {
			r.result.Ends[end] += n
		}
		played <- err
	}()
	gap := func() int { return 1 + r.random.IntN(2*writesOfRound/(r.times+1)) }
	next, since := gap(), time.Now()
	for left := r.times; ; {
		select {
		case err := <-played:
			if err != nil {
				return fmt.Errorf("a project cannot be finished: %w", err)
			}
			return nil
		case <-time.After(look):
		}
		if left == 0 || r.recorder.count() < next && time.Since(since) < patience {
			continue
		}
		time.Sleep(time.Duration(r.random.IntN(200)) * time.Millisecond)
		r.result.InFlight += r.recorder.inFlight()
		began := time.Now()
		if err := r.trouble(ctx, r); err != nil {
			return fmt.Errorf("it does not come back: %w", err)
		}
		left--
		next, since = r.recorder.count()+gap(), time.Now()
		r.result.back = append(r.result.back, time.Since(began))
		fmt.Fprintf(
			r.Out, "kill %d of %d, restart %d of %d: ready again after %d ms, %d writes acknowledged so far\n", r.result.Kills, r.Kills,
			r.result.Restarts, r.Restarts, time.Since(began).Milliseconds(), r.result.Acknowledged+r.recorder.count(),
		)
	}
}

// trouble befalls the platform, and returns once it is ready again.
type trouble func(ctx context.Context, r *round) error

// kill ends the process and starts another one.
func kill(ctx context.Context, r *round) error {
	r.victim.Kill()
	r.result.Kills++
	return r.victim.Start(ctx)
}

// restart takes the database away for a moment: every other time as an
// operator does, else as if its process were killed.
func restart(ctx context.Context, r *round) error {
	r.result.Restarts++
	away := time.Duration(r.random.IntN(2000)) * time.Millisecond
	if err := localpg.Restart(r.result.Restarts%2 == 0, away); err != nil {
		return err
	}
	return r.victim.Ready(ctx)
}

func median(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	all = slices.Clone(all)
	slices.Sort(all)
	return all[len(all)/2]
}
