package campaign

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/rules"
)

// rulesOn are the county's rules on the day of an act, with the limits that the campaign was begun with.
func (c Campaign) rulesOn(tx *gorm.DB, on models.Date) (rules.Edition, error) {
	e, err := books.Rules.Edition(tx, "", on)
	if err != nil {
		return e, err
	}
	return c.over(e)
}

// over sets the days of W03 and the share of W04 to what the campaign wants.
func (c Campaign) over(e rules.Edition) (rules.Edition, error) {
	return e.With(rules.Tree{
		"W03": {"days": json.Number(fmt.Sprint(c.LateDays))},
		"W04": {"share": json.Number(decimal.New(int64(c.Substitutes), -2).String())},
	})
}

func factsOf(of map[string]any) (rules.Facts, error) {
	v, err := feel.FromGo(of)
	if err != nil {
		return nil, fmt.Errorf("facts of a walk: %w", err)
	}
	all, out := v.(*feel.Context), rules.Facts{}
	for _, name := range all.Keys() {
		out[name], _ = all.Get(name)
	}
	return out, nil
}

// inOwnWords are the findings of W01 for which this room has words and places of its own.
var inOwnWords = map[string][2]string{
	"list": {"/item", "list-not-approved"}, "steps": {"/steps", "walk-without-steps"},
	"proof": {"/proof", "walk-without-proof"}, "noIssue": {"/noIssue", "no-issue-needs-statement"},
}

// counts asks rule W01 about a walk: what keeps it from being taken goes to f; false: it is kept and does not count,
// since the item has counted already.
func counts(f *models.Refusal, e rules.Edition, u Unit, i Item, r Record) (bool, error) {
	steps := []any{}
	for _, s := range r.Steps {
		steps = append(steps, map[string]any{"name": s.Name})
	}
	proof := []any{}
	for _, p := range append([]string{r.TicketNo}, r.Proof...) {
		if p != "" {
			proof = append(proof, p)
		}
	}
	result := r.Result
	if result == "" {
		result = "none"
	}
	facts, err := factsOf(map[string]any{
		"listState": u.ListState, "itemPlanned": i.Dropped == "", "already": one(i.CountedWalk != 0), "steps": steps, "result": result,
		"proof": proof, "noIssue": len([]rune(strings.TrimSpace(r.NoIssue))) >= shortestStatement, "issuesFound": len(r.Issues),
	})
	if err != nil {
		return false, err
	}
	first := true
	e.Refuse(f, rules.JudgeRule("W01", facts, e), func(found rules.Finding) bool {
		words, own := inOwnWords[found.Field]
		switch {
		case found.Values["fault"] == "again":
			first = false
		case found.Field == "result": // what it may be is told already
		case found.Field == "item":
			f.Field("/item", "item-dropped", "item", i.Name)
		case own:
			f.Field(words[0], words[1])
		default:
			return false
		}
		return true
	})
	return first, nil
}

// shortestStatement is how many characters a statement that there was no issue has at least.
const shortestStatement = 5

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// late asks rule W03 by when the ledger of a walk was due, and whether it is late. What the campaign's days make of a
// year that nobody has arranged yet is refused.
func late(tx *gorm.DB, e rules.Edition, c Campaign, walked, recorded models.Date) (models.Date, bool, error) {
	days, err := calendar.Newest(tx)
	if err != nil {
		return "", false, err
	}
	due := days.After(walked, c.LateDays)
	if days.Provisional(walked.Year()) || days.Provisional(due.Year()) {
		return "", false, models.Refuse("invalid-data").Field("/on", "calendar-year-missing", "year", fmt.Sprint(due.Year()))
	}
	on, _ := feel.ParseDate(string(walked))
	at, _ := feel.ParseDate(string(recorded))
	res := rules.JudgeRule("W03", rules.Facts{"walkedOn": on, "recordedOn": at, "on": at}, e)
	f := models.Refuse("invalid-data")
	e.Refuse(f, res, func(rules.Finding) bool { return true }) // late is no refusal; not to know is one
	for _, found := range res.Findings {
		if said, ok := found.Values["due"].(string); ok {
			due = models.Date(said)
		}
	}
	return due, len(res.Findings) > 0, f.OrNil()
}

// complete asks rule W02 whether a unit has walked what it has planned.
func complete(e rules.Edition, u Unit, walked, planned int) (bool, error) {
	facts, err := factsOf(map[string]any{"listState": u.ListState, "walked": walked, "planned": planned})
	if err != nil {
		return false, err
	}
	res := rules.JudgeRule("W02", facts, e)
	yes, ok := res.Value.(bool)
	if !ok {
		f := models.Refuse("invalid-data")
		e.Refuse(f, res, nil)
		return false, f.OrNil()
	}
	return yes, nil
}

// crowd is what rule W04 is asked about: of how many walks how many were substitutes', by which rules.
type crowd struct {
	pack, digest, share string
	walks, substitutes  int
}

// crowds keeps what W04 has said, since a page asks it about every unit of a campaign with thousands of walks each time:
// the answer hangs on nothing else than the crowd.
var crowds = struct {
	sync.Mutex
	tooMany map[crowd]bool
}{tooMany: map[crowd]bool{}}

// crowdsKept is how many are kept: every unit of some campaigns.
const crowdsKept = 4096

// tooManySubstitutes asks rule W04 about the walks of a unit. Without rules in force nobody is named.
func tooManySubstitutes(e rules.Edition, walks, substitutes int) bool {
	if walks == 0 {
		return false
	}
	k := crowd{e.Pack, e.Digest, e.Params("W04")["share"].String(), walks, substitutes}
	crowds.Lock()
	defer crowds.Unlock()
	if known, ok := crowds.tooMany[k]; ok {
		return known
	}
	by := map[bool]*feel.Context{}
	for _, director := range []bool{true, false} {
		by[director] = feel.NewContext(1)
		by[director].Set("director", director)
	}
	all := make(feel.List, walks)
	for n := range all {
		all[n] = by[n >= substitutes]
	}
	if len(crowds.tooMany) >= crowdsKept {
		clear(crowds.tooMany)
	}
	crowds.tooMany[k] = len(rules.JudgeRule("W04", rules.Facts{"walks": all}, e).Findings) > 0
	return crowds.tooMany[k]
}
