package partnerlink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/webhook"
)

// lease is how long a delivery may take before another process tries it.
const lease = 30 * time.Second

// errFinal says that sending the same event again can change nothing.
var errFinal = errors.New("the partner refuses this event for good")

// Deliver sends what is due to partners, oldest first. When a partner does not
// answer, the rest of what is meant for it waits for the next pass.
func (l *Link) Deliver(ctx context.Context) error {
	var rows []outbox.Outgoing
	err := l.DB.Read(ctx).Where("kind = ? AND state = ? AND next_at <= ?", outbox.OutPartner, outbox.OutPending, l.Now().UTC()).
		Order("created_at, id").Limit(batch).Find(&rows).Error
	if err != nil {
		return err
	}
	away := map[string]bool{}
	for _, row := range rows {
		if away[row.Target] || l.breaker.open(row.Target, l.Now()) {
			continue
		}
		taken, err := l.take(ctx, &row)
		if err != nil {
			return err
		}
		if !taken {
			continue
		}
		sent := l.send(ctx, row)
		if ctx.Err() != nil {
			return nil // the lease ends by itself
		}
		answered := sent == nil || errors.Is(sent, errFinal)
		away[row.Target] = !answered
		l.breaker.note(row.Target, answered, l.Now())
		if err := l.settle(ctx, row, sent); err != nil {
			return err
		}
	}
	return nil
}

// take leases a row, unless another process has it, and gives it its place in our stream.
func (l *Link) take(ctx context.Context, row *outbox.Outgoing) (bool, error) {
	taken := false
	err := l.DB.Tx(ctx, func(tx *gorm.DB) error {
		res := tx.Model(&outbox.Outgoing{}).
			Where("id = ? AND state = ? AND attempts = ? AND next_at <= ?", row.ID, outbox.OutPending, row.Attempts, l.Now().UTC()).
			Updates(map[string]any{"attempts": row.Attempts + 1, "next_at": l.Now().UTC().Add(lease)})
		taken = res.RowsAffected == 1
		if res.Error != nil || !taken {
			return res.Error
		}
		return outbox.Number(tx, row)
	})
	return taken, err
}

// settle writes how a delivery went.
func (l *Link) settle(ctx context.Context, row outbox.Outgoing, sent error) error {
	now := l.Now().UTC()
	values := map[string]any{"state": outbox.OutDelivered, "delivered_at": now, "last_error": ""}
	if sent != nil {
		l.Log.Warn(
			"an event was not delivered", "partner", row.Target, "event", row.ID, "type", row.EventType, "attempt", row.Attempts+1, "error",
			sent,
		)
		pause, again := after(row.Attempts + 1)
		values = map[string]any{"next_at": now.Add(pause), "last_error": firstLine(sent)}
		if !again || errors.Is(sent, errFinal) {
			l.Log.Error("an event is dead", "alarm", true, "partner", row.Target, "event", row.ID, "type", row.EventType)
			values["state"] = outbox.OutDead
		}
	}
	return l.DB.Tx(ctx, func(tx *gorm.DB) error {
		if err := tx.Model(&outbox.Outgoing{}).Where("id = ? AND state = ?", row.ID, outbox.OutPending).Updates(values).Error; err != nil {
			return fmt.Errorf("outbox %s: %w", row.ID, err)
		}
		return models.Notify(tx, models.Notice{Kind: "partner", Key: row.ID, Project: row.Project})
	})
}

// send posts one event. The same row gives the same bytes at each attempt, so
// that a partner that has it already knows it again.
func (l *Link) send(ctx context.Context, row outbox.Outgoing) error {
	to, ok := l.Partners[row.Target]
	if !ok || to.URL == "" {
		return fmt.Errorf("no address is configured for %s", row.Target)
	}
	body, err := json.Marshal(Envelope(row))
	if err != nil {
		return fmt.Errorf("%w: %w", errFinal, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	webhook.SetHeaders(req.Header, to.Key, row.ID, l.Now(), body)
	resp, err := l.Client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 512))
	switch {
	case resp.StatusCode < 300:
		return nil
	case resp.StatusCode == http.StatusBadRequest,
		resp.StatusCode == http.StatusConflict, resp.StatusCode == http.StatusRequestEntityTooLarge,
		resp.StatusCode == http.StatusUnprocessableEntity:
		return fmt.Errorf("%w: %s %s", errFinal, resp.Status, text)
	}
	return fmt.Errorf("%s %s", resp.Status, text)
}

// StreamTowards is the name of our stream towards a bureau.
func StreamTowards(partner string) string { return "quancheng:" + partner }

// Envelope is an outgoing row as partners get it. It occurred when it was
// recorded, or on its business date when that is earlier (补录).
func Envelope(row outbox.Outgoing) webhook.Envelope {
	at := row.CreatedAt.In(models.Zone)
	if row.BusinessDate != "" && row.BusinessDate < models.DateOf(at) {
		at = row.BusinessDate.Start()
	}
	return webhook.Envelope{
		EventID: row.ID, EventType: row.EventType, SchemaVersion: "1.0", Source: "quancheng", OccurredAt: at,
		SentAt: row.CreatedAt.In(models.Zone),
		Stream: StreamTowards(row.Target), Seq: row.Seq, PrevEventID: row.PrevID, Replay: row.Replayed > 0,
		Correlation: webhook.Correlation{ProjectCode: row.Project}, Data: json.RawMessage(row.Payload),
	}
}

// firstLine is an error for people: one line that is not too long.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	if r := []rune(line); len(r) > 300 {
		line = string(r[:300])
	}
	return line
}
