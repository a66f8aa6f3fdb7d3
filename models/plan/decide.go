package plan

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
)

// What the pre-check may say of an entry, and the meeting.
const (
	DecidePass   = "pass"
	DecideReturn = "return"
	DecideMerge  = "merge"
	DecideReject = "reject"

	VerdictIn     = "in"
	VerdictDefer  = "defer"
	VerdictReject = "reject"
)

// Decision of the pre-check on an entry.
type Decision struct {
	Decision string
	Into     string // entry or project, of a merge
	Reason   string
	Must     int // a pass is over findings that have to be answered: the reason has at least so many characters; 0: none are
}

func yearStart(year int) string { return fmt.Sprintf("%d-01-01", year) }

// Decide is what the pre-check says of an entry. It may think again until the entries are ranked.
func Decide(tx *gorm.DB, a models.Acting, id string, d Decision) (Entry, error) {
	e, err := FindEntry(locked(tx), id)
	if err != nil {
		return e, err
	}
	if err := mayDecide(tx, e); err != nil {
		return e, err
	}
	f := models.Refuse("invalid-data")
	d.Reason, d.Into = strings.TrimSpace(d.Reason), strings.TrimSpace(d.Into)
	states := map[string]string{DecidePass: Passed, DecideReturn: Returned, DecideMerge: Merged, DecideReject: Rejected}
	if states[d.Decision] == "" {
		f.Field("/decision", "not-an-option", "options", "pass, return, merge, reject")
	}
	least := d.Must
	if d.Decision != DecidePass {
		least = max(least, 5)
	}
	if n := utf8.RuneCountInString(d.Reason); n < least {
		f.Field("/reason", "text-too-short", "limit", fmt.Sprint(least), "have", fmt.Sprint(n))
	}
	if d.Decision == DecideMerge {
		if err := mergeable(tx, e, d.Into, f); err != nil {
			return e, err
		}
	}
	if err := f.OrNil(); err != nil {
		return e, err
	}
	if d.Decision != DecideMerge {
		d.Into = ""
	}
	e.State, e.Decision, e.Reason, e.MergedInto, e.DecidedBy = states[d.Decision], d.Decision, d.Reason, d.Into, a.Person
	if err := tx.Save(&e).Error; err != nil {
		return e, fmt.Errorf("entry %s: %w", id, err)
	}
	return e, note(tx, a, "plan.entry.decide", id, map[string]any{"decision": d.Decision, "into": d.Into, "reason": d.Reason})
}

// mayDecide: an entry that was sent, between the close of the call and the ranking; an urgent one at its pre-check.
func mayDecide(tx *gorm.DB, e Entry) error {
	if !slices.Contains([]string{Sent, Returned, Passed, Merged, Rejected}, e.State) || e.SentOn == "" {
		return models.Refuse("plan-entry-not-sent", "entry", e.ID)
	}
	if e.Urgent {
		return nil
	}
	c, err := Find(tx, e.FiscalYear)
	if err != nil {
		return err
	}
	if c.State != Closed {
		return models.Refuse("plan-not-in-precheck", "year", fmt.Sprint(e.FiscalYear))
	}
	return nil
}

// mergeable: what an entry is merged into is there, is another, and was not merged itself.
func mergeable(tx *gorm.DB, e Entry, into string, f *models.Refusal) error {
	if into == e.ID || into == "" {
		f.Field("/into", "plan-merge-target", "into", into)
		return nil
	}
	var n int64
	err := tx.Raw(`SELECT (SELECT COUNT(*) FROM pool_entry WHERE id = ? AND state IN ?) + (SELECT COUNT(*) FROM project WHERE code = ?
		AND stage NOT IN ?)`,
		into, []string{Sent, Passed, InPlan}, into, []books.Stage{books.Withdrawn, books.Rejected, books.Terminated}).
		Scan(&n).
		Error
	if err != nil {
		return fmt.Errorf("what %s is merged into: %w", e.ID, err)
	}
	if n == 0 {
		f.Field("/into", "plan-merge-target", "into", into)
	}
	return nil
}

