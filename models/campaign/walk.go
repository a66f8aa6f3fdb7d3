package campaign

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/models/service"
)

// What a walk may say.
var (
	Roles    = []string{"群众", "企业"}
	Channels = []string{"window", "online", "app", "selfService"}
	Results  = []string{"办成", "未办成"}
	Kinds    = models.RootCauses // of issues
)

// Step of a walk, as it went.
type Step struct {
	Name        string   `json:"name"`
	WaitMinutes int      `json:"waitMinutes"`
	Materials   []string `json:"materials,omitempty"` // that were asked for
	Visits      int      `json:"visits,omitempty"`
}

// Issue that a walk has found.
type Issue struct {
	Title, Description, Kind, Severity, OwnerUnit string
}

// Record of a walk, as the walker hands it in.
type Record struct {
	Campaign     string
	Item         string // code of the service item
	Role         string
	Channel      string
	On           models.Date
	Steps        []Step
	GuideVersion string
	Result       string
	TicketNo     string
	Proof        []string
	NoIssue      string
	Issues       []Issue
	WhyNot       string // why the director did not go; a substitute says so
}

// Walk that was recorded.
type Walk struct {
	ID           int64 `gorm:"primaryKey"`
	Campaign     string
	Unit         string
	CampaignItem int64
	Walker       string
	IsDirector   bool
	WhyNot       string
	Role         string
	Channel      string
	OnDate       models.Date
	Steps        models.JSON // []Step
	Minutes      int
	Visits       int
	GuideVersion string
	Extra        models.JSON // []string
	ExtraSteps   int
	ExtraVisits  int
	Result       string
	TicketNo     string
	Proof        models.JSON // []string
	NoIssue      string
	Issues       int
	Counted      bool
	DueOn        string
	Late         bool
	RecordedOn   string
	RecordedAt   time.Time
	Backfilled   bool
	Actor        string
	Event        string
	Paper        string // id of the record as a numbered paper; empty: of a former release
}

// TableName of the entity.
func (Walk) TableName() string { return "walk" }

// WalkIssue connects a walk with the rectification of an issue that it has found.
type WalkIssue struct {
	Walk     int64 `gorm:"primaryKey"`
	Seq      int   `gorm:"primaryKey"`
	Campaign string
	Unit     string
	Kind     string
	Issue    string
}

// TableName of the entity.
func (WalkIssue) TableName() string { return "walk_issue" }

// RecordedAs finds the walk that an event has recorded already: a phone that had no answer sends again.
func RecordedAs(tx *gorm.DB, event string) (Walk, bool, error) {
	var w Walk
	err := tx.Where("event = ?", event).Take(&w).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return w, false, nil
	}
	if err != nil {
		return w, false, fmt.Errorf("walk of %s: %w", event, err)
	}
	return w, true, nil
}

// Save records a walk. The person walks items of his own unit: as its WALKER he
// is the director; its coordinator records a substitute, with the reason. A walk
// of an item that has counted is kept and does not count again.
func Save(tx *gorm.DB, a models.Acting, r Record) (Walk, bool, error) {
	c, err := Find(tx, r.Campaign)
	if err != nil {
		return Walk{}, false, err
	}
	var i Item
	err = locked(tx).Where("campaign = ? AND item = ?", r.Campaign, r.Item).Take(&i).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Walk{}, false, models.Refuse("invalid-data").Field("/item", "item-not-planned")
	}
	if err != nil {
		return Walk{}, false, fmt.Errorf("item %s of campaign %s: %w", r.Item, r.Campaign, err)
	}
	w := Walk{
		Campaign: c.ID, Unit: i.Unit, CampaignItem: i.ID, Walker: a.Person, Actor: a.Person, Event: a.Event, IsDirector: true,
		Issues: len(r.Issues),
	}
	if w.IsDirector = a.Holds("WALKER@"+i.Unit) && strings.TrimSpace(r.WhyNot) == ""; !w.IsDirector &&
		!a.Holds("WALK_COORDINATOR@"+i.Unit) && !a.Holds("WALKER@"+i.Unit) {
		return w, false, models.Refuse("walk-not-yours", "item", i.Name)
	}
	u, err := FindUnit(tx, c.ID, i.Unit)
	if err != nil {
		return w, false, err
	}
	e, err := c.rulesOn(tx, a.On())
	if err != nil {
		return w, false, err
	}
	f := models.Refuse("invalid-data")
	refuseWalk(f, c, w, r, a)
	first, err := counts(f, e, u, i, r)
	if err != nil {
		return w, false, err
	}
	item, err := service.Newest(tx, i.Item)
	if err != nil {
		return w, false, err
	}
	if item.Ended(r.On) {
		f.Field("/item", "item-ended", "item", i.Name, "date", item.ValidTo)
	}
	if err := f.OrNil(); err != nil {
		return w, false, err
	}
	w.fill(a, r, item)
	due, isLate, err := late(tx, e, c, r.On, a.On())
	if err != nil {
		return w, false, err
	}
	w.DueOn, w.Late, w.Counted = string(due), isLate, first
	if err := tx.Create(&w).Error; err != nil {
		return w, false, fmt.Errorf("walk of %s: %w", i.Item, err)
	}
	if w.Counted {
		if err := tx.Model(&i).Update("counted_walk", w.ID).Error; err != nil {
			return w, false, fmt.Errorf("walk of %s: %w", i.Item, err)
		}
	}
	if err := note(tx, a, c.ID, "walk.save", fmt.Sprintf("walk:%d", w.ID),
		map[string]any{"item": i.Item, "on": r.On, "counted": w.Counted, "issues": w.Issues}); err != nil {
		return w, false, err
	}
	done, err := settle(tx, a, e, u)
	return w, done, err
}

