package books

import (
	"time"

	"github.com/quancheng/quancheng/models"
)

// The kinds of trimming sheets: reviewer A's, B's cross-check, the section
// head's arbitration, and A's answer to objections.
const (
	SheetA           = "A"
	SheetB           = "B"
	SheetArbitration = "ARBITRATION"
	SheetAnswer      = "ANSWER"
)

// Sheet is one state of a project's trimming sheet. It is never edited, only
// followed by the next round.
type Sheet struct {
	Project      string `gorm:"primaryKey"`
	Round        int    `gorm:"primaryKey"`
	Kind         string
	Issued       bool // the review opinion was issued on it
	Declared     models.Money
	Reviewed     models.Money
	Cut          models.Money
	Actor        string
	At           time.Time
	BusinessDate models.Date
}

// TableName of the entity.
func (Sheet) TableName() string { return "sheet" }

// SheetLine is what a sheet makes of a line: reviewed + cut = declared.
type SheetLine struct {
	Project    string `gorm:"primaryKey"`
	Round      int    `gorm:"primaryKey"`
	LineNo     int    `gorm:"primaryKey"`
	Declared   models.Money
	Reviewed   models.Money
	Cut        models.Money
	Reason     models.Optional // present exactly when something is cut
	Capability models.Optional // that is to be reused
	Basis      string
	// SecondReason bears on the cut too; the amount counts under Reason alone.
	SecondReason string
}

// TableName of the entity.
func (SheetLine) TableName() string { return "sheet_line" }

// CrossLine is reviewer B's own figure.
type CrossLine struct {
	Project  string `gorm:"primaryKey"`
	Round    int    `gorm:"primaryKey"`
	LineNo   int    `gorm:"primaryKey"`
	Reviewed models.Money
	Comment  string
}

// TableName of the entity.
func (CrossLine) TableName() string { return "cross_line" }

// Objection of the applicant against a line, and the answer.
type Objection struct {
	Project   string `gorm:"primaryKey"`
	Round     int    `gorm:"primaryKey"`
	LineNo    int    `gorm:"primaryKey"`
	Text      string
	Documents models.JSON
	Actor     string
	At        time.Time
	Outcome   string // uphold, partly, withdraw; "" while unanswered
	Reply     string
	RepliedBy string
	RepliedAt *time.Time
}

// TableName of the entity.
func (Objection) TableName() string { return "objection" }
