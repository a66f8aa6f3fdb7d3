package models

import (
	"fmt"
	"regexp"
	"strconv"

	"gorm.io/gorm"
)

var projectCode = regexp.MustCompile(`^XM-(\d{4})-(\d{3,6})$`)

// NextCode gives the next number of a sequence that may have gaps, as
// PREFIX-YYYY-NNN with at least three digits: XM of projects, ZG of
// rectifications, CG of procurement plans, FK of payment requests, CQ of draws.
func NextCode(tx *gorm.DB, prefix string, year int) (string, error) {
	n, err := Next(tx, "business_counter", prefix, year)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s-%d-%03d", prefix, year, n), nil
}

// KeepCode makes sure that the sequence never gives a code that was taken on
// paper; it refuses what is not a project code.
func KeepCode(tx *gorm.DB, code string) error {
	m := projectCode.FindStringSubmatch(code)
	if m == nil {
		return Refuse("invalid-data").Field("/code", "code-format")
	}
	year, _ := strconv.Atoi(m[1])
	n, _ := strconv.Atoi(m[2])
	err := tx.Exec(`INSERT INTO business_counter (kind, year, last) VALUES ('XM', ?, ?)
		ON CONFLICT (kind, year) DO UPDATE SET last = CASE WHEN business_counter.last < excluded.last THEN excluded.last ELSE
		business_counter.last END`, year, n).Error
	if err != nil {
		return fmt.Errorf("sequence of %s: %w", code, err)
	}
	return nil
}

// Next takes the next number of a counter; concurrent takers wait for each other.
func Next(tx *gorm.DB, table, kind string, year int) (int64, error) {
	var n int64
	err := tx.Raw(`INSERT INTO `+table+` (kind, year, last) VALUES (?, ?, 1)
		ON CONFLICT (kind, year) DO UPDATE SET last = `+table+`.last + 1 RETURNING last`, kind, year).Scan(&n).Error
	if err != nil {
		return 0, fmt.Errorf("next number of %s %d: %w", kind, year, err)
	}
	return n, nil
}
