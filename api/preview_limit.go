package api

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// previewsAnHour is how often a person may ask in an hour what an act on a task
// would do: who tries figures one after the other learns nothing by it, and is stopped
// (domain: access.md §2.5, S10).
const previewsAnHour = 120

// previewed counts previews of the hour that runs.
type previewed struct {
	mu   sync.Mutex
	hour int64
	n    map[previewer]int
}

type previewer struct {
	task   int64
	person string
}

// another counts one more; false: it is one too many.
func (p *previewed) another(task int64, person string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if hour := now.Unix() / int64(time.Hour/time.Second); p.n == nil || p.hour != hour {
		p.hour, p.n = hour, map[previewer]int{}
	}
	who := previewer{task, person}
	p.n[who]++
	return p.n[who] <= previewsAnHour
}

// mayPreview refuses the preview that is one too many in this hour.
func (c *call) mayPreview(task int64) error {
	if c.srv.previews.another(task, c.who.Person.ID, c.now) {
		return nil
	}
	p := refuse(http.StatusTooManyRequests, "preview-limit", "n", strconv.Itoa(previewsAnHour))
	p.RetryAfter = int(c.now.Truncate(time.Hour).Add(time.Hour).Sub(c.now)/time.Second) + 1
	return p
}
