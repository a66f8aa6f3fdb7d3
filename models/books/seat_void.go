package books

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// What is decided about a seat whose expert should have stood aside.
const (
	VoidReplace = "replace" // before the conclusion: the next in the order of the draw takes it
	VoidKeep    = "keep"    // after it: the conclusion stands without him
	VoidAgain   = "again"   // after it: the project is reviewed again
)

// The states of a request that a seat be void.
const (
	VoidWaiting   = "waiting"
	VoidConfirmed = "confirmed"
	VoidRefused   = "refused"
)

// SeatStrike is a request that the seat of an expert be void, because of a conflict that was found after he
// had stated that there is none; with what it changes, and what a second person decided.
type SeatStrike struct {
	ID          int64 `gorm:"primaryKey;autoIncrement"`
	Project     string
	Cycle       int
	PersonID    string
	Conclusion  string // of the group when it was asked; "": none yet
	Reason      string
	Evidence    models.JSON // document ids
	ScoreBefore string      // mean of the experts, in points
	ScoreAfter  string      // "": nobody is left
	Holds       bool        // the conclusion stands without him, by rule B04
	AskedBy     string
	AskedAt     time.Time
	State       string
	Decision    string
	DecidedBy   string
	DecidedAt   *time.Time
	Note        string
	DocNo       string
}

// TableName of the entity.
func (SeatStrike) TableName() string { return "seat_void" }

// SeatStrikes of a project, oldest first.
func SeatStrikes(tx *gorm.DB, project string) (all []SeatStrike, err error) {
	if err = tx.Where("project = ?", project).Order("id").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("void seats of %s: %w", project, err)
	}
	return all, nil
}
