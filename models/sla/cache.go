package sla

import (
	"fmt"
	"sync"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Cache keeps the clock that Load gave last: calendars and rule packs change a few
// times a year, and reading them costs more than all else on a page of tasks. It is safe for concurrent use.
type Cache struct {
	mu    sync.Mutex
	of    edition
	clock Clock
}

// edition says whether anything came since: versions of the calendar and published
// packs are added, never changed or taken away.
type edition struct {
	Calendar int
	Packs    int64
	on       models.Date
}

// Load is Load, anew where a calendar, a pack or a day has come since.
func (k *Cache) Load(tx *gorm.DB, on models.Date) (Clock, error) {
	var now edition
	err := tx.Raw(`SELECT (SELECT COALESCE(MAX(version), 0) FROM work_calendar) AS calendar,
		(SELECT count(*) FROM rule_pack WHERE state = 'published') AS packs`).Scan(&now).Error
	if err != nil {
		return Clock{}, fmt.Errorf("edition of calendar and rules: %w", err)
	}
	now.on = on
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of == now {
		return k.clock, nil
	}
	clock, err := Load(tx, on)
	if err == nil {
		k.of, k.clock = now, clock
	}
	return clock, err
}
