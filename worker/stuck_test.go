package worker

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
)

// A case that nothing can move is told once, and leaves the alarm when it moves on;
// any kind of wait keeps a case out of it.
func TestStuckRoots(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		now := time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC)
		var log bytes.Buffer
		s := &Sweeper{DB: db, Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(&log, nil))}
		tx := func(f func(tx *gorm.DB) error) {
			t.Helper()
			if err := db.Tx(context.Background(), f); err != nil {
				t.Fatal(err)
			}
		}
		count := func(sql string) (n int) {
			t.Helper()
			if err := db.Read(context.Background()).Raw("SELECT count(*) FROM " + sql).Scan(&n).Error; err != nil {
				t.Fatal(err)
			}
			return n
		}
		look := func(want int) {
			t.Helper()
			now = now.Add(stuckEvery)
			if err := s.stuck(context.Background()); err != nil {
				t.Fatal(err)
			}
			if n := count("stuck_root"); n != want {
				t.Errorf("%d cases stand still, want %d", n, want)
			}
		}
		waits := map[string]func(tx *gorm.DB, root int64) error{
			"nothing": func(*gorm.DB, int64) error { return nil },
			"task": func(tx *gorm.DB, root int64) error {
				return tx.Create(
					&process.Task{Key: root<<20 + 1, Root: root, State: process.TaskSuspended, Detail: models.JSON("{}"), CreatedAt: now},
				).Error
			},
			"timer": func(tx *gorm.DB, root int64) error {
				return tx.Create(&process.Timer{Key: root<<20 + 1, Root: root, Due: now}).Error
			},
			"subscription": func(tx *gorm.DB, root int64) error {
				return tx.Create(&process.Subscription{Key: root<<20 + 1, Root: root, OpenedAt: now}).Error
			},
			"job": func(tx *gorm.DB, root int64) error {
				return tx.Create(&process.Job{Key: root<<20 + 1, Root: root, CreatedAt: now}).Error
			},
			"incident": func(tx *gorm.DB, root int64) error {
				return tx.Create(&process.Incident{Key: root<<20 + 1, Root: root, RaisedAt: now}).Error
			},
			"ended": func(tx *gorm.DB, root int64) error {
				return tx.Exec("UPDATE root_state SET open = ? WHERE key = ?", false, root).Error
			},
		}
		var stuck int64
		tx(func(tx *gorm.DB) error {
			if err := demo.Install(tx, models.Acting{Person: models.System, At: now}); err != nil {
				return err
			}
			if err := tx.Exec("INSERT INTO bundle (digest, deployed_at, deployed_by) VALUES ('b', ?, 'system')", now).Error; err != nil {
				return err
			}
			for kind, wait := range waits {
				root, err := process.NewRoot(
					tx,
					process.RootState{
						Bundle: "b", Process: "p", BusinessKey: kind, State: []byte("{}"), BusinessDate: "2026-11-24", CreatedAt: now,
						UpdatedAt: now,
					},
				)
				if err != nil {
					return err
				}
				if err := wait(tx, root); err != nil {
					return err
				}
				if kind == "nothing" {
					stuck = root
				}
			}
			return nil
		})
		look(1)
		look(1)
		told := count("notification WHERE kind = 'case-stuck'")
		if told < 4 || strings.Count(log.String(), "alarm=true") != 1 {
			t.Errorf("%d were told; the log says %s", told, log.String())
		}
		tx(func(tx *gorm.DB) error {
			return tx.Exec("UPDATE root_state SET step = step + 1, updated_at = ? WHERE key = ?", now, stuck).Error
		})
		look(1) // it has moved, and stands still again since
		if n := count("notification WHERE kind = 'case-stuck'"); n != 2*told {
			t.Errorf("after it stood still again %d were told in all, want %d", n, 2*told)
		}
		tx(func(tx *gorm.DB) error { return waits["timer"](tx, stuck) })
		look(0)
	})
}
