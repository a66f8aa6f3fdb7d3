package privacy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/office"
)

// What a list asks for.
const (
	ActErase  = "erase"
	ActLift   = "lift"   // of a hold
	ActReveal = "reveal" // of many people's numbers
)

// The states of a list.
const (
	Waiting = "waiting"
	Done    = "done"
	Refused = "refused"
	Expired = "expired"
)

// MostItems bounds a list, so that somebody can read it and one transaction can do it.
const MostItems = 500

// Deciders are the roles of the second person.
var Deciders = []string{"ARCHIVIST", "BUREAU_CHIEF"}

// List is what one person asks to erase, or a hold that he asks to lift; nothing
// happens until a second person has confirmed it.
type List struct {
	ID        int64 `gorm:"primaryKey"`
	Act       string
	Hold      int64
	Cutoff    models.Date
	Reason    string
	State     string
	AskedBy   string
	AskedAt   time.Time
	ExpiresAt time.Time
	DecidedBy string
	DecidedAt *time.Time
	Note      string
	Items     []Item `gorm:"foreignKey:List;references:ID"`
}

// TableName of the entity.
func (List) TableName() string { return "privacy_list" }

// StateAt is the state at a moment: nobody's word in time is none.
func (l List) StateAt(now time.Time) string {
	if l.State == Waiting && !now.Before(l.ExpiresAt) {
		return Expired
	}
	return l.State
}

// AskErase asks to erase what is due, of one kind or of all, or of that the chosen
// references alone; at most MostItems, the oldest first.
func AskErase(tx *gorm.DB, a models.Acting, kind string, chosen []string) (List, error) {
	if _, known := kinds[kind]; kind != "" && !known {
		return List{}, models.Refuse("invalid-data").
			Field("/kind", "not-an-option", "options", strings.Join([]string{KindCitizen, KindLeft, KindExpert}, ", "))
	}
	due, kept, err := Due(tx, kind, a.At)
	if err != nil {
		return List{}, err
	}
	items := due
	if len(chosen) > 0 {
		in := func(i Item) bool { return slices.Contains(chosen, i.Ref) }
		for n, ref := range chosen {
			same := func(i Item) bool { return i.Ref == ref }
			at := fmt.Sprintf("/items/%d", n)
			if slices.ContainsFunc(kept, same) {
				return List{}, models.Refuse("invalid-data").Field(at, "privacy-held", "ref", ref)
			}
			if !slices.ContainsFunc(due, same) {
				return List{}, models.Refuse("invalid-data").Field(at, "privacy-not-due", "ref", ref)
			}
		}
		items = slices.DeleteFunc(slices.Clone(due), func(i Item) bool { return !in(i) })
	}
	if len(items) == 0 {
		return List{}, models.Refuse("privacy-nothing-due")
	}
	cutoff, _, err := Cutoff(tx, a.At)
	if err != nil {
		return List{}, err
	}
	return ask(tx, a, List{Act: ActErase, Cutoff: cutoff, Items: items[:min(len(items), MostItems)]})
}

// AskLift asks to lift a hold.
func AskLift(tx *gorm.DB, a models.Acting, hold int64) (List, error) {
	if _, err := holdOf(tx, hold); err != nil {
		return List{}, err
	}
	return ask(tx, a, List{Act: ActLift, Hold: hold})
}

