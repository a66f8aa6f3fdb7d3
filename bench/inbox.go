package bench

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

const pageReads = 200

// inbox measures a page of an inbox as the number of open tasks grows: of a
// person with 200 of them, and of one who holds a tenth of all.
func inbox(ctx context.Context, o Options, db *models.DB) error {
	have := 0
	for _, want := range o.Inbox {
		if err := fill(ctx, db, have, want); err != nil {
			return err
		}
		have = want
		var page times
		for i := range pageReads {
			who := []string{"few", "many"}[i%2]
			at := time.Now()
			q := models.InboxQuery{Person: who, Scope: models.ScopeMine, Limit: 50}
			tasks, _, err := models.Inbox(db.Read(ctx), q)
			if err != nil || len(tasks) == 0 {
				return fmt.Errorf("bench: inbox of %s: %d tasks, %w", who, len(tasks), err)
			}
			if _, err := models.CountInbox(db.Read(ctx), q, 100); err != nil {
				return err
			}
			page = append(page, time.Since(at))
		}
		fmt.Fprintf(o.Out, "  inbox page and count at %9d open tasks   p50 %9s   p99 %9s\n", want, ms(page.at(0.5)), ms(page.at(0.99)))
	}
	return plan(ctx, o, db)
}

const batch = 1000

func fill(ctx context.Context, db *models.DB, from, to int) error {
	const first = int64(1) << 40 // beside the tasks of the steps
	now := time.Now().UTC()
	for at := from; at < to; at += batch {
		err := db.Tx(ctx, func(tx *gorm.DB) error {
			tasks := make([]models.Task, 0, batch)
			var values []string
			var args []any
			for i := at; i < min(at+batch, to); i++ {
				key, due := first+int64(i), now.Add(time.Duration(i%100_000)*time.Minute)
				who := fmt.Sprintf("person-%d", i%9973)
				switch {
				case i%10 == 0:
					who = "many"
				case i < 1000 && i%5 == 1:
					who = "few"
				}
				tasks = append(tasks, models.Task{Key: key, Root: 1, Name: "审签", Process: "two", Element: "second", State: models.TaskOpen, DueAt: &due, CreatedAt: now, Detail: models.JSON(`{}`)})
				values, args = append(values, "(?, ?, ?)"), append(args, who, due.UnixMilli(), key)
			}
			if err := tx.CreateInBatches(tasks, 200).Error; err != nil {
				return err
			}
			return tx.Exec("INSERT INTO task_candidate (principal, due, key) VALUES "+strings.Join(values, ", "), args...).Error
		})
		if err != nil {
			return fmt.Errorf("bench: fill the inbox: %w", err)
		}
	}
	if db.SQLite() {
		return nil
	}
	return db.Read(ctx).Exec("ANALYZE task_candidate").Error
}

// plan prints how the database reads a page.
func plan(ctx context.Context, o Options, db *models.DB) error {
	explain := "EXPLAIN "
	if db.SQLite() {
		explain = "EXPLAIN QUERY PLAN "
	}
	rows, err := db.Read(ctx).Raw(explain + `SELECT due, key FROM task_candidate WHERE principal = 'many' ORDER BY due, key LIMIT 51`).Rows()
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
