package bench

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
)

const pageReads = 100 // of each person

// inbox measures a page of an inbox with its count as the number of open tasks
// grows: of a person with 200 of them, and of one who holds a tenth of all.
func inbox(ctx context.Context, o Options, db *models.DB) error {
	have := 0
	for _, want := range o.Inbox {
		began := time.Now()
		if err := fill(ctx, db, have, want); err != nil {
			return fmt.Errorf("bench: fill the inboxes: %w", err)
		}
		filled := time.Since(began)
		have = want
		few, err := pages(ctx, db, "few")
		if err != nil {
			return err
		}
		many, err := pages(ctx, db, "many")
		if err != nil {
			return err
		}
		fmt.Fprintf(o.Out, "  inbox page and count at %9d open tasks: of few p50 %s p99 %s, of a tenth p50 %s p99 %s (filled in %.1f s)\n",
			want, ms(few.at(0.5)), ms(few.at(0.99)), ms(many.at(0.5)), ms(many.at(0.99)), filled.Seconds())
	}
	return plan(ctx, o, db)
}

func pages(ctx context.Context, db *models.DB, person string) (times, error) {
	var took times
	for range pageReads {
		at := time.Now()
		q := process.InboxQuery{Person: person, Scope: process.ScopeMine, Limit: 50}
		tasks, _, err := process.Inbox(db.Read(ctx), q)
		if err != nil || len(tasks) == 0 {
			return took, fmt.Errorf("bench: inbox of %s: %d tasks, %w", person, len(tasks), err)
		}
		if _, err := process.CountInbox(db.Read(ctx), q, 100); err != nil {
			return took, err
		}
		took = append(took, time.Since(at))
	}
	return took, nil
}

// first is the key before the tasks of the inboxes, beside those of the steps.
const first = int64(1) << 40

// fill opens the tasks from one number to another, in one transaction and two statements.
func fill(ctx context.Context, db *models.DB, from, to int) error {
	numbers := "generate_series(?::bigint, ?::bigint) AS n(i)"
	if db.SQLite() {
		numbers = "(WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n)"
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	err := db.Tx(ctx, func(tx *gorm.DB) error {
		err := tx.Exec(
			`INSERT INTO task (key, root, instance, element_key, bundle, process, element, name, batch, version, round, priority, state, due_at,
				created_at, detail)
			SELECT ? + i, 1, 1, 1, 'bench', 'two', 'second', '审签', ?, 1, 1, 0, 'open', ?, ?, ? FROM `+numbers,
			first, false, now, now, models.JSON(`{}`), from, to-1,
		).Error
		if err != nil {
			return err
		}
		return tx.Exec(`INSERT INTO task_candidate (principal, due, key)
			SELECT CASE WHEN i % 10 = 0 THEN 'many' WHEN i < 1000 AND i % 5 = 1 THEN 'few' ELSE 'person-' || (i % 9973) END,
			? + i % 100000 * 60000, ? + i FROM `+numbers,
			now.UnixMilli(), first, from, to-1).Error
	})
	if err != nil || db.SQLite() {
		return err
	}
	return db.Read(ctx).Exec("VACUUM ANALYZE task, task_candidate").Error // as the database itself does it in its own time
}

// plan prints how the database reads a page.
func plan(ctx context.Context, o Options, db *models.DB) error {
	explain := "EXPLAIN "
	if db.SQLite() {
		explain = "EXPLAIN QUERY PLAN "
	}
	rows, err := db.Read(ctx).
		Raw(explain +
			`SELECT * FROM (SELECT c.due AS at, c.key AS key FROM task_candidate c WHERE c.principal = 'many' ORDER BY c.due, c.key
				LIMIT 51) AS p ORDER BY at, key`).
		Rows()
	if err != nil {
		return fmt.Errorf("bench: plan: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var line string
		var skip int
		if db.SQLite() {
			err = rows.Scan(&skip, &skip, &skip, &line)
		} else {
			err = rows.Scan(&line)
		}
		if err != nil {
			return fmt.Errorf("bench: plan: %w", err)
		}
		fmt.Fprintf(o.Out, "  plan: %s\n", strings.TrimSpace(line))
	}
	return rows.Err()
}
