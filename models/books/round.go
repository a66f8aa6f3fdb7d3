package books

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Telling is what an event says of its place: its data, its business date, and
// when it happened for the partner.
type Telling struct {
	Type       string
	Data       FactData
	On         models.Date
	OccurredAt time.Time
	Offline    bool
}

// RoundOf is the procurement round that an event belongs to: that of its plan
// number, else that in which its section was first seen, else the newest; 1
// when nothing was planned yet. A bureau may use the code of a section again
// after a failure: what happens to a section whose tender is over, and is not that
// end told once more, belongs to the attempt that was sent since. again says that
// the section was in an earlier attempt, too: what is told of it now repeats nothing.
func RoundOf(tx *gorm.DB, project string, t Telling) (round int, again bool, err error) {
	rounds, err := Rounds(tx, project)
	if err != nil || len(rounds) == 0 {
		return 1, false, err
	}
	newest := rounds[len(rounds)-1]
	first, seen, told, err := sectionRound(tx, project, t)
	if err != nil {
		return 0, false, err
	}
	for _, r := range rounds {
		if r.PlanNo == t.Data.Text("plan_no") {
			return r.Round, first > 0 && first < r.Round, nil
		}
	}
	if seen == 0 {
		for _, r := range slices.Backward(rounds) { // several packages may be bought again, each by itself
			if no := t.Data.Text("package_no"); no != "" &&
				slices.ContainsFunc(r.Packages, func(p PackageView) bool { return p.PackageNo == no }) {
				return r.Round, false, nil
			}
		}
		return newest.Round, false, nil
	}
	for _, f := range slices.Backward(told) { // of whichever attempt it was told
		if t.repeats(f) {
			return f.Round, strings.HasSuffix(f.NaturalKey, fmt.Sprintf("/R%d", f.Round)), nil
		}
	}
	ended := over(rounds, seen, t.Data)
	if newest.SentOn == "" || ended == "" || t.On < max(newest.SentOn, ended) {
		return seen, first < seen, nil
	}
	return newest.Round, first < newest.Round, nil
}

// sectionRound is the first and the newest round in which a section was seen, 0 for none, and
// the facts of the event's type that were told of it, in the order of their coming.
func sectionRound(tx *gorm.DB, project string, t Telling) (first, newest int, told []Fact, err error) {
	section := t.Data.Text("section_code")
	if section == "" {
		return 0, 0, nil, nil
	}
	facts, err := FactsOf(tx, project, procurementTypes...)
	if err != nil {
		return 0, 0, nil, fmt.Errorf("rounds of section %s: %w", section, err)
	}
	for _, f := range facts {
		if f.DataOf().Text("section_code") != section {
			continue
		}
		if newest = max(newest, f.Round); first == 0 || f.Round < first {
			first = f.Round
		}
		if f.EventType == t.Type {
			told = append(told, f)
		}
	}
	return first, newest, told, nil
}

// over is the day on which the tender of a section failed in a round, "" if it did not.
func over(rounds []ProcurementView, round int, d FactData) models.Date {
	for _, r := range rounds {
		if p := r.packageOf(d); r.Round == round && p != nil && p.State == ProcFailed {
			return p.FailedOn
		}
	}
	return ""
}

// repeats reports whether an event tells a fact once more. What is registered by
// hand carries no moment, only a day: there the words must be the same.
func (t Telling) repeats(f Fact) bool {
	if !t.Offline && !f.Offline {
		return f.OccurredAt.Equal(models.Stamp(t.OccurredAt))
	}
	if f.BusinessDate != t.On || t.Offline && f.Offline { // by hand, and again by hand after the next attempt was sent
		return false
	}
	was, now := f.DataOf(), t.Data
	for _, field := range []string{"reason", "reason_code", "win_bid_price", "bidder_count"} {
		if !strings.EqualFold(was.Text(field), now.Text(field)) {
			return false
		}
	}
	return true
}
