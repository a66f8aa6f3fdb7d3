package api

import (
	"time"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
)

// longestSuspension is how long a case may be suspended at most, in calendar days (domain: processes.md §0).
const longestSuspension = 180

// suspension is when a suspended case goes on by itself: the end of a day, which
// is today or later, or of the last one that a person may decide by himself. What
// lasts longer another head confirms.
func (c *call) suspension(day string) (until time.Time, second bool, err error) {
	row, _ := engine.SecondActOf("suspend")
	today := models.DateOf(c.now)
	own := c.clocks().Calendar.After(today, row.Over)
	last := models.Date(day)
	switch {
	case day == "":
		last = own
	case last < today:
		return until, false, invalid().field("/until", "suspend-past")
	case last > today.AddDays(longestSuspension):
		return until, false, invalid().field("/until", "suspend-long")
	}
	return last.Start().Add(24*time.Hour - time.Second), last > own, nil
}
