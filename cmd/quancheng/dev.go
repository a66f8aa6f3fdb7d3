package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/activities/partnerlink"
	"github.com/quancheng/quancheng/api"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/partners"
	"github.com/quancheng/quancheng/seed"
	"github.com/quancheng/quancheng/trust/field"
	"github.com/quancheng/quancheng/web"
	"github.com/quancheng/quancheng/webhook"
	"github.com/quancheng/quancheng/worker"
	"github.com/quancheng/quancheng/worker/temporal"
)

// devCommand is the whole platform in one process, for a desk: Temporal and
// SQLite under one directory, demo people, fake bureaus, the browser client.
func devCommand() *cobra.Command {
	o := devOptions{install: installDemo}
	c := &cobra.Command{
		Use:   "dev",
		Short: "Run the whole platform with demo data in one process",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, stop := interruptible(c.Context())
			defer stop()
			return dev(ctx, o, c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&o.data, "data", "data", "directory of everything that is kept")
	c.Flags().StringVar(&o.database, "database", "", "postgres://… to try the platform on it; default: SQLite below the data directory")
	c.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8080", "address to answer at")
	c.Flags().BoolVar(&o.seed, "seed", true, "play the ten demo projects at the first start, and some more to the desks of the demo people")
	c.Flags().BoolVar(&o.county, "county", true, "play the county's half-year after them, in the background, at the first start")
	c.Flags().DurationVar(&o.pace, "bureau-pace", time.Second, "how long the fake bureaus wait between one event and the next")
	return c
}

type devOptions struct {
	data, database, listen string
	seed, county           bool
	pace                   time.Duration
	install                func(context.Context, *models.DB) error // what there is at the first start
}

// deskGC is how much the heap of a desk's platform grows before it is collected, in percent. It holds Temporal, its
// store and the books' store in one process, which read a lot of short-lived rows: a quarter of the processor time of a
// first start went into collecting, for a third less memory.
const deskGC = 250

func dev(ctx context.Context, o devOptions, out io.Writer) error {
	began := time.Now()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(deskGC)
	}
	if err := writable(o.data); err != nil {
		return err
	}
	in := func(name string) string { return filepath.Join(o.data, name) }
	hooks, err := devSecrets(in("secrets.json"))
	if err != nil {
		return err
	}
	keys, err := devKeys(in(filepath.Join("keys", "keys.json")), in("keys.made"))
	if err != nil {
		return err
	}
	// The address first: a second server at the same address ends here, and open refuses one on the same data.
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return err
	}
	dsn, embedded := cmp.Or(o.database, "sqlite:"+in("quancheng.db")), temporal.Options{Postgres: o.database, LogFile: in("temporal.log")}
	if strings.HasPrefix(dsn, "sqlite:") {
		embedded.File, embedded.Postgres = in("temporal.db"), ""
	}
	p, err := open(ctx, dsn, &embedded, "", keys)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer p.close()
	if err := p.holdMarks(ctx, in("marks.json")); err != nil {
		return errors.Join(err, l.Close())
	}
	if err := o.install(ctx, p.db); err != nil {
		return errors.Join(err, l.Close())
	}

	base := "http://" + l.Addr().String()
	g := newGroup(ctx)
	fakes, mux, err := fakeBureaus(g, p, base, o.pace, hooks, in)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	server, err := api.New(api.Deps{
		DB: p.db, Sender: p.sender(), Bundles: p.bundles, Documents: in("documents"), Keys: hookKeys(hooks),
		Web: web.Handler(web.Dist()), Log: p.log, Ready: p.ready(), Dev: &api.Dev{Bureaus: fakes},
		SessionIdle: 2 * time.Hour, Cipher: field.New(keys), Verifier: verifier(keys, nil),
	})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	handler, err := server.Handler()
	if err != nil {
		return errors.Join(err, l.Close())
	}
	mux.Handle("/", handler)
	told := fakeChannels(mux, base)
	g.run("place", p.place.watch)
	g.run("http", func(ctx context.Context) error { return serveHTTP(ctx, l, mux, server) })
	g.run("worker", func(ctx context.Context) error {
		return worker.Run(
			ctx,
			worker.Config{
				Temporal: p.temporal, Committer: p.committer(), Log: p.log, Marks: in("marks.json"), Medium: medium(), Notices: told,
			},
		)
	})
	fmt.Fprintf(out, "全程 Quancheng · %s · 数据目录 %s · %.1f s\n", base, o.data, time.Since(began).Seconds())
	if o.seed {
		g.run("seed", func(ctx context.Context) error {
			first, err := seedOnce(ctx, base, in("seeded"), out)
			if err != nil {
				return err
			}
			if o.county {
				err = countyOnce(ctx, base, in("county"), first, out)
			}
			if err != nil || !first {
				return err
			}
			if err := seed.Desks(ctx, base, out); err != nil {
				unfinished(ctx, out, err)
			}
			return nil
		})
	}
	return g.wait()
}

