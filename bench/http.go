package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/quancheng/quancheng/models/localpg"
)

// HTTPOptions of a run over HTTP.
type HTTPOptions struct {
	Out      io.Writer
	Binary   string        // this release
	Former   string        // the binary of a former one; "": this one is measured alone
	Postgres []int         // clients at once on PostgreSQL
	SQLite   []int         // clients at once on SQLite
	Rounds   int           // measurements of each release, in turns
	Round    time.Duration // how long each takes
}

// HTTP measures what people do, through the front door of whole servers: acts on
// tasks and previews of them, of this release and of a former one in turns, so
// that whatever else the machine does befalls both.
func HTTP(ctx context.Context, o HTTPOptions) error {
	dir, err := os.MkdirTemp("", "quancheng-bench-")
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	defer localpg.Stop()
	// Each client keeps its connection, as a browser does.
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = slices.Max(append([]int{2}, slices.Concat(o.Postgres, o.SQLite)...))
	if len(o.SQLite) > 0 {
		fresh := func(dir string) (string, error) { return "sqlite:" + filepath.Join(dir, "quancheng.db"), nil }
		if err := overHTTP(ctx, o, "SQLite", o.SQLite, filepath.Join(dir, "sqlite"), fresh); err != nil {
			return err
		}
	}
	if len(o.Postgres) == 0 {
		return nil
	}
	fresh := func(string) (string, error) { return localpg.Database() }
	err = overHTTP(ctx, o, "PostgreSQL", o.Postgres, filepath.Join(dir, "postgres"), fresh)
	if errors.Is(err, localpg.ErrAbsent) {
		fmt.Fprintf(o.Out, "PostgreSQL: not measured: %v\n", err)
		return nil
	}
	return err
}

// overHTTP measures on one kind of database, a fresh one for each release.
func overHTTP(ctx context.Context, o HTTPOptions, kind string, clients []int, dir string, fresh func(dir string) (string, error)) error {
	var all []*release
	defer func() {
		for _, r := range all {
			r.server.Kill()
		}
	}()
	for _, b := range []struct{ name, binary string }{{"former", o.Former}, {"this", o.Binary}} {
		if b.binary == "" {
			continue
		}
		r, err := openRelease(ctx, b.name, b.binary, filepath.Join(dir, b.name), fresh, slices.Max(clients))
		if err != nil {
			return fmt.Errorf("bench: release %q on %s: %w", b.name, kind, err)
		}
		all = append(all, r)
	}
	fmt.Fprintf(o.Out, "\n%s over HTTP, %d rounds of %s each\n", kind, o.Rounds, o.Round)
	fmt.Fprintf(o.Out, "  %-8s %7s", "", "clients")
	for _, r := range all {
		fmt.Fprintf(o.Out, "   %12s   %10s %10s", r.name+" /s", "p50", "p99")
	}
	fmt.Fprintln(o.Out)
	for i, n := range clients {
		if err := compare(ctx, o, all, "acts", n, (*desk).act); err != nil {
			return err
		}
		if i > 0 { // one number of clients says what a preview costs
			continue
		}
		if err := compare(ctx, o, all, "previews", n, (*desk).preview); err != nil {
			return err
		}
	}
	return nil
}

// compare measures the releases in turns with some clients, and prints the medians of the rounds.
func compare(ctx context.Context, o HTTPOptions, all []*release, what string, clients int, do func(*desk, context.Context) error) error {
	took, rates := make([]times, len(all)), make([][]float64, len(all))
	for round := range o.Rounds + 1 {
		for i, r := range all {
			t, rate, err := r.measure(ctx, clients, o.Round, do)
			if err != nil {
				return fmt.Errorf("bench: %s of %d clients at release %q: %w", what, clients, r.name, err)
			}
			if round == 0 { // whoever comes first warms up
				continue
			}
			took[i], rates[i] = append(took[i], t...), append(rates[i], rate)
		}
	}
	fmt.Fprintf(o.Out, "  %-8s %7d", what, clients)
	for i := range all {
		fmt.Fprintf(o.Out, "   %12.1f   %10s %10s", median(rates[i]), ms(took[i].at(0.5)), ms(took[i].at(0.99)))
	}
	if len(all) == 2 {
		ratios := make([]float64, o.Rounds)
		for i := range ratios {
			ratios[i] = rates[1][i] / rates[0][i]
		}
		fmt.Fprintf(o.Out, "   this/former %.2f (%.2f–%.2f)", median(ratios), slices.Min(ratios), slices.Max(ratios))
	}
	fmt.Fprintln(o.Out)
	return nil
}

func median(all []float64) float64 {
	all = slices.Clone(all)
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}
