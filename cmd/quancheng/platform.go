package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	temporalclient "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/quancheng/quancheng/activities"
	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/api"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/tracing/export"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/trust/payload"
	"github.com/quancheng/quancheng/worker/temporal"
	"github.com/quancheng/quancheng/workflows/client"
)

// shutdown is how long requests under way may take after the signal to stop.
const shutdown = 15 * time.Second

// platform is what dev, serve and worker are made of.
type platform struct {
	db       *models.DB
	bundles  *bundles.Cache
	keys     *trust.Keys
	temporal temporalclient.Client
	server   *temporal.Server // nil: Temporal runs elsewhere
	place    *hold            // nil: Temporal runs elsewhere
	untrace  func(context.Context) error
	log      *slog.Logger
}

// open reads the templates of papers, connects to the books, brings their schema up to date, and connects to Temporal.
// An embedded Temporal is for one process at a time: its log lies in the directory that is held.
func open(ctx context.Context, dsn string, embedded *temporal.Options, address string, keys *trust.Keys) (p *platform, err error) {
	if err := trust.SelfTest(); err != nil {
		return nil, inWords("self-test-failed", map[string]string{"cause": err.Error()})
	}
	p = &platform{keys: keys, log: newLog(slog.LevelInfo)}
	if p.untrace, err = export.Start(ctx, filepath.Base(os.Args[0])); err != nil {
		return p, err
	}
	desk, err := paperDesk(keys)
	if err != nil {
		return p, err
	}
	if len(keys.House) == 0 {
		p.log.Warn("papers are issued without a signature: the keys hold none of the house; quancheng keys rotate adds one")
	}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if embedded != nil {
		if p.place, err = takePlace(ctx, filepath.Dir(embedded.LogFile), embedded); err != nil {
			return p, err
		}
	}
	if p.db, err = models.Open(dsn); err != nil {
		return p, err
	}
	if err = p.db.Use(desk); err != nil {
		return p, err
	}
	if _, err = p.db.Migrate(ctx); err != nil {
		return p, err
	}
	if err = bindBooks(ctx, p.db); err != nil {
		return p, err
	}
	p.bundles = bundles.NewCache(p.db)
	warnings := log.NewStructuredLogger(newLog(slog.LevelWarn))
	quiet := payload.Options(keys, temporalclient.Options{Logger: warnings})
	if embedded != nil {
		if p.server, err = temporal.Start(ctx, *embedded); err != nil {
			return p, err
		}
		p.temporal, err = p.server.Client(ctx, quiet)
		return p, err
	}
	if quiet, _, err = temporalAt(ctx, address, quiet); err != nil {
		return p, fmt.Errorf("connect to Temporal at %s: %w", address, err)
	}
	if p.temporal, err = temporalclient.DialContext(ctx, quiet); err != nil {
		return p, fmt.Errorf("connect to Temporal at %s: %w", address, err)
	}
	return p, nil
}

// holdMarks lets no number be given again, when older books were restored beside newer marks.
func (p *platform) holdMarks(ctx context.Context, file string) error {
	raised, err := p.db.HoldMarks(ctx, file)
	if len(raised) > 0 {
		p.log.Warn("the books are older than the marks beside them: numbers go on beyond those", "marks", file, "raised", raised)
	}
	return err
}

func (p *platform) committer() *activities.Committer {
	c := activities.New(p.db, p.bundles, p.keys)
	c.Log = p.log
	return c
}

func (p *platform) sender() *client.Client {
	c := client.New(p.temporal, p.keys)
	c.Stored = p.committer().Stored
	return c
}

// ready is what /readyz asks besides the database.
func (p *platform) ready() map[string]func(context.Context) error {
	return map[string]func(context.Context) error{"temporal": func(ctx context.Context) error {
		_, err := p.temporal.CheckHealth(ctx, &temporalclient.CheckHealthRequest{})
		return err
	}}
}

// close releases everything in the reverse order; what waits goes on at the next start.
func (p *platform) close() {
	if p.temporal != nil {
		p.temporal.Close()
	}
	if p.server != nil {
		if err := p.server.Stop(); err != nil {
			p.log.Error("stop", "error", err)
		}
	}
	if p.db != nil {
		if err := p.db.Close(); err != nil {
			p.log.Error("stop", "error", err)
		}
	}
	if p.untrace != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if err := p.untrace(ctx); err != nil {
			p.log.Warn("the last traces did not leave", "error", err)
		}
	}
	if p.place != nil {
		p.place.release()
	}
}

// interruptible ends with the first SIGINT or SIGTERM; a second one kills the process.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
}

// group runs parts of the platform side by side until the context ends or one fails.
type group struct {
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	mu     sync.Mutex
	errs   []error
}

func newGroup(ctx context.Context) *group {
	g := &group{}
	g.ctx, g.cancel = context.WithCancel(ctx)
	return g
}

func (g *group) run(name string, f func(ctx context.Context) error) {
	g.wg.Go(func() {
		if err := f(g.ctx); err != nil && !errors.Is(err, context.Canceled) {
			g.mu.Lock()
			g.errs = append(g.errs, fmt.Errorf("%s: %w", name, err))
			g.mu.Unlock()
			g.cancel()
		}
	})
}

func (g *group) wait() error {
	<-g.ctx.Done()
	g.wg.Wait()
	return errors.Join(g.errs...)
}

// serveHTTP answers until ctx ends, then lets requests under way finish.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler, s *api.Server) error {
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute,
	} // bodies: see api
	return served(ctx, l, srv, s.Close) // live streams would never end by themselves
}

// served answers until ctx ends, then closes what would go on, and lets requests under way finish.
func served(ctx context.Context, l net.Listener, srv *http.Server, end func()) error {
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		end()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdown)
		defer cancel()
		stopped <- srv.Shutdown(grace)
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
