package commands

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

var _ = foretold(map[string]Plan{
	"application.complete": applicationComplete,
	"application.submit":   applicationSubmit,
})

// dossier is what a revision freezes.
type dossier struct {
	Code      string             `json:"code"`
	Name      string             `json:"name"`
	Type      string             `json:"type"`
	Dept      string             `json:"dept"`
	MlpsLevel int                `json:"mlpsLevel"`
	Form      models.JSON        `json:"form"`
	Lines     []books.BudgetLine `json:"lines"`
}

// applicationComplete freezes the application as a new revision, when it can be submitted.
func applicationComplete(tx *gorm.DB, c Call) (Result, Write, error) {
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	if err := declaredBefore(tx, &p); err != nil {
		return nil, nil, err
	}
	return freeze(tx, c, &p)
}

// declaredBefore links an application to the one that it declares again: one of
// the same department that has ended. Savings count once (rule X03).
func declaredBefore(tx *gorm.DB, p *books.Project) error {
	var form struct {
		Previous string `json:"previousProject"`
	}
	if err := p.Form.Into(&form); err != nil || form.Previous == "" {
		return nil //nolint:nilerr // complete says what is wrong with the form
	}
	before, err := books.FindProject(tx, form.Previous)
	var missing *models.Refusal
	if err != nil && !errors.As(err, &missing) {
		return err
	}
	if missing != nil || before.DeptID != p.DeptID || before.Code == p.Code || !before.Stage.Closed() {
		return models.Refuse("application-incomplete").Field("/form/previousProject", "not-declared-before", "code", form.Previous)
	}
	p.PreviousProject = models.Optional(form.Previous)
	return nil
}

// freeze makes the next revision of header and lines.
func freeze(tx *gorm.DB, c Call, p *books.Project) (Result, Write, error) {
	lines, err := books.Lines(tx, p.Code)
	if err != nil {
		return nil, nil, err
	}
	incomplete, err := books.IncompleteLines(tx, p.Code)
	if err != nil {
		return nil, nil, err
	}
	total := sumDeclared(lines)
	if err := complete(*p, lines, incomplete, total, Point(c.Headers) != ""); err != nil {
		return nil, nil, err
	}
	content := models.JSONOf(dossier{p.Code, p.Name, p.Type, p.DeptID, p.MlpsLevel, p.Form, lines})
	sum := sm3.Sum(content)
	r := books.Revision{
		Project: p.Code, RevisionNo: p.RevisionNo + 1, Digest: hex.EncodeToString(sum[:]), Content: content, Declared: total,
		SubmittedBy: c.Acting.Person, SubmittedAt: c.Acting.At.UTC(), BusinessDate: c.Acting.On(),
	}
	result := Result{
		"declaredTotal": Number(total), "lineCount": len(lines), "revisionNo": r.RevisionNo,
		"mlpsLevel": p.MlpsLevel, "projectName": p.Name,
	}
	return result, func() error {
		if err := tx.Create(&r).Error; err != nil {
			return fmt.Errorf("revision %d of %s: %w", r.RevisionNo, p.Code, err)
		}
		p.RevisionNo, p.UpdatedAt = r.RevisionNo, c.Acting.At.UTC()
		return books.SaveProject(tx, p)
	}, nil
}

// lacks are the codes of what an incomplete line misses, by field.
var lacks = map[string]string{
	"category": "line-lacks-category", "name": "line-lacks-name", "qty": "line-lacks-qty", "unitPrice": "line-lacks-unitPrice",
}

