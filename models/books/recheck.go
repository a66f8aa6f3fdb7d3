package books

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// RecheckDraw is a draw of closed rectifications that somebody looks at again (R06).
type RecheckDraw struct {
	ID         int64 `gorm:"primaryKey"`
	AfterOn    models.Date
	UntilOn    models.Date
	Seed       string
	Pack       string
	Population models.JSON // []RecheckUnit
	Actor      string
	At         time.Time
}

// TableName of the entity.
func (RecheckDraw) TableName() string { return "recheck_draw" }

// RecheckUnit is how many of a unit were closed, and how many of them drawn.
type RecheckUnit struct {
	Unit   string `json:"unit"`
	Closed int    `json:"closed"`
	Drawn  int    `json:"drawn"`
}

// What a second look has found.
const (
	RecheckValid    = "valid"
	RecheckRecurred = "recurred"
)

// Recheck is a closed rectification that was drawn.
type Recheck struct {
	No        string `gorm:"primaryKey"`
	Draw      int64
	Unit      string
	Result    string // "", valid, recurred
	Method    string
	Note      string
	Checker   string
	CheckedOn models.Date
	Again     string
}

// TableName of the entity.
func (Recheck) TableName() string { return "recheck" }

// RecheckRow is one with what it is about.
type RecheckRow struct {
	Recheck
	Title    string
	ClosedOn models.Date
	Verifier string
}

// LastRecheckDraw is the newest draw; its id is 0 when there was none.
func LastRecheckDraw(tx *gorm.DB) (RecheckDraw, error) {
	var d RecheckDraw
	err := tx.Order("id DESC").Limit(1).Take(&d).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return d, nil
	}
	return d, err
}

// ClosedBetween are the rectifications closed after a day ("": ever) and up to another, by unit and number.
func ClosedBetween(tx *gorm.DB, after, until models.Date) ([]Rectification, error) {
	g := tx.Select("no", "owner_dept").Where("state = ? AND closed_on <= ?", RectClosed, string(until))
	if after != "" {
		g = g.Where("closed_on > ?", string(after))
	}
	var all []Rectification
	if err := g.Order("owner_dept, no").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("closed rectifications: %w", err)
	}
	return all, nil
}

// Rechecks are those that were drawn, the open ones first, then the newest.
func Rechecks(tx *gorm.DB) ([]RecheckRow, error) {
	var all []RecheckRow
	err := tx.Table("recheck k").Select("k.*, r.title, r.closed_on, r.verifier").Joins("JOIN rectification r ON r.no = k.no").
		Order("CASE WHEN k.result = '' THEN 0 ELSE 1 END, k.draw DESC, k.no").Limit(500).Scan(&all).Error
	if err != nil {
		return nil, fmt.Errorf("rechecks: %w", err)
	}
	return all, nil
}

// RecheckCount is how the drawn ones stand.
type RecheckCount struct{ Drawn, Valid, Recurred int }

// CountRechecks counts the drawn ones.
func CountRechecks(tx *gorm.DB) (n RecheckCount, err error) {
	err = tx.Raw(`SELECT COUNT(*) AS drawn, COALESCE(SUM(CASE WHEN result = 'valid' THEN 1 ELSE 0 END), 0) AS valid,
		COALESCE(SUM(CASE WHEN result = 'recurred' THEN 1 ELSE 0 END), 0) AS recurred FROM recheck`).Scan(&n).Error
	return n, err
}
