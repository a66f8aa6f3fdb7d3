package process_test

import (
	"context"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// TestClean: what is old goes, what is young and the outcomes of events stay.
func TestClean(t *testing.T) {
	now := time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	rows := []struct {
		name, insert, count string
		at                  time.Time
		stays               bool
	}{
		{
			"an ended session", "INSERT INTO session (id, person_id, created_at, seen_at, expires_at) VALUES ('old', 'p', ?, ?, ?)",
			"SELECT count(*) FROM session WHERE id = 'old'", now.Add(-2 * day), false,
		},
		{
			"a running session", "INSERT INTO session (id, person_id, created_at, seen_at, expires_at) VALUES ('new', 'p', ?, ?, ?)",
			"SELECT count(*) FROM session WHERE id = 'new'", now.Add(day), true,
		},
		{
			"an old wrong password", "INSERT INTO sign_in_attempt (account, attempts, since) VALUES ('old', 5, ?)",
			"SELECT count(*) FROM sign_in_attempt WHERE account = 'old'", now.Add(-2 * day), false,
		},
		{
			"a wrong password", "INSERT INTO sign_in_attempt (account, attempts, since) VALUES ('new', 5, ?)",
			"SELECT count(*) FROM sign_in_attempt WHERE account = 'new'", now.Add(-time.Hour), true,
		},
		{
			"an old answer", "INSERT INTO request_outcome (id, digest, status, at) VALUES ('old', 'd', 201, ?)",
			"SELECT count(*) FROM request_outcome WHERE id = 'old'", now.Add(-31 * day), false,
		},
		{
			"an answer", "INSERT INTO request_outcome (id, digest, status, at) VALUES ('new', 'd', 201, ?)",
			"SELECT count(*) FROM request_outcome WHERE id = 'new'", now.Add(-29 * day), true,
		},
		{
			"a draft of years ago", "INSERT INTO task_draft (task, person, saved_at) VALUES (1, 'p', ?)",
			"SELECT count(*) FROM task_draft WHERE task = 1", now.Add(-366 * day), false,
		},
		{
			"a draft of last month", "INSERT INTO task_draft (task, person, saved_at) VALUES (2, 'p', ?)",
			"SELECT count(*) FROM task_draft WHERE task = 2", now.Add(-31 * day), true,
		},
		{
			"an event's outcome",
			"INSERT INTO event_outcome (event, root, digest, verdict, body, at) VALUES ('u:p:1', 1, 'd', 'applied', '{}', ?)",
			"SELECT count(*) FROM event_outcome", now.Add(-4000 * day), true,
		},
	}
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		err := db.Tx(context.Background(), func(tx *gorm.DB) error {
			if err := tx.Create(&office.Person{ID: "p", Name: "p"}).Error; err != nil {
				return err
			}
			for _, r := range rows {
				args := []any{r.at}
				for len(args) < countOf(r.insert) {
					args = append(args, r.at)
				}
				if err := tx.Exec(r.insert, args...).Error; err != nil {
					return err
				}
			}
			if err := process.Clean(tx, now); err != nil {
				return err
			}
			for _, r := range rows {
				var n int
				if err := tx.Raw(r.count).Scan(&n).Error; err != nil {
					return err
				}
				if (n == 1) != r.stays {
					t.Errorf("%s: %d rows after cleaning", r.name, n)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func countOf(sql string) (n int) {
	for _, r := range sql {
		if r == '?' {
			n++
		}
	}
	return n
}
