package bench

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/workflows/contract"
)

// The parts of a step, by the tables that their statements name; what names none of them is a projection.
var partTables = []struct {
	part   string
	tables []string
}{
	{"state and rules", []string{"root_state", "work_calendar"}},
	{"audit", []string{"audit"}},
	{"outcome", []string{"event_outcome"}},
	{"savepoint", []string{"savepoint"}},
}

const projections = "projections"

// parts adds up how long the statements of each part take while it is on.
type parts struct {
	on    atomic.Bool
	spent map[string]*atomic.Int64
	count atomic.Int64
}

// watch looks at every statement of a database.
func watch(ctx context.Context, db *models.DB) (*parts, error) {
	p := &parts{spent: map[string]*atomic.Int64{projections: {}}}
	for _, t := range partTables {
		p.spent[t.part] = &atomic.Int64{}
	}
	const began = "bench:began"
	before := func(tx *gorm.DB) { tx.InstanceSet(began, time.Now()) }
	after := func(tx *gorm.DB) {
		if at, ok := tx.InstanceGet(began); ok && p.on.Load() {
			p.spent[partOf(tx.Statement.SQL.String())].Add(int64(time.Since(at.(time.Time))))
			p.count.Add(1)
		}
	}
	err := db.Tx(ctx, func(tx *gorm.DB) error {
		c := tx.Callback()
		for _, register := range []func(string, func(*gorm.DB)) error{
			c.Create().Before("*").Register, c.Query().Before("*").Register, c.Update().Before("*").Register,
			c.Delete().Before("*").Register, c.Row().Before("*").Register, c.Raw().Before("*").Register,
		} {
			if err := register("bench:before", before); err != nil {
				return err
			}
		}
		for _, register := range []func(string, func(*gorm.DB)) error{
			c.Create().After("*").Register, c.Query().After("*").Register, c.Update().After("*").Register,
			c.Delete().After("*").Register, c.Row().After("*").Register, c.Raw().After("*").Register,
		} {
			if err := register("bench:after", after); err != nil {
				return err
			}
		}
		return nil
	})
	return p, err
}

// during is on while an event is sent.
func (p *parts) during(s send) send {
	return func(ctx context.Context, r contract.Request) (contract.Outcome, error) {
		p.on.Store(true)
		defer p.on.Store(false)
		return s(ctx, r)
	}
}

func partOf(sql string) string {
	sql = strings.ToLower(sql)
	for _, p := range partTables {
		for _, t := range p.tables {
			if strings.Contains(sql, t) {
				return p.part
			}
		}
	}
	return projections
}

// print tells what share of a step's mean time each part has: steps of our path,
// and bare ones of Commit during which the parts were on, one at a time.
func (p *parts) print(o Options, ours, bare *way, engine time.Duration) {
	whole, commit := ours.took.mean(), bare.took.mean()
	share := func(d time.Duration) string {
		return fmt.Sprintf("%.0f %%", 100*float64(d)/float64(whole))
	}
	rest := commit - engine
	line := []string{"Temporal " + share(whole-commit)}
	n := time.Duration(len(bare.took))
	for _, part := range []string{"state and rules", projections, "audit", "outcome", "savepoint"} {
		mean := time.Duration(p.spent[part].Load()) / n
		rest -= mean
		line = append(line, part+" "+share(mean))
	}
	line = append(line, "engine "+share(engine), "begin, commit, encoding "+share(rest))
	fmt.Fprintf(o.Out, "  one step at a time: %s, of which Commit %s in %.0f statements\n    %s\n",
		ms(whole), ms(commit), float64(p.count.Load())/float64(n), strings.Join(line, " · "))
}
