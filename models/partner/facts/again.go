package facts

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// told is the same fact as it was told first, nil when it is new.
func told(tx *gorm.DB, f books.Fact) (*books.Fact, error) {
	var there []books.Fact
	err := tx.Where("source = ? AND event_type = ? AND natural_key = ?", f.Source, f.EventType, f.NaturalKey).Find(&there).Error
	if err != nil {
		return nil, fmt.Errorf("fact %s %s: %w", f.EventType, f.NaturalKey, err)
	}
	if len(there) == 0 {
		return nil, nil
	}
	return &there[0], nil
}

// again is a fact that was told before (integration.md FT03, FT04). With the
// same amount it is no news, except that it confirms one registered by hand, and
// one that was in doubt. With another amount it waits for a person, and the
// first stays; what a person has linked or checked corrects the first.
func (k kind) again(tx *gorm.DB, a models.Acting, days Workdays, e Event, f, first books.Fact, out Outcome) (Outcome, error) {
	was, same := k.sameAmount(first, out.Amount)
	doubt := books.Breach{
		Project: first.Project, Rule: amountDiffers, Subject: f.EventType + "/" + f.NaturalKey, Blocks: blocksOf(f.EventType),
		BusinessDate: f.BusinessDate,
	}
	switch {
	case same:
		out.Duplicate = true
		return out, confirm(tx, a, e, f, first, doubt, &out)
	case !e.Linked:
		out.Project, out.Parked, out.Candidates = "", AmountDiff, []Suggestion{{first.Project, []string{byKey}}}
		if err := books.RecordBreach(tx, a, doubt, "no", f.NaturalKey, "first", was.String(), "second", out.Amount.String()); err != nil {
			return out, err
		}
		return out, note(tx, a, e, first, "fact.doubted")
	}
	out.Project, out.Note = first.Project, "amount-corrected"
	if k.wakes {
		out.Message, out.Key = e.Type, first.Project
		var err error
		if out.Also, err = narrower(tx, first.Project, e.Type, f.DataOf()); err != nil {
			return out, err
		}
	}
	if err := correct(tx, a, f, first, out.Amount.Sub(was)); err != nil {
		return out, err
	}
	if _, err := clearDoubt(tx, a, doubt); err != nil {
		return out, err
	}
	if err := books.SettlePayments(tx, first.Project); err != nil {
		return out, err
	}
	if err := Examine(tx, a, days, first.Project); err != nil {
		return out, err
	}
	return out, note(tx, a, e, f, e.Type)
}

// confirm lets a fact that was told again as it stands end what was doubtful about it. Most are no news: nothing is written.
func confirm(tx *gorm.DB, a models.Acting, e Event, f, first books.Fact, doubt books.Breach, out *Outcome) error {
	ended, err := clearDoubt(tx, a, doubt)
	if err != nil {
		return err
	}
	if first.Offline && !f.Offline {
		out.Note = "offline-confirmed"
		if err := tx.Model(&first).Update("offline", false).Error; err != nil {
			return fmt.Errorf("fact %s %s: %w", f.EventType, f.NaturalKey, err)
		}
	} else if ended == 0 {
		return nil
	}
	return note(tx, a, e, first, "fact.confirmed")
}

func (k kind) sameAmount(first books.Fact, amount *models.Money) (models.Money, bool) {
	if amount == nil {
		return models.Money{}, true
	}
	was, err := first.DataOf().Money(k.amount)
	return was, err == nil && was.Cmp(*amount) == 0
}

// correct lets the fact say what is right, and appends the difference to the
// ledger: what was posted stays.
func correct(tx *gorm.DB, a models.Acting, f, first books.Fact, difference models.Money) error {
	var entries []books.LedgerEntry
	source := "p:" + first.Source + ":" + first.EventID
	if err := tx.Where("project = ? AND source = ?", first.Project, source).Order("id").Find(&entries).Error; err != nil {
		return fmt.Errorf("entries of %s: %w", source, err)
	}
	for _, e := range entries {
		d := difference
		if e.Kind == books.LedgerIssued && f.EventType == "budget.reclaimed" {
			d = d.Neg()
		}
		next := books.LedgerEntry{
			Kind: e.Kind, Project: e.Project, Amount: d, NaturalKey: e.NaturalKey + "/" + f.EventID, Source: a.Event, Ref: e.Ref,
			BusinessDate: f.BusinessDate,
		}
		if err := books.PostEntry(tx, a, next); err != nil {
			return err
		}
	}
	if f.EventType == "budget.issued" {
		if err := indicatorBy(tx, f.NaturalKey, difference); err != nil {
			return err
		}
	}
	first.Data, first.Offline = f.Data, f.Offline
	if err := tx.Save(&first).Error; err != nil {
		return fmt.Errorf("fact %s %s: %w", f.EventType, f.NaturalKey, err)
	}
	if f.EventType != "procurement.contract_signed" {
		return nil
	}
	var k books.Contract
	if err := tx.Where("contract_no = ?", f.NaturalKey).Take(&k).Error; err != nil {
		return fmt.Errorf("contract %s: %w", f.NaturalKey, err)
	}
	k.Amount = k.Amount.Add(difference)
	return tx.Save(&k).Error
}

// indicatorBy lets an indicator say what was corrected.
func indicatorBy(tx *gorm.DB, id string, difference models.Money) error {
	var i books.Indicator
	if err := tx.Where("bgt_id = ?", id).Take(&i).Error; err != nil {
		return fmt.Errorf("indicator %s: %w", id, err)
	}
	i.Amount = i.Amount.Add(difference)
	return tx.Save(&i).Error
}

// amountDiffers is the rule of a fact that was told with two amounts.
const amountDiffers = "amount-differs"

// KeepFirst ends the doubt about a fact that was told twice: a person has said
// that the first telling is right.
func KeepFirst(tx *gorm.DB, a models.Acting, event, naturalKey string) error {
	_, err := clearWhere(tx, a, "rule = ? AND subject = ?", amountDiffers, event+"/"+naturalKey)
	return err
}

// clearDoubt ends the doubt about a fact, and gives how many rows that ended.
func clearDoubt(tx *gorm.DB, a models.Acting, doubt books.Breach) (ended int64, err error) {
	return clearWhere(tx, a, "project = ? AND rule = ? AND subject = ?", doubt.Project, doubt.Rule, doubt.Subject)
}

func clearWhere(tx *gorm.DB, a models.Acting, where string, args ...any) (ended int64, err error) {
	res := tx.Model(&books.Breach{}).Where(where, args...).Where("cleared_at IS NULL").Update("cleared_at", models.Stamp(a.At))
	if res.Error != nil {
		return 0, fmt.Errorf("clear breach %v: %w", args, res.Error)
	}
	return res.RowsAffected, nil
}

// blocksOf is the act of ours that waits until an amount is certain.
func blocksOf(event string) string {
	if event == "payment.paid" || event == "payment.applied" || event == "procurement.contract_signed" {
		return books.BlockPayment
	}
	return books.BlockProcurement
}
