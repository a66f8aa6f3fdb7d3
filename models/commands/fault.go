package commands

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
)

// amount is a submitted number: a decimal text, or a JSON number read without a float.
type amount string

// UnmarshalJSON keeps the digits as they were written.
func (a *amount) UnmarshalJSON(data []byte) error {
	s := string(data)
	if s == "null" {
		s = ""
	}
	*a = amount(strings.Trim(s, `"`))
	return nil
}

// faults collects what is wrong with submitted data, all at once.
type faults struct{ *models.Refusal }

func check() faults { return faults{models.Refuse("invalid-data")} }

// money reads an amount that must be there and not negative.
func (f faults) money(pointer string, a amount) models.Money {
	m, err := models.ParseMoney(string(a))
	switch {
	case err != nil:
		f.Field(pointer, "money-format")
	case m.Sign() < 0:
		f.Field(pointer, "money-negative")
	}
	return m
}

// number reads a decimal within bounds.
func (f faults) number(pointer string, a amount, low, high int64) decimal.Decimal {
	d, err := decimal.NewFromString(string(a))
	if err != nil || d.LessThan(decimal.NewFromInt(low)) || d.GreaterThan(decimal.NewFromInt(high)) {
		f.Field(pointer, "number-range", "low", fmt.Sprint(low), "high", fmt.Sprint(high))
	}
	return d
}

// date reads a date that must be there.
func (f faults) date(pointer, s string) models.Date {
	d, err := models.ParseDate(s)
	if err != nil {
		f.Field(pointer, "date-format")
	}
	return d
}

// optionalDate reads a date, or none.
func (f faults) optionalDate(pointer, s string) models.Date {
	if s == "" {
		return ""
	}
	return f.date(pointer, s)
}

// text must hold something.
func (f faults) text(pointer, s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		f.Field(pointer, "required")
	}
	return s
}

// reason must say something: five characters (approval.md §1).
func (f faults) reason(pointer, s string) string {
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) < 5 {
		f.Field(pointer, "reason-too-short")
	}
	return s
}

// oneOf must be one of the values.
func (f faults) oneOf(pointer, s string, values ...string) {
	for _, v := range values {
		if s == v {
			return
		}
	}
	f.Field(pointer, "not-an-option", "options", strings.Join(values, ", "))
}

// documents must exist, and belong to the project or to nothing.
func (f faults) documents(tx *gorm.DB, pointer, project string, ids []string) error {
	return f.ownDocuments(tx, pointer, project, "", ids)
}

// evidenceOf must be documents of a rectification, of its project, or of nothing.
func (f faults) evidenceOf(tx *gorm.DB, pointer string, r books.Rectification, ids []string) error {
	return f.ownDocuments(tx, pointer, string(r.Project), r.No, ids)
}

func (f faults) ownDocuments(tx *gorm.DB, pointer, project, rectification string, ids []string) error {
	for i, id := range ids {
		var n int64
		err := tx.Model(&papers.Document{}).
			Where("id = ? AND project IN ? AND rectification IN ?", id, []string{project, ""}, []string{rectification, ""}).
			Count(&n).
			Error
		if err != nil {
			return fmt.Errorf("document %s: %w", id, err)
		}
		if n == 0 {
			f.Field(fmt.Sprintf("%s/%d", pointer, i), "document-unknown", "id", id)
		}
	}
	return nil
}

// at is the pointer to a field of a row.
func at(list string, i int, field string) string { return fmt.Sprintf("/%s/%d/%s", list, i, field) }
