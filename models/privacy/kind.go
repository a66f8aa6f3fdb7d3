package privacy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/stuck"
)

// Item is one person's data that is no longer needed, or was on a list.
type Item struct {
	List     int64  `gorm:"primaryKey;column:id;autoIncrement:false"`
	Kind     string `gorm:"primaryKey"`
	Ref      string `gorm:"primaryKey"`
	Unit     string
	ClosedOn models.Date
	Outcome  string
}

// TableName of the entity.
func (Item) TableName() string { return "privacy_item" }

func (i Item) holdKind() string {
	if i.Kind == KindCitizen {
		return HoldStuck
	}
	return HoldPerson
}

// Outcomes of an item.
const (
	OutcomeErased  = "erased"
	OutcomeHeld    = "held"    // a hold was set since
	OutcomeChanged = "changed" // he has come back, or there is nothing left
)

// The kinds of data that are erased.
const (
	KindCitizen = "citizen" // who came to the window
	KindLeft    = "left"    // who has left: officials, suppliers' people
	KindExpert  = "expert"  // experts whose post has ended
	KindReveal  = "reveal"  // whose number is to be shown
)

// kind says of a kind what is due and how it is erased.
type kind struct {
	due   func(tx *gorm.DB, cutoff models.Date) ([]Item, error)
	erase func(tx *gorm.DB, a models.Acting, ref string) error
}

// kinds that are erased, by name; what else is kept is in Inventory.
var kinds = map[string]kind{
	KindCitizen: {due: citizensDue, erase: stuck.Forget},
	KindLeft:    {due: leftDue, erase: forgetPerson},
	KindExpert:  {due: expertsDue, erase: forgetExpert},
}

func citizensDue(tx *gorm.DB, cutoff models.Date) (all []Item, err error) {
	err = tx.Raw(`SELECT no AS ref, unit, closed_on FROM stuck_case WHERE state = 'CLOSED' AND closed_on <= ?
		AND (person_enc IS NOT NULL OR phone_enc IS NOT NULL OR reason_enc IS NOT NULL OR person_mask <> '' OR phone_mask <> ''
		OR pseudonym <> '') ORDER BY closed_on, no`, cutoff).Scan(&all).Error
	return named(KindCitizen, all, err)
}

// leftDue are who has left on the last day or before, and of whom something is kept that goes.
func leftDue(tx *gorm.DB, cutoff models.Date) ([]Item, error) {
	var people []office.Person
	err := tx.Where(`left_at IS NOT NULL AND left_at < ? AND NOT active AND (mobile_enc IS NOT NULL OR idno_enc IS NOT NULL
		OR EXISTS (SELECT 1 FROM credential c WHERE c.person = person.id)
		OR EXISTS (SELECT 1 FROM one_time_code c WHERE c.person = person.id)
		OR EXISTS (SELECT 1 FROM notice_setting n WHERE n.person = person.id)
		OR EXISTS (SELECT 1 FROM notice_choice n WHERE n.person = person.id))`, cutoff.AddDays(1).Start().UTC()).
		Order("left_at, id").Find(&people).Error
	all := make([]Item, 0, len(people))
	for _, p := range people {
		all = append(all, Item{Ref: p.ID, Unit: p.EmployerUnit, ClosedOn: models.DateOf(*p.LeftAt)})
	}
	return named(KindLeft, all, err)
}

// expertsDue are experts none of whose posts in the pool has gone on beyond the last day.
func expertsDue(tx *gorm.DB, cutoff models.Date) ([]Item, error) {
	var posts []office.Post
	err := tx.Where(`role = 'EXPERT' AND person_id IN (SELECT person FROM expert UNION SELECT person FROM expert_employer)`).
		Find(&posts).Error
	if err != nil {
		return named(KindExpert, nil, err)
	}
	last := map[string]Item{}
	var open []string
	for _, p := range posts {
		if p.ValidTo == nil {
			open = append(open, p.PersonID)
			continue
		}
		if on := models.DateOf(*p.ValidTo); on > last[p.PersonID].ClosedOn {
			last[p.PersonID] = Item{Ref: p.PersonID, Unit: p.DeptID, ClosedOn: on}
		}
	}
	var all []Item
	for who, i := range last {
		if i.ClosedOn <= cutoff && !slices.Contains(open, who) {
			all = append(all, i)
		}
	}
	slices.SortFunc(all, func(a, b Item) int {
		return strings.Compare(string(a.ClosedOn)+a.Ref, string(b.ClosedOn)+b.Ref)
	})
	return named(KindExpert, all, nil)
}

func named(kind string, all []Item, err error) ([]Item, error) {
	if err != nil {
		return nil, fmt.Errorf("%s whose data is no longer needed: %w", kind, err)
	}
	for i := range all {
		all[i].Kind = kind
	}
	return all, nil
}

// forgetPerson erases numbers, ways of signing in and addresses of who has left. His name
// stays with what he signed.
func forgetPerson(tx *gorm.DB, a models.Acting, person string) error {
	err := tx.Model(&office.Person{}).Where("id = ?", person).Updates(map[string]any{
		"mobile_enc": nil, "idno_enc": nil, "mobile_mark": "", "idno_mark": "", "key_id": "",
	}).Error
	if err != nil {
		return fmt.Errorf("numbers of %s: %w", person, err)
	}
	for _, table := range []string{"credential", "one_time_code", "notice_setting", "notice_choice"} {
		if err := tx.Exec("DELETE FROM "+table+" WHERE person = ?", person).Error; err != nil {
			return fmt.Errorf("%s of %s: %w", table, person, err)
		}
	}
	return forgotten(tx, a, "person", person)
}

// forgetExpert erases for whom an expert worked and what he knows. A blacklist that
// still runs stays.
func forgetExpert(tx *gorm.DB, a models.Acting, person string) error {
	if err := tx.Exec("DELETE FROM expert_employer WHERE person = ?", person).Error; err != nil {
		return fmt.Errorf("employers of %s: %w", person, err)
	}
	today := models.DateOf(a.At)
	if err := tx.Exec("DELETE FROM expert WHERE person = ? AND (blacklist_until IS NULL OR blacklist_until < ?)", person, today).
		Error; err != nil {
		return fmt.Errorf("expert %s: %w", person, err)
	}
	return forgotten(tx, a, "expert", person)
}

func forgotten(tx *gorm.DB, a models.Acting, what, ref string) error {
	return audit.Audit(tx, Chain, a, audit.AuditEntry{Action: what + ".forget", Subject: what + ":" + ref})
}

// Cutoff is the last day on which something may have been closed that is erased now.
func Cutoff(tx *gorm.DB, now time.Time) (models.Date, int, error) {
	p, _, err := office.ReadPolicy(tx)
	if err != nil {
		return "", 0, err
	}
	years := p.Int(office.PersonalYears)
	return models.DateOf(now.In(models.Zone).AddDate(-years, 0, 0)), years, nil
}

// Due is what is no longer needed and not held, the oldest first; of one kind, or of all ("").
func Due(tx *gorm.DB, kind string, now time.Time) (due, kept []Item, err error) {
	cutoff, _, err := Cutoff(tx, now)
	if err != nil {
		return nil, nil, err
	}
	holds, err := openHolds(tx)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range []string{KindCitizen, KindLeft, KindExpert} {
		if kind != "" && kind != name {
			continue
		}
		all, err := kinds[name].due(tx, cutoff)
		if err != nil {
			return nil, nil, err
		}
		for _, i := range all {
			if held(holds, i) {
				kept = append(kept, i)
			} else {
				due = append(due, i)
			}
		}
	}
	return due, kept, nil
}