// refuseWalk notes what no walk can be; whether it counts, rule W01 says.
func refuseWalk(f *models.Refusal, c Campaign, w Walk, r Record, a models.Acting) {
	if c.State == Closed {
		f.Field("/campaign", "campaign-closed")
	}
	switch {
	case r.On == "":
		f.Field("/on", "required")
	case r.On > models.DateOf(a.At):
		f.Field("/on", "date-in-future")
	case r.On > a.On():
		f.Field("/on", "walk-after-record")
	case r.On < c.StartsOn || r.On > c.EndsOn:
		f.Field("/on", "walk-outside-campaign", "from", string(c.StartsOn), "to", string(c.EndsOn))
	}
	if !w.IsDirector && len([]rune(strings.TrimSpace(r.WhyNot))) < 5 {
		f.Field("/whyNot", "substitute-needs-reason")
	}
	for pointer, of := range map[string]struct {
		value string
		all   []string
	}{"/role": {r.Role, Roles}, "/channel": {r.Channel, Channels}, "/result": {r.Result, Results}} {
		if !slices.Contains(of.all, of.value) {
			f.Field(pointer, "not-an-option", "options", strings.Join(of.all, "、"))
		}
	}
	for n, s := range r.Steps {
		if strings.TrimSpace(s.Name) == "" {
			f.Field(fmt.Sprintf("/steps/%d/name", n), "required")
		}
		if s.WaitMinutes < 0 || s.WaitMinutes > 60*24*30 || s.Visits < 0 || s.Visits > 100 {
			f.Field(fmt.Sprintf("/steps/%d/waitMinutes", n), "number-below", "limit", "0")
		}
	}
}

// fill compares the walk with the guide.
func (w *Walk) fill(a models.Acting, r Record, item service.Item) {
	guide := service.List(item.Materials)
	var extra []string
	for _, s := range r.Steps {
		w.Minutes += s.WaitMinutes
		w.Visits += s.Visits
		for _, m := range s.Materials {
			if m = strings.TrimSpace(m); m != "" && !slices.Contains(guide, m) && !slices.Contains(extra, m) {
				extra = append(extra, m)
			}
		}
	}
	w.Visits = max(w.Visits, 1)
	w.ExtraSteps, w.ExtraVisits = max(len(r.Steps)-len(service.List(item.Steps)), 0), max(w.Visits-item.Visits, 0)
	if len(service.List(item.Steps)) == 0 { // the guide says nothing of steps
		w.ExtraSteps = 0
	}
	w.Extra, w.Steps, w.Proof = models.JSONOf(
		append([]string{}, extra...),
	), models.JSONOf(
		r.Steps,
	), models.JSONOf(
		append([]string{}, r.Proof...),
	)
	w.Role, w.Channel, w.OnDate, w.Result, w.TicketNo = r.Role, r.Channel, r.On, r.Result, r.TicketNo
	w.GuideVersion = r.GuideVersion
	if w.GuideVersion == "" {
		w.GuideVersion = item.GuideVersion
	}
	w.NoIssue, w.WhyNot = strings.TrimSpace(r.NoIssue), strings.TrimSpace(r.WhyNot)
	w.RecordedOn, w.RecordedAt, w.Backfilled = string(a.On()), models.Stamp(a.At), a.BackRegistered()
}