// PreChecked ends the pre-check: every entry has a decision, and none is back at its unit.
func PreChecked(tx *gorm.DB, a models.Acting, year int) error {
	open, err := Entries(tx, year, "", Sent, Returned)
	if err != nil {
		return err
	}
	if err := stillOpen("plan-undecided", open); err != nil {
		return err
	}
	return note(tx, a, "plan.precheck", Key(year), nil)
}

func stillOpen(code string, open []Entry) error {
	if len(open) == 0 {
		return nil
	}
	names := []string{}
	for _, e := range open[:min(len(open), 5)] {
		names = append(names, e.ID+" "+e.Name)
	}
	return models.Refuse(code, "n", fmt.Sprint(len(open)), "entries", strings.Join(names, "；"))
}

// Score of an entry, by the head of the section.
type Score struct {
	Entry string
	Score int
	Note  string
}

// PutScores scores entries that have passed, between the call's close and the meeting.
func PutScores(tx *gorm.DB, a models.Acting, year int, scores []Score) error {
	c, err := Find(locked(tx), year)
	if err != nil {
		return err
	}
	if c.State != Closed && c.State != Ranked {
		return models.Refuse("plan-not-scoring", "year", fmt.Sprint(year))
	}
	f := models.Refuse("invalid-data")
	for i, s := range scores {
		e, err := FindEntry(locked(tx), s.Entry)
		if err != nil {
			return err
		}
		switch {
		case e.FiscalYear != year || e.Urgent || e.State != Passed:
			f.Field(fmt.Sprintf("/scores/%d/entry", i), "plan-entry-not-passed", "entry", s.Entry)
			continue
		case s.Score < 0 || s.Score > 100:
			f.Field(fmt.Sprintf("/scores/%d/score", i), "number-range", "low", "0", "high", "100")
			continue
		}
		e.Score, e.ScoreNote = s.Score, strings.TrimSpace(s.Note)
		if err := tx.Save(&e).Error; err != nil {
			return fmt.Errorf("entry %s: %w", e.ID, err)
		}
	}
	if err := f.OrNil(); err != nil {
		return err
	}
	return note(tx, a, "plan.score", Key(year), scores)
}

// Rank ends the scoring: every entry that passed has a score.
func Rank(tx *gorm.DB, a models.Acting, year int) error {
	c, err := Find(locked(tx), year)
	if err != nil {
		return err
	}
	passed, err := Entries(tx, year, "", Passed)
	if err != nil {
		return err
	}
	if err := stillOpen("plan-unscored", slices.DeleteFunc(passed, func(e Entry) bool { return e.Score >= 0 })); err != nil {
		return err
	}
	c.State = Ranked
	if err := tx.Save(&c).Error; err != nil {
		return fmt.Errorf("call of %d: %w", year, err)
	}
	return note(tx, a, "plan.rank", Key(year), nil)
}

// Verdict of the joint meeting on an entry.
type Verdict struct {
	Entry   string
	Verdict string
	Note    string
}

