package office

import (
	"fmt"
	"net/mail"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/outbox"
)

// flood is after how many messages an hour the rest is gathered.
const flood = 20

// Choice of a person.
type Choice struct {
	Person  string `gorm:"primaryKey"`
	Topic   string `gorm:"primaryKey"`
	Channel string `gorm:"primaryKey"`
	Mode    Mode
}

// TableName of the entity.
func (Choice) TableName() string { return "notice_choice" }

// NoticeSetting is where and when a person is told.
type NoticeSetting struct {
	Person  string `gorm:"primaryKey"`
	Mail    string
	Digests string // hours, "08:30 14:30"
	Quiet   string // "20:00-07:30", or empty
}

// TableName of the entity.
func (NoticeSetting) TableName() string { return "notice_setting" }

// Hours of who has set none.
const (
	defaultDigests = "08:30 14:30"
	defaultQuiet   = "20:00-07:30"
)

// NoticeSettingOf is a person's setting, or the house's.
func NoticeSettingOf(tx *gorm.DB, person string) (NoticeSetting, error) {
	all, err := settingsOf(tx, []string{person})
	return all[person], err
}

func settingsOf(tx *gorm.DB, persons []string) (map[string]NoticeSetting, error) {
	var rows []NoticeSetting
	if err := tx.Where("person IN ?", persons).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("settings of notices: %w", err)
	}
	out := map[string]NoticeSetting{}
	for _, p := range persons {
		out[p] = NoticeSetting{Person: p, Digests: defaultDigests, Quiet: defaultQuiet}
	}
	for _, r := range rows {
		out[r.Person] = r
	}
	return out, nil
}

// SetNotices keeps how a person wants to be told. What cannot be chosen is refused.
func SetNotices(tx *gorm.DB, s NoticeSetting, choices []Choice) error {
	if s.Mail != "" {
		if a, err := mail.ParseAddress(s.Mail); err != nil || a.Address != s.Mail || strings.ContainsAny(s.Mail, "\r\n") {
			return models.Refuse("invalid-data").Field("/mail", "mail-address")
		}
	}
	if _, ok := hours(strings.Fields(s.Digests)...); !ok || len(strings.Fields(s.Digests)) == 0 || len(strings.Fields(s.Digests)) > 4 {
		return models.Refuse("invalid-data").Field("/digests", "hours-wrong")
	}
	if _, _, ok := span(s.Quiet); !ok && s.Quiet != "" {
		return models.Refuse("invalid-data").Field("/quiet", "hours-wrong")
	}
	for i, c := range choices {
		t, known := FindTopic(c.Topic)
		if !known || t.Fixed(c.Channel) && c.Mode != Now {
			return models.Refuse("invalid-data").Field(fmt.Sprintf("/choices/%d", i), "notice-must", "topic", c.Topic)
		}
	}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&s).Error; err != nil {
		return fmt.Errorf("setting of %s: %w", s.Person, err)
	}
	for _, c := range choices {
		c.Person = s.Person
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&c).Error; err != nil {
			return fmt.Errorf("choice of %s: %w", s.Person, err)
		}
	}
	return nil
}

// ChoicesOf are what a person chose otherwise than the house.
func ChoicesOf(tx *gorm.DB, persons ...string) (map[Choice]Mode, error) {
	var rows []Choice
	if err := tx.Where("person IN ?", persons).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("choices: %w", err)
	}
	out := map[Choice]Mode{}
	for _, r := range rows {
		out[Choice{Person: r.Person, Topic: r.Topic, Channel: r.Channel}] = r.Mode
	}
	return out, nil
}

// Channel is a way that the house has set up.
type Channel struct {
	Channel string `gorm:"primaryKey"`
	Since   time.Time
	Trouble string
	ToldAt  *time.Time
}

// TableName of the entity.
func (Channel) TableName() string { return "notice_channel" }

// ChannelsInUse lists the ways that the house has set up.
func ChannelsInUse(tx *gorm.DB) ([]Channel, error) {
	var all []Channel
	err := tx.Order("channel").Find(&all).Error
	return all, err
}

