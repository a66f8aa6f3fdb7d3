package books

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Review is one visit of the technical review; a return begins another.
type Review struct {
	Project    string `gorm:"primaryKey"`
	Cycle      int    `gorm:"primaryKey"`
	Conclusion string // pass, revise, fail
	Summary    string
}

// TableName of the entity.
func (Review) TableName() string { return "review" }

// ExpertDraw is one draw; it can be repeated from seed and pool.
type ExpertDraw struct {
	DrawNo   string `gorm:"primaryKey"`
	Project  string
	Cycle    int
	Seed     string
	Criteria models.JSON
	Pool     models.JSON // person ids in the order that the draw shuffled
	At       time.Time
	Actor    string
}

// TableName of the entity.
func (ExpertDraw) TableName() string { return "expert_draw" }

// The states of an expert's seat.
const (
	SeatDrawn    = "drawn"
	SeatAccepted = "accepted"
	SeatVoid     = "void"
	SeatSigned   = "signed"
)

// ExpertSeat is an expert's place in a review.
type ExpertSeat struct {
	Project  string `gorm:"primaryKey"`
	Cycle    int    `gorm:"primaryKey"`
	PersonID string `gorm:"primaryKey"`
	DrawNo   string
	Leader   bool
	State    string
	Reason   string // of a void one
}

// TableName of the entity.
func (ExpertSeat) TableName() string { return "expert_seat" }

// ExpertOpinion is what an expert signed.
type ExpertOpinion struct {
	Project      string `gorm:"primaryKey"`
	Cycle        int    `gorm:"primaryKey"`
	PersonID     string `gorm:"primaryKey"`
	Scores       models.JSON
	Score        int         // weighted, in hundredths
	Lines        models.JSON // []LineOpinion
	Overall      string
	Comment      string
	Dissent      string
	At           time.Time
	BusinessDate models.Date
}

// TableName of the entity.
func (ExpertOpinion) TableName() string { return "expert_opinion" }

// LineOpinion is an expert's suggestion for a line.
type LineOpinion struct {
	LineNo  int          `json:"lineNo"`
	Amount  models.Money `json:"amount"`
	Reason  string       `json:"reason,omitempty"`
	Comment string       `json:"comment,omitempty"`
}

// ReviewConcluded says whether the present review of a project has its conclusion.
func ReviewConcluded(tx *gorm.DB, project string) (bool, error) {
	var r Review
	if err := tx.Where("project = ?", project).Order("cycle DESC").Limit(1).Find(&r).Error; err != nil {
		return false, fmt.Errorf("review of %s: %w", project, err)
	}
	return r.Conclusion != "", nil
}
