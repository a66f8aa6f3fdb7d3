package commands

import (
	"encoding/json"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

var _ = foretold(map[string]Plan{
	"construction.kickoff": constructionKickoff,
	"progress.report":      progressReport,
	"progress.done":        progressDone,
})

// kickoff is the report that work begins. The older of its forms does not ask whom the bid promised.
type kickoff struct {
	StartedOn string `json:"startedOn"`
	Team      []struct {
		Name    string `json:"name"`
		Role    string `json:"role"`
		BidName string `json:"bidName"`
	} `json:"team"`
}

// kickoff is the report as it came, and the project that it is about.
func (c Call) kickoff(tx *gorm.DB) (in kickoff, p books.Project, err error) {
	if err := c.into(&in); err != nil {
		return in, p, err
	}
	p, err = c.project(tx)
	return in, p, err
}

// constructionKickoff registers the kick-off report.
func constructionKickoff(tx *gorm.DB, c Call) (Result, Write, error) {
	in, p, err := c.kickoff(tx)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	on := f.date("/startedOn", in.StartedOn)
	for i, m := range in.Team {
		f.text(at("team", i, "name"), m.Name)
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"startedOn": string(on)}, func() error {
		if err := c.record(tx, p.Code); err != nil {
			return err
		}
		return books.SetStage(tx, c.Acting, &p, books.Building)
	}, nil
}

// milestone is the one that the multi-instance stands at.
func (c Call) milestone(tx *gorm.DB) (books.Milestone, error) {
	var m books.Milestone
	v, _ := c.Vars["milestone"].(map[string]any)
	no, ok := v["no"].(json.Number)
	if !ok {
		return m, fmt.Errorf("commands: %s stands at no milestone", c.Element)
	}
	n, err := no.Int64()
	if err != nil {
		return m, fmt.Errorf("commands: milestone %s: %w", no, err)
	}
	if err := tx.Where("project = ? AND no = ?", c.text("projectCode"), n).Take(&m).Error; err != nil {
		return m, fmt.Errorf("milestone %d of %s: %w", n, c.text("projectCode"), err)
	}
	return m, nil
}

// progressInput is what a supplier reports of a milestone.
type progressInput struct {
	Percent  amount   `json:"percent"`
	Period   string   `json:"period"`
	Evidence []string `json:"evidence"`
	Comment  string   `json:"comment"`
}

// report keeps a report that was found right.
func (in progressInput) report(tx *gorm.DB, c Call, m books.Milestone, percent int, period string) (Result, Write, error) {
	row := books.Progress{
		Project: m.Project, MilestoneNo: m.No, Percent: percent, Period: period, Evidence: models.JSONOf(in.Evidence),
		Comment: strings.TrimSpace(in.Comment), Actor: c.Acting.Person, At: c.Acting.At.UTC(), BusinessDate: c.Acting.On(),
	}
	m.Percent = percent
	return Result{"percent": percent}, func() error {
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("progress of %s: %w", m.Project, err)
		}
		return saveMilestone(tx, m)
	}, nil
}

// progressReport is the supplier's report; progress only goes back with a reason.
func progressReport(tx *gorm.DB, c Call) (Result, Write, error) {
	var in progressInput
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	m, err := c.milestone(tx)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	percent := int(f.number("/percent", in.Percent, 0, 100).IntPart())
	f.text("/period", in.Period)
	if percent < m.Percent && strings.TrimSpace(in.Comment) == "" {
		f.Field("/percent", "progress-back-without-reason", "last", fmt.Sprint(m.Percent))
	}
	if err := f.documents(tx, "/evidence", m.Project, in.Evidence); err != nil {
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return in.report(tx, c, m, percent, strings.TrimSpace(in.Period))
}

func saveMilestone(tx *gorm.DB, m books.Milestone) error {
	if err := tx.Save(&m).Error; err != nil {
		return fmt.Errorf("milestone %d of %s: %w", m.No, m.Project, err)
	}
	return nil
}

// progressDone marks a milestone as passed: payments that depend on it may be asked for.
func progressDone(tx *gorm.DB, c Call) (Result, Write, error) {
	m, err := c.milestone(tx)
	if err != nil {
		return nil, nil, err
	}
	m.PassedOn = c.Acting.On()
	return Result{}, func() error { return saveMilestone(tx, m) }, nil
}
