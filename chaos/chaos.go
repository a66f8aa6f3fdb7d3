// Package chaos kills the platform at random moments while projects are played
// through its front door, and then holds the books against what was
// acknowledged: nothing that was answered with success is missing, nothing
// happened twice, the sums are exact, and every project came to its end.
package chaos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/quancheng/quancheng/seed"
)

// Options of a run.
type Options struct {
	Binary string // the platform
	Dir    string // data of the rounds; kept when something is wrong
	Kills  int
	Seed   uint64 // of the random moments, so that a run can be repeated
	Out    io.Writer
}

// Result is what a run did.
type Result struct {
	Kills, Rounds  int
	Acknowledged   int           // writes that were answered with success
	Resurrection   time.Duration // median time from the kill to the next answer
	resurrections  []time.Duration
	killedInFlight int
}

// InFlight is how many writes were under way when the process died.
func (r Result) InFlight() int { return r.killedInFlight }

// Run plays rounds of ten projects until all kills were made. A promise that
// was broken is an error that says which.
func Run(ctx context.Context, o Options) (Result, error) {
	var r Result
	random := rand.New(rand.NewPCG(o.Seed, 0))
	for r.Kills < o.Kills {
		r.Rounds++
		dir := filepath.Join(o.Dir, fmt.Sprintf("round-%d", r.Rounds))
		if err := round(ctx, o, dir, random, &r); err != nil {
			return r, fmt.Errorf("round %d, after %d kills (data in %s): %w", r.Rounds, r.Kills, dir, err)
		}
		if err := os.RemoveAll(dir); err != nil {
			return r, err
		}
	}
	r.Resurrection = median(r.resurrections)
	return r, nil
}

// patience is how long a process may live without an acknowledged write before it is killed all the same.
const patience = 10 * time.Second

// round plays the ten projects once and checks the books at its end.
func round(ctx context.Context, o Options, dir string, random *rand.Rand, r *Result) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	address, err := freeAddress()
	if err != nil {
		return err
	}
	victim := &victim{binary: o.Binary, dir: dir, address: address}
	if err := victim.start(ctx); err != nil {
		return err
	}
	defer victim.kill()
	recorder, err := record("http://" + address)
	if err != nil {
		return err
	}
	defer recorder.close()

	played := make(chan error, 1)
	go func() { played <- seed.Run(ctx, recorder.address, io.Discard) }()
	seen, since := 0, time.Now()
	for alive := true; alive; {
		wait := time.Duration(200+random.IntN(1800)) * time.Millisecond
		if r.Kills >= o.Kills {
			wait = time.Hour // the round comes to its end undisturbed
		}
		select {
		case err := <-played:
			if err != nil {
				return fmt.Errorf("a project cannot be finished: %w", err)
			}
			alive = false
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
			if recorder.count() == seen && time.Since(since) < patience {
				continue // a process that did nothing yet is not worth killing
			}
			r.killedInFlight += recorder.inFlight()
			victim.kill()
			r.Kills++
			began := time.Now()
			if err := victim.start(ctx); err != nil {
				return fmt.Errorf("it does not come back: %w", err)
			}
			seen, since = recorder.count(), time.Now()
			r.resurrections = append(r.resurrections, time.Since(began))
			fmt.Fprintf(o.Out, "kill %2d of %d: back after %d ms, %d writes acknowledged so far\n", r.Kills, o.Kills, time.Since(began).Milliseconds(), r.Acknowledged+recorder.count())
		}
	}
	victim.kill()
	acknowledged := recorder.writes()
	r.Acknowledged += len(acknowledged)
	return errors.Join(check(ctx, filepath.Join(dir, "quancheng.db"), acknowledged)...)
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
