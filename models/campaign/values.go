package campaign

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Values are all figures of the campaign that Figure would choose, computed by
// the database: no row of a walk is read. Units are its rows by unit, whose sums
// must be the values (validator V15). Without a campaign there are none.
type Values struct {
	Campaign Campaign
	By       map[string]string // figure → value
	Units    []Progress
}

// ValuesOf computes the figures of a period, up to its end and as recorded at asOf (zero: now).
func ValuesOf(tx *gorm.DB, from, to models.Date, asOf time.Time) (Values, error) {
	v := Values{By: map[string]string{}}
	var err error
	if v.Campaign, err = within(tx, from, to, asOf); err != nil || v.Campaign.ID == "" {
		return v, err
	}
	k := cut{To: to, AsOf: asOf}
	day, at := k.args()
	if v.Units, err = progress(tx, v.Campaign.ID, k); err != nil {
		return v, err
	}
	var items int64
	err = tx.Raw("SELECT COUNT(DISTINCT campaign_item) FROM walk WHERE campaign = ? AND counted AND on_date <= ? AND recorded_at <= ?",
		v.Campaign.ID, day, at).
		Scan(&items).
		Error
	if err != nil {
		return v, fmt.Errorf("items of campaign %s: %w", v.Campaign.ID, err)
	}
	var s struct{ Found, Rectified, Referred, Materials, Steps, Days int64 }
	if err := tx.Raw(`SELECT COUNT(*) AS found, COALESCE(SUM(CASE WHEN state = 'CLOSED' THEN 1 ELSE 0 END), 0) AS rectified,
		COALESCE(SUM(CASE WHEN state = 'REFERRED_UP' THEN 1 ELSE 0 END), 0) AS referred,
			COALESCE(SUM(CASE WHEN state = 'CLOSED' THEN materials_cut ELSE 0 END), 0) AS materials,
			COALESCE(SUM(CASE WHEN state = 'CLOSED' THEN steps_cut ELSE 0 END), 0) AS steps,
			COALESCE(SUM(CASE WHEN state = 'CLOSED' THEN days_cut ELSE 0 END), 0) AS days
			FROM (`+issuesSQL+`) x`, at, k.day(), v.Campaign.ID, day, at).Scan(&s).Error; err != nil {
		return v, fmt.Errorf("issues of campaign %s: %w", v.Campaign.ID, err)
	}
	depts, complete := 0, 0
	for _, u := range v.Units {
		if u.Walks > 0 {
			depts++
		}
		if u.CompletedOn != "" {
			complete++
		}
	}
	v.By = map[string]string{
		"walk_started": string(
			v.Campaign.StartsOn,
		), "walk_depts": fmt.Sprint(depts), "walk_depts_complete": fmt.Sprint(complete), "walk_items": fmt.Sprint(items),
		"walk_issues": fmt.Sprint(s.Found), "walk_rectified": fmt.Sprint(s.Rectified), "walk_referred": fmt.Sprint(s.Referred),
		"walk_materials_cut": fmt.Sprint(
			s.Materials,
		), "walk_steps_cut": fmt.Sprint(s.Steps), "walk_days_cut": decimal.New(s.Days, -1).StringFixed(1),
	}
	return v, nil
}

// day is the last business date of a history that the cut sees.
func (c cut) day() string {
	if c.To == "" {
		return "2199-12-31"
	}
	return string(c.To)
}
