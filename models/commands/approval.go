package commands

import (
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
)

var _ = register(map[string]Func{
	"approval.meeting": approvalMeeting,
	"approval.issue":   approvalIssue,
	"budget.state":     budgetState,
	"budget.fix":       budgetFix,
})

// approvalMeeting registers what the executive meeting decided.
func approvalMeeting(tx *gorm.DB, c Call) (Result, error) {
	var in struct {
		MeetingNo   string   `json:"meetingNo"`
		MeetingDate string   `json:"meetingDate"`
		Decision    string   `json:"decision"`
		Minutes     []string `json:"minutes"`
	}
	if err := c.into(&in); err != nil {
		return nil, err
	}
	project := c.text("projectCode")
	f := check()
	f.text("/meetingNo", in.MeetingNo)
	f.date("/meetingDate", in.MeetingDate)
	f.oneOf("/decision", in.Decision, "approve", "reject")
	if err := f.documents(tx, "/minutes", project, in.Minutes); err != nil {
		return nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, err
	}
	return Result{"meetingApproved": in.Decision == "approve"}, c.record(tx, project)
}

// approvalIssue issues the approval document and tells finance.
func approvalIssue(tx *gorm.DB, c Call) (Result, error) {
	p, err := c.project(tx)
	if err != nil {
		return nil, err
	}
	totals, err := books.TotalsOf(tx, p.Code)
	if err != nil {
		return nil, err
	}
	amount := totals[p.Code].Reviewed
	d, err := papers.Issue(tx, c.Acting, "批复", p.Code, "关于"+p.Name+"的批复", map[string]any{
		"approved": amount, "declared": totals[p.Code].Declared, "cut": totals[p.Code].Cut, "level": c.number("approvalLevel"),
	})
	if err != nil {
		return nil, err
	}
	e := books.LedgerEntry{
		Kind: books.LedgerApproved, Project: p.Code, Amount: amount.Sub(totals[p.Code].Approved), NaturalKey: p.Code + "/" + string(d.DocNo), Ref: string(d.DocNo),
	}
	if err := c.post(tx, e); err != nil {
		return nil, err
	}
	p.ApprovedOn = c.Acting.On()
	if err := books.SetStage(tx, c.Acting, &p, books.Approved); err != nil {
		return nil, err
	}
	if err := examine(tx, c, p.Code); err != nil {
		return nil, err
	}
	return Result{"approvalNo": string(d.DocNo), "approvedTotal": Number(amount)}, sendOut(tx, c, p, "project.approved")
}

// budgetState looks into the books for what finance has made available.
func budgetState(tx *gorm.DB, c Call) (Result, error) {
	p, err := c.project(tx)
	if err != nil {
		return nil, err
	}
	b, err := books.Budget(tx, p.Code)
	if err != nil {
		return nil, err
	}
	if b.Issued.Sign() > 0 && p.Stage == books.Approved {
		if err := books.SetStage(tx, onDayOf(c.Acting, lastIssue(b)), &p, books.Budgeted); err != nil {
			return nil, err
		}
	}
	return Result{"issuedTotal": Number(b.Issued), "budgetState": b.State}, nil
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
func budgetFix(tx *gorm.DB, c Call) (Result, error) {
	var in struct {
		Decision string `json:"decision"`
		Comment  string `json:"comment"`
	}
	if err := c.into(&in); err != nil {
		return nil, err
	}
	f := check()
	f.oneOf("/decision", in.Decision, "resend", "stop")
	f.text("/comment", strings.TrimSpace(in.Comment))
	if err := f.OrNil(); err != nil {
		return nil, err
	}
	project := c.text("projectCode")
	err := tx.Model(&books.Fact{}).Where("project = ? AND event_type = ?", project, "budget.rejected").Update("handled", true).Error
	if err != nil {
		return nil, err
	}
	return Result{"budgetDecision": in.Decision}, c.record(tx, project)
}
