package partners

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/webhook"
)

const (
	idle     = time.Minute
	maxDelay = 15 * time.Second
)

// sendDue sends the events that are due, in order, and answers how long to wait for the next.
func (b *Bureau) sendDue(ctx context.Context) time.Duration {
	for ctx.Err() == nil {
		next, faults, wait := b.next()
		if wait > 0 {
			return wait
		}
		b.settle(next, b.deliver(ctx, next, faults))
	}
	return idle
}

// next is the event to send now, or how long to wait for it.
func (b *Bureau) next() (queued, Faults, time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.state.Faults
	if len(b.state.Queue) == 0 || f.Away {
		return queued{}, f, idle
	}
	q := b.state.Queue
	if f.Reorder && len(q) > 1 && q[0].Event.Seq < q[1].Event.Seq {
		q[0], q[1] = q[1], q[0]
		q[0].Due, q[1].Due = q[1].Due, q[0].Due
	}
	if wait := q[0].Due.Sub(b.cfg.Now()); wait > 0 {
		return queued{}, f, wait
	}
	return q[0], f, 0
}

// settle takes a delivered event off the queue, or puts it off.
func (b *Bureau) settle(sent queued, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.state.Queue {
		q := &b.state.Queue[i]
		if q.Event.EventID != sent.Event.EventID {
			continue
		}
		if err == nil {
			b.state.Queue = append(b.state.Queue[:i], b.state.Queue[i+1:]...)
		} else {
			q.Tries++
			q.Due = b.cfg.Now().Add(min(maxDelay, 250*time.Millisecond<<min(q.Tries, 8)))
			b.cfg.Log.Warn("fake bureau could not deliver", "bureau", b.cfg.Name, "event", q.Event.EventType, "try", q.Tries, "error", err)
		}
		break
	}
	if err := b.state.save(b.cfg.File); err != nil {
		b.cfg.Log.Error("fake bureau cannot keep its state", "bureau", b.cfg.Name, "error", err)
	}
}

// deliver posts one event; nil when the bureau need not send it again.
func (b *Bureau) deliver(ctx context.Context, q queued, f Faults) error {
	e := q.Event
	e.SentAt = e.OccurredAt // the same id means the same bytes, also when it is sent again
	if f.WrongAmount {
		e.Data = inflate(e.Data)
	}
	body, err := json.Marshal(e)
	if err != nil {
		return err
	}
	key := b.cfg.Key
	if f.BadSignature {
		key = webhook.NewKey()
	}
	times := 1
	if f.Duplicate {
		times = 2
	}
	for range times {
		if err := b.post(ctx, key, e.EventID, body); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bureau) post(ctx context.Context, key webhook.Key, id string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.cfg.Hook, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	webhook.SetHeaders(req.Header, key, id, b.cfg.Now(), body)
	resp, err := b.cfg.Client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<12))
	switch {
	case resp.StatusCode < 300:
		return nil
	case resp.StatusCode == http.StatusConflict: // it has this id with another body: sending again changes nothing
		b.cfg.Log.Warn("fake bureau: conflict", "bureau", b.cfg.Name, "id", id)
		return nil
	}
	return fmt.Errorf("%s: %s", resp.Status, text)
}

// amounts are the fields that hold money.
var amounts = []string{"amount", "pay_app_amt", "xpay_amt", "win_bid_price", "apply_up"}

// inflate multiplies the amounts by ten thousand: 万元 taken for 元 (fault FT10).
func inflate(data json.RawMessage) json.RawMessage {
	return changed(data, func(d decimal.Decimal) decimal.Decimal { return d.Shift(4) })
}

// changed gives data with other amounts.
func changed(data json.RawMessage, change func(decimal.Decimal) decimal.Decimal) json.RawMessage {
	var m map[string]any
	if json.Unmarshal(data, &m) != nil {
		return data
	}
	for _, name := range amounts {
		if s, ok := m[name].(string); ok {
			if d, err := decimal.NewFromString(s); err == nil {
				m[name] = change(d).StringFixed(2)
			}
		}
	}
	out, err := json.Marshal(m)
	if err != nil {
		return data
	}
	return out
}
