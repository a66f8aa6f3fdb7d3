package commands

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

var _ = foretold(map[string]Plan{
	"construction.open":   constructionOpen,
	"construction.month":  constructionMonth,
	"construction.decide": constructionDecide,
	"progress.submit":     progressSubmit,
	"supervision.report":  supervisionReport,
})

// constructionOpen registers the kick-off: not before the contract, with the
// people who are there, and whom the bid promised where it is somebody else (D01).
func constructionOpen(tx *gorm.DB, c Call) (Result, Write, error) {
	in, p, err := c.kickoff(tx)
	if err != nil {
		return nil, nil, err
	}
	f, rows, seen := check(), []books.KeyPerson(nil), map[string]bool{}
	on := f.date("/startedOn", in.StartedOn)
	if on > models.DateOf(c.Acting.At) {
		f.Field("/startedOn", "date-in-future")
	}
	k, ok, err := books.SignedContract(tx, p.Code)
	if err != nil {
		return nil, nil, err
	}
	if ok && on != "" && on < k.SignedOn {
		f.Field("/startedOn", "started-before-contract", "signed", string(k.SignedOn))
	}
	if len(in.Team) == 0 {
		f.Field("/team", "required")
	}
	for i, m := range in.Team {
		row := books.KeyPerson{
			Project: p.Code, Role: f.text(at("team", i, "role"), m.Role), Name: f.text(at("team", i, "name"), m.Name),
			BidName: strings.TrimSpace(m.BidName), Actor: c.Acting.Person, At: c.Acting.At.UTC(),
		}
		if row.BidName == "" {
			row.BidName = row.Name
		}
		if seen[row.Role] {
			f.Field(at("team", i, "role"), "twice", "item", row.Role)
		}
		seen[row.Role] = true
		rows = append(rows, row)
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"startedOn": string(on)}, func() error {
		for _, row := range rows {
			if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
				return fmt.Errorf("key persons of %s: %w", p.Code, err)
			}
		}
		if err := c.record(tx, p.Code); err != nil || p.Stage == books.Building { // a report that was returned comes again
			return err
		}
		return books.SetStage(tx, c.Acting, &p, books.Building)
	}, nil
}

var aMonth = regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])$`)

// month must be one that has begun.
func (f faults) month(c Call, pointer, s string) string {
	s = strings.TrimSpace(s)
	if !aMonth.MatchString(s) {
		f.Field(pointer, "month-format")
	} else if s > string(models.DateOf(c.Acting.At))[:len("2026-11")] {
		f.Field(pointer, "date-in-future")
	}
	return s
}

// progressSubmit is the supplier's report of a milestone: with evidence of this
// project, and back only with a reason.
func progressSubmit(tx *gorm.DB, c Call) (Result, Write, error) {
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
	period := f.month(c, "/period", in.Period)
	if percent < m.Percent && utf8.RuneCountInString(strings.TrimSpace(in.Comment)) < 5 {
		f.Field("/percent", "progress-back-without-reason", "last", fmt.Sprint(m.Percent))
	}
	if err := f.proofs(tx, "/evidence", m.Project, in.Evidence); err != nil {
		return nil, nil, err
	}
	if err := f.unused(tx, m, in.Evidence); err != nil {
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return in.report(tx, c, m, percent, period)
}

// unused holds that evidence was not handed in for another milestone before.
func (f faults) unused(tx *gorm.DB, m books.Milestone, ids []string) error {
	reports, err := books.ProgressReports(tx, m.Project)
	if err != nil {
		return err
	}
	for _, r := range reports {
		if r.MilestoneNo == m.No {
			continue
		}
		var before []string
		if err := r.Evidence.Into(&before); err != nil {
			return fmt.Errorf("evidence of %s: %w", m.Project, err)
		}
		for i, id := range ids {
			if slices.Contains(before, id) {
				f.Field(fmt.Sprintf("/evidence/%d", i), "evidence-of-milestone", "no", fmt.Sprint(r.MilestoneNo))
			}
		}
	}
	return nil
}

// supervisionReport is the supervising engineer's of a month; who signs it was on the site, and shows it.
func supervisionReport(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Month    string `json:"month"`
		Progress string `json:"progress"`
		Quality  string `json:"quality"`
		Cost     string `json:"cost"`
		Safety   string `json:"safety"`
		OnSite   []struct {
			On       string    `json:"on"`
			Place    string    `json:"place"`
			Document documents `json:"document"`
		} `json:"onSite"`
		Document documents `json:"document"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	f := check()
	month := f.month(c, "/month", in.Month)
	for pointer, text := range map[string]string{"/progress": in.Progress, "/quality": in.Quality} {
		f.text(pointer, text)
	}
	if len(in.OnSite) == 0 {
		f.Field("/onSite", "nobody-on-site")
	}
	for i, v := range in.OnSite {
		if day := f.date(at("onSite", i, "on"), v.On); day != "" && !strings.HasPrefix(string(day), month) {
			f.Field(at("onSite", i, "on"), "another-month", "month", month)
		}
		f.text(at("onSite", i, "place"), v.Place)
		if err := f.proofs(tx, at("onSite", i, "document"), project, v.Document); err != nil {
			return nil, nil, err
		}
	}
	if err := f.proofs(tx, "/document", project, in.Document); err != nil {
		return nil, nil, err
	}
	var known int64
	if err := tx.Model(&books.SupervisionReport{}).Where("project = ? AND month = ?", project, month).Count(&known).Error; err != nil {
		return nil, nil, fmt.Errorf("reports of %s: %w", project, err)
	}
	if known > 0 {
		f.Field("/month", "month-reported", "month", month)
	}
	slices.SortFunc(f.Fields, func(a, b models.FieldError) int { return strings.Compare(a.Pointer, b.Pointer) })
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	row := books.SupervisionReport{
		Project: project, Month: month, Body: models.JSON(c.Data), Documents: models.JSONOf(in.Document), Actor: c.Acting.Person,
		At: c.Acting.At.UTC(),
	}
	return Result{"supervisionMonth": month}, func() error {
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("report of %s: %w", project, err)
		}
		return nil
	}, nil
}

