package reconcile

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// Month is one that was closed with a bureau: all that differed is gone or explained.
type Month struct {
	Partner   string `gorm:"primaryKey"`
	Month     string `gorm:"primaryKey"` // 2026-11
	Matched   int
	Explained int // differences that a person has closed
	Reason    string
	ClosedBy  string
	ClosedAt  time.Time
}

// TableName of the entity.
func (Month) TableName() string { return "reconciliation_month" }

// daysOf a month, "2026-11"; false where it is none.
func daysOf(month string) (from, to models.Date, ok bool) {
	first, err := time.Parse("2006-01", month)
	if err != nil || len(month) != 7 {
		return "", "", false
	}
	from = models.Date(first.Format(time.DateOnly))
	return from, models.Date(first.AddDate(0, 1, -1).Format(time.DateOnly)), true
}

// Close closes a month with a bureau, once. It must be over, and compared as a whole
// since; nothing of it may be open (integration.md §8).
func Close(tx *gorm.DB, a models.Acting, partner, month string) (Month, error) {
	m := Month{Partner: partner, Month: month, Reason: strings.TrimSpace(a.Reason), ClosedBy: a.Person, ClosedAt: models.Stamp(a.At)}
	from, to, ok := daysOf(month)
	if !ok {
		return m, models.Refuse("invalid-data").Field("/month", "date-format")
	}
	if to >= models.DateOf(a.At) {
		return m, models.Refuse("month-not-over", "month", month)
	}
	var there Month
	err := tx.Where("partner = ? AND month = ?", partner, month).Take(&there).Error
	if err == nil {
		return there, models.Refuse("month-closed", "month", month)
	}
	if !errors.Is(err, gorm.ErrRecordNotFound) {
		return m, fmt.Errorf("month %s of %s: %w", month, partner, err)
	}
	var run Run
	err = tx.Where("partner = ? AND from_on = ? AND to_on = ?", partner, from, to).Take(&run).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return m, models.Refuse("month-not-compared", "month", month)
	}
	if err != nil {
		return m, fmt.Errorf("month %s of %s: %w", month, partner, err)
	}
	open, explained, err := itemsOf(tx, partner, from, to)
	if err != nil {
		return m, err
	}
	if open > 0 {
		return m, models.Refuse("month-open", "month", month, "n", fmt.Sprint(open))
	}
	m.Matched, m.Explained = run.Matched, explained
	if err := tx.Create(&m).Error; err != nil {
		return m, fmt.Errorf("month %s of %s: %w", month, partner, err)
	}
	return m, audit.Audit(tx, "r:reconciliation", a, audit.AuditEntry{
		Action: "reconcile.month", Subject: "month:" + partner + ":" + month,
		Detail: models.JSONOf(map[string]any{"matched": m.Matched, "explained": m.Explained}),
	})
}

// itemsOf counts the differences of some days: what is open, and what a person has closed.
func itemsOf(tx *gorm.DB, partner string, from, to models.Date) (open, explained int, err error) {
	var items []Item
	err = tx.Where("partner = ? AND (our_date BETWEEN ? AND ? OR their_date BETWEEN ? AND ?)", partner, from, to, from, to).
		Find(&items).Error
	if err != nil {
		return 0, 0, fmt.Errorf("differences of %s: %w", partner, err)
	}
	for _, i := range items {
		switch {
		case i.State == Open:
			open++
		case i.Resolution != Gone:
			explained++
		}
	}
	return open, explained, nil
}

// MonthState is a month that was compared whole, and whether it is closed.
type MonthState struct {
	Partner     string
	Month       string
	At          time.Time // of the comparison
	Matched     int
	Differences int // found by it
	Open        int // that nobody has settled yet
	Closed      *Month
}

// Months that were compared whole, the newest first.
func Months(tx *gorm.DB) ([]MonthState, error) {
	var runs []Run
	if err := tx.Order("from_on DESC, partner").Find(&runs).Error; err != nil {
		return nil, fmt.Errorf("comparisons: %w", err)
	}
	var closed []Month
	if err := tx.Find(&closed).Error; err != nil {
		return nil, fmt.Errorf("months: %w", err)
	}
	out := []MonthState{}
	for _, r := range runs {
		month := string(r.FromOn)[:7]
		from, to, _ := daysOf(month)
		if from != r.FromOn || to != r.ToOn {
			continue
		}
		s := MonthState{Partner: r.Partner, Month: month, At: r.At, Matched: r.Matched, Differences: r.Differences}
		for i := range closed {
			if closed[i].Partner == r.Partner && closed[i].Month == month {
				s.Closed = &closed[i]
			}
		}
		var err error
		if s.Open, _, err = itemsOf(tx, r.Partner, from, to); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
