package commands

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/models/stuck"
)

var _ = foretold(map[string]Plan{
	"stuck.open":     stuckOpen,
	"stuck.answer":   onCase(stuckAnswer),
	"stuck.level":    onCase(stuckLevel),
	"stuck.joint":    onCase(stuckOpinion),
	"stuck.lead":     onCase(stuckOpinion),
	"stuck.handle":   onCase(stuckHandle),
	"stuck.reply":    onCase(stuckReply),
	"stuck.callback": onCase(stuckCallback),
	"stuck.back":     onCase(stuckBack),
})

// StuckScope is what rule W05 says of a report at the window: in, consult or out.
func StuckScope(tx *gorm.DB, a models.Acting, category string, visits int) (string, error) {
	e, err := Checks.Edition(tx, "", a.On())
	if err != nil {
		return "", err
	}
	n, err := feel.FromJSON([]byte(strconv.Itoa(visits)))
	if err != nil {
		return "", err
	}
	res := rules.JudgeRule("W05", rules.Facts{"category": category, "visits": n}, e)
	scope, ok := res.Value.(string)
	if !ok || !slices.Contains([]string{"in", "consult", "out"}, scope) {
		return "", models.Refuse("stuck-scope-unknown", "why", res.Reason)
	}
	return scope, nil
}

// stuckDue is by when a case of a difficulty is to be answered (what rule W06 says), and in how many working days.
func (c Call) stuckDue(tx *gorm.DB, difficulty string) (models.Date, int, error) {
	e, err := Checks.Edition(tx, "", c.Acting.On())
	if err != nil {
		return "", 0, err
	}
	facts := rules.MomentFacts(c.Acting)
	facts["difficulty"] = difficulty
	res := rules.JudgeRule("W06", facts, e)
	said, ok := res.Value.(*feel.Context)
	if !ok {
		return "", 0, models.Refuse("stuck-due-unknown", "why", res.Reason)
	}
	on, _ := said.Get("dueOn")
	day, ok := on.(feel.Date)
	if !ok {
		return "", 0, models.Refuse("stuck-due-unknown", "why", res.Reason)
	}
	due := models.Date(day.String())
	return due, c.Workday.Between(c.Acting.On(), due), nil
}

// onCase makes a command of a step of a case: it reads what was submitted and the
// locked case, lets the step change it, and saves it unless something was wrong.
func onCase[T any](
	step func(tx *gorm.DB, c Call, in T, r *stuck.Report, f faults) (told string, more Result, after Write, err error),
) Plan {
	return func(tx *gorm.DB, c Call) (Result, Write, error) {
		var in T
		if err := c.into(&in); err != nil {
			return nil, nil, err
		}
		r, err := stuck.Find(c.locked(tx), c.text("caseNo"))
		if err != nil {
			return nil, nil, err
		}
		f := check()
		told, more, after, err := step(tx, c, in, &r, f)
		if err == nil {
			err = f.OrNil()
		}
		if err != nil {
			return nil, nil, err
		}
		res := Result{"stuckState": r.State}
		for name, v := range more {
			res[name] = v
		}
		return res, func() error {
			if after != nil {
				if err := after(); err != nil {
					return err
				}
			}
			_, action, _ := strings.Cut(c.Name, ".")
			return stuck.Save(tx, c.Acting, &r, action, told)
		}, nil
	}
}

// stuckOpen makes the clock of a case that the window sees to on the spot.
func stuckOpen(tx *gorm.DB, c Call) (Result, Write, error) {
	r, err := stuck.Find(c.locked(tx), c.text("caseNo"))
	if err != nil {
		return nil, nil, err
	}
	res := Result{"stuckState": r.State}
	if r.State == stuck.Closed || r.Difficulty != "spot" {
		return res, nil, nil
	}
	due, days, err := c.stuckDue(tx, "spot")
	if err != nil {
		return nil, nil, err
	}
	r.DueOn, r.State = due, stuck.Levelled
	res["stuckState"], res["dueDays"] = r.State, days
	return res, func() error { return stuck.Save(tx, c.Acting, &r, "level", string(due)) }, nil
}

type stuckSaid struct {
	Reply   string `json:"reply"`
	Opinion string `json:"opinion"`
	Comment string `json:"comment"`
}

// stuckAnswer closes a consultation with what was said.
func stuckAnswer(_ *gorm.DB, c Call, in stuckSaid, r *stuck.Report, f faults) (string, Result, Write, error) {
	r.Answer(c.Acting, f.text("/reply", in.Reply))
	return r.Reply, nil, nil, nil
}

type stuckLevelled struct {
	Difficulty string `json:"difficulty"`
	Unit       string `json:"unit"`
	Joint      []struct {
		Unit string `json:"unit"`
	} `json:"joint"`
	Comment string `json:"comment"`
}

// stuckLevel says how hard a case is, and thereby until when (W06), and who handles it.
func stuckLevel(tx *gorm.DB, c Call, in stuckLevelled, r *stuck.Report, f faults) (string, Result, Write, error) {
	f.oneOf("/difficulty", in.Difficulty, "simple", "complex", "hard")
	if err := stuck.Handlers(tx, f.Refusal, "/unit", in.Unit); err != nil {
		return "", nil, nil, err
	}
	joint := []string{}
	for i, j := range in.Joint {
		switch {
		case j.Unit == in.Unit || slices.Contains(joint, j.Unit):
			f.Field(at("joint", i, "unit"), "stuck-joint-twice")
		case j.Unit != "":
			if err := stuck.Handlers(tx, f.Refusal, at("joint", i, "unit"), j.Unit); err != nil {
				return "", nil, nil, err
			}
			joint = append(joint, j.Unit)
		}
	}
	if in.Difficulty == "complex" && len(joint) == 0 {
		f.Field("/joint", "stuck-joint-missing")
	}
	if err := f.OrNil(); err != nil {
		return "", nil, nil, err
	}
	due, days, err := c.stuckDue(tx, in.Difficulty)
	if err != nil {
		return "", nil, nil, err
	}
	r.Difficulty, r.Unit, r.Joint, r.DueOn, r.State = in.Difficulty, in.Unit, models.JSONOf(joint), due, stuck.Levelled
	more := Result{"unit": in.Unit, "difficulty": in.Difficulty, "joint": joint, "dueDays": days}
	return strings.TrimSpace(in.Comment), more, nil, nil
}

