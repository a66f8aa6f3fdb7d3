// Package bench measures what the shell costs: a step of our BPMN path against
// the same approval written by hand on Temporal's SDK with the same rows, and
// the inbox as it grows. It prints ratios; times are the machine's.
package bench

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	temporalclient "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/localpg"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/trust/payload"
	"github.com/quancheng/quancheng/worker/temporal"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// Options of a run.
type Options struct {
	Out      io.Writer
	Cases    int   // approvals per measurement
	Postgres []int // clients at once on PostgreSQL
	SQLite   []int // clients at once on SQLite
	Rounds   int   // measurements of each way, in turns
	People   int   // of the organisation, besides the two who act
	Long     int   // steps of a case that has gone in circles for years
	Inbox    []int // open tasks
}

//go:embed two.bpmn
var two []byte

//go:embed loop.bpmn
var loop []byte

// onBoth measures on SQLite, unless it is left out, and, where the machine has it, on PostgreSQL; dir is the run's own.
func onBoth(out io.Writer, sqlite bool, measure func(name, dsn, dir string) error) error {
	dir, err := os.MkdirTemp("", "quancheng-bench-")
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	defer localpg.Stop()
	if sqlite {
		if err := measure("SQLite", "sqlite:"+filepath.Join(dir, "quancheng.db"), dir); err != nil {
			return err
		}
	}
	dsn, err := localpg.Database()
	if err != nil {
		fmt.Fprintf(out, "PostgreSQL: not measured: %v\n", err)
		return nil
	}
	return measure("PostgreSQL", dsn, dir)
}

// Run measures on SQLite and, where the machine has it, on PostgreSQL.
func Run(ctx context.Context, o Options) error {
	step, err := alone()
	if err != nil {
		return err
	}
	fmt.Fprintf(o.Out, "engine alone, on one core: %.0f approvals of %d steps a second, %.0f µs a step\n",
		1/step.Seconds()/float64(len(hand)), len(hand), float64(step.Nanoseconds())/1000)
	return onBoth(o.Out, true, func(name, dsn, dir string) error {
		clients, t := o.Postgres, temporal.Options{Postgres: dsn, LogFile: filepath.Join(dir, "log")}
		if name == "SQLite" {
			clients, t.Postgres, t.File = o.SQLite, "", filepath.Join(dir, "temporal.db")
		}
		return on(ctx, o, step, name, clients, dsn, t)
	})
}

func on(ctx context.Context, o Options, engine time.Duration, name string, clients []int, dsn string, t temporal.Options) error {
	if len(clients) == 0 {
		return nil
	}
	fmt.Fprintf(o.Out, "\n%s\n", name)
	db, err := models.Open(dsn)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Migrate(ctx); err != nil {
		return err
	}
	if err := db.Tx(ctx, func(tx *gorm.DB) error { return found(tx, o.People) }); err != nil {
		return err
	}
	s, err := temporal.Start(ctx, t)
	if err != nil {
		return err
	}
	defer func() { _ = s.Stop() }()
	keys := trust.New(time.Now())
	payloads := newMeter(keys)
	options := payload.Options(keys, temporalclient.Options{Logger: log.NewStructuredLogger(discard)})
	options.DataConverter = payloads
	c, err := s.Client(ctx, options)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := (&stand{db: db, client: c, keys: keys, payloads: payloads, engine: engine}).run(ctx, o, clients); err != nil {
		return err
	}
	return inbox(ctx, o, db)
}

// found founds an organisation of one clerk, one chief and others, and deploys the approval.
func found(tx *gorm.DB, others int) error {
	people, posts := make([]office.Person, others), make([]office.Post, others)
	for i := range others {
		id := fmt.Sprintf("other-%d", i)
		people[i], posts[i] = office.Person{
			ID: id, Name: id, Active: true, Demo: true,
		}, office.Post{
			ID: "OTHER@DP18", PersonID: id, Role: "OTHER", DeptID: "DP18",
		}
	}
	for _, rows := range []any{
		&[]office.Person{{ID: "ann", Name: "甲", Active: true, Demo: true}, {ID: "bob", Name: "乙", Active: true, Demo: true}},
		&[]office.Dept{{ID: "DP18", Name: "示例局", Kind: "applying"}, {ID: "DP34", Name: "主管局", Kind: "bureau"}},
		&[]office.Post{{ID: "CLERK@DP18", PersonID: "ann", Role: "CLERK", DeptID: "DP18"},
			{ID: "CHIEF@DP34", PersonID: "bob", Role: "CHIEF", DeptID: "DP34"}},
	} {
		if err := tx.Create(rows).Error; err != nil {
			return fmt.Errorf("bench: %w", err)
		}
	}
	if err := errors.Join(tx.CreateInBatches(people, 500).Error, tx.CreateInBatches(posts, 500).Error); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	src := definitions.Bundle{Digest: "bench", Files: []definitions.File{{Name: "two.bpmn", Data: two}, {Name: "loop.bpmn", Data: loop}}}
	_, _, err := bundles.Deploy(tx, models.Acting{Person: models.System, At: time.Now()}, src)
	return err
}

// times are what single steps took.
type times []time.Duration

// at is a quantile, of 0 to 1.
func (t times) at(q float64) time.Duration {
	if len(t) == 0 {
		return 0
	}
	slices.Sort(t)
	return t[min(int(q*float64(len(t))), len(t)-1)]
}

// mean is their mean.
func (t times) mean() time.Duration {
	var sum time.Duration
	for _, d := range t {
		sum += d
	}
	return sum / time.Duration(max(len(t), 1))
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
