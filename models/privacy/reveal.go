package privacy

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
)

// What one person may see of others' numbers by himself, and for how long he may see
// what a second person has confirmed.
const (
	RevealsAlone = 20             // people in a day
	revealLife   = 4 * time.Hour  // after the second person's word
	revealDay    = 24 * time.Hour // back from now
)

// MayReveal refuses the number of one person more than somebody may see in a day by
// himself, unless a second person has confirmed a list that names him.
func MayReveal(tx *gorm.DB, a models.Acting, person string) error {
	var seen []string
	err := tx.Raw(`SELECT DISTINCT subject FROM audit WHERE chain = ? AND action = 'person.reveal' AND actor = ? AND at > ?`,
		office.RequestChain, a.Person, models.Stamp(a.At.Add(-revealDay))).Scan(&seen).Error
	if err != nil {
		return fmt.Errorf("what %s has seen: %w", a.Person, err)
	}
	if len(seen) < RevealsAlone || slices.Contains(seen, "person:"+person) {
		return nil
	}
	var n int64
	err = tx.Model(&Item{}).Joins("JOIN privacy_list l ON l.id = privacy_item.id").
		Where("l.act = ? AND l.state = ? AND l.asked_by = ? AND l.decided_at > ? AND privacy_item.ref = ?",
			ActReveal, Done, a.Person, models.Stamp(a.At.Add(-revealLife)), person).Count(&n).Error
	if err != nil {
		return fmt.Errorf("lists of %s: %w", a.Person, err)
	}
	if n == 0 {
		return models.Refuse("reveal-in-bulk", "n", fmt.Sprint(RevealsAlone))
	}
	return nil
}

// AskReveal asks to see the numbers of more people than one may see by himself.
func AskReveal(tx *gorm.DB, a models.Acting, people []string) (List, error) {
	people = slices.Compact(slices.Sorted(slices.Values(people)))
	var there []string
	if err := tx.Model(&office.Person{}).Where("id IN ?", people).Pluck("id", &there).Error; err != nil {
		return List{}, fmt.Errorf("people of a list: %w", err)
	}
	f := models.Refuse("invalid-data")
	if len(people) == 0 || len(people) > MostItems {
		f.Field("/people", "privacy-people", "most", fmt.Sprint(MostItems))
	}
	l := List{Act: ActReveal}
	for i, p := range people {
		if !slices.Contains(there, p) {
			f.Field(fmt.Sprintf("/people/%d", i), "privacy-nobody", "person", p)
		}
		l.Items = append(l.Items, Item{Kind: KindReveal, Ref: p, ClosedOn: models.DateOf(a.At)})
	}
	if err := f.OrNil(); err != nil {
		return List{}, err
	}
	return ask(tx, a, l)
}

// reveal lets who asked see the numbers for a while; those who watch are told at once.
func (l List) reveal(tx *gorm.DB, a models.Acting) error {
	watch, err := office.InRole(tx, office.AuditAdmin)
	if err != nil {
		return err
	}
	return l.tell(tx, a, "privacy-revealed", watch...)
}
