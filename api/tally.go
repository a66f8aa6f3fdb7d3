package api

import (
	"context"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/audit"
)

// tallyDelay is how long a count of what was looked at waits until it is written, together with others.
const tallyDelay = 5 * time.Second

// tallies counts looks that may not wait for the database: what only reads stays that way.
// A process that is killed loses the counts of some seconds.
type tallies struct {
	mu     sync.Mutex
	counts map[audit.AccessTally]int64
	timer  *time.Timer // nil: nothing waits
}

// later counts an access and has it written soon.
func (s *Server) later(at time.Time, t audit.AccessTally) {
	s.looks.mu.Lock()
	defer s.looks.mu.Unlock()
	if s.looks.counts == nil {
		s.looks.counts = map[audit.AccessTally]int64{}
	}
	t.Minute = at.Unix() / 60
	s.looks.counts[t]++
	if s.looks.timer == nil {
		s.looks.timer = time.AfterFunc(tallyDelay, s.writeTallies)
	}
}

// writeTallies writes what was counted; what cannot be written now waits again.
func (s *Server) writeTallies() {
	s.looks.mu.Lock()
	counts := s.looks.counts
	s.looks.counts, s.looks.timer = nil, nil
	s.looks.mu.Unlock()
	if len(counts) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := s.DB.Tx(ctx, func(tx *gorm.DB) error {
		for t, n := range counts {
			t.N = n
			if err := audit.CountAccess(tx, time.Unix(t.Minute*60, 0), t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.Log.Error("looks are not in the audit", "counts", len(counts), "error", err)
	}
}

// watched counts what a person looked at, without letting him wait for it.
func watched(action string, do handler) handler {
	return func(c *call) (any, error) {
		out, err := do(c)
		if err != nil {
			return nil, err
		}
		c.srv.later(
			c.now, audit.AccessTally{Person: c.who.Person.ID, Remote: c.ClientIP(), Action: action, Subject: "read:" + c.Request.URL.Path},
		)
		return out, nil
	}
}
