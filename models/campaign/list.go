package campaign

import (
	"encoding/base64"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Campaigns are all of them, the newest first.
func Campaigns(tx *gorm.DB) ([]Campaign, error) {
	var all []Campaign
	if err := tx.Order("starts_on DESC, id DESC").Limit(200).Find(&all).Error; err != nil {
		return nil, fmt.Errorf("campaigns: %w", err)
	}
	return all, nil
}

// ItemRow is a planned item with the service as it is now.
type ItemRow struct {
	Item
	Materials    models.JSON
	Steps        models.JSON
	LegalDays    int
	PromisedDays int
	Visits       int
	GuideVersion string
	ValidTo      string
}

// Items of a unit's list, in its order; left: only those that are still to be walked.
func Items(tx *gorm.DB, id, unit string, left bool, after int64, limit int) ([]ItemRow, error) {
	q := tx.Table("campaign_item c").
		Select("c.*, s.materials, s.steps, s.legal_days, s.promised_days, s.visits, s.guide_version, s.valid_to").
		Joins("JOIN service_item s ON s.code = c.item AND s.version = (SELECT MAX(version) FROM service_item v WHERE v.code = c.item)").
		Where("c.campaign = ? AND c.unit = ? AND c.id > ?", id, unit, after)
	if left {
		q = q.Where("c.dropped = '' AND c.counted_walk = 0")
	}
	var rows []ItemRow
	if err := q.Order("c.id").Limit(limit).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("items of %s: %w", unit, err)
	}
	return rows, nil
}

// WalkFilter chooses walks; zero values choose all.
type WalkFilter struct {
	Campaign, Unit string
	Units          []string // that the person may read; nil: all
	Item, ID       int64
	Late           bool
	Substitute     bool
	Uncounted      bool
	Cursor         string
	Limit          int
	To             models.Date
	AsOf           time.Time
}

// WalkRow is a walk with the name of its item.
type WalkRow struct {
	Walk
	Item     string
	ItemName string
}

// Walks of a campaign, the newest first, and the cursor of the next page.
func Walks(tx *gorm.DB, f WalkFilter) ([]WalkRow, string, error) {
	q := tx.Table("walk w").
		Select("w.*, i.item, i.name AS item_name").
		Joins("JOIN campaign_item i ON i.id = w.campaign_item").
		Where("w.campaign = ?", f.Campaign)
	if f.Unit != "" {
		q = q.Where("w.unit = ?", f.Unit)
	}
	if f.Units != nil {
		q = q.Where("w.unit IN ?", append([]string{"-"}, f.Units...))
	}
	if f.Item != 0 {
		q = q.Where("w.campaign_item = ?", f.Item)
	}
	if f.ID != 0 {
		q = q.Where("w.id = ?", f.ID)
	}
	if f.Late {
		q = q.Where("w.late")
	}
	if f.Substitute {
		q = q.Where("NOT w.is_director")
	}
	if f.Uncounted {
		q = q.Where("NOT w.counted")
	}
	if f.To != "" || !f.AsOf.IsZero() {
		to, at := cut{f.To, f.AsOf}.args()
		q = q.Where("w.on_date <= ? AND w.recorded_at <= ?", to, at)
	}
	if f.Cursor != "" {
		raw, err := base64.RawURLEncoding.DecodeString(f.Cursor)
		var on string
		var id int64
		if err != nil || len(raw) < 12 {
			return nil, "", models.Refuse("invalid-cursor")
		}
		if on = string(raw[:10]); len(on) == 10 {
			_, err = fmt.Sscan(string(raw[11:]), &id)
		}
		if err != nil {
			return nil, "", models.Refuse("invalid-cursor")
		}
		q = q.Where("(w.on_date, w.id) < (?, ?)", on, id)
	}
	if f.Limit <= 0 || f.Limit > 5000 {
		f.Limit = 50
	}
	var rows []WalkRow
	if err := q.Order("w.on_date DESC, w.id DESC").Limit(f.Limit + 1).Scan(&rows).Error; err != nil {
		return nil, "", fmt.Errorf("walks of campaign %s: %w", f.Campaign, err)
	}
	if len(rows) <= f.Limit {
		return rows, "", nil
	}
	rows = rows[:f.Limit]
	last := rows[f.Limit-1]
	return rows, base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s|%d", last.OnDate, last.ID)), nil
}

// IssueRow is an issue of a campaign as it is at a moment.
type IssueRow struct {
	Unit         string
	Walk         int64
	Issue        string
	Kind         string
	Title        string
	OwnerDept    string
	FoundOn      models.Date
	State        string
	MaterialsCut int
	StepsCut     int
	DaysCut      int // tenths
	Cause        string
	ClosedOn     models.Date
}

// Issues of a campaign, of one unit or all, by number.
func Issues(tx *gorm.DB, id, unit string) ([]IssueRow, error) {
	rows, err := issues(tx, id, cut{})
	if err != nil || unit == "" {
		return rows, err
	}
	var out []IssueRow
	for _, r := range rows {
		if r.Unit == unit {
			out = append(out, r)
		}
	}
	return out, nil
}

func issues(tx *gorm.DB, id string, c cut) ([]IssueRow, error) {
	to, at := c.args()
	day := to
	if day == "9999" {
		day = "2199-12-31"
	}
	var rows []IssueRow
	if err := tx.Raw(issuesSQL+" ORDER BY i.issue", at, day, id, to, at).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("issues of campaign %s: %w", id, err)
	}
	return rows, nil
}

// WalkIssues are the numbers of the issues of some walks.
func WalkIssues(tx *gorm.DB, walks ...int64) (map[int64][]string, error) {
	var rows []WalkIssue
	out := map[int64][]string{}
	if len(walks) == 0 {
		return out, nil
	}
	if err := tx.Where("walk IN ?", walks).Order("walk, seq").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("issues of walks: %w", err)
	}
	for _, r := range rows {
		out[r.Walk] = append(out[r.Walk], r.Issue)
	}
	return out, nil
}
