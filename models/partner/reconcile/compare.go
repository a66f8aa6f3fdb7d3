// Package reconcile compares our books with a partner's, record by record on the
// natural key, and keeps the differences as work for people (integration.md §8).
// Tolerance is 0.00. Nothing is ever corrected by itself.
package reconcile

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/partner/facts"
)

// The classes of a comparison.
const (
	Match      = "MATCH"
	OnlyOurs   = "ONLY_OURS"
	OnlyTheirs = "ONLY_THEIRS"
	AmountDiff = "AMOUNT_DIFF"
	StatusDiff = "STATUS_DIFF" // the partner has deleted what stands in our books (FT23)
	DateDiff   = "DATE_DIFF"
)

// record is one fact of either side.
type record struct {
	event, key, project string
	amount              *models.Money
	on                  models.Date
	deleted             bool
}

func (r record) id() string { return r.event + " " + r.key }

// pair is a full outer join's row; one side may be missing.
type pair struct{ ours, theirs *record }

// class of a pair, the gravest difference first.
func (p pair) class() string {
	switch {
	case p.theirs == nil:
		return OnlyOurs
	case p.ours == nil && p.theirs.deleted:
		return Match // neither side has it
	case p.ours == nil:
		return OnlyTheirs
	case p.theirs.deleted:
		return StatusDiff
	case p.ours.amount != nil && p.theirs.amount != nil && p.ours.amount.Cmp(*p.theirs.amount) != 0:
		return AmountDiff
	case p.ours.on != p.theirs.on:
		return DateDiff
	}
	return Match
}

// join pairs what is of these days on either side. A record whose other side is
// of another day is a difference of dates, not two records that miss each other.
func join(ours, theirs map[string]record, from, to models.Date) []pair {
	within := func(r record) bool { return r.on >= from && r.on <= to }
	var out []pair
	for id, o := range ours {
		t, both := theirs[id]
		switch {
		case both && (within(o) || within(t)):
			out = append(out, pair{&o, &t})
		case !both && within(o):
			out = append(out, pair{&o, nil})
		}
	}
	for id, t := range theirs {
		if _, both := ours[id]; !both && within(t) {
			out = append(out, pair{nil, &t})
		}
	}
	slices.SortFunc(out, func(a, b pair) int { return strings.Compare(a.one().id(), b.one().id()) })
	return out
}

func (p pair) one() record {
	if p.ours != nil {
		return *p.ours
	}
	return *p.theirs
}

// theirsOf reads a partner's records. A type that we do not know is nobody's fact.
func theirsOf(tx *gorm.DB, events []facts.Event) (map[string]record, error) {
	out := map[string]record{}
	for _, e := range events {
		f, amount, ok, err := facts.Read(tx, e)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		// 0 and 2 both mean "not deleted" among partners.
		deleted := slices.Contains([]string{"1", "true"}, f.DataOf().Text("is_deleted"))
		r := record{f.EventType, f.NaturalKey, f.Project, amount, f.BusinessDate, deleted}
		out[r.id()] = r
	}
	return out, nil
}

// oursOf are our facts of some days, and whichever the partner names.
func oursOf(tx *gorm.DB, partner string, from, to models.Date, theirs map[string]record) (map[string]record, error) {
	var rows []books.Fact
	if err := tx.Where("source = ? AND business_date BETWEEN ? AND ?", partner, from, to).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("facts of %s: %w", partner, err)
	}
	for _, t := range theirs {
		var more []books.Fact
		if err := tx.Where("source = ? AND event_type = ? AND natural_key = ?", partner, t.event, t.key).Find(&more).Error; err != nil {
			return nil, fmt.Errorf("fact %s: %w", t.id(), err)
		}
		rows = append(rows, more...)
	}
	out := map[string]record{}
	for _, f := range rows {
		r := record{event: f.EventType, key: f.NaturalKey, project: f.Project, amount: facts.AmountOf(f), on: f.BusinessDate}
		out[r.id()] = r
	}
	return out, nil
}
