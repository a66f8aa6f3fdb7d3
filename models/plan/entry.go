package plan

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/papers"
)

// The states of an entry.
const (
	Draft    = "DRAFT"
	Sent     = "SENT"
	Returned = "RETURNED"
	Passed   = "PASSED"
	Merged   = "MERGED"
	Rejected = "REJECTED"
	Deferred = "DEFERRED" // may come into the next year's pool
	Carried  = "CARRIED"  // has come into it
	InPlan   = "IN_PLAN"
	Dropped  = "DROPPED"
)

// Entry is a project that a unit wants, in the reserve pool.
type Entry struct {
	ID          string `gorm:"primaryKey"` // as CB-2023-<unit>-03
	FiscalYear  int
	Unit        string
	Name        string
	Type        string
	EstAmount   models.Money // 元
	YearAmount  models.Money // of the fiscal year
	Priority    int
	Body        models.JSON // Form
	State       string
	Urgent      bool
	Instruction string
	Revision    int
	Sent        int
	Digest      string
	SentOn      string
	Alike       models.JSON // []Alike
	Decision    string
	Reason      string
	MergedInto  string
	DecidedBy   string
	Score       int // -1: none yet
	ScoreNote   string
	Verdict     string
	VerdictNote string
	CarriedFrom string
	PlanEntry   string
	Returns     int
	Root        int64
	CreatedBy   string
	CreatedAt   time.Time
}

// TableName of the entity.
func (Entry) TableName() string { return "pool_entry" }

// Form is what a unit says of a project that it wants (domain/processes.md P0).
type Form struct {
	Name        string         `json:"name"`
	Type        string         `json:"type"`
	Estimate    models.Money   `json:"estimate"`
	Sources     []string       `json:"sources"`
	Problem     string         `json:"problem"`
	PolicyBasis []Basis        `json:"policyBasis"`
	Systems     []string       `json:"systemsAffected"`
	Functions   []string       `json:"functions"`
	Reuse       []Reuse        `json:"capabilityReuse"`
	Priority    int            `json:"priority"`
	Secrecy     string         `json:"secrecy"` // "none": nothing of it is secret
	Years       []YearlyAmount `json:"years"`   // of a project of several years; empty: all in the fiscal year
}

// Basis is a document that a project rests on.
type Basis struct {
	Title string `json:"title"`
	DocNo string `json:"docNo"`
}

// Reuse is the answer to a capability of the city brain.
type Reuse struct {
	Capability string `json:"capability"`
	Answer     string `json:"answer"` // reuse, no
	Reason     string `json:"reason"`
}

// YearlyAmount is the share of a year.
type YearlyAmount struct {
	Year   int          `json:"year"`
	Amount models.Money `json:"amount"`
}

// Limits of the form (domain/processes.md P0).
const (
	longestName  = 60
	shortProblem = 100
	lastPriority = 3
)

// Read is what the unit said.
func (e Entry) Read() (f Form, err error) {
	if err := e.Body.Into(&f); err != nil {
		return f, fmt.Errorf("entry %s: %w", e.ID, err)
	}
	return f, nil
}

// take puts a form into the entry; shape only, so that a draft may be incomplete.
func (e *Entry) take(f Form) error {
	f.Name = strings.TrimSpace(f.Name)
	if f.Name == "" {
		return models.Refuse("invalid-data").Field("/name", "required")
	}
	e.Name, e.Type, e.EstAmount, e.Priority, e.Body = f.Name, f.Type, f.Estimate, f.Priority, models.JSONOf(f)
	e.YearAmount = f.Estimate
	if len(f.Years) > 0 {
		e.YearAmount = models.Money{}
		for _, y := range f.Years {
			if y.Year == e.FiscalYear {
				e.YearAmount = y.Amount
			}
		}
	}
	return nil
}

// check says what the entry lacks before it may be sent.
func (e Entry) check(tx *gorm.DB, to *models.Refusal, at string) {
	f, err := e.Read()
	if err != nil {
		to.Field(at, "invalid-data")
		return
	}
	if utf8.RuneCountInString(f.Name) > longestName {
		to.Field(at+"/name", "text-too-long", "limit", fmt.Sprint(longestName))
	}
	if !slices.Contains(models.ProjectTypes, f.Type) {
		to.Field(at+"/type", "not-an-option", "options", strings.Join(models.ProjectTypes, ", "))
	}
	if f.Estimate.Sign() <= 0 {
		to.Field(at+"/estimate", "amount-not-positive")
	}
	if len(f.Sources) == 0 {
		to.Field(at+"/sources", "required")
	}
	for i, s := range f.Sources {
		if !slices.Contains(models.FundSources, s) {
			to.Field(fmt.Sprintf("%s/sources/%d", at, i), "not-an-option", "options", strings.Join(models.FundSources, ", "))
		}
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(f.Problem)); n < shortProblem {
		to.Field(at+"/problem", "text-too-short", "limit", fmt.Sprint(shortProblem), "have", fmt.Sprint(n))
	}
	if f.Priority < 1 || f.Priority > lastPriority {
		to.Field(at+"/priority", "number-range", "low", "1", "high", fmt.Sprint(lastPriority))
	}
	e.checkYears(f, to, at)
	if e.Urgent {
		var n int64
		err := tx.Model(&papers.Document{}).Where("id = ? AND plan_year = ? AND digest <> ''", e.Instruction, e.FiscalYear).Count(&n).Error
		if err != nil || n == 0 {
			to.Field(at+"/instruction", "instruction-missing")
		}
	}
}

