package service

import (
	"fmt"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/rules"
)

// Figure is a share of the licence items, computed and never typed.
type Figure struct {
	ID          string // time_cut_rate, time_cut_items_rate, instant_rate
	Value       string // percent, as rule X01 shows it; "" of no items
	Numerator   int64
	Denominator int64
}

// counts are what the shares are made of.
type counts struct{ Items, Legal, Promised, Reduced, Instant int64 }

// Figures are the shares over the licence items in force on a day (data-model.md
// §3): K09 as the days saved among the legal days, and as the items that promise
// less than the law allows; K10 as the items that are done at once. The rules e round them.
func Figures(tx *gorm.DB, at At, e rules.Edition) ([]Figure, error) {
	var c counts
	err := at.inForce(tx).Where("i.kind = ?", KindLicence).
		Select(`COUNT(*) AS items, COALESCE(SUM(i.legal_days), 0) AS legal, COALESCE(SUM(i.promised_days), 0) AS promised,
			COALESCE(SUM(CASE WHEN i.promised_days < i.legal_days THEN 1 ELSE 0 END), 0) AS reduced,
			COALESCE(SUM(CASE WHEN i.instant THEN 1 ELSE 0 END), 0) AS instant`).Scan(&c).Error
	if err != nil {
		return nil, fmt.Errorf("shares of service items: %w", err)
	}
	all := []Figure{
		{ID: "time_cut_rate", Numerator: c.Legal - c.Promised, Denominator: c.Legal},
		{ID: "time_cut_items_rate", Numerator: c.Reduced, Denominator: c.Items},
		{ID: "instant_rate", Numerator: c.Instant, Denominator: c.Items},
	}
	for i := range all {
		f := &all[i]
		if f.Value, err = e.Percent(decimal.NewFromInt(f.Numerator), decimal.NewFromInt(f.Denominator)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// FigureRows are the licence items behind the shares: all of them, by code. Each
// says by itself what it adds to numerator and denominator.
func FigureRows(tx *gorm.DB, at At) ([]Item, error) {
	var all []Item
	f := Filter{At: at, Kind: KindLicence, Limit: 5000}
	for {
		rows, next, err := Items(tx, f)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
		if f.Cursor = next; next == "" {
			return all, nil
		}
	}
}