// complete says what cannot be frozen: no lines, or lines that are not whole. Where
// the model makes the submission a check point, the rest is the rules' matter; in a
// case that began before, it holds A02 and A06 itself: public, with the sum of the
// lines in the header and the funding wherever these are stated.
func complete(p books.Project, lines []books.BudgetLine, incomplete []books.IncompleteLine, total models.Money, judged bool) error {
	f := check()
	f.Code = "application-incomplete"
	if len(lines)+len(incomplete) == 0 {
		f.Field("/lines", "lines-missing")
	}
	for _, l := range incomplete {
		for _, field := range l.Missing() {
			f.Field(fmt.Sprintf("/lines/%d/%s", l.LineNo-1, field), lacks[field], "line", fmt.Sprint(l.LineNo))
		}
	}
	if judged {
		f.plannedDays(p.Form)
		if err := f.functionPoints(p, len(lines)+len(incomplete)); err != nil {
			return err
		}
		return f.OrNil()
	}
	if p.MlpsLevel == 0 {
		f.Field("/mlpsLevel", "required")
	}
	var form struct {
		Secrecy string `json:"secrecy"`
		Total   amount `json:"total"`
		Funding []struct {
			Amount amount `json:"amount"`
		} `json:"funding"`
	}
	if err := p.Form.Into(&form); err != nil {
		f.Field("/form", "not-readable")
	}
	if s := form.Secrecy; s != "" && s != "非涉密" && s != "none" {
		f.Field("/form/secrecy", "secret-project")
	}
	if form.Total != "" {
		if m := f.money("/form/total", form.Total); m.Cmp(total) != 0 {
			f.Field("/form/total", "header-differs", "total", total.String())
		}
	}
	if len(form.Funding) > 0 {
		var sum models.Money
		for i, s := range form.Funding {
			sum = sum.Add(f.money(fmt.Sprintf("/form/funding/%d/amount", i), s.Amount))
		}
		if sum.Cmp(total) != 0 {
			f.Field("/form/funding", "funding-differs", "sum", sum.String(), "total", total.String())
		}
	}
	return f.OrNil()
}

// longestBuild is how many months a project may be planned for (processes.md, P1).
const longestBuild = 36

// plannedDays: a project ends after it begins, and within the time that one application may plan. A day that is
// missing or no day is what the form and rule A11 tell.
func (f faults) plannedDays(form models.JSON) {
	var planned struct {
		Start string `json:"plannedStart"`
		End   string `json:"plannedEnd"`
	}
	if form.Into(&planned) != nil {
		return
	}
	start, err := models.ParseDate(planned.Start)
	end, fault := models.ParseDate(planned.End)
	switch {
	case err != nil || fault != nil:
	case end <= start:
		f.Field("/form/plannedEnd", "planned-end-before", "start", planned.Start)
	case end > books.MonthsAfter(start, longestBuild):
		f.Field("/form/plannedEnd", "planned-end-far", "months", fmt.Sprint(longestBuild), "last", string(books.MonthsAfter(start, longestBuild)))
	}
}

func sumDeclared(lines []books.BudgetLine) (sum models.Money) {
	for _, l := range lines {
		sum = sum.Add(l.Declared)
	}
	return sum
}

// applicationSubmit brings the application to the bureau and into the books.
func applicationSubmit(tx *gorm.DB, c Call) (Result, Write, error) {
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	if p.SubmittedOn == "" {
		p.SubmittedOn = c.Acting.On()
	}
	return Result{"submittedOn": string(p.SubmittedOn)}, func() error {
		if err := postDeclared(tx, c, p); err != nil {
			return err
		}
		return books.SetStage(tx, c.Acting, &p, books.Submitted)
	}, nil
}

// postDeclared brings the ledger to what the lines declare, by difference.
func postDeclared(tx *gorm.DB, c Call, p books.Project) error {
	lines, err := books.Lines(tx, p.Code)
	if err != nil {
		return err
	}
	target := map[key]models.Money{}
	for _, l := range lines {
		target[key{l.LineNo, ""}] = l.Declared
	}
	return level(tx, c, p.Code, books.LedgerDeclared, fmt.Sprintf("r%d", p.RevisionNo), fmt.Sprintf("第%d版", p.RevisionNo), target)
}
