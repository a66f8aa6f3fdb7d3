package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities"
	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/trust"
)

// GrowthOptions of a run that measures approvals in books that grow old and full.
type GrowthOptions struct {
	Out    io.Writer
	Acts   []int // old acts on tasks that are long over, from none to many
	Open   []int // open cases beside, from none to many
	Cases  int   // approvals per measurement
	SQLite bool  // on SQLite too
}

// Growth measures whole approvals of three steps, by Commit without Temporal, in books with more and more old acts and open cases: how
// fast they are, what each leaves on the disk, and, on PostgreSQL, in the write-ahead log.
func Growth(ctx context.Context, o GrowthOptions) error {
	return onBoth(o.Out, o.SQLite, func(name, dsn, _ string) error {
		db, err := models.Open(dsn)
		if err != nil {
			return err
		}
		defer func() { _ = db.Close() }()
		if _, err := db.Migrate(ctx); err != nil {
			return err
		}
		if err := db.Tx(ctx, func(tx *gorm.DB) error { return found(tx, 0) }); err != nil {
			return err
		}
		committer := activities.New(db, bundles.NewCache(db), trust.New(time.Now()))
		committer.Log = discard
		fmt.Fprintf(o.Out, "\n%s\n  %9s %9s %9s %10s %10s %14s %14s\n",
			name, "old acts", "open", "steps/s", "p50", "p99", "disk/approval", "WAL/approval")
		g := &growing{GrowthOptions: o, db: db, way: way{name: "Commit without Temporal", send: sealed(committer)}}
		return g.run(ctx)
	})
}

type growing struct {
	GrowthOptions
	db         *models.DB
	way        way
	acts, open int // that are there
	first      float64
}

func (g *growing) run(ctx context.Context) error {
	for range max(1, g.Cases/10) { // warms what is kept
		if _, err := g.way.approve(ctx, g.db); err != nil {
			return err
		}
	}
	for _, n := range g.Acts {
		if err := g.grow(ctx, n); err != nil {
			return err
		}
		if err := g.measure(ctx); err != nil {
			return err
		}
	}
	for _, n := range g.Open {
		for ; g.open < n; g.open++ { // each stands at its task, as people left it
			r, err := begin(ctx, g.db)
			if err != nil {
				return err
			}
			if out, err := g.way.send(ctx, r); err != nil {
				return fmt.Errorf("bench: %s: %s: %w", r.ID, out.Refusal, err)
			}
		}
		if err := g.measure(ctx); err != nil {
			return err
		}
	}
	return nil
}

// grow adds old acts, as years of approvals leave them: of many cases, with an opinion each.
func (g *growing) grow(ctx context.Context, want int) error {
	if want <= g.acts {
		return nil
	}
	numbers := "generate_series(?::bigint, ?::bigint) AS n(i)"
	if g.db.SQLite() {
		numbers = "(WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n)"
	}
	err := g.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO task_act (task, root, element, task_name, round, person, post, operation, opinion, digest, event, void, at)
			SELECT ? + i, ? + i / 12, 'second', '审签', 1, 'person-' || (i % 9973), 'CHIEF@DP34', 'agree', '同意，按程序办理', 'd' || i,
				'u:' || i, ?, ? FROM `+
			numbers, first, first, false, time.Now().UTC().AddDate(-3, 0, 0).Truncate(time.Millisecond), g.acts, want-1).Error
	})
	if err == nil {
		g.acts, err = want, g.settle(ctx)
	}
	if err != nil {
		return fmt.Errorf("bench: old acts: %w", err)
	}
	return nil
}

// settle lets the database know what it holds, as it does by itself in time.
func (g *growing) settle(ctx context.Context) error {
	return g.db.Tx(ctx, func(tx *gorm.DB) error { return tx.Exec("ANALYZE").Error })
}

func (g *growing) measure(ctx context.Context) error {
	disk, log, err := g.sizes(ctx)
	if err != nil {
		return err
	}
	g.way.took, g.way.rates = nil, nil
	if err := g.way.measure(ctx, g.db, 1, g.Cases); err != nil {
		return err
	}
	diskAfter, logAfter, err := g.sizes(ctx)
	if err != nil {
		return err
	}
	rate := g.way.rates[0]
	if g.first == 0 {
		g.first = rate
	}
	each := func(before, after int64) string {
		if after == 0 {
			return "–"
		}
		return fmt.Sprintf("%.1f kB", float64(after-before)/1000/float64(g.Cases))
	}
	fmt.Fprintf(g.Out, "  %9d %9d %9.1f %10s %10s %14s %14s   %.2f of the first\n", g.acts, g.open, rate, ms(g.way.took.at(0.5)),
		ms(g.way.took.at(0.99)), each(disk, diskAfter), each(log, logAfter), rate/g.first)
	return nil
}

// sizes are the bytes of the books, and of what was written to the log so far; 0 where there is none to ask.
func (g *growing) sizes(ctx context.Context) (disk, log int64, err error) {
	db := g.db.Read(ctx)
	if g.db.SQLite() {
		var pages, size int64
		err = errors.Join(db.Raw("PRAGMA page_count").Scan(&pages).Error, db.Raw("PRAGMA page_size").Scan(&size).Error)
		return pages * size, 0, err
	}
	err = errors.Join(db.Raw("SELECT pg_database_size(current_database())").Scan(&disk).Error,
		db.Raw("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint").Scan(&log).Error)
	return disk, log, err
}
