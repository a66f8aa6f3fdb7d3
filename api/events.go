package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
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
	hears := &hearing{c, map[string]time.Time{}}
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
			case hears.concerns(n):
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

// hearing is what one stream knows of the projects that it has told of.
type hearing struct {
	*call
	sees map[string]time.Time // parts that the person always sees, and when that was found
}

// fresh is how long a stream trusts what it has found: a step makes several changes.
const fresh = time.Second

// hearNeeds are the permissions with which changes of a kind are heard, which are nobody's project.
var hearNeeds = map[string]permission{
	"partner": partnerRead, "incident": incidentRead, "stuck": stuckRead, "campaign": campaignRead, "plan": planRead, "register": registerRead,
}

// concerns reports whether the person may see what changed. That something happened is told to whom it is shown only: when a
// reviewer has handed in his figures is nothing for the applicant (domain: access.md §2.5, S7).
func (h *hearing) concerns(n models.Notice) bool {
	if n.Concerns(h.who.Person.ID, h.who.postIDs()) {
		return true
	}
	if n.Kind == "notification" { // nobody else's business
		return false
	}
	if needs, known := hearNeeds[n.Kind]; known {
		return h.who.may(needs)
	}
	if n.Kind == "task" && n.Project == "" {
		return h.seesTask(n.Key)
	}
	if !h.who.may(projectRead) {
		return false
	}
	limited := h.who.viewer()
	if limited != nil && (n.Dept == "" || !slices.Contains(limited.Depts, n.Dept)) {
		return false
	}
	switch {
	case n.Project == "", n.Stage, n.Kind == "rectification" && limited != nil:
		return true
	case n.Kind == "rectification":
		return h.seesPart(n.Project, "rectification")
	}
	return h.seesPart(n.Project, "diagram")
}

// seesTask reports whether the person sees the matter of a task that belongs to no project.
func (h *hearing) seesTask(key string) bool {
	if !h.who.may(taskRead) {
		return false
	}
	n, err := strconv.ParseInt(key, 10, 64)
	if err != nil {
		return false
	}
	t, err := process.TaskByKey(h.db(), n)
	if err != nil {
		return false
	}
	sees, err := h.seesMatterOf(t)
	return err == nil && sees
}

// seesPart reports whether the person sees a part of a project while it changes; of what cannot be read he hears nothing.
func (h *hearing) seesPart(project, part string) bool {
	if time.Since(h.sees[project+part]) < fresh {
		return true
	}
	p, err := books.FindProject(h.db(), project)
	if err != nil {
		return false
	}
	s := &paperSight{classes: map[string]bool{}}
	if s.blind, err = h.blind(project); err != nil {
		return false
	}
	h.classesIn(p, s)
	for class := range classesOf(s.classes, s.blind) {
		if class != "CL" && sightTable[part][class] == "+" { // always: so it is with most of those who listen
			if len(h.sees) >= queue {
				clear(h.sees)
			}
			h.sees[project+part] = time.Now()
			return true
		}
	}
	sight, err := h.sightOf(p)
	switch {
	case err != nil || sight.of("basics") == hidden:
		return false
	case part == "diagram":
		return sight.follows()
	}
	return sight.of(part) != hidden
}
