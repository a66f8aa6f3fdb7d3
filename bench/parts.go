package bench

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/workflows/contract"
)

// part is what one part of a step, or of what comes before it, costs.
type part struct {
	name       string
	took       time.Duration
	statements float64 // of SQL
	writes     float64 // statements that store something
}

func (p part) plus(o part) part {
	return part{name: p.name, took: p.took + o.took, statements: p.statements + o.statements, writes: p.writes + o.writes}
}

// The parts of Commit, by what their statements name; the first row that fits counts.
var partWords = []struct {
	part  string
	words []string
}{
	{"scene: rules, calendar, organisation, parties", []string{"from org_version"}},
	{"state", []string{"root_state"}},
	{"audit", []string{"audit"}},
	{"outcome", []string{"event_outcome"}},
	{"savepoint", []string{"savepoint"}},
	{"tasks, instances and other projections", []string{""}},
}

// ledger adds up the statements of what runs under its context, one after another.
type ledger struct {
	parts []part
	began time.Time
}

func newLedger() *ledger { return &ledger{parts: make([]part, len(partWords))} }

// watch is a context whose statements are entered.
func (l *ledger) watch(ctx context.Context) context.Context {
	ctx = models.WithProbe(ctx, func() error { l.began = time.Now(); return nil })
	return models.WithWitness(ctx, func(statement string) { l.enter(statement, time.Since(l.began)) })
}

func (l *ledger) enter(statement string, took time.Duration) {
	statement = strings.ToLower(strings.TrimSpace(statement))
	p := &l.parts[partOf(statement)]
	p.took += took
	p.statements++
	for _, verb := range []string{"insert", "update", "delete"} {
		if strings.HasPrefix(statement, verb) {
			p.writes++
		}
	}
}

func partOf(statement string) int {
	for i, p := range partWords {
		for _, w := range p.words {
			if strings.Contains(statement, w) {
				return i
			}
		}
	}
	return len(partWords) - 1
}

// over says what each part costs in one of n steps.
func (l *ledger) over(n int) (each []part, sum part) {
	for i, p := range l.parts {
		p = part{partWords[i].part, p.took / time.Duration(n), p.statements / float64(n), p.writes / float64(n)}
		each, sum = append(each, p), sum.plus(p)
	}
	return each, sum
}

// during enters what events need.
func (l *ledger) during(s send) send {
	return func(ctx context.Context, r contract.Request) (contract.Outcome, error) {
		return s(l.watch(ctx), r)
	}
}

// table prints parts with their shares of a whole; a whole of 0 has none.
func table(out io.Writer, head string, whole time.Duration, parts []part) {
	fmt.Fprintf(out, "  %-54s %10s %7s %11s %7s\n", head, "time", "share", "statements", "writes")
	for _, p := range parts {
		share, sql, writes := "", "", ""
		if whole > 0 {
			share = fmt.Sprintf("%.0f %%", 100*float64(p.took)/float64(whole))
		}
		if p.statements > 0 {
			sql, writes = fmt.Sprintf("%.1f", p.statements), fmt.Sprintf("%.1f", p.writes)
		}
		line := fmt.Sprintf(
			"    %-52s %10s %7s %11s %7s", p.name, fmt.Sprintf("%.3f ms", float64(p.took.Nanoseconds())/1e6), share, sql, writes,
		)
		fmt.Fprintln(out, strings.TrimRight(line, " "))
	}
}
