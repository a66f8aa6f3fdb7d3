package campaign

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/service"
)

// The states of a campaign and of a unit's list.
const (
	Running = "RUNNING"
	Closed  = "CLOSED"

	ListOpen      = "OPEN"
	ListSubmitted = "SUBMITTED"
	ListApproved  = "APPROVED"
)

// The processes of a campaign and of a participation, and the messages that move them on.
const (
	Process       = "qc_w1_campaign"
	UnitProcess   = "qc_w1_unit"
	MessageWalked = "campaign.walked" // every unit is complete; key: the campaign
	MessageUnit   = "campaign.unit"   // a unit is complete; key: UnitKey
	MessageClosed = "campaign.closed" // the campaign has ended before the unit was complete; key: UnitKey
)

// Campaign of walks.
type Campaign struct {
	ID          string `gorm:"primaryKey"`
	Name        string
	StartsOn    models.Date
	EndsOn      models.Date
	Goal        string
	LateDays    int
	Substitutes int // percent
	UrgeAfter   int // of former releases: which units are looked at again, rule R09 says
	State       string
	Summary     string
	Root        int64
	CreatedAt   time.Time
	CreatedBy   string
	ClosedOn    string
}

// Unit that takes part.
type Unit struct {
	Campaign     string `gorm:"primaryKey"`
	Unit         string `gorm:"primaryKey"`
	ListState    string
	ListRevision int
	Submitted    int
	ApprovedOn   string
	CompletedOn  string
	CompletedAt  *time.Time
	SecondLook   string
	Root         int64
}

// Item that a unit has planned to walk.
type Item struct {
	ID          int64 `gorm:"primaryKey"`
	Campaign    string
	Unit        string
	Item        string
	Version     int
	Name        string
	BookedOn    string
	BookedFor   string
	Dropped     string
	CountedWalk int64
}

// TableName of the entity.
func (Campaign) TableName() string { return "campaign" }

// TableName of the entity.
func (Unit) TableName() string { return "campaign_unit" }

// TableName of the entity.
func (Item) TableName() string { return "campaign_item" }

// UnitKey names a participation: the business key of its process.
func UnitKey(campaign, unit string) string { return campaign + ":" + unit }

// Chain is the audit chain of a campaign.
func Chain(id string) string { return "r:campaign." + id }

// Find reads a campaign; a refusal "not-found" when there is none.
func Find(tx *gorm.DB, id string) (Campaign, error) {
	var c Campaign
	err := tx.Where("id = ?", id).Take(&c).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return c, models.Refuse("not-found", "what", id)
	}
	if err != nil {
		return c, fmt.Errorf("campaign %s: %w", id, err)
	}
	return c, nil
}

// FindUnit reads a participation.
func FindUnit(tx *gorm.DB, id, unit string) (Unit, error) {
	var u Unit
	err := tx.Where("campaign = ? AND unit = ?", id, unit).Take(&u).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return u, models.Refuse("not-found", "what", unit)
	}
	if err != nil {
		return u, fmt.Errorf("unit %s of campaign %s: %w", unit, id, err)
	}
	return u, nil
}

// locked is a query that nobody overtakes.
func locked(tx *gorm.DB) *gorm.DB { return tx.Clauses(clause.Locking{Strength: "UPDATE"}) }

// Create begins a campaign with its units; who may is the route's matter.
func Create(tx *gorm.DB, a models.Acting, c Campaign, units []string) (Campaign, error) {
	f := models.Refuse("invalid-data")
	if c.Name = strings.TrimSpace(c.Name); c.Name == "" {
		f.Field("/name", "required")
	}
	for pointer, d := range map[string]models.Date{"/startsOn": c.StartsOn, "/endsOn": c.EndsOn} {
		if _, err := models.ParseDate(string(d)); err != nil {
			f.Field(pointer, "not-a-date")
		}
	}
	if c.EndsOn < c.StartsOn {
		f.Field("/endsOn", "ends-before-start")
	}
	for name, n := range map[string]*int{"/lateDays": &c.LateDays, "/substitutes": &c.Substitutes, "/urgeAfter": &c.UrgeAfter} {
		if *n < 0 || *n > 365 {
			f.Field(name, "number-above", "limit", "365")
		}
	}
	if err := office.CheckUnits(tx, f, units); err != nil {
		return c, err
	}
	if err := f.OrNil(); err != nil {
		return c, err
	}
	var err error
	if c.ID, err = models.NextCode(tx, "ZL", c.StartsOn.Year()); err != nil {
		return c, err
	}
	c.State, c.CreatedAt, c.CreatedBy = Running, models.Stamp(a.At), a.Person
	if err := tx.Create(&c).Error; err != nil {
		return c, fmt.Errorf("campaign %s: %w", c.ID, err)
	}
	for _, id := range units {
		if err := tx.Create(&Unit{Campaign: c.ID, Unit: id, ListState: ListOpen}).Error; err != nil {
			return c, fmt.Errorf("unit %s of campaign %s: %w", id, c.ID, err)
		}
	}
	return c, note(tx, a, c.ID, "campaign.create", c.ID, map[string]any{"name": c.Name, "units": units})
}

