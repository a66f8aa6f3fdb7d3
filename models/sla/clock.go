package sla

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/rulebook"
	"github.com/quancheng/quancheng/models/rules"
)

// Rule holds the parameters of all clocks.
const Rule = "G03"

// Rules are its parameters. They float: supervision follows today's rules, whatever a project has pinned.
type Rules struct {
	Warn     int // percent of the limit that is left when people are reminded
	Escalate int // working days after the due day
	Record   int // working days after the due day
}

// Clock says what a due time means at a moment.
type Clock struct {
	Calendar *calendar.Calendar
	Rules    Rules
}

// Load reads the newest calendar, and the rules of a day; before any pack is
// published, those of the example in the binary.
func Load(tx *gorm.DB, on models.Date) (Clock, error) {
	days, err := calendar.Newest(tx)
	if err != nil {
		return Clock{}, err
	}
	rules, err := rulesOn(tx, on)
	return Clock{days, rules}, err
}

// Shipped is the clock of the data in the binary.
func Shipped() (Clock, error) {
	days, err := calendar.Default()
	if err != nil {
		return Clock{}, err
	}
	rules, err := shippedRules()
	return Clock{days, rules}, err
}

func rulesOn(tx *gorm.DB, on models.Date) (Rules, error) {
	params, err := rules.RuleOn(tx, Rule, on)
	if errors.Is(err, rules.ErrNoPack) {
		return shippedRules()
	}
	if err != nil {
		return Rules{}, err
	}
	return readRules(params)
}

func shippedRules() (Rules, error) {
	p, err := rulebook.Example()
	if err != nil {
		return Rules{}, err
	}
	tree, err := p.Tree()
	if err != nil {
		return Rules{}, err
	}
	return readRules(tree[Rule])
}

func readRules[N interface{ Int64() (int64, error) }](params map[string]N) (r Rules, err error) {
	for key, into := range map[string]*int{"warn": &r.Warn, "escalate": &r.Escalate, "record": &r.Record} {
		p, ok := params[key]
		if !ok {
			return r, fmt.Errorf("rule %s has no parameter %q: publish a rule pack that states it", Rule, key)
		}
		n, err := p.Int64()
		if err != nil || n < 0 || n > 1000 {
			return r, fmt.Errorf("rule %s: %q is not a whole number from 0 to 1000", Rule, key)
		}
		*into = int(n)
	}
	return r, nil
}

// Due is the end of the last day of a limit that began at a moment: its day is
// day 0, and days within pauses do not count. The engine counts the same when it opens a task.
func (c Clock) Due(began time.Time, limit int, pauses []calendar.Interval) time.Time {
	return c.Calendar.AfterPaused(models.DateOf(began), limit, pauses).Start().Add(24*time.Hour - time.Second)
}

// later is a moment moved n working days on.
func (c Clock) later(t time.Time, n int) time.Time {
	day := models.DateOf(t)
	return c.Calendar.After(day, n).Start().Add(t.Sub(day.Start()))
}

// dayWithLeft is the start of the first day after which only n working days are
// left up to the due day.
func (c Clock) dayWithLeft(due time.Time, n int) time.Time {
	day := models.DateOf(due)
	for left := n; ; day = day.AddDays(-1) {
		if c.Calendar.IsWorkday(day) {
			if left == 0 {
				return day.Start()
			}
			left--
		}
	}
}
