package logs

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

// New makes the log of a process: text for a reader at a desk, or JSON for a collector. The same warning or
// error comes once in a while, with the number of times that it was left out.
func New(w io.Writer, json bool, level slog.Level) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	var h slog.Handler = slog.NewTextHandler(w, o)
	if json {
		h = slog.NewJSONHandler(w, o)
	}
	return slog.New(&quiet{next: h, seen: &seen{lines: map[string]*line{}, now: time.Now}})
}

const (
	quietFor   = 30 * time.Second // between two of the same line
	quietFirst = 3                // which come before it gets quiet
	quietLines = 1000             // different lines that are remembered
)

// quiet leaves out what was just said. What carries alarm=true is never left out.
type quiet struct {
	next slog.Handler
	seen *seen
}

type seen struct {
	mu    sync.Mutex
	lines map[string]*line
	now   func() time.Time
}

type line struct {
	since    time.Time
	said     int
	withheld int
}

// Enabled implements slog.Handler.
func (q *quiet) Enabled(ctx context.Context, l slog.Level) bool { return q.next.Enabled(ctx, l) }

// Handle implements slog.Handler.
func (q *quiet) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < slog.LevelWarn || alarms(r) {
		return q.next.Handle(ctx, r)
	}
	say, withheld := q.seen.say(key(r))
	if !say {
		return nil
	}
	if withheld > 0 {
		r = r.Clone()
		r.AddAttrs(slog.Int("withheld", withheld))
	}
	return q.next.Handle(ctx, r)
}

// key is what makes two lines the same: the words and the error, not whom they met.
func key(r slog.Record) string {
	k := r.Message
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "error" || a.Key == "check" || a.Key == "path" {
			k += "|" + a.Value.String()
		}
		return true
	})
	return k
}

func alarms(r slog.Record) (alarm bool) {
	r.Attrs(func(a slog.Attr) bool {
		alarm = alarm || a.Key == "alarm"
		return !alarm
	})
	return alarm
}

func (s *seen) say(k string) (say bool, withheld int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	l := s.lines[k]
	if l == nil {
		if len(s.lines) >= quietLines {
			clear(s.lines)
		}
		l = &line{since: now}
		s.lines[k] = l
	}
	if now.Sub(l.since) >= quietFor {
		withheld, l.since, l.said, l.withheld = l.withheld, now, 0, 0
	}
	if l.said >= quietFirst {
		l.withheld++
		return false, 0
	}
	l.said++
	return true, withheld
}

// WithAttrs implements slog.Handler.
func (q *quiet) WithAttrs(a []slog.Attr) slog.Handler {
	return &quiet{next: q.next.WithAttrs(a), seen: q.seen}
}

// WithGroup implements slog.Handler.
func (q *quiet) WithGroup(name string) slog.Handler {
	return &quiet{next: q.next.WithGroup(name), seen: q.seen}
}
