package bundles

import (
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/rulebook"
)

// newestCalendar is the newest version; it is read again only when there is a newer one.
func (c *Cache) newestCalendar(tx *gorm.DB) (*calendar.Calendar, error) {
	version, err := calendar.NewestVersion(tx)
	if err != nil {
		return nil, err
	}
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

// packOf is the rule pack that a project has pinned, else the one in force on
// the day; before any is published, the example in the binary.
func packOf(tx *gorm.DB, project string, on models.Date) (models.RulePack, error) {
	p, err := models.PackOf(tx, project, on)
	if errors.Is(err, models.ErrNoPack) {
		return rulebook.Example()
	}
	if err != nil {
		return p, fmt.Errorf("rules of %q: %w", project, err)
	}
	return p, nil
}
