package service

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// KindLicence is the kind that the shares of the report count (行政许可).
const KindLicence = "行政许可"

// Kinds of items, as the catalogue of government services names them.
var Kinds = []string{KindLicence, "行政确认", "行政给付", "行政奖励", "行政裁决", "其他行政权力", "公共服务"}

// Item is one version of a service item.
type Item struct {
	Code         string `gorm:"primaryKey"`
	Version      int    `gorm:"primaryKey"`
	Name         string
	Unit         string
	Kind         string
	LegalDays    int // working days
	PromisedDays int
	Instant      bool
	Materials    models.JSON // []string
	Steps        models.JSON // []string
	Visits       int
	GuideVersion string
	GuideURL     string
	ValidFrom    string // 2022-01-01
	ValidTo      string // first day on which it is offered no longer; "" none
	RecordedAt   time.Time
	Actor        string
	Reason       string
}

// TableName of the entity.
func (Item) TableName() string { return "service_item" }

// List of names in a JSON column.
func List(j models.JSON) []string {
	var all []string
	if j.Into(&all) != nil {
		return nil
	}
	return all
}

// Ended reports whether the item is offered no longer on a day.
func (i Item) Ended(on models.Date) bool { return i.ValidTo != "" && i.ValidTo <= string(on) }

// At chooses the versions in force on a day, as they were recorded at a moment (zero: now).
type At struct {
	On   models.Date
	AsOf time.Time
}

// current is the SQL of the versions in force, ended ones included.
func (at At) current(tx *gorm.DB) *gorm.DB {
	newest := "SELECT v.code, MAX(v.version) AS version FROM service_item v WHERE v.valid_from <= ?"
	args := []any{string(at.On)}
	if !at.AsOf.IsZero() {
		newest += " AND v.recorded_at <= ?"
		args = append(args, at.AsOf.UTC())
	}
	return tx.Table("service_item i").
		Select("i.*").
		Joins("JOIN ("+newest+" GROUP BY v.code) w ON w.code = i.code AND w.version = i.version", args...)
}

// inForce is current without what has ended.
func (at At) inForce(tx *gorm.DB) *gorm.DB {
	return at.current(tx).Where("i.valid_to = '' OR i.valid_to > ?", string(at.On))
}

// Filter chooses items; zero values choose all.
type Filter struct {
	At
	Unit, Kind, Query string
	Instant           *bool
	Ended             bool   // with those that have ended
	Sort              string // of Sorting
	Cursor            string
	Limit             int
}

// Sorting is by what an item is called; a catalogue has thousands of rows, of which those of a day are chosen first.
var Sorting = models.Sorting[Item]{
	Usual: "code",
	Key:   models.Place[Item]{Column: "i.code", Of: func(i Item) any { return i.Code }},
	Places: map[string]models.Place[Item]{
		"code": {Column: "i.code", Of: func(i Item) any { return i.Code }},
		"name": {Column: "i.name", Of: func(i Item) any { return i.Name }},
		"unit": {Column: "i.unit", Of: func(i Item) any { return i.Unit }},
	},
}

// Items are the items in force on a day, by code unless Sort says otherwise, and the cursor of the next page.
func Items(tx *gorm.DB, f Filter) ([]Item, string, error) {
	q := f.inForce(tx)
	if f.Ended {
		q = f.current(tx)
	}
	for column, v := range map[string]string{"i.unit = ?": f.Unit, "i.kind = ?": f.Kind} {
		if v != "" {
			q = q.Where(column, v)
		}
	}
	if f.Instant != nil {
		q = q.Where("i.instant = ?", *f.Instant)
	}
	if f.Query != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(f.Query)) + "%"
		q = q.Where(`(LOWER(i.name) LIKE ? ESCAPE '\' OR LOWER(i.code) LIKE ? ESCAPE '\')`, like, like)
	}
	if f.Limit <= 0 || f.Limit > 5000 {
		f.Limit = 50
	}
	order, err := Sorting.Pick(f.Sort)
	if err != nil {
		return nil, "", err
	}
	rows, next, err := order.Page(q, f.Cursor, f.Limit)
	if err != nil {
		return nil, "", fmt.Errorf("service items: %w", err)
	}
	return rows, next, nil
}

// History of an item, the newest version first; a refusal "not-found" when there is none.
func History(tx *gorm.DB, code string) ([]Item, error) {
	var rows []Item
	if err := tx.Where("code = ?", code).Order("version DESC").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("service item %s: %w", code, err)
	}
	if len(rows) == 0 {
		return nil, models.Refuse("not-found", "what", code)
	}
	return rows, nil
}