// PutMeeting records the joint meeting and what it decided; verdicts that are not named stay.
func PutMeeting(tx *gorm.DB, a models.Acting, year int, m Meeting, verdicts []Verdict) error {
	c, err := Find(locked(tx), year)
	if err != nil {
		return err
	}
	if c.State != Ranked && c.State != Decided {
		return models.Refuse("plan-not-at-meeting", "year", fmt.Sprint(year))
	}
	f := models.Refuse("invalid-data")
	for i, v := range verdicts {
		e, err := FindEntry(locked(tx), v.Entry)
		if err != nil {
			return err
		}
		v.Note = strings.TrimSpace(v.Note)
		switch {
		case e.FiscalYear != year || e.Urgent || e.State != Passed:
			f.Field(fmt.Sprintf("/verdicts/%d/entry", i), "plan-entry-not-passed", "entry", v.Entry)
			continue
		case !slices.Contains([]string{VerdictIn, VerdictDefer, VerdictReject}, v.Verdict):
			f.Field(fmt.Sprintf("/verdicts/%d/verdict", i), "not-an-option", "options", "in, defer, reject")
			continue
		case v.Verdict != VerdictIn && utf8.RuneCountInString(v.Note) < 5:
			f.Field(fmt.Sprintf("/verdicts/%d/note", i), "reason-too-short")
			continue
		}
		e.Verdict, e.VerdictNote = v.Verdict, v.Note
		if err := tx.Save(&e).Error; err != nil {
			return fmt.Errorf("entry %s: %w", e.ID, err)
		}
	}
	if m.On != "" {
		if _, err := models.ParseDate(m.On); err != nil {
			f.Field("/meeting/on", "date-format")
		} else if models.Date(m.On) > models.DateOf(a.At) {
			f.Field("/meeting/on", "date-in-future")
		}
	}
	if err := f.OrNil(); err != nil {
		return err
	}
	c.Meeting, c.State = models.JSONOf(m), Ranked // what was decided before is decided again
	if err := tx.Save(&c).Error; err != nil {
		return fmt.Errorf("call of %d: %w", year, err)
	}
	return note(tx, a, "plan.meeting.put", Key(year), map[string]any{"meeting": m, "verdicts": verdicts})
}

// Held is the meeting of a year, whole: who, when, minutes filed, a verdict on every entry.
func Held(tx *gorm.DB, a models.Acting, year int) (Meeting, error) {
	var m Meeting
	c, err := Find(locked(tx), year)
	if err != nil {
		return m, err
	}
	if len(c.Meeting) > 0 {
		if err := json.Unmarshal(c.Meeting, &m); err != nil {
			return m, fmt.Errorf("meeting of %d: %w", year, err)
		}
	}
	f := models.Refuse("invalid-data")
	for pointer, s := range map[string]string{"/meeting/no": m.No, "/meeting/on": m.On, "/meeting/chair": m.Chair,
		"/meeting/recorder": m.Recorder} {
		if strings.TrimSpace(s) == "" {
			f.Field(pointer, "required")
		}
	}
	if len(m.Present) == 0 {
		f.Field("/meeting/present", "required")
	}
	var n int64
	if err := tx.Model(&papers.Document{}).Where("id = ? AND plan_year = ? AND digest <> ''", m.Minutes, year).Count(&n).Error; err != nil {
		return m, fmt.Errorf("minutes of %d: %w", year, err)
	}
	if n == 0 {
		f.Field("/meeting/minutes", "minutes-missing")
	}
	sort.Slice(f.Fields, func(i, k int) bool { return f.Fields[i].Pointer < f.Fields[k].Pointer })
	if err := f.OrNil(); err != nil {
		return m, err
	}
	passed, err := Entries(tx, year, "", Passed)
	if err != nil {
		return m, err
	}
	if err := stillOpen("plan-without-verdict", slices.DeleteFunc(passed, func(e Entry) bool { return e.Verdict != "" })); err != nil {
		return m, err
	}
	c.State = Decided
	if err := tx.Save(&c).Error; err != nil {
		return m, fmt.Errorf("call of %d: %w", year, err)
	}
	return m, note(tx, a, "plan.meeting", Key(year), m)
}

// Again sends the entries back to be ranked.
func Again(tx *gorm.DB, a models.Acting, year int) error {
	if err := tx.Model(&Call{}).Where("fiscal_year = ?", year).Update("state", Closed).Error; err != nil {
		return fmt.Errorf("call of %d: %w", year, err)
	}
	return note(tx, a, "plan.again", Key(year), nil)
}

