package process

import (
	"fmt"
	"time"

	"gorm.io/gorm"
)

// usualOf is how many of the newest ended cases say what is usual; usualLeast how many it takes.
const (
	usualOf    = 50
	usualLeast = 5
)

// Took is when a case began and ended.
type Took struct{ From, To time.Time }

// LastTook are the newest cases of a process that came to their end, not withdrawn or terminated; none where they are too few to say
// what is usual.
func LastTook(tx *gorm.DB, process string) ([]Took, error) {
	var all []Took
	err := tx.Raw(`SELECT s.created_at AS "from", s.updated_at AS "to" FROM root_state s JOIN process_instance i ON i.key = s.key
		WHERE s.process = ? AND NOT s.open AND i.state = 'completed' ORDER BY s.key DESC LIMIT ?`, process, usualOf).Scan(&all).Error
	if err != nil {
		return nil, fmt.Errorf("how long %s takes: %w", process, err)
	}
	if len(all) < usualLeast {
		return nil, nil
	}
	return all, nil
}
