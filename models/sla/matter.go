package sla

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/rules"
)

// matterClocksJSON are the clocks of a project's stages (domain: processes.md §0, P2, P3, P5, P7).
//
//go:embed matter_clocks.json
var matterClocksJSON []byte

// MatterRule is a clock of a project's stages: it begins when one is reached and
// ends with another; what the matter goes back to drops it, and it begins anew.
type MatterRule struct {
	ID           string                 `json:"id"`
	From         books.Stage            `json:"from"`
	To           []books.Stage          `json:"to"`
	Until        []books.Stage          `json:"until"` // back there the clock is no more
	Rule         string                 `json:"rule"`  // parameter of its limit; empty: Days
	Key          string                 `json:"key"`
	Days         int                    `json:"days"` // limit where no rule states it
	CalendarDays bool                   `json:"calendarDays"`
	Statutory    bool                   `json:"statutory"` // by law: it never stands still
	PausedIn     map[books.Stage]string `json:"pausedIn"`  // stages in which it stands still, and why
	Contract     string                 `json:"contract"`  // column of a contract that ends it; it begins when one is signed; empty: by stages
}

var matterRules = func() (all []MatterRule) {
	if err := json.Unmarshal(matterClocksJSON, &all); err != nil {
		panic("sla: matter_clocks.json: " + err.Error()) // part of the program
	}
	return all
}()

// Standstill is a time in which the clocks of a matter stand still; To zero: still.
type Standstill struct {
	Cause    string // supplement, experts, visit, publicity, meeting, suspension
	From, To time.Time
}

// MatterClock is a clock of a project as it stands at a moment.
type MatterClock struct {
	MatterRule
	Limit    int
	Began    time.Time
	Received models.Date // day 0, after the daily cut-off (rule G04)
	Due      models.Date // as it would be, did what holds it up end today
	Ended    time.Time   // zero: it runs
	Pauses   []Standstill
	Paused   bool // now
	Used     int  // days that count, up to the end or today
	Held     int  // working days of its pauses, up to the end or today
	// years up to the due day whose calendar is not published yet: weekends alone are off in them (rule G05)
	Provisional []int
}

// Late reports whether the clock ended, or stands, after its due day.
func (m MatterClock) Late(now time.Time) bool {
	if m.Ended.IsZero() {
		return models.DateOf(now) > m.Due
	}
	return models.DateOf(m.Ended) > m.Due
}

// ClocksOf are the clocks of a project, in their order, each as of its newest round.
func ClocksOf(tx *gorm.DB, project string, root int64, now time.Time) ([]MatterClock, error) {
	var stages []books.StageChange
	if err := tx.Where("project = ?", project).Order("seq").Find(&stages).Error; err != nil {
		return nil, fmt.Errorf("stages of %s: %w", project, err)
	}
	still, err := standstills(tx, root)
	if err != nil {
		return nil, err
	}
	c, err := Load(tx, models.DateOf(now))
	if err != nil {
		return nil, err
	}
	var out []MatterClock
	for _, r := range matterRules {
		if r.Days, err = limitOf(tx, r, models.DateOf(now)); err != nil {
			return nil, err
		}
		marks := stages
		if r.Contract != "" {
			if marks, err = contractMarks(tx, project, r.Contract); err != nil {
				return nil, err
			}
		}
		if m, runs := c.Matter(r, marks, still, now); runs {
			out = append(out, m)
		}
	}
	return out, nil
}

// contractMarks are the days of the contract whose clock presses most: the earliest that
// is signed and not done, else the one that was done last.
func contractMarks(tx *gorm.DB, project, column string) ([]books.StageChange, error) {
	var rows []struct{ SignedOn, DoneOn models.Date }
	err := tx.Model(&books.Contract{}).Select("signed_on, "+column+" AS done_on").
		Where("project = ? AND signed_on IS NOT NULL", project).Order("signed_on, contract_no").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("contracts of %s: %w", project, err)
	}
	var out []books.StageChange
	for _, r := range rows {
		if r.SignedOn == "" {
			continue
		}
		marks := []books.StageChange{{Stage: "SIGNED", At: r.SignedOn.Start()}}
		if r.DoneOn == "" {
			return marks, nil
		}
		if done := (books.StageChange{Stage: "DONE", At: r.DoneOn.Start()}); out == nil || done.At.After(out[1].At) {
			out = append(marks, done)
		}
	}
	return out, nil
}

// limitOf is the limit that a published pack states, else the clock's own.
func limitOf(tx *gorm.DB, r MatterRule, on models.Date) (int, error) {
	if r.Rule == "" {
		return r.Days, nil
	}
	params, err := rules.RuleOn(tx, r.Rule, on)
	if errors.Is(err, rules.ErrNoPack) {
		return r.Days, nil
	}
	if err != nil {
		return 0, err
	}
	if n, err := params[r.Key].Int64(); err == nil && n > 0 {
		return int(n), nil
	}
	return r.Days, nil
}

