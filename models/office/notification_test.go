package office_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// A cause tells a person once, whoever else it tells later, and only when its transaction commits.
func TestACauseTellsAPersonOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		n := office.Notification{Cause: "sla:42:overdue", Kind: "task-overdue", Subject: "task:42", CreatedAt: noon}
		undone := errors.New("undone")
		err := db.Tx(context.Background(), func(tx *gorm.DB) error {
			if err := office.Tell(tx, n, "chen-jing"); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		for _, to := range [][]string{{"zhou-min", "zhou-min"}, {"zhou-min", "chen-jing"}, nil} {
			modelstest.Tx(t, db, func(tx *gorm.DB) error { return office.Tell(tx, n, to...) })
		}
		var told []string
		if err := db.Read(context.Background()).Model(&office.Notification{}).Order("id").Pluck("person", &told).Error; err != nil ||
			!slices.Equal(told, []string{"zhou-min", "chen-jing"}) {
			t.Errorf("told %v, %v", told, err)
		}
	})
}

// The list is read page by page: unread first, then newest first, nobody else's.
func TestNotificationsUnreadFirst(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			for i := range 5 {
				n := office.Notification{
					Cause: fmt.Sprint(i), Kind: "task-overdue", Subject: "task:42",
					Args: models.JSONOf(map[string]string{"task": fmt.Sprint(i)}), CreatedAt: noon,
				}
				if err := office.Tell(tx, n, "zhou-min", "chen-jing"); err != nil {
					return err
				}
			}
			return nil
		})
		list := func(size int) (causes string) {
			for cursor := ""; ; {
				page, next, err := office.NotificationsOf(db.Read(context.Background()), "zhou-min",
					office.NotificationFilter{Cursor: cursor, Limit: size})
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range page {
					causes += n.Cause
					if n.ReadAt != nil {
						causes += "r"
					}
				}
				if cursor = next; cursor == "" {
					return causes
				}
			}
		}
		all, _, err := office.NotificationsOf(db.Read(context.Background()), "zhou-min", office.NotificationFilter{Limit: 9})
		if err != nil {
			t.Fatal(err)
		}
		modelstest.Tx(t, db, func(tx *gorm.DB) error { return office.ReadNotifications(tx, "zhou-min", all[3].ID, noon) }) // 1 and 0
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			_, err := office.ReadNotification(tx, "zhou-min", all[1].ID, noon)
			return err
		})
		for size := 1; size < 7; size++ {
			if got := list(size); got != "423r1r0r" {
				t.Errorf("pages of %d: %s", size, got)
			}
		}
		again, _, err := office.NotificationsOf(db.Read(context.Background()), "chen-jing", office.NotificationFilter{Limit: 9})
		if err != nil || len(again) != 5 || again[4].ReadAt != nil {
			t.Errorf("of another: %+v, %v", again, err)
		}
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			if _, err := office.ReadNotification(tx, "zhou-min", again[0].ID, noon); !errors.Is(err, process.ErrNotFound) {
				t.Errorf("read another's: %v", err)
			}
			first, err := office.ReadNotification(tx, "zhou-min", all[1].ID, noon.Add(time.Hour))
			if err == nil && !first.ReadAt.Equal(noon) {
				t.Errorf("read again: %v", first.ReadAt)
			}
			return err
		})
		for _, bad := range []string{"u", "x1", "r9x", "ü"} {
			var refused *models.Refusal
			f := office.NotificationFilter{Cursor: bad, Limit: 9}
			if _, _, err := office.NotificationsOf(db.Read(context.Background()), "zhou-min", f); !errors.As(err, &refused) {
				t.Errorf("cursor %q: %v", bad, err)
			}
		}
	})
}
