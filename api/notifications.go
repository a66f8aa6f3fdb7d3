package api

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

// listNotifications lists what the person was told, unread first unless another order is asked for.
func listNotifications(c *call) (any, error) {
	rows, next, err := office.NotificationsOf(c.db(), c.who.Person.ID, office.NotificationFilter{
		Part: office.Part(c.Query("part")), Sort: c.Query("sort"), Cursor: c.Query("cursor"), Limit: c.limit(),
	})
	if err != nil {
		return nil, err
	}
	out := wire.NotificationPage{Items: []wire.Notification{}, Next: next}
	over, err := c.over(rows)
	if err != nil {
		return nil, err
	}
	for _, n := range rows {
		w := c.notification(n)
		w.Over = over[n.ID]
		w.Asks = w.Asks && !w.Over
		out.Items = append(out.Items, w)
	}
	return out, nil
}

// over are the notifications that ask for what is done, or tell of a task that is closed.
func (c *call) over(rows []office.Notification) (map[int64]bool, error) {
	var keys []string
	for _, n := range rows {
		if key, is := strings.CutPrefix(n.Subject, "task:"); is {
			keys = append(keys, key)
		}
	}
	var closed []string
	if len(keys) > 0 {
		err := c.db().Model(&process.Task{}).Where("key IN ? AND state = ?", keys, process.TaskClosed).Pluck("key", &closed).Error
		if err != nil {
			return nil, err
		}
	}
	still, err := office.StillAsked(c.db(), rows)
	out := map[int64]bool{}
	for _, n := range rows {
		kind, key, _ := strings.Cut(n.Subject, ":")
		out[n.ID] = kind == "task" && slices.Contains(closed, key) || n.Kind.Asks() && !still[n.ID]
	}
	return out, err
}

// notification as the caller reads it, in his language.
func (c *call) notification(n office.Notification) wire.Notification {
	kind, key, _ := strings.Cut(n.Subject, ":")
	args := map[string]string{}
	_ = n.Args.Into(&args) // ours: always an object of strings
	if c.lang == texts.English {
		for name := range args {
			if english := args[name+"En"]; english != "" {
				args[name] = english
			}
		}
	}
	return wire.Notification{
		ID: keyText(
			n.ID,
		), Kind: string(n.Kind), Subject: wire.Subject{Kind: kind, Key: key}, Text: c.textOf("notification."+string(n.Kind), args),
		CreatedAt: n.CreatedAt.In(models.Zone), ReadAt: local(n.ReadAt), Asks: n.Kind.Asks(),
	}
}

// readNotification marks one as read. Like a draft it is the person's own: nothing to audit.
func readNotification(c *call) (any, error) {
	id, err := c.key("id")
	if err != nil {
		return nil, err
	}
	var n office.Notification
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		n, err = office.ReadNotification(tx, c.who.Person.ID, id, c.now)
		return err
	})
	if errors.Is(err, process.ErrNotFound) {
		return nil, notFound()
	}
	if err != nil {
		return nil, err
	}
	return c.notification(n), nil
}

// readNotifications marks as read all that the person saw, through the newest of them.
func readNotifications(c *call) (any, error) {
	var in wire.ReadThrough
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	through, err := strconv.ParseInt(in.Through, 10, 64)
	if err != nil {
		return nil, invalid().field("/through", "field.format")
	}
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		return office.ReadNotifications(tx, c.who.Person.ID, through, c.now)
	})
	if err != nil {
		return nil, err
	}
	n, err := c.unread()
	at := models.Stamp(c.now)
	return wire.Unread{Unread: n, ReadAt: local(&at)}, err
}

// unreadNotifications takes a marking back: what was marked at that moment is unread again.
func unreadNotifications(c *call) (any, error) {
	var in wire.UnreadFrom
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	through, err := strconv.ParseInt(in.Through, 10, 64)
	if err != nil {
		return nil, invalid().field("/through", "field.format")
	}
	me := c.who.Person.ID
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		err := tx.Model(&office.Notification{}).
			Where("person = ? AND read_at = ? AND id <= ?", me, models.Stamp(in.ReadAt), through).
			Update("read_at", nil).Error
		if err != nil {
			return err
		}
		return models.Notify(tx, models.Notice{Kind: "notification", Persons: []string{me}})
	})
	if err != nil {
		return nil, err
	}
	n, err := c.unread()
	return wire.Unread{Unread: n}, err
}

// unread counts what the person was told and has not read, as counts do.
func (c *call) unread() (int, error) { return c.unreadOf("") }

func (c *call) unreadOf(part office.Part) (int, error) {
	return countUpTo(part.In(c.db().Table("notification").Where("person = ? AND read_at IS NULL", c.who.Person.ID)))
}