func ask(tx *gorm.DB, a models.Acting, l List) (List, error) {
	l.Reason = strings.TrimSpace(a.Reason)
	if short(l.Reason) {
		return l, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	days, err := calendar.Newest(tx)
	if err != nil {
		return l, err
	}
	end := days.After(days.Received(a.At), 1).AddDays(1).Start() // to the end of the next working day
	l.State, l.AskedBy, l.AskedAt, l.ExpiresAt = Waiting, a.Person, models.Stamp(a.At), models.Stamp(end)
	if err := tx.Model(&List{}).Where("state = ? AND expires_at <= ?", Waiting, l.AskedAt).Update("state", Expired).Error; err != nil {
		return l, fmt.Errorf("lists of personal data: %w", err)
	}
	done := tx.Omit("Items").Clauses(clause.OnConflict{DoNothing: true}).Create(&l)
	if done.Error != nil {
		return l, fmt.Errorf("list of personal data: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return l, models.Refuse("asked-already")
	}
	for i := range l.Items {
		l.Items[i].List = l.ID
	}
	if len(l.Items) > 0 {
		if err := tx.CreateInBatches(&l.Items, 100).Error; err != nil {
			return l, fmt.Errorf("list %d of personal data: %w", l.ID, err)
		}
	}
	if err := l.audit(tx, a, "asked"); err != nil {
		return l, err
	}
	var seconds []string
	for _, role := range Deciders {
		holders, err := office.InRole(tx, role)
		if err != nil {
			return l, err
		}
		seconds = append(seconds, holders...)
	}
	slices.Sort(seconds)
	seconds = slices.DeleteFunc(slices.Compact(seconds), func(p string) bool { return p == a.Person })
	return l, l.tell(tx, a, "privacy-asked", seconds...)
}

// Decide is the second person's word. What has come under a hold since, or has
// changed, is left out and says so; the rest is erased.
func Decide(tx *gorm.DB, a models.Acting, id int64, accept bool) (List, error) {
	l, err := Find(tx, id, clause.Locking{Strength: "UPDATE"})
	switch {
	case err != nil:
		return l, err
	case l.StateAt(a.At) != Waiting:
		return l, models.Refuse("checked-already")
	case l.AskedBy == a.Person:
		return l, models.Refuse("second-person-needed")
	case l.concerns(a.Person):
		return l, models.Refuse("privacy-own-data")
	case !accept && short(strings.TrimSpace(a.Reason)):
		return l, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	at := models.Stamp(a.At)
	l.State, l.DecidedBy, l.DecidedAt, l.Note = Refused, a.Person, &at, strings.TrimSpace(a.Reason)
	act := "refused"
	if accept {
		l.State, act = Done, "confirmed"
		switch l.Act {
		case ActLift:
			err = l.lift(tx, at)
		case ActReveal:
			err = l.reveal(tx, a)
		default:
			err = l.erase(tx, a)
		}
		if err != nil {
			return l, err
		}
	}
	if err := tx.Omit("Items").Save(&l).Error; err != nil {
		return l, fmt.Errorf("list %d of personal data: %w", id, err)
	}
	if err := l.audit(tx, a, act); err != nil {
		return l, err
	}
	return l, l.tell(tx, a, "privacy-"+act, l.AskedBy)
}

func (l List) concerns(person string) bool {
	return slices.ContainsFunc(l.Items, func(i Item) bool { return i.Kind != KindCitizen && i.Ref == person })
}

func (l List) lift(tx *gorm.DB, at time.Time) error {
	h, err := holdOf(tx, l.Hold)
	if err != nil {
		return err
	}
	h.LiftedAt, h.Lift = &at, l.ID
	if err := tx.Save(&h).Error; err != nil {
		return fmt.Errorf("hold %d: %w", h.ID, err)
	}
	return nil
}

// erase carries the list out and says of each item what became of it.
func (l List) erase(tx *gorm.DB, a models.Acting) error {
	due, kept, err := Due(tx, "", a.At)
	if err != nil {
		return err
	}
	in := func(all []Item, i Item) bool {
		return slices.ContainsFunc(all, func(x Item) bool { return x.Kind == i.Kind && x.Ref == i.Ref })
	}
	for n := range l.Items {
		i := &l.Items[n]
		switch {
		case in(kept, *i):
			i.Outcome = OutcomeHeld
		case !in(due, *i):
			i.Outcome = OutcomeChanged
		default:
			i.Outcome = OutcomeErased
			if err := kinds[i.Kind].erase(tx, a, i.Ref); err != nil {
				return fmt.Errorf("erase %s %s: %w", i.Kind, i.Ref, err)
			}
		}
		if err := tx.Model(&Item{}).Where("id = ? AND kind = ? AND ref = ?", l.ID, i.Kind, i.Ref).
			Update("outcome", i.Outcome).Error; err != nil {
			return fmt.Errorf("erase %s %s: %w", i.Kind, i.Ref, err)
		}
	}
	return nil
}

// Find is a list with its items; a refusal "not-found" when there is none.
func Find(tx *gorm.DB, id int64, lock ...clause.Expression) (List, error) {
	var l List
	err := tx.Clauses(lock...).Where("id = ?", id).Take(&l).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return l, models.Refuse("not-found")
	}
	if err == nil {
		err = tx.Where("id = ?", id).Order("kind, closed_on, ref").Find(&l.Items).Error
	}
	if err != nil {
		return l, fmt.Errorf("list %d of personal data: %w", id, err)
	}
	return l, nil
}

// Lists are the newest lists with their items.
func Lists(tx *gorm.DB, limit int) (all []List, err error) {
	err = tx.Preload("Items", func(q *gorm.DB) *gorm.DB { return q.Order("kind, closed_on, ref") }).
		Order("id DESC").Limit(limit).Find(&all).Error
	if err != nil {
		err = fmt.Errorf("lists of personal data: %w", err)
	}
	return all, err
}

func (l List) audit(tx *gorm.DB, a models.Acting, act string) error {
	n := map[string]int{}
	for _, i := range l.Items {
		n[i.Outcome]++
	}
	return audit.Audit(tx, Chain, a, audit.AuditEntry{
		Action: "privacy." + act, Subject: l.subject(),
		Detail: models.JSONOf(map[string]any{"act": l.Act, "hold": l.Hold, "items": len(l.Items), "erased": n[OutcomeErased],
			"held": n[OutcomeHeld], "changed": n[OutcomeChanged]}),
	})
}

func (l List) subject() string { return fmt.Sprintf("privacy:%d", l.ID) }

func (l List) tell(tx *gorm.DB, a models.Acting, what string, persons ...string) error {
	var who office.Person
	if err := tx.Where("id = ?", a.Person).Limit(1).Find(&who).Error; err != nil {
		return fmt.Errorf("person %s: %w", a.Person, err)
	}
	return office.Tell(tx, office.Notification{
		Cause: fmt.Sprintf("%s:%s", l.subject(), what), Kind: office.NotificationKind(what), Subject: l.subject(), CreatedAt: a.At,
		Args: models.JSONOf(map[string]string{"who": who.Name, "whoEn": who.NameEn, "n": fmt.Sprint(len(l.Items)),
			"reason": strings.TrimSpace(a.Reason)}),
	}, persons...)
}