func note(tx *gorm.DB, a models.Acting, id, action, subject string, detail any) error {
	if err := audit.Audit(tx, Chain(id), a, audit.AuditEntry{Action: action, Subject: subject, Detail: models.JSONOf(detail)}); err != nil {
		return err
	}
	return models.Notify(tx, models.Notice{Kind: "campaign", Key: id})
}

// KeepRoots notes the root instances of a campaign and of its units.
func KeepRoots(tx *gorm.DB, id string, root int64, units map[string]int64) error {
	if err := tx.Model(&Campaign{}).Where("id = ?", id).Update("root", root).Error; err != nil {
		return fmt.Errorf("campaign %s: %w", id, err)
	}
	for unit, key := range units {
		if err := tx.Model(&Unit{}).Where("campaign = ? AND unit = ?", id, unit).Update("root", key).Error; err != nil {
			return fmt.Errorf("unit %s of campaign %s: %w", unit, id, err)
		}
	}
	return nil
}

// open reads campaign and unit, locked, for a change of a list.
func open(tx *gorm.DB, id, unit string) (Campaign, Unit, error) {
	c, err := Find(tx, id)
	if err != nil {
		return c, Unit{}, err
	}
	u, err := FindUnit(locked(tx), id, unit)
	if err == nil && c.State == Closed {
		err = models.Refuse("campaign-closed")
	}
	return c, u, err
}

// PutList makes codes the items that a unit wants to walk; an approved list stays.
func PutList(tx *gorm.DB, a models.Acting, id, unit string, codes []string) (Unit, error) {
	c, u, err := open(tx, id, unit)
	if err != nil {
		return u, err
	}
	if u.ListState == ListApproved {
		return u, models.Refuse("list-approved")
	}
	on := min(max(a.On(), c.StartsOn), c.EndsOn)
	f := models.Refuse("invalid-data")
	var items []Item
	seen := map[string]bool{}
	for i, code := range codes {
		at := fmt.Sprintf("/items/%d", i)
		s, err := service.Newest(tx, code)
		var none *models.Refusal
		switch {
		case errors.As(err, &none):
			f.Field(at, "item-unknown", "item", code)
		case err != nil:
			return u, err
		case s.Unit != unit:
			f.Field(at, "item-of-another-unit", "item", code)
		case s.Ended(on):
			f.Field(at, "item-ended", "item", s.Name, "date", s.ValidTo)
		case seen[code]:
			f.Field(at, "item-twice", "item", s.Name)
		}
		seen[code] = true
		items = append(items, Item{Campaign: id, Unit: unit, Item: code, Version: s.Version, Name: s.Name})
	}
	if err := f.OrNil(); err != nil {
		return u, err
	}
	if err := tx.Where("campaign = ? AND unit = ?", id, unit).Delete(&Item{}).Error; err != nil {
		return u, fmt.Errorf("list of %s: %w", unit, err)
	}
	if len(items) > 0 {
		if err := tx.CreateInBatches(&items, 200).Error; err != nil {
			return u, fmt.Errorf("list of %s: %w", unit, err)
		}
	}
	u.ListRevision++
	u.ListState = ListOpen
	if err := tx.Save(&u).Error; err != nil {
		return u, fmt.Errorf("list of %s: %w", unit, err)
	}
	return u, note(tx, a, id, "campaign.list", UnitKey(id, unit), map[string]any{"items": len(items), "revision": u.ListRevision})
}