// checkYears: the shares of the years are the estimate, each year once, the fiscal year among them.
func (e Entry) checkYears(f Form, to *models.Refusal, at string) {
	if len(f.Years) == 0 {
		return
	}
	var sum models.Money
	seen := map[int]bool{}
	for i, y := range f.Years {
		if y.Amount.Sign() <= 0 {
			to.Field(fmt.Sprintf("%s/years/%d/amount", at, i), "amount-not-positive")
		}
		if seen[y.Year] || y.Year < e.FiscalYear {
			to.Field(fmt.Sprintf("%s/years/%d/year", at, i), "plan-year-wrong", "year", fmt.Sprint(e.FiscalYear))
		}
		seen[y.Year] = true
		sum = sum.Add(y.Amount)
	}
	if !seen[e.FiscalYear] {
		to.Field(at+"/years", "plan-year-wrong", "year", fmt.Sprint(e.FiscalYear))
	}
	if sum.Cmp(f.Estimate) != 0 {
		to.Field(at+"/years", "years-not-total", "sum", sum.String(), "total", f.Estimate.String())
	}
}

// FindEntry reads an entry of the pool.
func FindEntry(tx *gorm.DB, id string) (Entry, error) {
	var e Entry
	err := tx.Where("id = ?", id).Take(&e).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return e, models.Refuse("not-found", "what", id)
	}
	if err != nil {
		return e, fmt.Errorf("entry %s: %w", id, err)
	}
	return e, nil
}

// Entries of a year, of one unit or of all, in some states or in all; urgent ones too.
func Entries(tx *gorm.DB, year int, unit string, states ...string) (all []Entry, err error) {
	q := tx.Where("fiscal_year = ?", year).Order("id")
	if unit != "" {
		q = q.Where("unit = ?", unit)
	}
	if len(states) > 0 {
		q = q.Where("state IN ? AND urgent = ?", states, false)
	}
	if err := q.Find(&all).Error; err != nil {
		return nil, fmt.Errorf("pool of %d: %w", year, err)
	}
	return all, nil
}

// Add puts a draft into the pool of a year while the unit may answer; an urgent one at any time.
func Add(tx *gorm.DB, a models.Acting, year int, unit string, form Form, urgent bool, instruction string) (Entry, error) {
	if !urgent {
		if _, _, err := answering(tx, year, unit); err != nil {
			return Entry{}, err
		}
	}
	return add(tx, a, Entry{FiscalYear: year, Unit: unit, Urgent: urgent, Instruction: instruction}, form)
}

func add(tx *gorm.DB, a models.Acting, e Entry, form Form) (Entry, error) {
	if err := e.take(form); err != nil {
		return e, err
	}
	n, err := models.Next(tx, "business_counter", "CB:"+e.Unit, e.FiscalYear)
	if err != nil {
		return e, err
	}
	e.ID = fmt.Sprintf("CB-%d-%s-%02d", e.FiscalYear, e.Unit, n)
	e.State, e.Revision, e.Score, e.CreatedBy, e.CreatedAt = Draft, 1, -1, a.Person, models.Stamp(a.At)
	if err := tx.Create(&e).Error; err != nil {
		return e, fmt.Errorf("entry %s: %w", e.ID, err)
	}
	if err := e.moved(tx); err != nil {
		return e, err
	}
	return e, note(tx, a, "plan.entry.add", e.ID, map[string]any{"name": e.Name, "estimate": e.EstAmount, "urgent": e.Urgent})
}

// moved tells the unit's answer that its entries have changed: a signature below it no longer holds.
func (e Entry) moved(tx *gorm.DB) error {
	if e.Urgent {
		return nil
	}
	err := tx.Model(&Unit{}).
		Where("fiscal_year = ? AND unit = ?", e.FiscalYear, e.Unit).
		UpdateColumn("revision", gorm.Expr("revision + 1")).
		Error
	if err != nil {
		return fmt.Errorf("answer of %s: %w", e.Unit, err)
	}
	return nil
}

// writable reads an entry, locked, that its unit may change.
func writable(tx *gorm.DB, id string) (Entry, error) {
	e, err := FindEntry(locked(tx), id)
	if err != nil {
		return e, err
	}
	switch {
	case e.State == Returned, e.Urgent && e.State == Draft:
		return e, nil
	case e.State != Draft:
		return e, models.Refuse("plan-entry-sent", "entry", id)
	}
	_, _, err = answering(tx, e.FiscalYear, e.Unit)
	return e, err
}

