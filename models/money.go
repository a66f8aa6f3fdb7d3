package models

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"regexp"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/schema"
)

// Money is an amount in 元 with two decimals. In JSON it is a string ("2702600.00").
//
// PostgreSQL stores numeric(18,2). SQLite has no decimal type and would sum
// floats, so it stores whole 分; sums, comparisons and check constraints read
// the same in both.
type Money struct{ d decimal.Decimal }

var (
	moneyText = regexp.MustCompile(`^-?\d{1,16}(\.\d{1,2})?$`)
	hundred   = decimal.NewFromInt(100)
	limit     = decimal.New(1, 16)
)

// ErrMoney says that a text is not an amount in 元 with at most two decimals.
var ErrMoney = errors.New("not an amount in 元 with at most two decimals")

// ParseMoney reads "2702600", "2702600.5" or "2702600.00".
func ParseMoney(s string) (Money, error) {
	if !moneyText.MatchString(s) {
		return Money{}, fmt.Errorf("%q: %w", s, ErrMoney)
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return Money{}, fmt.Errorf("%q: %w", s, ErrMoney)
	}
	return Money{d}, nil
}

// Yuan rounds d half up to 分. The caller says with it that rounding is meant.
func Yuan(d decimal.Decimal) Money { return Money{d.Round(2)} }

// Decimal is the amount as an exact number.
func (m Money) Decimal() decimal.Decimal { return m.d }

// String writes two decimals, always.
func (m Money) String() string { return m.d.StringFixed(2) }

// Add is m + n.
func (m Money) Add(n Money) Money { return Money{m.d.Add(n.d)} }

// Sub is m − n.
func (m Money) Sub(n Money) Money { return Money{m.d.Sub(n.d)} }

// Neg is −m.
func (m Money) Neg() Money { return Money{m.d.Neg()} }

// Cmp is −1, 0 or 1.
func (m Money) Cmp(n Money) int { return m.d.Cmp(n.d) }

// Sign is −1, 0 or 1.
func (m Money) Sign() int { return m.d.Sign() }

// MarshalJSON writes the amount as a string.
func (m Money) MarshalJSON() ([]byte, error) { return []byte(`"` + m.String() + `"`), nil }

// UnmarshalJSON reads a string; a JSON number is refused, because it may have passed through a float.
func (m *Money) UnmarshalJSON(data []byte) error {
	if len(data) < 2 || data[0] != '"' || data[len(data)-1] != '"' {
		return fmt.Errorf("%s: %w", data, ErrMoney)
	}
	v, err := ParseMoney(string(data[1 : len(data)-1]))
	*m = v
	return err
}

// GormDBDataType names the column type.
func (Money) GormDBDataType(db *gorm.DB, _ *schema.Field) string {
	if db.Name() == NameSQLite {
		return "integer"
	}
	return "numeric(18,2)"
}

// GormValue binds the amount in the dialect's unit.
func (m Money) GormValue(_ context.Context, db *gorm.DB) clause.Expr {
	if m.d.Abs().Cmp(limit) >= 0 {
		_ = db.AddError(fmt.Errorf("%s: %w", m, ErrMoney))
	}
	if db.Name() == NameSQLite {
		return clause.Expr{SQL: "?", Vars: []any{m.d.Mul(hundred).IntPart()}}
	}
	return clause.Expr{SQL: "?", Vars: []any{m.String()}}
}

// Value refuses to bind without a dialect: pass a Money through gorm.
func (m Money) Value() (driver.Value, error) {
	return nil, errors.New("models: a Money is bound by gorm, which knows the dialect")
}

// Scan reads 分 from SQLite (an integer) or 元 from PostgreSQL (a text). NULL, as of an empty sum, is zero.
func (m *Money) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*m = Money{}
	case int64:
		*m = Money{decimal.New(v, -2)}
	case string:
		return m.scanText(v)
	case []byte:
		return m.scanText(string(v))
	default:
		return fmt.Errorf("models: a Money cannot be read from %T", src)
	}
	return nil
}

func (m *Money) scanText(s string) error {
	d, err := decimal.NewFromString(s)
	if err != nil {
		return fmt.Errorf("models: money %q: %w", s, err)
	}
	*m = Money{d}
	return nil
}