// Submit hands a unit's list in.
func Submit(tx *gorm.DB, a models.Acting, id, unit string) (Unit, int64, error) {
	_, u, err := open(tx, id, unit)
	if err != nil {
		return u, 0, err
	}
	n, err := planned(tx, id, unit)
	if err != nil {
		return u, 0, err
	}
	if n == 0 {
		return u, 0, models.Refuse("list-empty")
	}
	u.ListState, u.Submitted = ListSubmitted, u.ListRevision
	if err := tx.Save(&u).Error; err != nil {
		return u, 0, fmt.Errorf("list of %s: %w", unit, err)
	}
	return u, n, note(tx, a, id, "campaign.submit", UnitKey(id, unit), map[string]any{"items": n})
}

// Approve lets a unit walk the list that it has submitted.
func Approve(tx *gorm.DB, a models.Acting, id, unit string) (Unit, int64, error) {
	_, u, err := open(tx, id, unit)
	if err != nil {
		return u, 0, err
	}
	if u.ListState != ListSubmitted || u.Submitted != u.ListRevision {
		return u, 0, models.Refuse("list-changed")
	}
	n, err := planned(tx, id, unit)
	if err != nil {
		return u, 0, err
	}
	u.ListState, u.ApprovedOn = ListApproved, string(a.On())
	if err := tx.Save(&u).Error; err != nil {
		return u, 0, fmt.Errorf("list of %s: %w", unit, err)
	}
	return u, n, note(tx, a, id, "campaign.approve", UnitKey(id, unit), map[string]any{"items": n})
}

func planned(tx *gorm.DB, id, unit string) (int64, error) {
	var n int64
	if err := tx.Model(&Item{}).Where("campaign = ? AND unit = ? AND dropped = ''", id, unit).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("items of %s: %w", unit, err)
	}
	return n, nil
}

// FindItem reads a planned item by its id.
func FindItem(tx *gorm.DB, id string, item int64) (Item, error) {
	var i Item
	err := tx.Where("campaign = ? AND id = ?", id, item).Take(&i).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return i, models.Refuse("not-found", "what", fmt.Sprint(item))
	}
	if err != nil {
		return i, fmt.Errorf("item %d of campaign %s: %w", item, id, err)
	}
	return i, nil
}

// Book notes when and by whom an item will be walked.
func Book(tx *gorm.DB, a models.Acting, id string, item int64, on models.Date, person string) (Item, error) {
	i, err := FindItem(locked(tx), id, item)
	if err != nil {
		return i, err
	}
	c, _, err := open(tx, id, i.Unit)
	if err != nil {
		return i, err
	}
	if on != "" && (on < c.StartsOn || on > c.EndsOn) {
		return i, models.Refuse("invalid-data").Field("/on", "walk-outside-campaign", "from", string(c.StartsOn), "to", string(c.EndsOn))
	}
	i.BookedOn, i.BookedFor = string(on), person
	if err := tx.Save(&i).Error; err != nil {
		return i, fmt.Errorf("item %d of campaign %s: %w", item, id, err)
	}
	return i, note(tx, a, id, "campaign.book", fmt.Sprintf("item:%d", i.ID), map[string]any{"on": on, "person": person})
}

// Drop takes an item off an approved list, for a reason: one that has been
// abolished cannot be walked, and would keep its unit from being complete.
func Drop(tx *gorm.DB, a models.Acting, id string, item int64) (Item, error) {
	i, err := FindItem(locked(tx), id, item)
	if err != nil {
		return i, err
	}
	if _, _, err := open(tx, id, i.Unit); err != nil {
		return i, err
	}
	if i.CountedWalk != 0 {
		return i, models.Refuse("item-walked-already", "item", i.Name)
	}
	if i.Dropped = strings.TrimSpace(a.Reason); i.Dropped == "" {
		return i, models.Refuse("invalid-data").Field("/reason", "required")
	}
	if err := tx.Save(&i).Error; err != nil {
		return i, fmt.Errorf("item %d of campaign %s: %w", item, id, err)
	}
	return i, note(tx, a, id, "campaign.drop", fmt.Sprintf("item:%d", i.ID), map[string]any{"item": i.Item})
}
