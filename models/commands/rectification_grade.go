package commands

import (
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/rules"
)

// grade sets the severity of a finding and by when it is to be mended: what rule R01 says of impact and scope. Who
// dispatches may set another severity, with a reason; forms of former releases ask for nothing else than the severity.
// It returns the working days of the severity.
func (c Call) grade(tx *gorm.DB, in dispatched, r *books.Rectification, f faults) (int, error) {
	grade, due := in.Severity, models.Date("")
	if in.Impact != "" || in.Scope != "" || in.Severity == "" {
		f.oneOf("/impact", in.Impact, "stop", "delay", "inconvenience")
		f.oneOf("/scope", in.Scope, "many", "one")
		if f.OrNil() != nil {
			return 0, nil
		}
		e, err := Checks.Edition(tx, string(r.Project), c.Acting.On())
		if err != nil {
			return 0, err
		}
		facts := rules.MomentFacts(c.Acting)
		facts["impact"], facts["scope"] = in.Impact, in.Scope
		res := rules.JudgeRule("R01", facts, e)
		said, ok := res.Value.(*feel.Context)
		if !ok {
			return 0, models.Refuse("grade-unknown", "why", res.Reason)
		}
		byRule, _ := said.Get("grade")
		on, _ := said.Get("dueOn")
		grade, _ = byRule.(string)
		if day, isDate := on.(feel.Date); isDate {
			due = models.Date(day.String())
		}
		if in.Severity != "" && in.Severity != grade {
			if utf8.RuneCountInString(strings.TrimSpace(in.Comment)) < 5 {
				f.Field("/comment", "grade-needs-reason", "grade", grade)
			}
			grade, due = in.Severity, ""
		}
	}
	f.oneOf("/severity", grade, "A", "B", "C")
	if f.OrNil() != nil {
		return 0, nil
	}
	days, err := c.intParam("R01", grade)
	if err != nil {
		return 0, err
	}
	if due == "" {
		due = c.Workday.After(c.Acting.On(), days)
	}
	r.Severity, r.Impact, r.Scope = grade, in.Impact, in.Scope
	if r.DueOn == "" { // a conditional acceptance has set it
		r.DueOn = due
	}
	return days, nil
}
