package books

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
)

// Breach is a rule that facts have broken. It is shown, and may block our next act.
type Breach struct {
	ID           int64 `gorm:"primaryKey"`
	Project      string
	Rule         string      // C10, E01, …; the text is "breach.<rule>"
	Subject      string      // natural key: recorded once
	Args         models.JSON // values of the text
	Blocks       string      // BlockPayment, BlockProcurement or "": shown only
	BusinessDate models.Date
	At           time.Time
	ClearedAt    *time.Time
}

// What a breach can block.
const (
	BlockPayment     = "payment"
	BlockProcurement = "procurement"
	BlockContract    = "contract"
)

// TableName of the entity.
func (Breach) TableName() string { return "breach" }

// Said are the values of the breach's text, by name.
func (b Breach) Said() map[string]string {
	m := map[string]string{}
	_ = b.Args.Into(&m) // none, or text that RecordBreach wrote
	return m
}

// RecordBreach records a breach once; args are name, value ….
func RecordBreach(tx *gorm.DB, a models.Acting, b Breach, args ...string) error {
	b.At = models.Stamp(a.At)
	if b.BusinessDate == "" {
		b.BusinessDate = a.On()
	}
	if m := models.Pairs(args); m != nil {
		b.Args = models.JSONOf(m)
	}
	again := clause.OnConflict{ // one that was cleared stands again
		Columns:   []clause.Column{{Name: "project"}, {Name: "rule"}, {Name: "subject"}},
		DoUpdates: append(clause.AssignmentColumns([]string{"args", "blocks"}), clause.Assignments(map[string]any{"cleared_at": nil})...),
	}
	if err := tx.Clauses(again).Create(&b).Error; err != nil {
		return fmt.Errorf("breach %s of %s: %w", b.Rule, b.Project, err)
	}
	return nil
}

// Breaches of a project that stand, newest first.
func Breaches(tx *gorm.DB, project string) ([]Breach, error) {
	var bs []Breach
	if err := tx.Where("project = ? AND cleared_at IS NULL", project).Order("id DESC").Find(&bs).Error; err != nil {
		return nil, fmt.Errorf("breaches of %s: %w", project, err)
	}
	return bs, nil
}

// Unblocked refuses when a breach blocks an act of ours on the project.
func Unblocked(tx *gorm.DB, project, act string) error {
	bs, err := Breaches(tx, project)
	if err != nil {
		return err
	}
	for _, b := range bs {
		if b.Blocks == act {
			return models.Refuse("blocked-by-breach", "rule", b.Rule)
		}
	}
	return nil
}

// Reminder says that a partner was asked to hurry.
type Reminder struct {
	ID      int64 `gorm:"primaryKey"`
	Project string
	Partner string
	Event   string
	Post    string // the liaison's
	At      time.Time
}

// TableName of the entity.
func (Reminder) TableName() string { return "reminder" }