// Newest version of an item.
func Newest(tx *gorm.DB, code string) (Item, error) {
	var i Item
	err := tx.Where("code = ?", code).Order("version DESC").Take(&i).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return i, models.Refuse("not-found", "what", code)
	}
	if err != nil {
		return i, fmt.Errorf("service item %s: %w", code, err)
	}
	return i, nil
}

// Save records the next version of an item: version is the one that was seen, 0
// of a new item. What says the same as before is no new version.
func Save(tx *gorm.DB, a models.Acting, i Item, version int) (Item, error) {
	saved, err := save(tx, a, i, version)
	if err != nil || saved.Version == version {
		return saved, err
	}
	return saved, audit.Audit(
		tx, "r:service", a,
		audit.AuditEntry{Action: "item.save", Subject: fmt.Sprintf("item:%s:%d", saved.Code, saved.Version), Detail: models.JSONOf(saved)},
	)
}

// save is Save without the line of the audit: an import has one for all.
func save(tx *gorm.DB, a models.Acting, i Item, version int) (Item, error) {
	if err := check(tx, &i); err != nil {
		return i, err
	}
	now, err := Newest(tx, i.Code)
	var none *models.Refusal
	switch {
	case err == nil && now.Version != version:
		return now, models.Refuse("stale-version")
	case errors.As(err, &none) && version != 0:
		return i, err
	case err != nil && none == nil:
		return i, err
	case err == nil && same(now, i):
		return now, nil
	case err == nil && i.ValidFrom < now.ValidFrom:
		return i, models.Refuse("invalid-data").Field("/validFrom", "item-before-former", "date", now.ValidFrom)
	}
	i.Version, i.RecordedAt, i.Actor, i.Reason = now.Version+1, models.Stamp(a.At), a.Person, a.Reason
	if err := tx.Create(&i).Error; err != nil {
		if models.IsUnique(err) {
			return i, models.Refuse("stale-version")
		}
		return i, fmt.Errorf("service item %s: %w", i.Code, err)
	}
	return i, nil
}

// same reports whether two versions say the same of the service.
func same(a, b Item) bool {
	return a.Name == b.Name && a.Unit == b.Unit && a.Kind == b.Kind && a.LegalDays == b.LegalDays && a.PromisedDays == b.PromisedDays &&
		a.Instant == b.Instant && slices.Equal(List(a.Materials), List(b.Materials)) && slices.Equal(List(a.Steps), List(b.Steps)) &&
		a.Visits == b.Visits && a.GuideVersion == b.GuideVersion && a.GuideURL == b.GuideURL && a.ValidTo == b.ValidTo
}

// check finds everything that is wrong with an item, at once.
func check(tx *gorm.DB, i *Item) error {
	f := models.Refuse("invalid-data")
	i.Code, i.Name = strings.TrimSpace(i.Code), strings.TrimSpace(i.Name)
	for pointer, v := range map[string]string{"/code": i.Code, "/name": i.Name} {
		switch n := utf8.RuneCountInString(v); {
		case n == 0:
			f.Field(pointer, "required")
		case n > 200:
			f.Field(pointer, "text-too-long", "limit", "200")
		}
	}
	var known int64
	if err := tx.Table("dept").Where("id = ?", i.Unit).Count(&known).Error; err != nil {
		return fmt.Errorf("unit of item %s: %w", i.Code, err)
	}
	if known == 0 {
		f.Field("/unit", "unit-unknown", "unit", i.Unit)
	}
	if !slices.Contains(Kinds, i.Kind) {
		f.Field("/kind", "not-an-option", "options", strings.Join(Kinds, "、"))
	}
	switch {
	case i.LegalDays < 0 || i.LegalDays > 3650:
		f.Field("/legalDays", "number-above", "limit", "3650")
	case i.PromisedDays < 0 || i.PromisedDays > i.LegalDays && i.LegalDays > 0:
		f.Field("/promisedDays", "promised-above-legal")
	case i.Instant && i.PromisedDays != 0:
		f.Field("/promisedDays", "instant-takes-no-days")
	}
	if i.Visits == 0 {
		i.Visits = 1
	}
	if i.Visits < 0 || i.Visits > 20 {
		f.Field("/visits", "number-above", "limit", "20")
	}
	for _, j := range []*models.JSON{&i.Materials, &i.Steps} {
		if len(*j) == 0 {
			*j = models.JSON("[]")
		}
	}
	if _, err := models.ParseDate(i.ValidFrom); err != nil {
		f.Field("/validFrom", "not-a-date")
	}
	if i.ValidTo != "" {
		if _, err := models.ParseDate(i.ValidTo); err != nil || i.ValidTo < i.ValidFrom {
			f.Field("/validTo", "item-ends-before")
		}
	}
	return f.OrNil()
}
