package commands

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/rules"
)

var _ = foretold(map[string]Plan{
	"acceptance.trial": acceptanceTrial,
})

// trialVerdict is what rule D07 says of a trial run.
type trialVerdict struct {
	Months int         `json:"months"`
	From   models.Date `json:"from"`
	EndsOn models.Date `json:"endsOn"`
	Ready  bool        `json:"ready"`
}

// trialOf are the facts of rule D07.
type trialOf struct {
	startedOn    models.Date
	months       int
	incidents    []books.TrialIncident
	availability decimal.Decimal
}

// judgeTrial asks rule D07 about a trial run as it stands on a day.
func (c Call) judgeTrial(tx *gorm.DB, project string, t trialOf, on models.Date) (v trialVerdict, err error) {
	e, err := Checks.Edition(tx, project, c.Acting.On())
	if err != nil {
		return v, err
	}
	incidents := []any{}
	for _, i := range t.incidents {
		incidents = append(incidents, map[string]any{"severity": i.Severity, "endedOn": string(i.EndedOn)})
	}
	facts := rules.Facts{}
	for name, x := range map[string]any{"startedOn": string(t.startedOn), "agreedMonths": t.months, "incidents": incidents,
		"availability": json.Number(t.availability.String())} {
		if facts[name], err = feel.FromGo(x); err != nil {
			return v, fmt.Errorf("fact %s: %w", name, err)
		}
	}
	day, _ := feel.ParseDate(string(on))
	facts["on"] = day
	res := rules.JudgeRule("D07", facts, e)
	if res.State == rules.Error || res.Value == nil {
		return v, fmt.Errorf("rule D07: %s %v", res.Reason, res.Missing)
	}
	raw, err := feel.ToJSON(res.Value)
	if err != nil {
		return v, fmt.Errorf("rule D07: %w", err)
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, fmt.Errorf("rule D07 says %s: %w", raw, err)
	}
	return v, nil
}

// storedTrial is a project's trial run, as rule D07 asks for it.
func storedTrial(tx *gorm.DB, project string) (t trialOf, ok bool, err error) {
	row, ok, err := books.Trial(tx, project)
	if err != nil || !ok {
		return t, ok, err
	}
	t = trialOf{startedOn: row.StartedOn, months: row.Months}
	if row.Availability != nil {
		t.availability = *row.Availability
	}
	t.incidents, err = books.Incidents(tx, project)
	return t, true, err
}

// TrialStands is what rule D07 says today of a project's trial run: since when it
// counts, and when it is over; ok is false without one.
func TrialStands(tx *gorm.DB, a models.Acting, project string) (endsOn models.Date, ok bool, err error) {
	t, ok, err := storedTrial(tx, project)
	if err != nil || !ok {
		return "", ok, err
	}
	v, err := Call{Acting: a}.judgeTrial(tx, project, t, models.DateOf(a.At))
	return v.EndsOn, true, err
}

// acceptanceTrial keeps an incident of the trial run, or ends it: not before its
// time (D07), and not without the logs that its availability comes from.
func acceptanceTrial(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Decision string `json:"decision"`
		Incident struct {
			Severity   amount    `json:"severity"`
			HappenedOn string    `json:"happenedOn"`
			EndedOn    string    `json:"endedOn"`
			Text       string    `json:"text"`
			Document   documents `json:"document"`
		} `json:"incident"`
		Availability amount    `json:"availability"`
		Logs         documents `json:"logs"`
		Comment      string    `json:"comment"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	t, ok, err := storedTrial(tx, project)
	if err != nil {
		return nil, nil, err
	}
	if !ok {
		return nil, nil, models.Refuse("no-trial", "project", project)
	}
	f := check()
	f.oneOf("/decision", in.Decision, "incident", "finish")
	if in.Decision == "finish" {
		return c.trialOver(tx, f, project, t, in.Availability, in.Logs)
	}
	n := in.Incident
	row := books.TrialIncident{
		Project: project, No: len(t.incidents) + 1, Severity: int(f.number("/incident/severity", n.Severity, 1, 4).IntPart()),
		HappenedOn: f.date("/incident/happenedOn", n.HappenedOn),
		EndedOn: f.date(
			"/incident/endedOn", n.EndedOn,
		), Text: f.text("/incident/text", n.Text), Documents: models.JSONOf(n.Document), Actor: c.Acting.Person, At: c.Acting.At.UTC(),
	}
	if row.EndedOn < row.HappenedOn {
		f.Field("/incident/endedOn", "end-before-start")
	}
	if row.HappenedOn != "" && row.HappenedOn < t.startedOn {
		f.Field("/incident/happenedOn", "before-trial", "from", string(t.startedOn))
	}
	if row.EndedOn > models.DateOf(c.Acting.At) {
		f.Field("/incident/endedOn", "date-in-future")
	}
	if err := f.files(tx, "/incident/document", project, n.Document); err != nil {
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"trialOver": false}, func() error {
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("incident of %s: %w", project, err)
		}
		return nil
	}, nil
}

// trialOver ends the trial run when rule D07 lets it.
func (c Call) trialOver(tx *gorm.DB, f faults, project string, t trialOf, availability amount, logs documents) (Result, Write, error) {
	t.availability = f.number("/availability", availability, 0, 100)
	if err := f.proofs(tx, "/logs", project, logs); err != nil {
		return nil, nil, err
	}
	v, err := c.judgeTrial(tx, project, t, models.DateOf(c.Acting.At))
	if err != nil {
		return nil, nil, err
	}
	if err := f.ready(c, v, models.DateOf(c.Acting.At), "/decision", "/availability"); err != nil {
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"trialOver": true, "trialEnds": string(v.EndsOn)}, func() error {
		set := map[string]any{"closed_on": models.DateOf(c.Acting.At), "availability": t.availability, "documents": models.JSONOf(logs)}
		if err := tx.Model(&books.TrialPeriod{}).Where("project = ?", project).Updates(set).Error; err != nil {
			return fmt.Errorf("trial run of %s: %w", project, err)
		}
		return c.record(tx, project)
	}, nil
}

// ready says why a trial run is not over: its time, or its availability.
func (f faults) ready(c Call, v trialVerdict, on models.Date, time, share string) error {
	if v.Ready {
		return nil
	}
	if on < v.EndsOn {
		f.Field(time, "trial-not-over", "from", string(v.From), "months", fmt.Sprint(v.Months), "ends", string(v.EndsOn))
		return nil
	}
	least, err := c.param("D07", "availability")
	if err != nil {
		return err
	}
	f.Field(share, "availability-low", "least", strings.TrimSpace(least.String()))
	return nil
}
