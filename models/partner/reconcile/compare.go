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
	case p.theirs == nil && p.ours.deleted:
		return Match // neither side has it
	case p.theirs == nil:
		return OnlyOurs
	case p.ours == nil && p.theirs.deleted:
		return Match // neither side has it
	case p.ours == nil:
		return OnlyTheirs
	case p.theirs.deleted && p.ours.deleted:
		return Match
	case p.theirs.deleted != p.ours.deleted:
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
		r := record{f.EventType, f.NaturalKey, f.Project, amount, f.BusinessDate, f.DataOf().Deleted()}
		out[r.id()] = r
	}
	return out, nil
}

// keysAtOnce is how many keys a question to the database names.
const keysAtOnce = 500

// oursOf are our facts of some days, and whichever the partner names.
func oursOf(tx *gorm.DB, partner string, from, to models.Date, theirs map[string]record) (map[string]record, error) {
	var rows []books.Fact
	if err := tx.Where("source = ? AND business_date BETWEEN ? AND ?", partner, from, to).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("facts of %s: %w", partner, err)
	}
	keys := make([]string, 0, len(theirs))
	for _, t := range theirs {
		keys = append(keys, t.key)
	}
	for part := range slices.Chunk(keys, keysAtOnce) {
		var more []books.Fact
		if err := tx.Where("source = ? AND natural_key IN ?", partner, part).Find(&more).Error; err != nil {
			return nil, fmt.Errorf("facts of %s: %w", partner, err)
		}
		rows = append(rows, more...)
	}
	out := map[string]record{}
	for _, f := range rows {
		r := record{f.EventType, f.NaturalKey, f.Project, facts.AmountOf(f), f.BusinessDate, f.DataOf().Deleted()}
		out[r.id()] = r
	}
	return out, nil
}
