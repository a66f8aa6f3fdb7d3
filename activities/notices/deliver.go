package notices

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

// How long is tried, and how long a message that somebody hands over is left to him.
const (
	poll     = 2 * time.Second
	lease    = 3 * time.Minute
	patience = 48 * time.Hour
	groups   = 200 // persons that are served in a pass
)

// Deliverer takes notices from the outbox to the channels of the house.
type Deliverer struct {
	DB       *models.DB
	Channels map[string]Channel // by name: office.Mail, office.Chat, office.Todo
	Base     string             // address of the platform as people reach it, for links
	Now      func() time.Time
	Log      *slog.Logger
}

// Run delivers until ctx ends.
func (d *Deliverer) Run(ctx context.Context) {
	ready := false
	for ctx.Err() == nil {
		var err error
		if !ready {
			err = d.Open(ctx)
			ready = err == nil
		}
		if ready {
			err = errors.Join(d.Done(ctx), d.Pass(ctx))
		}
		if err != nil && ctx.Err() == nil {
			d.Log.Error("notices", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(poll):
		}
	}
}

// Open says in the books which channels there are: from now on they are told. What waits for one that is
// there no longer leaves no more.
func (d *Deliverer) Open(ctx context.Context) error {
	return d.DB.Tx(ctx, func(tx *gorm.DB) error {
		names := []string{"-"}
		for name := range d.Channels {
			names = append(names, name)
			row := office.Channel{Channel: name, Since: models.Stamp(d.Now())}
			if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
				return fmt.Errorf("notices: channel %s: %w", name, err)
			}
		}
		if err := tx.Where("channel NOT IN ?", names).Delete(&office.Channel{}).Error; err != nil {
			return fmt.Errorf("notices: channels: %w", err)
		}
		return tx.Model(&outbox.Outgoing{}).
			Where("kind = ? AND state = ? AND event_type NOT IN ?", outbox.OutNotice, outbox.OutPending, names).
			Updates(map[string]any{"state": outbox.OutDelivered, "last_error": "no such channel"}).
			Error
	})
}

// Done puts into the outbox what is to be taken off the list of things to do again: their tasks are closed.
func (d *Deliverer) Done(ctx context.Context) error {
	if d.Channels[office.Todo] == nil {
		return nil
	}
	return d.DB.Tx(ctx, func(tx *gorm.DB) error {
		var rows []outbox.Outgoing
		err := tx.Raw(`SELECT o.* FROM outbox o LEFT JOIN task t ON t.key = CAST(substr(o.subject, 6) AS BIGINT) WHERE o.standing
			AND (t.key IS NULL OR t.state = ?) ORDER BY o.id LIMIT 500`,
			process.TaskClosed).
			Scan(&rows).
			Error
		if err != nil {
			return fmt.Errorf("things that are done: %w", err)
		}
		for _, o := range rows {
			claimed := tx.Model(&outbox.Outgoing{}).Where("id = ? AND standing", o.ID).Update("standing", false)
			if claimed.Error != nil {
				return fmt.Errorf("things that are done: %w", claimed.Error)
			}
			if claimed.RowsAffected == 0 {
				continue // another worker was there first
			}
			done := outbox.Outgoing{
				ID: "d:" + o.ID, Kind: o.Kind, Target: o.Target, EventType: o.EventType, Payload: o.Payload, Subject: o.Subject,
			}
			if err := outbox.Send(tx, models.Acting{At: d.Now(), BusinessDate: models.DateOf(d.Now())}, done); err != nil {
				return err
			}
		}
		return nil
	})
}

// due is who is to be told something by a channel.
type due struct{ Target, EventType, Batch string }

// Pass hands over everything that is due.
func (d *Deliverer) Pass(ctx context.Context) error {
	for ctx.Err() == nil {
		var all []due
		err := d.DB.Read(ctx).Raw(`SELECT target, event_type, batch FROM outbox WHERE kind = ? AND state = ? AND next_at <= ?
			GROUP BY target, event_type, batch ORDER BY MIN(next_at), target, event_type
			LIMIT ?`, outbox.OutNotice, outbox.OutPending, d.Now().UTC(), groups).Scan(&all).Error
		if err != nil || len(all) == 0 {
			return err
		}
		var errs []error
		for _, one := range all {
			errs = append(errs, d.serve(ctx, one))
		}
		if err := errors.Join(errs...); err != nil || len(all) < groups {
			return err
		}
	}
	return ctx.Err()
}