// push puts into the outbox what is told outside the platform too.
func push(tx *gorm.DB, rows []Notification) error {
	channels, err := ChannelsInUse(tx)
	if err != nil || len(channels) == 0 {
		return err
	}
	persons := make([]string, len(rows))
	for i, r := range rows {
		persons[i] = r.Person
	}
	chosen, err := ChoicesOf(tx, persons...)
	if err != nil {
		return err
	}
	settings, err := settingsOf(tx, persons)
	if err != nil {
		return err
	}
	topic := TopicOf(rows[0].Kind)
	for _, r := range rows {
		for _, c := range channels {
			mode := topic.Mode(c.Channel, chosen[Choice{Person: r.Person, Topic: topic.ID, Channel: c.Channel}])
			s := settings[r.Person]
			if mode == Off || c.Channel == Mail && s.Mail == "" {
				continue
			}
			next, err := s.next(tx, r, c.Channel, mode, topic.Must)
			if err != nil {
				return err
			}
			err = outbox.Send(tx, models.Acting{At: r.CreatedAt, BusinessDate: models.DateOf(r.CreatedAt)}, outbox.Outgoing{
				ID: fmt.Sprintf(
					"n:%d:%s", r.ID, c.Channel,
				), Kind: outbox.OutNotice, Target: r.Person, EventType: c.Channel, NextAt: next, Subject: r.Subject,
				Payload: models.JSONOf(map[string]int64{"notification": r.ID}),
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// next is when a notification leaves: at once, or with what is gathered.
func (s NoticeSetting) next(tx *gorm.DB, n Notification, channel string, mode Mode, must bool) (time.Time, error) {
	if must {
		return n.CreatedAt, nil
	}
	if mode == Now {
		var recent int64
		err := tx.Raw("SELECT count(*) FROM (SELECT 1 FROM outbox WHERE kind = ? AND target = ? AND event_type = ? AND created_at > ? "+
			"LIMIT ?) AS c",
			outbox.OutNotice, s.Person, channel, n.CreatedAt.Add(-time.Hour), flood).
			Scan(&recent).
			Error
		if err != nil {
			return n.CreatedAt, fmt.Errorf("recent notices of %s: %w", s.Person, err)
		}
		if recent < flood {
			return s.awake(n.CreatedAt), nil
		}
	}
	return s.digest(n.CreatedAt), nil
}

// awake is a moment, or the end of the quiet hours that it lies in.
func (s NoticeSetting) awake(at time.Time) time.Time {
	from, to, ok := span(s.Quiet)
	if !ok {
		return at
	}
	now := minuteOf(at)
	if from <= to && (now < from || now >= to) || from > to && now < from && now >= to {
		return at
	}
	return following(at, to)
}

// digest is the next of the person's hours.
func (s NoticeSetting) digest(at time.Time) time.Time {
	all, ok := hours(strings.Fields(s.Digests)...)
	if !ok || len(all) == 0 {
		all, _ = hours(strings.Fields(defaultDigests)...)
	}
	first := following(at, all[0])
	for _, h := range all[1:] {
		if t := following(at, h); t.Before(first) {
			first = t
		}
	}
	return first
}

// NextDigest is when what is gathered from now on leaves.
func (s NoticeSetting) NextDigest(at time.Time) time.Time { return s.digest(at) }

// following is the next moment, after a moment, at a minute of the day.
func following(at time.Time, minute int) time.Time {
	day := models.DateOf(at).Start()
	t := day.Add(time.Duration(minute) * time.Minute)
	if !t.After(at) {
		t = day.AddDate(0, 0, 1).Add(time.Duration(minute) * time.Minute)
	}
	return t.UTC()
}

func minuteOf(at time.Time) int { l := at.In(models.Zone); return l.Hour()*60 + l.Minute() }

// hours reads "08:30" as minutes of the day.
func hours(texts ...string) ([]int, bool) {
	var out []int
	for _, s := range texts {
		t, err := time.Parse("15:04", s)
		if err != nil {
			return nil, false
		}
		out = append(out, t.Hour()*60+t.Minute())
	}
	return out, true
}

// span reads "20:00-07:30".
func span(s string) (from, to int, ok bool) {
	a, b, both := strings.Cut(s, "-")
	h, fine := hours(a, b)
	if !both || !fine {
		return 0, 0, false
	}
	return h[0], h[1], true
}