// Put changes an entry that its unit may still change; revision is the one that was seen.
func Put(tx *gorm.DB, a models.Acting, id string, revision int, form Form, instruction string) (Entry, error) {
	e, err := writable(tx, id)
	if err != nil {
		return e, err
	}
	if revision != e.Revision {
		return e, models.Refuse("plan-entry-moved", "entry", id)
	}
	if err := e.take(form); err != nil {
		return e, err
	}
	e.Revision++
	if e.Urgent {
		e.Instruction = instruction
	}
	if err := tx.Save(&e).Error; err != nil {
		return e, fmt.Errorf("entry %s: %w", id, err)
	}
	if err := e.moved(tx); err != nil {
		return e, err
	}
	return e, note(tx, a, "plan.entry.put", id, map[string]any{"name": e.Name, "estimate": e.EstAmount, "revision": e.Revision})
}

// Drop takes a draft out of the pool.
func Drop(tx *gorm.DB, a models.Acting, id string) (Entry, error) {
	e, err := writable(tx, id)
	if err != nil {
		return e, err
	}
	if e.State != Draft || e.Urgent {
		return e, models.Refuse("plan-entry-sent", "entry", id)
	}
	e.State = Dropped
	if err := tx.Save(&e).Error; err != nil {
		return e, fmt.Errorf("entry %s: %w", id, err)
	}
	if err := e.moved(tx); err != nil {
		return e, err
	}
	return e, note(tx, a, "plan.entry.drop", id, map[string]any{"name": e.Name})
}

// Handed notes the revision that the clerk hands to his leader outside the unit's answer: an urgent or returned entry.
func Handed(tx *gorm.DB, id string) (Entry, error) {
	e, err := FindEntry(locked(tx), id)
	if err != nil {
		return e, err
	}
	if e.State != Returned && (e.State != Draft || !e.Urgent) {
		return e, models.Refuse("plan-entry-sent", "entry", id)
	}
	f := models.Refuse("invalid-data")
	e.check(tx, f, "/"+e.ID)
	if err := f.OrNil(); err != nil {
		return e, err
	}
	e.Sent = e.Revision
	if err := tx.Save(&e).Error; err != nil {
		return e, fmt.Errorf("entry %s: %w", id, err)
	}
	return e, nil
}

// Resend sends an urgent or returned entry in, as its unit's leader has signed it.
func Resend(tx *gorm.DB, a models.Acting, id string) (Entry, error) {
	e, err := FindEntry(locked(tx), id)
	if err != nil {
		return e, err
	}
	switch {
	case e.State != Returned && (e.State != Draft || !e.Urgent):
		return e, models.Refuse("plan-entry-sent", "entry", id)
	case e.Sent != e.Revision:
		return e, models.Refuse("plan-entries-changed")
	}
	return e, e.send(tx, a)
}

// send freezes an entry with the digest of what it says, and keeps what it is like.
func (e *Entry) send(tx *gorm.DB, a models.Acting) error {
	alike, err := Likeness(tx, *e, a.On())
	if err != nil {
		return err
	}
	sum := sm3.Sum(e.Body)
	e.State, e.Sent, e.Digest, e.SentOn, e.Alike = Sent, e.Revision, hex.EncodeToString(sum[:]), string(a.On()), models.JSONOf(alike)
	e.Decision, e.Reason, e.MergedInto, e.DecidedBy = "", "", "", ""
	if err := tx.Save(e).Error; err != nil {
		return fmt.Errorf("entry %s: %w", e.ID, err)
	}
	return note(tx, a, "plan.entry.send", e.ID, map[string]any{"digest": e.Digest, "alike": len(alike)})
}

// carryOver brings what the year before deferred into a year's pool, as drafts of their units.
func carryOver(tx *gorm.DB, a models.Acting, year int, called []string) error {
	before, err := Entries(tx, year-1, "", Deferred)
	if err != nil {
		return err
	}
	for _, old := range before {
		if !slices.Contains(called, old.Unit) {
			continue
		}
		f, err := old.Read()
		if err != nil {
			return err
		}
		f.Years = slices.DeleteFunc(f.Years, func(y YearlyAmount) bool { return y.Year < year })
		if _, err := add(tx, a, Entry{FiscalYear: year, Unit: old.Unit, CarriedFrom: old.ID}, f); err != nil {
			return err
		}
		if err := tx.Model(&Entry{}).Where("id = ?", old.ID).Update("state", Carried).Error; err != nil {
			return fmt.Errorf("entry %s: %w", old.ID, err)
		}
	}
	return nil
}

// AlikeOf are the likenesses that were kept when the entry was sent.
func (e Entry) AlikeOf() (out []Alike) {
	if len(e.Alike) > 0 {
		_ = json.Unmarshal(e.Alike, &out) // written by send
	}
	return out
}
