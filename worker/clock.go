package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/quancheng/quancheng/activities"
)

// Clock begins the instances of timer starts when their moment has come. Any
// number of workers may have one: a moment is served once.
type Clock struct {
	Committer *activities.Committer
	Log       *slog.Logger
}

const clockPoll = time.Second

// Run looks at the clock until ctx ends, first at once.
func (c *Clock) Run(ctx context.Context) {
	ticker := time.NewTicker(clockPoll)
	defer ticker.Stop()
	for {
		if err := c.Pass(ctx); err != nil && ctx.Err() == nil {
			c.Log.Error("timer starts", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Pass serves all moments that have come.
func (c *Clock) Pass(ctx context.Context) error {
	for {
		if n, err := c.Committer.BeginDue(ctx); err != nil || n == 0 {
			return err
		}
	}
}
