package facts

import (
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// What a bureau has deleted in its own books (IS_DELETED) is only proposed to be
// undone in ours: a person says so (FT23).
const (
	Deleted      = "DELETED"       // the fact stands in the books
	DeletedEarly = "DELETED_EARLY" // the fact is not in the books; it may still come
)

// remove is a fact that its bureau has deleted, or has told again after it was
// deleted. It waits for a person; what a person has linked is undone, or done
// again, by entries of its own: what was posted stays.
func (k kind) remove(tx *gorm.DB, a models.Acting, days Workdays, e Event, f books.Fact, first *books.Fact, out Outcome) (Outcome, error) {
	switch {
	case first == nil && !e.Linked:
		out.Project, out.Parked = "", DeletedEarly
		return out, nil
	case first == nil: // a person has said so: there is nothing to undo
		out.Duplicate, out.Note = true, "deleted-unknown"
		return out, nil
	case f.DataOf().Deleted() == first.DataOf().Deleted():
		out.Duplicate = true
		return out, nil
	case !e.Linked:
		out.Project, out.Parked, out.Candidates = "", Deleted, []Suggestion{{first.Project, []string{byKey}}}
		return out, nil
	}
	out.Project, out.Note = first.Project, "fact-deleted"
	difference := k.standing(*first).Neg()
	if !f.DataOf().Deleted() {
		out.Note, difference = "fact-restored", k.standing(f)
	}
	if err := correct(tx, a, f, *first, difference); err != nil {
		return out, err
	}
	for _, fold := range []func(*gorm.DB, string) error{books.SettlePayments, books.KeepAwards, books.ContractDates} {
		if err := fold(tx, first.Project); err != nil {
			return out, err
		}
	}
	if err := Examine(tx, a, days, first.Project); err != nil {
		return out, err
	}
	if k.wakes {
		out.Message, out.Key = e.Type, first.Project
		var err error
		if out.Also, err = narrower(tx, first.Project, e.Type, f.DataOf()); err != nil {
			return out, err
		}
	}
	return out, note(tx, a, e, f, e.Type)
}

// standing is the amount of a fact, nothing for one without.
func (k kind) standing(f books.Fact) models.Money {
	if k.amount == "" {
		return models.Money{}
	}
	m, _ := f.DataOf().Money(k.amount)
	return m
}

// removable reports whether a deletion can be undone from here: a contract is
// ended, not deleted, as acts of ours stand on it.
func removable(event string) bool {
	return !slices.Contains([]string{"procurement.contract_signed", "procurement.contract_changed", "procurement.contract_terminated"}, event)
}