// Publish makes entries of the annual plan of what the meeting took in, numbered
// in the order of the ranking, and freezes the plan under its digest.
func Publish(tx *gorm.DB, a models.Acting, year int) ([]books.PlanEntry, error) {
	c, err := Find(locked(tx), year)
	if err != nil {
		return nil, err
	}
	if c.State != Decided {
		return nil, models.Refuse("plan-not-decided", "year", fmt.Sprint(year))
	}
	passed, err := Entries(tx, year, "", Passed)
	if err != nil {
		return nil, err
	}
	Order(passed)
	out := []books.PlanEntry{}
	for _, e := range passed {
		switch e.Verdict {
		case VerdictIn:
			entry, err := e.admit(tx, a)
			if err != nil {
				return nil, err
			}
			out = append(out, entry)
			continue
		case VerdictDefer:
			e.State = Deferred
		default:
			e.State = Rejected
		}
		if err := tx.Save(&e).Error; err != nil {
			return nil, fmt.Errorf("entry %s: %w", e.ID, err)
		}
	}
	sum := sm3.Sum(models.JSONOf(out))
	c.State, c.PublishedOn, c.Digest = Published, string(a.On()), hex.EncodeToString(sum[:])
	if err := tx.Save(&c).Error; err != nil {
		return nil, fmt.Errorf("call of %d: %w", year, err)
	}
	return out, note(tx, a, "plan.publish", Key(year), map[string]any{"entries": len(out), "digest": c.Digest})
}

// admit makes an entry of the annual plan of an entry of the pool.
func (e *Entry) admit(tx *gorm.DB, a models.Acting) (books.PlanEntry, error) {
	f, err := e.Read()
	if err != nil {
		return books.PlanEntry{}, err
	}
	entry, err := books.AddPlanEntry(tx, a, books.PlanEntry{
		FiscalYear: e.FiscalYear, Unit: e.Unit, Name: e.Name, Type: e.Type, EstAmount: e.EstAmount, Sources: models.JSONOf(f.Sources),
		OutOfPlan: e.Urgent, InstructionDoc: e.Instruction, Pool: e.ID,
	})
	if err != nil {
		return entry, err
	}
	e.State, e.PlanEntry = InPlan, entry.ID
	if err := tx.Save(e).Error; err != nil {
		return entry, fmt.Errorf("entry %s: %w", e.ID, err)
	}
	return entry, nil
}

// Admit takes an urgent entry into the year outside the plan.
func Admit(tx *gorm.DB, a models.Acting, id string) (books.PlanEntry, error) {
	e, err := FindEntry(locked(tx), id)
	if err != nil {
		return books.PlanEntry{}, err
	}
	if !e.Urgent || e.State != Passed {
		return books.PlanEntry{}, models.Refuse("plan-entry-not-passed", "entry", id)
	}
	entry, err := e.admit(tx, a)
	if err != nil {
		return entry, err
	}
	return entry, note(tx, a, "plan.admit", id, map[string]any{"planEntry": entry.ID})
}

// Deny ends the urgent way of an entry that the joint meeting does not agree to.
func Deny(tx *gorm.DB, a models.Acting, id string) error {
	err := tx.Model(&Entry{}).Where("id = ? AND urgent = ? AND state = ?", id, true, Passed).
		Updates(map[string]any{"state": Rejected, "verdict": VerdictReject}).Error
	if err != nil {
		return fmt.Errorf("entry %s: %w", id, err)
	}
	return note(tx, a, "plan.deny", id, nil)
}

// Order sorts entries as they rank: by score, then by the unit's own priority, then by number.
func Order(all []Entry) {
	slices.SortStableFunc(all, func(x, y Entry) int {
		switch {
		case x.Score != y.Score:
			return y.Score - x.Score
		case x.Priority != y.Priority:
			return x.Priority - y.Priority
		}
		return strings.Compare(x.ID, y.ID)
	})
}
