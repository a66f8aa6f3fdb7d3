package commands

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
)

var _ = foretold(map[string]Plan{
	"acceptance.hold": acceptanceHold,
})

// sitting is a session whose group signed, as the task's form has it.
type sitting struct {
	session
	members []member
	months  int // of the trial run that the contract agrees on; 0: it is silent
	signed  documents
}

func readSitting(c Call, f faults) (in sitting, err error) {
	if in.session, err = readAcceptance(c); err != nil {
		return in, err
	}
	var more struct {
		Group       []member  `json:"group"`
		TrialMonths amount    `json:"trialMonths"`
		Signed      documents `json:"signed"`
	}
	if err := c.into(&more); err != nil {
		return in, err
	}
	in.members, in.signed = more.Group, more.Signed
	if more.TrialMonths != "" {
		in.months = int(f.number("/trialMonths", more.TrialMonths, 0, 60).IntPart())
	}
	return in, nil
}

// acceptanceHold registers what an acceptance group concluded: an independent group that
// signed, clause by clause, after what comes before it.
func acceptanceHold(tx *gorm.DB, c Call) (Result, Write, error) {
	f := check()
	in, err := readSitting(c, f)
	if err != nil {
		return nil, nil, err
	}
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	kind := c.Headers["kind"]
	a, err := in.check(c, p, kind)
	if !f.also(err) {
		return nil, nil, err
	}
	a.Documents = models.JSONOf(in.signed)
	for _, hold := range []func(*gorm.DB, Call, faults, *books.Acceptance) error{in.sound, in.whole, in.timely} {
		if err := hold(tx, c, f, &a); err != nil {
			return nil, nil, err
		}
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	if err := tx.Raw("SELECT COUNT(*) + 1 FROM acceptance WHERE project = ? AND kind = ?", p.Code, kind).Scan(&a.Round).Error; err != nil {
		return nil, nil, fmt.Errorf("acceptances of %s: %w", p.Code, err)
	}
	r := Result{"acceptanceConclusion": a.Conclusion, "failureTitle": in.failure(p, kind)}
	if kind == books.Prelim {
		r["trialEnds"] = nullable(a.TrialEnds)
	}
	return r, func() error {
		if a.Conclusion == "fail" {
			if err := tx.Create(&a).Error; err != nil {
				return fmt.Errorf("acceptance of %s: %w", p.Code, err)
			}
			return nil
		}
		if err := passed(tx, c, p, a, in.session); err != nil || kind != books.Prelim {
			return err
		}
		t := books.TrialPeriod{Project: p.Code, StartedOn: a.HeldOn, Months: in.months, Actor: c.Acting.Person, At: c.Acting.At.UTC()}
		if err := tx.Create(&t).Error; err != nil {
			return fmt.Errorf("trial run of %s: %w", p.Code, err)
		}
		return nil
	}, nil
}

// also takes over what another check found wrong; false: it is an error of another kind.
func (f faults) also(err error) bool {
	if err == nil {
		return true
	}
	var r *models.Refusal
	if errors.As(err, &r) && len(r.Fields) > 0 {
		f.Fields = append(f.Fields, r.Fields...)
		return true
	}
	return false
}

// sound holds what any acceptance must be: held, by different people who are independent, and signed.
func (in sitting) sound(tx *gorm.DB, c Call, f faults, a *books.Acceptance) error {
	if a.HeldOn > models.DateOf(c.Acting.At) {
		f.Field("/date", "date-in-future")
	}
	seen := map[string]bool{}
	for i, m := range in.members {
		who := strings.TrimSpace(m.Name)
		if m.Person != "" {
			who += "/" + m.Person
		}
		if seen[who] {
			f.Field(at("group", i, "name"), "twice", "item", m.Name)
		}
		seen[who] = true
	}
	if err := f.independent(tx, c, a.Project, in.members); err != nil {
		return err
	}
	return f.proofs(tx, "/signed", a.Project, in.signed)
}

// whole holds that the contract was gone through clause by clause, and that the conclusion follows.
func (in sitting) whole(_ *gorm.DB, c Call, f faults, a *books.Acceptance) error {
	if len(in.Items) == 0 {
		f.Field("/items", "required")
	}
	seen, failed := map[string]bool{}, false
	for i, it := range in.Items {
		clause := strings.TrimSpace(it.Clause)
		if seen[clause] {
			f.Field(at("items", i, "clause"), "twice", "item", clause)
		}
		seen[clause] = true
		if it.Result == "fail" {
			failed = true
			f.text(at("items", i, "note"), it.Note)
		}
	}
	if a.Conclusion != "pass" && !failed {
		f.reason("/comment", in.Comment)
	}
	if a.Conclusion != "conditional" {
		return nil
	}
	days, err := c.header("rectifyDays")
	if err != nil {
		return err
	}
	last := models.DateOf(a.HeldOn.Start().AddDate(0, 0, days))
	if a.RectifyDue == "" {
		f.Field("/rectifyDue", "required")
	} else if a.RectifyDue <= a.HeldOn || a.RectifyDue > last {
		f.Field("/rectifyDue", "rectify-due-out", "days", fmt.Sprint(days), "last", string(last))
	}
	return nil
}

// timely holds what comes before an acceptance: contract, building, and for the final one the trial run and the draw.
func (in sitting) timely(tx *gorm.DB, c Call, f faults, a *books.Acceptance) error {
	k, ok, err := books.SignedContract(tx, a.Project)
	if err != nil {
		return err
	}
	if ok && a.HeldOn < k.SignedOn {
		f.Field("/date", "before-contract", "signed", string(k.SignedOn))
	}
	if a.Conclusion == "fail" {
		return nil
	}
	if a.Kind == books.Prelim {
		return in.trialAhead(tx, c, f, a)
	}
	if err := in.trialBehind(tx, c, f, a); err != nil {
		return err
	}
	return in.drawn(tx, f, a)
}

// trialAhead holds that the trial run which begins now is as long as rule D07 asks for.
func (in sitting) trialAhead(tx *gorm.DB, c Call, f faults, a *books.Acceptance) error {
	v, err := c.judgeTrial(tx, a.Project, trialOf{startedOn: a.HeldOn, months: in.months, availability: decimal.NewFromInt(100)}, a.HeldOn)
	if err != nil {
		return err
	}
	if in.TrialEnds == "" {
		a.TrialEnds = v.EndsOn
	} else if a.TrialEnds < v.EndsOn {
		f.Field("/trialEnds", "trial-too-short", "months", fmt.Sprint(v.Months), "ends", string(v.EndsOn))
	}
	return nil
}

// trialBehind holds that the trial run was over on the day, and that the system ran.
func (in sitting) trialBehind(tx *gorm.DB, c Call, f faults, a *books.Acceptance) error {
	t, ok, err := storedTrial(tx, a.Project)
	if err != nil || !ok {
		return err
	}
	said := a.Availability
	if said == nil {
		a.Availability = &t.availability
	} else if said.LessThan(t.availability) {
		t.availability = *said
	}
	v, err := c.judgeTrial(tx, a.Project, t, a.HeldOn)
	if err != nil {
		return err
	}
	return f.ready(c, v, a.HeldOn, "/date", "/availability")
}

// drawn holds that every expert of the newest draw sits in the group.
func (in sitting) drawn(tx *gorm.DB, f faults, a *books.Acceptance) error {
	_, persons, ok, err := books.LastAcceptanceDraw(tx, a.Project)
	if err != nil || !ok {
		return err
	}
	var missing []string
	for _, id := range persons {
		name, err := office.PersonName(tx, id)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(
			in.members, func(m member) bool { return m.Person == id || m.Person == "" && strings.TrimSpace(m.Name) == name },
		) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		f.Field("/group", "expert-missing", "names", strings.Join(missing, "、"))
	}
	return nil
}
