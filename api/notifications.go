package api

import (
	"errors"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

// listNotifications lists what the person was told, unread first.
func listNotifications(c *call) (any, error) {
	rows, err := office.NotificationsOf(c.db(), c.who.Person.ID, c.Query("cursor"), c.limit()+1)
	if err != nil {
		return nil, err
	}
	out := wire.NotificationPage{Items: []wire.Notification{}}
	rows, out.Next = pageOf(rows, c.limit(), office.Notification.Cursor)
	for _, n := range rows {
		out.Items = append(out.Items, c.notification(n))
	}
	return out, nil
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
		CreatedAt: n.CreatedAt.In(models.Zone), ReadAt: local(n.ReadAt),
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
	return wire.Unread{Unread: n}, err
}

// unread counts what the person was told and has not read, as counts do.
func (c *call) unread() (int, error) {
	return countUpTo(c.db().Table("notification").Where("person = ? AND read_at IS NULL", c.who.Person.ID))
}