// standstills are the times in which the case was suspended, or a task was open
// whose model says that it holds up the clocks (qc:sla pause).
func standstills(tx *gorm.DB, root int64) ([]Standstill, error) {
	if root == 0 {
		return nil, nil
	}
	tasks, err := process.TasksOf(tx, root)
	if err != nil {
		return nil, fmt.Errorf("tasks of %d: %w", root, err)
	}
	var out []Standstill
	for _, t := range tasks {
		d, err := t.Details()
		if err != nil {
			return nil, err
		}
		if d.Stops == "" {
			continue
		}
		s := Standstill{Cause: d.Stops, From: t.CreatedAt}
		if t.ClosedAt != nil {
			s.To = *t.ClosedAt
		}
		out = append(out, s)
	}
	var rows []pause
	if err := tx.Where("task IN (SELECT key FROM task WHERE root = ?)", root).Order("from_at").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("pauses of %d: %w", root, err)
	}
	for _, p := range rows {
		s := Standstill{Cause: "suspension", From: p.FromAt}
		if p.ToAt != nil {
			s.To = *p.ToAt
		}
		if !slices.ContainsFunc(out, func(o Standstill) bool { return o.Cause == s.Cause && o.From.Equal(s.From) && o.To.Equal(s.To) }) {
			out = append(out, s)
		}
	}
	return out, nil
}

// Matter is a clock as it stands at a moment, after the stages that a project has
// gone through and the times in which clocks stood still: these are a union and
// never summed (rule G02); their first day counts, their last does not. False: it
// has not begun, or the matter went back.
func (c Clock) Matter(r MatterRule, stages []books.StageChange, still []Standstill, now time.Time) (MatterClock, bool) {
	m := MatterClock{MatterRule: r, Limit: r.Days}
	for i, s := range stages {
		switch {
		case slices.Contains(r.Until, s.Stage):
			m.Began, m.Ended = time.Time{}, time.Time{}
		case s.Stage == r.From && (m.Began.IsZero() || !m.Ended.IsZero()):
			m.Began, m.Ended, m.Pauses = s.At, time.Time{}, nil
		case m.Began.IsZero() || !m.Ended.IsZero():
		case slices.Contains(r.To, s.Stage):
			m.Ended = s.At
		case r.PausedIn[s.Stage] != "":
			p := Standstill{Cause: r.PausedIn[s.Stage], From: s.At}
			if i+1 < len(stages) {
				p.To = stages[i+1].At
			}
			m.Pauses = append(m.Pauses, p)
		}
	}
	if m.Began.IsZero() {
		return m, false
	}
	m.Received = c.Calendar.Received(m.Began)
	if r.Statutory { // by law: no cut-off, and no roll to a working day
		m.Received = models.DateOf(m.Began)
	}
	end := now
	if !m.Ended.IsZero() {
		end = m.Ended
	}
	if !r.Statutory {
		for _, s := range still {
			if s.From.Before(end) && (s.To.IsZero() || s.To.After(m.Began)) {
				m.Pauses = append(m.Pauses, s)
			}
		}
	}
	c.count(&m, end)
	return m, true
}

// count works out the due day and what has been used of the limit up to a moment.
func (c Clock) count(m *MatterClock, end time.Time) {
	var days []calendar.Interval
	for _, p := range m.Pauses {
		to := p.To
		if to.IsZero() {
			to, m.Paused = end, m.Ended.IsZero()
		}
		last := models.DateOf(to)
		if p.Cause == "supplement" && !p.To.IsZero() { // papers that come after the daily cut-off come on the next working day
			last = c.Calendar.Received(to)
		}
		days = append(days, calendar.Interval{From: models.DateOf(p.From).AddDays(1), To: last})
	}
	today := models.DateOf(end)
	m.Held = c.pausedDays(m.Received, today, days)
	if m.CalendarDays {
		m.Due, m.Used = m.Received.AddDays(m.Limit), daysBetween(m.Received, today)
	} else {
		m.Due = c.Calendar.AfterPaused(m.Received, m.Limit, days)
		m.Used = c.Calendar.Between(m.Received, max(today, m.Received)) - m.Held
	}
	for year := m.Received.Year(); year <= m.Due.Year(); year++ {
		if !m.CalendarDays && c.Calendar.Provisional(year) {
			m.Provisional = append(m.Provisional, year)
		}
	}
}

// pausedDays counts the working days after a day, up to another, on which clocks stand still.
func (c Clock) pausedDays(after, to models.Date, pauses []calendar.Interval) (n int) {
	for d := after.AddDays(1); d <= to; d = d.AddDays(1) {
		if c.Calendar.IsWorkday(d) && slices.ContainsFunc(pauses, func(p calendar.Interval) bool { return p.From <= d && d <= p.To }) {
			n++
		}
	}
	return n
}

func daysBetween(a, b models.Date) (n int) {
	for ; a < b; a = a.AddDays(1) {
		n++
	}
	return n
}