// cards by their weight.
var cards = []string{"none", "yellow", "orange", "red"}

// constructionMonth asks the rules about the month that has passed: delay cards and stagnation (D02, D03).
func constructionMonth(tx *gorm.DB, c Call) (Result, Write, error) {
	if err := c.decidable(); err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	s, err := ProjectSubject(tx, project, c.Root)
	if err != nil {
		return nil, nil, err
	}
	rep, _, err := Checks.Look(tx, c.Acting, "progress", s)
	if err != nil {
		return nil, nil, err
	}
	row := books.ConstructionMonth{
		Project: project, Month: string(models.DateOf(c.Acting.At))[:len("2026-11")], Card: "none", At: c.Acting.At.UTC(),
	}
	if d, ok := rep.Result("D02"); ok {
		list, _ := d.Value.(feel.List)
		for _, v := range list {
			if card, _ := v.(string); slices.Index(cards, card) > slices.Index(cards, row.Card) {
				row.Card = card
			}
		}
	}
	if d, ok := rep.Result("D03"); ok {
		row.Stagnant = len(d.Findings) > 0
	}
	serious := row.Stagnant || slices.Index(cards, row.Card) >= slices.Index(cards, "orange")
	return Result{"delayCard": row.Card, "stagnant": row.Stagnant, "delaySerious": serious, "supervisionMonth": row.Month}, func() error {
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
			return fmt.Errorf("month of %s: %w", project, err)
		}
		return nil
	}, nil
}

// constructionDecide is what the bureau makes of a delay: it watches, or has it mended.
func constructionDecide(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Decision string `json:"decision"`
		Comment  string `json:"comment"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	f := check()
	f.oneOf("/decision", in.Decision, "observe", "rectify")
	f.reason("/comment", in.Comment)
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	return Result{"delayDecision": in.Decision}, func() error {
		err := tx.Model(&books.ConstructionMonth{}).Where("project = ? AND month = ?", p.Code, c.text("supervisionMonth")).
			Updates(map[string]any{"decision": in.Decision, "comment": strings.TrimSpace(in.Comment), "actor": c.Acting.Person}).Error
		if err != nil {
			return fmt.Errorf("month of %s: %w", p.Code, err)
		}
		if in.Decision == "observe" {
			return nil
		}
		return c.raise(tx, p, p.Name+" 进度滞后整改", strings.TrimSpace(in.Comment))
	}, nil
}

// raise begins a rectification of the applying department that nothing here waits for.
func (c Call) raise(tx *gorm.DB, p books.Project, title, text string) error {
	r := books.Rectification{
		Source: "inspection", Title: title, Description: text, Project: models.Optional(p.Code), OwnerDept: p.DeptID, Severity: "B",
	}
	if err := books.NewRectification(tx, c.Acting, &r); err != nil {
		return err
	}
	return process.SendStart(tx, c.Acting, books.RectificationProcess, r.No, p.Code, r.StartVars(p.DeptID))
}
