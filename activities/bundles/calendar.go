package bundles

import (
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/calendar"
)

// calendar is the newest one, of this version; it is read again only when there is a newer one.
func (c *Cache) calendar(tx *gorm.DB, version int) (*calendar.Calendar, error) {
	if known, ok := c.calendars.Load(version); ok {
		return known.(*calendar.Calendar), nil
	}
	newest, err := calendar.Newest(tx)
	if err != nil {
		return nil, err
	}
	c.calendars.Store(newest.Version, newest)
	return newest, nil
}
