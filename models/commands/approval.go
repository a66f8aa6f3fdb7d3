package commands

import (
	"encoding/json"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
)

var _ = foretold(map[string]Plan{
	"approval.meeting": approvalMeeting,
	"approval.issue":   approvalIssue,
	"budget.state":     budgetState,
	"budget.fix":       budgetFix,
})

// approvalMeeting registers what the executive meeting decided.
func approvalMeeting(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		MeetingNo   string   `json:"meetingNo"`
		MeetingDate string   `json:"meetingDate"`
		Decision    string   `json:"decision"`
		Minutes     []string `json:"minutes"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	f := check()
	f.text("/meetingNo", in.MeetingNo)
	if f.date("/meetingDate", in.MeetingDate) > models.DateOf(c.Acting.At) {
		f.Field("/meetingDate", "date-in-future")
	}
	f.oneOf("/decision", in.Decision, "approve", "reject")
	if err := f.documents(tx, "/minutes", project, in.Minutes); err != nil {
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"meetingApproved": in.Decision == "approve"}, func() error { return c.record(tx, project) }, nil
}

// approvalIssue issues the approval document and tells finance.
func approvalIssue(tx *gorm.DB, c Call) (Result, Write, error) {
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	totals, err := books.TotalsOf(tx, p.Code)
	if err != nil {
		return nil, nil, err
	}
	amount := totals[p.Code].Reviewed
	r := Result{"approvedTotal": Number(amount)}
	return r, func() error { return issueApproval(tx, c, p, totals[p.Code], r) }, nil
}

func issueApproval(tx *gorm.DB, c Call, p books.Project, t books.Totals, r Result) error {
	amount := t.Reviewed
	d, err := approvalPapers(tx, c, p)
	if err != nil {
		return err
	}
	r["approvalNo"] = string(d.DocNo)
	if err := c.keepConditions(tx, p.Code, string(d.DocNo)); err != nil {
		return err
	}
	e := books.LedgerEntry{
		Kind: books.LedgerApproved, Project: p.Code, Amount: amount.Sub(t.Approved), NaturalKey: p.Code + "/" + string(d.DocNo),
		Ref: string(d.DocNo),
	}
	if err := c.post(tx, e); err != nil {
		return err
	}
	p.ApprovedOn = c.Acting.On()
	if err := books.SetStage(tx, c.Acting, &p, books.Approved); err != nil {
		return err
	}
	if err := examine(tx, c, p.Code); err != nil {
		return err
	}
	return sendOut(tx, c, p, "project.approved")
}

// approvalPapers are the approval, and the sheet on which it was signed.
func approvalPapers(tx *gorm.DB, c Call, p books.Project) (papers.Document, error) {
	approval, err := c.approvalFacts(tx, p)
	if err != nil {
		return papers.Document{}, err
	}
	signed, err := c.signatures(tx)
	if err != nil {
		return papers.Document{}, err
	}
	facts := map[string]any{"approval": approval, "conditions": c.conditions(), "opinions": signed}
	if _, err := c.paper(tx, c.Acting, "approval_sheet", p, p.Name+" 呈批单", facts); err != nil {
		return papers.Document{}, err
	}
	return c.paper(tx, c.Acting, "approval_reply", p, "关于"+p.Name+"的批复", facts)
}

// budgetState looks into the books for what finance has made available.
func budgetState(tx *gorm.DB, c Call) (Result, Write, error) {
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	b, err := books.Budget(tx, p.Code)
	if err != nil {
		return nil, nil, err
	}
	if b.State, err = c.budgetThen(b); err != nil {
		return nil, nil, err
	}
	r := Result{"issuedTotal": Number(b.Issued), "budgetState": b.State}
	if b.Issued.Sign() <= 0 || p.Stage != books.Approved {
		return r, nil, nil
	}
	return r, func() error { return books.SetStage(tx, onDayOf(c.Acting, lastIssue(b)), &p, books.Budgeted) }, nil
}

// budgetThen is the state of the budget once what comes before is written: an
// approval of its sum, or a refusal of finance's that counts no more.
func (c Call) budgetThen(b books.BudgetView) (string, error) {
	if err := c.decidable("approval.issue", "budget.fix", "partner.send", "partner.remind"); err != nil {
		return "", err
	}
	if len(c.earlier("budget.fix")) > 0 && b.State == books.BudgetRejected {
		return books.BudgetNone, nil
	}
	issued := c.earlier("approval.issue")
	if len(issued) == 0 {
		return b.State, nil
	}
	approved, _ := issued[0].Result["approvedTotal"].(json.Number)
	sum, err := models.ParseMoney(approved.String())
	switch {
	case err != nil || b.Issued.Sign() <= 0:
		return b.State, err
	case b.Issued.Cmp(sum) >= 0:
		return books.BudgetFull, nil
	}
	return books.BudgetPartial, nil
}

func lastIssue(b books.BudgetView) (on models.Date) {
	for _, i := range b.Indicators {
		if i.DocDate > on {
			on = i.DocDate
		}
	}
	return on
}

// onDayOf lets a stage that a partner's fact caused begin on the fact's day.
func onDayOf(a models.Acting, on models.Date) models.Acting {
	if on != "" {
		a.BusinessDate = on
	}
	return a
}

// budgetFix records what the bureau does about finance's refusal, which counts no more.
func budgetFix(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Decision string `json:"decision"`
		Comment  string `json:"comment"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	f := check()
	f.oneOf("/decision", in.Decision, "resend", "stop")
	f.text("/comment", strings.TrimSpace(in.Comment))
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	return Result{"budgetDecision": in.Decision}, func() error {
		err := tx.Model(&books.Fact{}).Where("project = ? AND event_type = ?", project, "budget.rejected").Update("handled", true).Error
		if err != nil {
			return err
		}
		return c.record(tx, project)
	}, nil
}