// KeepIssue connects a walk with the rectification that was raised for it.
func KeepIssue(tx *gorm.DB, w Walk, seq int, kind, issue string) error {
	if err := tx.Create(&WalkIssue{Walk: w.ID, Seq: seq, Campaign: w.Campaign, Unit: w.Unit, Kind: kind, Issue: issue}).Error; err != nil {
		return fmt.Errorf("issue %d of walk %d: %w", seq, w.ID, err)
	}
	return nil
}

// KeepPaper connects a walk with its record as a paper.
func KeepPaper(tx *gorm.DB, walk int64, paper string) error {
	if err := tx.Model(&Walk{}).Where("id = ?", walk).Update("paper", paper).Error; err != nil {
		return fmt.Errorf("paper of walk %d: %w", walk, err)
	}
	return nil
}

// UnitOfPaper is the unit of the walk that a paper is the record of; "": it is of none.
func UnitOfPaper(tx *gorm.DB, paper string) (string, error) {
	var units []string
	if err := tx.Model(&Walk{}).Where("paper = ? AND paper <> ''", paper).Limit(1).Pluck("unit", &units).Error; err != nil {
		return "", fmt.Errorf("walk of paper %s: %w", paper, err)
	}
	if len(units) == 0 {
		return "", nil
	}
	return units[0], nil
}

// settle makes a unit complete when rule W02 says so: every planned item of its approved list has been walked. True
// when it has just become so.
func settle(tx *gorm.DB, a models.Acting, e rules.Edition, u Unit) (bool, error) {
	if u.CompletedOn != "" {
		return false, nil
	}
	var n struct{ Planned, Walked int }
	err := tx.Raw(`SELECT COUNT(*) AS planned, COALESCE(SUM(CASE WHEN counted_walk <> 0 THEN 1 ELSE 0 END), 0) AS walked
		FROM campaign_item WHERE campaign = ? AND unit = ? AND dropped = ''`, u.Campaign, u.Unit).Scan(&n).Error
	if err != nil {
		return false, fmt.Errorf("list of %s in campaign %s: %w", u.Unit, u.Campaign, err)
	}
	if done, err := complete(e, u, n.Walked, n.Planned); err != nil || !done {
		return false, err
	}
	at := models.Stamp(a.At)
	err = tx.Model(&Unit{}).
		Where("campaign = ? AND unit = ?", u.Campaign, u.Unit).
		Updates(map[string]any{"completed_on": string(a.On()), "completed_at": at}).
		Error
	if err != nil {
		return false, fmt.Errorf("unit %s of campaign %s: %w", u.Unit, u.Campaign, err)
	}
	return true, note(tx, a, u.Campaign, "campaign.complete", UnitKey(u.Campaign, u.Unit), map[string]any{"items": n.Planned})
}

// Settle is settle for a unit whose list has changed.
func Settle(tx *gorm.DB, a models.Acting, id, unit string) (bool, error) {
	u, err := FindUnit(locked(tx), id, unit)
	if err != nil {
		return false, err
	}
	c, err := Find(tx, id)
	if err != nil {
		return false, err
	}
	e, err := c.rulesOn(tx, a.On())
	if err != nil {
		return false, err
	}
	return settle(tx, a, e, u)
}

// AllComplete reports whether no unit of a campaign is left.
func AllComplete(tx *gorm.DB, id string) (bool, error) {
	var left int64
	if err := tx.Model(&Unit{}).Where("campaign = ? AND completed_on = ''", id).Count(&left).Error; err != nil {
		return false, fmt.Errorf("units of campaign %s: %w", id, err)
	}
	return left == 0, nil
}

// WalkOfIssue is the walk that has found a rectification; false: something else has.
func WalkOfIssue(tx *gorm.DB, issue string) (Walk, bool, error) {
	var found []Walk
	err := tx.Joins("JOIN walk_issue x ON x.walk = walk.id").Where("x.issue = ?", issue).Limit(1).Find(&found).Error
	if err != nil {
		return Walk{}, false, fmt.Errorf("walk of %s: %w", issue, err)
	}
	if len(found) == 0 {
		return Walk{}, false, nil
	}
	return found[0], true, nil
}
