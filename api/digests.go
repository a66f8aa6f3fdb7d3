package api

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/outbox"
)

// digestLines are shown of a digest; the rest is counted.
const digestLines = 10

// listDigests shows what waits to leave, as the worker will put it together: by way and time, without what is done in the meantime.
func listDigests(c *call) (any, error) {
	me := c.who.Person.ID
	s, err := office.NoticeSettingOf(c.db(), me)
	if err != nil {
		return nil, err
	}
	out := wire.NoticeDigests{Next: s.NextDigest(c.now).In(models.Zone), Items: []wire.NoticeDigest{}}
	var waiting []outbox.Outgoing
	err = pendingOf(c.db(), me).Where("attempts = 0 AND batch = '' AND next_at > ?", c.now.UTC()).
		Order("next_at, event_type, created_at DESC, id DESC").Limit(most).Find(&waiting).Error
	if err != nil {
		return nil, err
	}
	told, err := c.waitingNotifications(waiting)
	if err != nil {
		return nil, err
	}
	for _, o := range waiting {
		n, ok := told[o.ID]
		if !ok {
			continue
		}
		at := o.NextAt.In(models.Zone)
		if last := len(out.Items) - 1; last < 0 || out.Items[last].Channel != o.EventType || !out.Items[last].At.Equal(at) {
			out.Items = append(out.Items, wire.NoticeDigest{
				Channel: o.EventType, ChannelName: c.text("notice.channel." + o.EventType), At: at,
				Topics: []wire.DigestTopic{}, Lines: []wire.Notification{},
			})
		}
		c.addToDigest(&out.Items[len(out.Items)-1], n)
	}
	return out, nil
}

func (c *call) addToDigest(d *wire.NoticeDigest, n office.Notification) {
	d.Count++
	if len(d.Lines) < digestLines {
		d.Lines = append(d.Lines, c.notification(n))
	}
	topic := office.TopicOf(n.Kind).ID
	i := slices.IndexFunc(d.Topics, func(t wire.DigestTopic) bool { return t.ID == topic })
	if i < 0 {
		i = len(d.Topics)
		d.Topics = append(d.Topics, wire.DigestTopic{ID: topic, Name: c.text("notice.topic." + topic)})
	}
	d.Topics[i].Count++
}

// waitingNotifications are what some entries of the outbox will still tell, by entry.
func (c *call) waitingNotifications(waiting []outbox.Outgoing) (map[string]office.Notification, error) {
	ids := map[int64][]string{}
	var keys []int64
	for _, o := range waiting {
		var of struct {
			Notification int64 `json:"notification"`
		}
		if err := o.Payload.Into(&of); err != nil {
			return nil, fmt.Errorf("notice %s: %w", o.ID, err)
		}
		if !strings.HasPrefix(o.ID, "n:") { // takes something off a list of things to do: no news
			continue
		}
		ids[of.Notification] = append(ids[of.Notification], o.ID)
		keys = append(keys, of.Notification)
	}
	out := map[string]office.Notification{}
	if len(keys) == 0 {
		return out, nil
	}
	var rows []office.Notification
	if err := c.db().Where("id IN ?", keys).Find(&rows).Error; err != nil {
		return nil, err
	}
	over, err := c.over(rows)
	for _, n := range rows {
		if n.Kind.Fleeting() && over[n.ID] {
			continue
		}
		for _, id := range ids[n.ID] {
			out[id] = n
		}
	}
	return out, err
}
