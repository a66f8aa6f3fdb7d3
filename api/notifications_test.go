package api_test

import (
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
)

// TestNotifications: each reads his own, in his language, and marks them as read.
func TestNotifications(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := newHouse(t, db, nil)
		h.seat("zhou-min", "BUREAU_ACCEPT@DP34")
		h.seat("chen-jing", "APPLY_CLERK@DP18")
		for _, cause := range []string{"a", "b", "c"} {
			err := db.Tx(ctx(), func(tx *gorm.DB) error {
				return office.Tell(tx, office.Notification{
					Cause: cause, Kind: "task-overdue", Subject: "task:42", CreatedAt: noon,
					Args: models.JSONOf(map[string]string{"task": "形式审查", "taskEn": "Formal check", "matter": "智慧城管", "due": "2026-11-23"}),
				}, "zhou-min")
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		unread := func(want int) {
			t.Helper()
			var me wire.Me
			h.do("zhou-min", "GET", "/api/v1/me", nil).want(200, "").into(&me)
			if me.Counts.Unread != want {
				t.Errorf("unread %d, want %d", me.Counts.Unread, want)
			}
		}
		unread(3)
		var page, next wire.NotificationPage
		h.do("zhou-min", "GET", "/api/v1/notifications?limit=2", nil, "Accept-Language", "en").want(200, "").into(&page)
		if len(page.Items) != 2 || page.Items[0].Text != "“Formal check” (智慧城管) was due on 2026-11-23 and is overdue" ||
			page.Items[0].Subject != (wire.Subject{Kind: "task", Key: "42"}) {
			t.Fatalf("in English: %+v", page)
		}
		h.do("zhou-min", "GET", "/api/v1/notifications?cursor="+page.Next, nil).want(200, "").into(&next)
		if len(next.Items) != 1 || next.Next != "" || next.Items[0].Text != "“形式审查”（智慧城管）应于 2026-11-23 办结，现已超期" {
			t.Fatalf("the second page: %+v", next)
		}
		var one wire.Notification
		h.do("chen-jing", "POST", "/api/v1/notifications/"+page.Items[0].ID+"/read", nil).want(404, "not-found")
		h.do("zhou-min", "POST", "/api/v1/notifications/"+page.Items[0].ID+"/read", nil).want(200, "").into(&one)
		if one.ReadAt == nil {
			t.Error("it is not read")
		}
		unread(2)
		var left wire.Unread
		h.do("zhou-min", "POST", "/api/v1/notifications/read", wire.ReadThrough{Through: next.Items[0].ID}).want(200, "").into(&left)
		if left.Unread != 1 {
			t.Errorf("%d left", left.Unread)
		}
		unread(1)
		marked := wire.UnreadFrom{Through: next.Items[0].ID, ReadAt: *left.ReadAt}
		h.do("chen-jing", "POST", "/api/v1/notifications/unread", marked).want(200, "")
		unread(1) // another one's marking is nobody else's to take back
		before := wire.UnreadFrom{Through: marked.Through, ReadAt: left.ReadAt.Add(-time.Hour)}
		h.do("zhou-min", "POST", "/api/v1/notifications/unread", before).want(200, "")
		unread(1)
		h.do("zhou-min", "POST", "/api/v1/notifications/unread", marked).want(200, "").into(&left)
		if left.Unread != 2 {
			t.Errorf("%d unread after the marking was taken back", left.Unread)
		}
		h.do("zhou-min", "POST", "/api/v1/notifications/unread", marked).want(200, "") // a second time changes nothing
		unread(2)
		h.do("zhou-min", "POST", "/api/v1/notifications/read", wire.ReadThrough{Through: next.Items[0].ID}).want(200, "")
		unread(1)
		h.do("zhou-min", "GET", "/api/v1/notifications?cursor=x", nil).want(422, "invalid-cursor")
		h.do("zhou-min", "POST", "/api/v1/notifications/read", wire.ReadThrough{Through: "9999999999999999999"}).want(422, "invalid-input")
		unread(1)
	})
}
