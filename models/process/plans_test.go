package process_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/outbox"
)

// many makes 4,000 rows numbered n.
const many = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 4000) "

// TestPlansOfOldBooks: what every operation and every turn of a pump asks walks over an index of what
// it looks for, also after a burst that the statistics of the database do not know.
func TestPlansOfOldBooks(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		var asked string
		now := time.Now()
		kinds := []string{outbox.OutPartner, outbox.OutStart}
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			for _, q := range []string{
				`INSERT INTO outbox (id, kind, target, event_type, payload, state, next_at, created_at)
					` + many + `SELECT 'old:' || n, 'start', '', '', '{}', 'delivered', '2026-01-01 00:00:00', '2026-01-01 00:00:00' FROM r`,
				`INSERT INTO task_act (task, root, element, task_name, round, person, operation, event, void, at, business_date)
					` + many + `SELECT n, n, 'e', 'e', 1, 'p' || (n % 40), 'agree', 'ev:' || n, FALSE, '2026-01-01 00:00:00', '2026-01-01' FROM r`,
				"ANALYZE",
				`INSERT INTO outbox (id, kind, target, event_type, payload, state, next_at, created_at)
					` + many + `SELECT 'new:' || n, 'start', '', '', '{}', 'pending', '2026-01-02 00:00:00', '2026-01-02 00:00:00' FROM r WHERE n < 900`,
			} {
				if err := tx.Exec(q).Error; err != nil {
					return err
				}
			}
			return nil
		})
		ctx := models.WithWitness(context.Background(), func(q string) { asked = q })
		due, err := outbox.DueOutgoing(db.Read(ctx), kinds, now, 50)
		if err != nil || len(due) != 50 {
			t.Fatalf("%d due, %v", len(due), err)
		}
		for _, c := range []struct {
			query   string
			args    []any
			indexes []string // any of them has nothing of what has left
		}{
			{asked, []any{kinds[0], kinds[1], now.UTC(), 50}, []string{"outbox_pending", "outbox_due (state=? AND"}},
			{"SELECT task FROM task_act WHERE event = 'ev:7'", nil, []string{"act_event"}},
		} {
			explain := "EXPLAIN QUERY PLAN "
			if !db.SQLite() {
				explain = "EXPLAIN "
			}
			var plan []map[string]any
			if err := rawPlan(db, explain+c.query, c.args, &plan); err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, line := range plan {
				for _, v := range line {
					if s, ok := v.(string); ok {
						lines = append(lines, s)
					}
				}
			}
			said := strings.Join(lines, "\n")
			if !slices.ContainsFunc(c.indexes, func(i string) bool { return strings.Contains(said, i) }) {
				t.Errorf("%s does not walk over one of %q:\n%s", c.query, c.indexes, said)
			}
		}
	})
}

// rawPlan asks for a plan past gorm, which knows placeholders of its own.
func rawPlan(db *models.DB, q string, args []any, into *[]map[string]any) error {
	pool, err := db.Read(context.Background()).DB()
	if err != nil {
		return err
	}
	rows, err := pool.Query(q, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		values, at := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			at[i] = &values[i]
		}
		if err := rows.Scan(at...); err != nil {
			return err
		}
		row := map[string]any{}
		for i, name := range names {
			row[name] = values[i]
		}
		*into = append(*into, row)
	}
	return rows.Err()
}
