package api

import (
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/outbox"
)

// getNoticeSettings is how the person is told of what, by which way.
func getNoticeSettings(c *call) (any, error) {
	me := c.who.Person.ID
	s, err := office.NoticeSettingOf(c.db(), me)
	if err != nil {
		return nil, err
	}
	chosen, err := office.ChoicesOf(c.db(), me)
	if err != nil {
		return nil, err
	}
	inUse, err := office.ChannelsInUse(c.db())
	if err != nil {
		return nil, err
	}
	out := wire.NoticeSettings{
		Mail: s.Mail, Digests: s.Digests, Quiet: s.Quiet, Channels: []wire.NoticeChannel{}, Topics: []wire.NoticeTopic{},
	}
	stuck, err := stuckOf(c.db(), me)
	if err != nil {
		return nil, err
	}
	for _, id := range office.Channels {
		w := wire.NoticeChannel{ID: id, Name: c.text("notice.channel." + id)}
		for _, u := range inUse {
			if u.Channel == id {
				w.InUse, w.Trouble = true, u.Trouble != ""
			}
		}
		if s := stuck[id]; s.Count > 0 {
			w.Waiting, w.Since = s.Count, local(&s.Since)
		}
		out.Channels = append(out.Channels, w)
	}
	for _, t := range office.Topics {
		w := wire.NoticeTopic{ID: t.ID, Name: c.text("notice.topic." + t.ID), Part: string(t.Part()), Modes: map[string]string{}}
		for _, id := range office.Channels {
			w.Modes[id] = string(t.Mode(id, chosen[office.Choice{Person: me, Topic: t.ID, Channel: id}]))
			if t.Fixed(id) {
				w.Fixed = append(w.Fixed, id)
			}
		}
		out.Topics = append(out.Topics, w)
	}
	out.Waiting, err = countUpTo(
		pendingOf(c.db(), me).Where("attempts = 0"),
	)
	return out, err
}

// pendingOf are the notices that a person has not been handed yet.
func pendingOf(db *gorm.DB, person string) *gorm.DB {
	return db.Table("outbox").Where("kind = ? AND state = ? AND target = ?", outbox.OutNotice, outbox.OutPending, person)
}

// stuckNotices are those of a channel that could not be handed over and are tried again.
type stuckNotices struct {
	Count int
	Since time.Time // when the oldest of them was to be told
}

// stuckOf counts what waits for a channel to come back, by channel, of the first most.
func stuckOf(db *gorm.DB, person string) (map[string]stuckNotices, error) {
	var rows []outbox.Outgoing
	err := pendingOf(db, person).Where("attempts > 0").Order("created_at").Limit(most).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	out := map[string]stuckNotices{}
	for _, r := range rows {
		s := out[r.EventType]
		if s.Count == 0 {
			s.Since = r.CreatedAt
		}
		s.Count++
		out[r.EventType] = s
	}
	return out, nil
}

// putNoticeSettings keeps what the person chose. It is his own, like a draft: nothing to audit.
func putNoticeSettings(c *call) (any, error) {
	var in wire.NoticeSettingsInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s := office.NoticeSetting{Person: c.who.Person.ID, Mail: in.Mail, Digests: in.Digests, Quiet: in.Quiet}
	var choices []office.Choice
	for _, x := range in.Choices {
		choices = append(choices, office.Choice{Topic: x.Topic, Channel: x.Channel, Mode: office.Mode(x.Mode)})
	}
	err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error { return office.SetNotices(tx, s, choices) })
	if err != nil {
		return nil, err
	}
	return getNoticeSettings(c)
}
