package campaign

import (
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

// ItemFilter chooses the planned items of a unit.
type ItemFilter struct {
	Campaign, Unit string
	Left           bool   // only those that are still to be walked
	Sort           string // of ItemSorting
	Cursor         string
	Limit          int
}

// itemStage is how far a planned item has come: 0 without a day, 1 with one, 2 walked, 3 walked no longer. The index
// campaign_item_state is by it.
const itemStage = "CASE WHEN c.dropped <> '' THEN 3 WHEN c.counted_walk <> 0 THEN 2 WHEN c.booked_on <> '' THEN 1 ELSE 0 END"

func (i Item) stage() int64 {
	switch {
	case i.Dropped != "":
		return 3
	case i.CountedWalk != 0:
		return 2
	case i.BookedOn != "":
		return 1
	}
	return 0
}

// ItemSorting is by the place on the unit's list, by code or name, or by how far an item has come: what is still to be walked first.
var ItemSorting = models.Sorting[ItemRow]{
	Usual: "listed",
	Key:   models.Place[ItemRow]{Column: "c.id", Of: func(r ItemRow) any { return r.ID }},
	Places: map[string]models.Place[ItemRow]{
		"listed": {Column: "c.id", Of: func(r ItemRow) any { return r.ID }},
		"item":   {Column: "c.item", Of: func(r ItemRow) any { return r.Item.Item }},
		"name":   {Column: "c.name", Of: func(r ItemRow) any { return r.Name }},
		"state":  {Column: itemStage, Of: func(r ItemRow) any { return r.stage() }},
	},
}

// Items of a unit's list, as it was written unless Sort says otherwise, and the cursor of the next page.
func Items(tx *gorm.DB, f ItemFilter) ([]ItemRow, string, error) {
	order, err := ItemSorting.Pick(f.Sort)
	if err != nil {
		return nil, "", err
	}
	q := tx.Table("campaign_item c").
		Select("c.*, s.materials, s.steps, s.legal_days, s.promised_days, s.visits, s.guide_version, s.valid_to").
		Joins("JOIN service_item s ON s.code = c.item AND s.version = (SELECT MAX(version) FROM service_item v WHERE v.code = c.item)").
		Where("c.campaign = ? AND c.unit = ?", f.Campaign, f.Unit)
	if f.Left {
		q = q.Where("c.dropped = '' AND c.counted_walk = 0")
	}
	rows, next, err := order.Page(q, f.Cursor, f.Limit)
	if err != nil {
		return nil, "", fmt.Errorf("items of %s: %w", f.Unit, err)
	}
	return rows, next, nil
}

// WalkFilter chooses walks; zero values choose all.
type WalkFilter struct {
	Campaign, Unit string
	Units          []string // that the person may read; nil: all
	Item, ID       int64
	Late           bool
	Substitute     bool
	Uncounted      bool
	Sort           string // of WalkSorting
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

// WalkSorting is by the day of a walk.
var WalkSorting = models.Sorting[WalkRow]{
	Usual:  "-on",
	Key:    models.Place[WalkRow]{Column: "w.id", Of: func(w WalkRow) any { return w.ID }},
	Places: map[string]models.Place[WalkRow]{"on": {Column: "w.on_date", Of: func(w WalkRow) any { return string(w.OnDate) }}},
}

// Walks of a campaign, the newest first unless Sort says otherwise, and the cursor of the next page.
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
	if f.Limit <= 0 || f.Limit > 5000 {
		f.Limit = 50
	}
	order, err := WalkSorting.Pick(f.Sort)
	if err != nil {
		return nil, "", err
	}
	rows, next, err := order.Page(q, f.Cursor, f.Limit)
	if err != nil {
		return nil, "", fmt.Errorf("walks of campaign %s: %w", f.Campaign, err)
	}
	return rows, next, nil
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
