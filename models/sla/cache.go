package sla

import (
	"sync"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Cache keeps the clock that Load gave last: calendars and rule packs change a few
// times a year, and reading them costs more than all else on a page of tasks. It is safe for concurrent use.
type Cache struct {
	mu    sync.Mutex
	of    Edition
	on    models.Date
	clock Clock
}

// Edition says whether anything came since: versions of the calendar and published
// packs are added, never changed or taken away.
type Edition struct {
	Calendar int
	Packs    int64
}

// Editions are the columns of an Edition in a SELECT.
const Editions = `(SELECT COALESCE(MAX(version), 0) FROM work_calendar) AS calendar,
	(SELECT count(*) FROM rule_pack WHERE state = 'published') AS packs`

// Load is Load, anew where a calendar, a pack or a day has come since.
func (k *Cache) Load(tx *gorm.DB, now Edition, on models.Date) (Clock, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of == now && k.on == on {
		return k.clock, nil
	}
	clock, err := Load(tx, on)
	if err == nil {
		k.of, k.on, k.clock = now, on, clock
	}
	return clock, err
}