// serve takes what is due for one person by one channel, hands it over, and says what became of it.
func (d *Deliverer) serve(ctx context.Context, one due) error {
	rows, err := d.take(ctx, &one)
	if err != nil || len(rows) == 0 {
		return err
	}
	m, err := d.message(ctx, one, rows)
	if err != nil {
		return err
	}
	var sent error
	if ch := d.Channels[one.EventType]; ch != nil && len(m.Lines) > 0 {
		send, cancel := context.WithTimeout(ctx, lease/2)
		sent = ch.Send(send, m)
		cancel()
	}
	if ctx.Err() != nil {
		return ctx.Err() // the lease ends by itself; the same message is tried again
	}
	return d.settle(ctx, one, rows, m, sent)
}

// take puts together what is due, under an id that stays, and keeps others away from it for a while.
func (d *Deliverer) take(ctx context.Context, one *due) ([]outbox.Outgoing, error) {
	id := one.Batch
	if id == "" {
		var raw [12]byte
		_, _ = rand.Read(raw[:])
		id = hex.EncodeToString(raw[:])
	}
	var rows []outbox.Outgoing
	err := d.DB.Tx(ctx, func(tx *gorm.DB) error {
		now := d.Now().UTC()
		done := tx.Exec(
			`UPDATE outbox SET batch = ?, next_at = ? WHERE kind = ? AND state = ? AND target = ? AND event_type = ? AND batch = ? AND next_at <= ?`,
			id, now.Add(lease), outbox.OutNotice, outbox.OutPending, one.Target, one.EventType, one.Batch, now,
		)
		if done.Error != nil || done.RowsAffected == 0 { // somebody else was there first
			return done.Error
		}
		return tx.Where("batch = ? AND state = ?", id, outbox.OutPending).Order("created_at, id").Find(&rows).Error
	})
	one.Batch = id
	if err != nil {
		return nil, fmt.Errorf("notices of %s: %w", one.Target, err)
	}
	return rows, nil
}

// message is what is still to be said: who has left is told nothing, and nobody of a task that is done.
func (d *Deliverer) message(ctx context.Context, one due, rows []outbox.Outgoing) (Message, error) {
	read := d.DB.Read(ctx)
	var who office.Person
	if err := read.Where("id = ?", one.Target).Limit(1).Find(&who).Error; err != nil {
		return Message{}, fmt.Errorf("notices of %s: %w", one.Target, err)
	}
	m := Message{ID: one.Batch, Person: who.ID, Name: who.Name, At: d.Now()}
	if d.Base != "" {
		m.Foot = d.Base + "/notices"
	}
	var posts int64
	if err := read.Raw("SELECT count(*) FROM post_now WHERE person_id = ?", one.Target).Scan(&posts).Error; err != nil {
		return m, fmt.Errorf("notices of %s: %w", one.Target, err)
	}
	if !who.Active || posts == 0 {
		return m, nil
	}
	setting, err := office.NoticeSettingOf(read, who.ID)
	if err != nil {
		return m, err
	}
	if m.Address = setting.Mail; one.EventType == office.Mail && m.Address == "" {
		return m, nil
	}
	for _, o := range rows {
		l, ok, err := d.line(read, o)
		if err != nil {
			return m, err
		}
		if ok {
			m.Lines = append(m.Lines, l)
		}
	}
	return m, nil
}

func (d *Deliverer) line(read *gorm.DB, o outbox.Outgoing) (Line, bool, error) {
	var of struct {
		Notification int64 `json:"notification"`
	}
	if err := o.Payload.Into(&of); err != nil {
		return Line{}, false, err
	}
	var n office.Notification
	if err := read.Where("id = ?", of.Notification).Limit(1).Find(&n).Error; err != nil || n.ID == 0 {
		return Line{}, false, err
	}
	l, err := line(n, d.Base)
	if err != nil {
		return l, false, err
	}
	if l.Done = strings.HasPrefix(o.ID, "d:"); l.Done {
		return l, true, nil
	}
	kind, key, _ := strings.Cut(n.Subject, ":")
	if kind != "task" || !n.Kind.Fleeting() {
		return l, true, nil
	}
	var open int64
	err = read.Model(&process.Task{}).Where("key = ? AND state <> ?", key, process.TaskClosed).Count(&open).Error
	return l, open > 0, err
}

