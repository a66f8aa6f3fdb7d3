package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/quancheng/quancheng/models"
)

// beat keeps proxies awake; queue is how many notices a slow reader may lag behind.
const (
	beat  = 20 * time.Second
	queue = 256
	look  = 5 * time.Second // after which a stream of who may see nothing any more has ended
)

// hello begins a stream: what is shown may be old, read it again.
const hello = "event: hello\ndata: {}\n\n"

// hub hands the database's notices to the streams that are open.
type hub struct {
	done   context.Context
	cancel context.CancelFunc
	hears  chan struct{} // closed once the database is listened to
	mu     sync.Mutex
	open   map[chan models.Notice]bool
}

func newHub(db *models.DB) *hub {
	ctx, cancel := context.WithCancel(context.Background())
	h := &hub{done: ctx, cancel: cancel, hears: make(chan struct{}), open: map[chan models.Notice]bool{}}
	go func() { _ = db.Listen(ctx, h.publish) }()
	return h
}

func (h *hub) close() { h.cancel() }

func (h *hub) publish(n models.Notice) {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-h.hears:
	default:
		close(h.hears) // the first notice is the empty one
	}
	for ch := range h.open {
		select {
		case ch <- n:
		default: // it lags: its client reconnects and reads everything again
			delete(h.open, ch)
			close(ch)
		}
	}
}

func (h *hub) join() chan models.Notice {
	ch := make(chan models.Notice, queue)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open[ch] = true
	return ch
}

func (h *hub) leave(ch chan models.Notice) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open[ch] {
		delete(h.open, ch)
		close(ch)
	}
}

// liveEvents streams the changes that the person may see, until he goes or his
// session ends.
func liveEvents(c *call) (any, error) {
	ch := c.srv.live.join()
	defer c.srv.live.leave(ch)
	h := c.Writer.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Time{})
	c.Status(http.StatusOK)
	say := func(format string, args ...any) bool {
		if _, err := fmt.Fprintf(c.Writer, format, args...); err != nil {
			return false
		}
		c.Writer.Flush()
		return true
	}
	select {
	case <-c.srv.live.hears:
	case <-c.Request.Context().Done():
		return written, nil
	case <-c.srv.live.done.Done():
		return written, nil
	}
	say("retry: 2000\n" + hello)
	ticker, watch := time.NewTicker(beat), time.NewTicker(look)
	defer ticker.Stop()
	defer watch.Stop()
	for {
		select {
		case <-c.Request.Context().Done():
			return written, nil
		case <-c.srv.live.done.Done():
			return written, nil
		case <-watch.C:
			if session, w, err := c.holder(c.token()); err != nil || w == nil || moved(session, w) {
				return written, nil
			}
		case <-ticker.C:
			if !say(": beat\n\n") {
				return written, nil
			}
		case n, ok := <-ch:
			if !ok {
				return written, nil
			}
			switch {
			case n.Kind == "": // something may have gone by unheard: read everything again
				ok = say(hello)
			case c.concerns(n):
				ok = change(c.Writer, n)
				c.Writer.Flush()
			}
			if !ok {
				return written, nil
			}
		}
	}
}

func change(w io.Writer, n models.Notice) bool {
	raw, err := json.Marshal(map[string]string{"kind": n.Kind, "key": n.Key})
	if err != nil {
		return true
	}
	_, err = fmt.Fprintf(w, "event: change\ndata: %s\n\n", raw)
	return err == nil
}

// concerns reports whether the person may see what changed.
func (c *call) concerns(n models.Notice) bool {
	if n.Concerns(c.who.Person.ID, c.who.postIDs()) {
		return true
	}
	switch n.Kind {
	case "notification": // nobody else's business
		return false
	case "partner":
		return c.who.may(partnerRead)
	case "incident":
		return c.who.may(incidentRead)
	}
	if !c.who.may(projectRead) {
		return false
	}
	v := c.who.viewer()
	return v == nil || n.Dept != "" && slices.Contains(v.Depts, n.Dept)
}
