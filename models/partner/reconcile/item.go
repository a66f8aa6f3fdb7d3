package reconcile

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/texts"
)

// Item is a difference that somebody looks into.
type Item struct {
	ID            int64 `gorm:"primaryKey"`
	Partner       string
	EventType     string
	NaturalKey    string
	Class         string
	Project       string
	OurAmount     *models.Money
	TheirAmount   *models.Money
	OurDate       models.Date
	TheirDate     models.Date
	Owner         string // post
	Rectification string // its number
	FoundAt       time.Time
	State         string
	Resolution    string
	Reason        string
	ClosedBy      string
	ClosedAt      *time.Time
}

// TableName of the entity.
func (Item) TableName() string { return "reconciliation_item" }

// The states of an item, and how it was closed.
const (
	Open      = "open"
	Closed    = "closed"
	Gone      = "gone"      // a later run found no difference
	Explained = "explained" // a person says why it is right as it is
	Corrected = "corrected" // one side was put right
)

func (i *Item) sides(p pair) {
	i.OurAmount, i.OurDate, i.TheirAmount, i.TheirDate = nil, "", nil, ""
	if p.ours != nil {
		i.OurAmount, i.OurDate = p.ours.amount, p.ours.on
	}
	if p.theirs != nil {
		i.TheirAmount, i.TheirDate = p.theirs.amount, p.theirs.on
	}
}

// Title is a line for people; documents and registers are in Chinese.
func (i Item) Title() string {
	return texts.Text(
		texts.Chinese, "reconcile.title",
		map[string]string{
			"partner": texts.Text(texts.Chinese, "reconcile.partner."+i.Partner, nil), "key": i.NaturalKey,
			"class": texts.Text(texts.Chinese, "reconcile."+i.Class, nil),
		},
	)
}

// Description says what either side has.
func (i Item) Description() string {
	side := func(m *models.Money, on models.Date) string {
		var parts []string
		if m != nil {
			parts = append(parts, m.String())
		}
		if on != "" {
			parts = append(parts, string(on))
		}
		if len(parts) == 0 {
			return "—"
		}
		return strings.Join(parts, " ")
	}
	return texts.Text(
		texts.Chinese, "reconcile.description",
		map[string]string{"event": i.EventType, "ours": side(i.OurAmount, i.OurDate), "theirs": side(i.TheirAmount, i.TheirDate)},
	)
}

// Filter chooses items; zero values choose all.
type Filter struct {
	State  string
	Before int64 // below this id
	Limit  int
}

// Items lists differences, newest first.
func Items(tx *gorm.DB, f Filter) ([]Item, error) {
	q := tx.Order("id DESC").Limit(f.Limit)
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	}
	if f.Before > 0 {
		q = q.Where("id < ?", f.Before)
	}
	var all []Item
	if err := q.Find(&all).Error; err != nil {
		return nil, fmt.Errorf("differences: %w", err)
	}
	return all, nil
}

// Resolve is a person's word on a difference: explained or corrected, and why.
func Resolve(tx *gorm.DB, a models.Acting, id int64, resolution string) (Item, error) {
	var i Item
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take(&i).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return i, models.Refuse("not-found", "what", fmt.Sprint(id))
	}
	if err != nil {
		return i, fmt.Errorf("difference %d: %w", id, err)
	}
	if i.State != Open {
		return i, models.Refuse("difference-closed")
	}
	if len([]rune(strings.TrimSpace(a.Reason))) < 5 {
		return i, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	at := models.Stamp(a.At)
	i.State, i.Resolution, i.Reason, i.ClosedBy, i.ClosedAt = Closed, resolution, strings.TrimSpace(a.Reason), a.Person, &at
	if err := tx.Save(&i).Error; err != nil {
		return i, fmt.Errorf("difference %d: %w", id, err)
	}
	return i, audit.Audit(
		tx, "r:reconciliation", a,
		audit.AuditEntry{Action: "reconcile." + resolution, Subject: fmt.Sprintf("difference:%d", id), Project: i.Project},
	)
}