// settle says what became of a message.
func (d *Deliverer) settle(ctx context.Context, one due, rows []outbox.Outgoing, m Message, sent error) error {
	return d.DB.Tx(ctx, func(tx *gorm.DB) error {
		now := d.Now().UTC()
		q := tx.Model(&outbox.Outgoing{}).Where("batch = ? AND state = ?", one.Batch, outbox.OutPending)
		if sent == nil {
			if err := q.Updates(map[string]any{"state": outbox.OutDelivered, "delivered_at": now, "last_error": ""}).Error; err != nil {
				return fmt.Errorf("notices of %s: %w", one.Target, err)
			}
			if err := d.stand(tx, one, m); err != nil {
				return err
			}
			return tx.Model(&office.Channel{}).
				Where("channel = ? AND trouble <> ''", one.EventType).
				Updates(map[string]any{"trouble": "", "told_at": nil}).
				Error
		}
		d.Log.Warn(
			"a notice could not be handed over", "channel", one.EventType, "person", one.Target, "count", len(rows), "attempt",
			rows[0].Attempts+1, "error", sent,
		)
		values := map[string]any{
			"attempts": gorm.Expr("attempts + 1"), "last_error": firstLine(sent), "next_at": now.Add(backoff(rows[0].Attempts)),
		}
		if errors.Is(sent, ErrNotTaken) {
			values["batch"] = "" // it goes with what comes until then, as one message
		}
		if now.Sub(rows[0].CreatedAt) > patience {
			values["state"] = outbox.OutDead
		}
		if err := q.Updates(values).Error; err != nil {
			return fmt.Errorf("notices of %s: %w", one.Target, err)
		}
		return d.alarm(tx, one.EventType, sent, now)
	})
}

// stand marks what stands in the list of things to do now, until its task is done.
func (d *Deliverer) stand(tx *gorm.DB, one due, m Message) error {
	if one.EventType != office.Todo {
		return nil
	}
	var ids []string
	for _, l := range m.Lines {
		if l.Task && !l.Done {
			ids = append(ids, "n:"+l.ID+":"+office.Todo)
		}
	}
	for part := range slices.Chunk(ids, 500) {
		if err := tx.Model(&outbox.Outgoing{}).Where("id IN ?", part).Update("standing", true).Error; err != nil {
			return fmt.Errorf("notices of %s: %w", one.Target, err)
		}
	}
	return nil
}

// alarm tells the administrators once a day that a channel is broken, in the bell.
func (d *Deliverer) alarm(tx *gorm.DB, channel string, why error, now time.Time) error {
	since := now
	claimed := tx.Model(&office.Channel{}).Where("channel = ? AND (told_at IS NULL OR told_at < ?)", channel, now.Add(-24*time.Hour)).
		Updates(map[string]any{"trouble": firstLine(why), "told_at": since})
	if claimed.Error != nil || claimed.RowsAffected == 0 {
		return claimed.Error
	}
	keepers, err := office.InRole(tx, "SYS_ADMIN")
	if err != nil {
		return err
	}
	return office.Tell(tx, office.Notification{
		Cause: fmt.Sprintf("channel:%s:%d", channel, now.Unix()), Kind: "channel-trouble", Subject: "channel:" + channel, CreatedAt: now,
		Args: models.JSONOf(map[string]string{
			"channel": texts.Text(
				texts.Chinese, "notice.channel."+channel, nil,
			), "channelEn": texts.Text(texts.English, "notice.channel."+channel, nil),
			"since": now.In(models.Zone).Format("2006-01-02 15:04"),
		}),
	}, keepers...)
}

// backoff is how long is waited after so many attempts: half a minute, doubled up to an hour.
func backoff(attempts int) time.Duration {
	return min(30*time.Second<<min(attempts, 7), time.Hour)
}

func firstLine(err error) string {
	s, _, _ := strings.Cut(err.Error(), "\n")
	return cmp.Or(s[:min(len(s), 300)], "?")
}

func id(n int64) string  { return strconv.FormatInt(n, 10) }
func count(n int) string { return strconv.Itoa(n) }