// stuckOpinion is what a unit that is consulted, or the leading group, says.
func stuckOpinion(_ *gorm.DB, _ Call, in stuckSaid, _ *stuck.Report, f faults) (string, Result, Write, error) {
	return f.text("/opinion", in.Opinion), nil, nil, nil
}

type stuckHandled struct {
	Outcome       string `json:"outcome"`
	Reply         string `json:"reply"`
	Systemic      bool   `json:"systemic"`
	SystemicTitle string `json:"systemicTitle"`
}

// stuckHandle is what was done, in words for the citizen. What is wrong in general begins a rectification.
func stuckHandle(tx *gorm.DB, c Call, in stuckHandled, r *stuck.Report, f faults) (string, Result, Write, error) {
	f.oneOf("/outcome", in.Outcome, stuck.Outcomes...)
	r.Reply, r.Outcome, r.Handler, r.State = f.text("/reply", in.Reply), in.Outcome, c.Acting.Person, stuck.Handled
	if in.Outcome == stuck.Withdrawn {
		r.State = stuck.Closed
	}
	raises := in.Systemic && r.Issue == ""
	if raises {
		in.SystemicTitle = f.text("/systemicTitle", in.SystemicTitle)
		if err := stuck.Handlers(tx, f.Refusal, "/systemic", r.Unit); err != nil {
			return "", nil, nil, err
		}
	}
	return r.Reply, Result{"outcome": in.Outcome}, func() error {
		if !raises {
			return nil
		}
		x := books.Rectification{
			Source: "stuck", Title: in.SystemicTitle, Description: r.Item, OwnerDept: r.Unit, Severity: "B", FoundOn: c.Acting.On(),
			Item: r.ServiceItem,
		}
		if err := books.NewRectification(tx, c.Acting, &x); err != nil {
			return err
		}
		r.Issue = x.No
		return process.SendStart(tx, c.Acting, books.RectificationProcess, x.No, "", x.StartVars(r.Unit))
	}, nil
}

// stuckReply gives the citizen the signed answer.
func stuckReply(_ *gorm.DB, c Call, _ struct{}, r *stuck.Report, _ faults) (string, Result, Write, error) {
	r.State, r.RepliedOn = stuck.Answered, c.Acting.On()
	return r.Reply, nil, nil, nil
}

type stuckCalled struct {
	Callback string `json:"callback"`
	Comment  string `json:"comment"`
}

// stuckCallback asks the citizen. One who is not satisfied goes back once, with a supervisor.
func stuckCallback(_ *gorm.DB, c Call, in stuckCalled, r *stuck.Report, f faults) (string, Result, Write, error) {
	if c.Acting.Person == r.Handler {
		return "", nil, nil, models.Refuse("stuck-caller-handled")
	}
	f.oneOf("/callback", in.Callback, stuck.Callbacks...)
	said := f.text("/comment", in.Comment)
	r.Callback, r.State = in.Callback, stuck.Closed
	result := "done"
	if in.Callback == "unsatisfied" && r.Backs == 0 {
		r.State, r.Backs, result = stuck.Back, 1, "back"
	}
	return said, Result{"callbackResult": result}, nil, nil
}

type stuckReturned struct {
	Unit    string `json:"unit"`
	Comment string `json:"comment"`
}

// stuckBack has a case handled once more; the clock begins again. What was to be
// seen to on the spot becomes a simple case of its unit.
func stuckBack(tx *gorm.DB, c Call, in stuckReturned, r *stuck.Report, f faults) (string, Result, Write, error) {
	if c.Acting.Person == r.Handler {
		return "", nil, nil, models.Refuse("stuck-caller-handled")
	}
	if err := stuck.Handlers(tx, f.Refusal, "/unit", in.Unit); err != nil {
		return "", nil, nil, err
	}
	said := f.text("/comment", in.Comment)
	if r.Difficulty == "spot" {
		r.Difficulty = "simple"
	}
	if err := f.OrNil(); err != nil {
		return "", nil, nil, err
	}
	due, days, err := c.stuckDue(tx, r.Difficulty)
	if err != nil {
		return "", nil, nil, err
	}
	r.Unit, r.DueOn, r.State, r.Outcome = in.Unit, due, stuck.Levelled, ""
	return said, Result{"unit": in.Unit, "difficulty": r.Difficulty, "dueDays": days}, nil, nil
}

// endStuck closes a report whose case a person has ended: with the reason, and as withdrawn.
func endStuck(tx *gorm.DB, c Call, no string) error {
	r, err := stuck.Find(tx, no)
	var unknown *models.Refusal
	if errors.As(err, &unknown) || err == nil && r.State == stuck.Closed {
		return nil
	}
	if err != nil {
		return err
	}
	r.State, r.Outcome = stuck.Closed, stuck.Withdrawn
	return stuck.Save(tx, c.Acting, &r, "end", c.Acting.Reason)
}