// fakeBureaus starts the fake bureaus and the traffic with them.
func fakeBureaus(
	g *group, p *platform, base string, pace time.Duration, keys map[string]webhook.Key, in func(string) string,
) (map[string]*partners.Bureau, *http.ServeMux, error) {
	mux := http.NewServeMux()
	fakes := map[string]*partners.Bureau{}
	link := partnerlink.Config{DB: p.db, Partners: map[string]partnerlink.Partner{}, Log: p.log}
	for _, name := range bureaus {
		b, err := partners.New(partners.Config{
			Name: name, Hook: base + "/integrations/" + name, Key: keys[name], File: in(name + ".json"), Delay: pace, Log: p.log,
		})
		if err != nil {
			return nil, nil, err
		}
		at := "/fake/" + name + "/events"
		for _, pattern := range []string{
			"POST " + at, "POST " + at + "/replay", "GET /fake/" + name + "/records", "GET /fake/" + name + "/balances",
		} {
			mux.Handle(pattern, b.Handler())
		}
		fakes[name] = b
		link.Partners[name] = partnerlink.Partner{URL: base + at, Key: keys[name]}
		g.run("fake "+name, b.Run)
	}
	g.run("partners", partnerlink.New(link).Run)
	return fakes, mux, nil
}

// hookKeys are the keys that a partner's events may be signed with.
func hookKeys(keys map[string]webhook.Key) map[string][]webhook.Key {
	all := map[string][]webhook.Key{}
	for name, k := range keys {
		all[name] = []webhook.Key{k}
	}
	return all
}

// seedOnce plays the demo projects through the front door, until it has come to
// its end once: what people do with them afterwards stays as it is. It reports
// whether it came to its end just now.
func seedOnce(ctx context.Context, base, marker string, out io.Writer) (bool, error) {
	if _, err := os.Stat(marker); err == nil {
		return false, nil
	}
	if err := seed.Run(ctx, base, out); err != nil {
		unfinished(ctx, out, err)
		return false, nil
	}
	return true, os.WriteFile(marker, []byte(time.Now().Format(time.RFC3339)+"\n"), 0o600)
}

// The county's half-year is begun after the projects of a first start, and once
// begun goes on at the next start until it has come to its end. Data of a former
// release, which never began it, stay as they are.
const (
	countyBegun = "begun\n"
	countyDone  = "done\n"
)

func countyOnce(ctx context.Context, base, marker string, first bool, out io.Writer) error {
	state, err := os.ReadFile(marker)
	switch {
	case errors.Is(err, os.ErrNotExist) && first:
		if err := os.WriteFile(marker, []byte(countyBegun), 0o600); err != nil {
			return err
		}
	case err != nil || string(state) == countyDone:
		return nil
	}
	fmt.Fprintln(out, "全县半年数据在后台录入，平台可以照常使用")
	if err := seed.Beside(ctx, base, out); err != nil {
		unfinished(ctx, out, err)
		return nil
	}
	return os.WriteFile(marker, []byte(countyDone), 0o600)
}

func unfinished(ctx context.Context, out io.Writer, err error) {
	if ctx.Err() == nil {
		fmt.Fprintf(out, "演示数据未完成，下次启动继续：%v\n", err)
	}
}
