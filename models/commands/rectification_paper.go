package commands

import (
	"fmt"
	"maps"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/texts"
)

// issuePapers are the papers that steps of a rectification issue, when they are due.
var issuePapers = map[string]issuedPaper{
	"rectification.dispatch": {"rectification_notice", "整改通知书", func(r *books.Rectification) bool { return r.State == books.RectAnalysis }},
	"rectification.approve":  {"rectification_plan", "整改方案表", always},
	"rectification.summon":   {"interview_notice", "约谈通知书", always},
	"rectification.verify":   checkPaper,
	"rectification.check":    checkPaper,
	"rectification.settle":   checkPaper,
}

// issuedPaper is a paper with its kind, its name, and when it is due.
type issuedPaper struct {
	kind, title string
	due         func(r *books.Rectification) bool
}

func always(*books.Rectification) bool { return true }

var checkPaper = issuedPaper{
	"rectification_check", "整改核验单",
	func(r *books.Rectification) bool { return r.State == books.RectClosed || r.State == books.RectReturned },
}

// issuePaper issues the paper of a step, once the step is saved.
func (c Call) issuePaper(tx *gorm.DB, r *books.Rectification) error {
	p, ok := issuePapers[c.Name]
	if !ok || !p.due(r) {
		return nil
	}
	own := map[string]any{}
	if c.Name == "rectification.summon" {
		var err error
		if own, err = interviewFacts(c); err != nil || own == nil {
			return err // the record of an interview is no notice
		}
	}
	_, err := c.paperOfIssue(tx, r, p.kind, p.title, own)
	return err
}

// paperOfIssue issues a paper about a finding, which is found on the finding's page.
func (c Call) paperOfIssue(tx *gorm.DB, r *books.Rectification, kind, title string, own map[string]any) (papers.Document, error) {
	facts, err := issueFacts(tx, r)
	if err != nil {
		return papers.Document{}, err
	}
	all := map[string]any{"issue": facts}
	maps.Copy(all, own)
	if err := c.houseFacts(tx, books.Project{}, all); err != nil {
		return papers.Document{}, err
	}
	d, err := papers.IssueAbout(tx, c.Acting, papers.Document{
		Kind: kind, Project: string(r.Project), Rectification: r.No, Title: r.No + " " + title,
	}, all)
	if err != nil {
		return d, fmt.Errorf("%s of %s: %w", kind, r.No, err)
	}
	return d, nil
}

// issueSources are where findings come from, in the words of papers.
var issueSources = map[string]string{
	"manual": "日常检查", "acceptance": "项目验收", "inspection": "监督检查", "audit": "审计", "payment": "付款核验", "indicator": "指标监测", "hotline": "热线反映",
	"walk": "局长走流程", "stuck": "“办不成事”反映", "other": "其他渠道",
}

// issueFacts are what papers say of a finding.
func issueFacts(tx *gorm.DB, r *books.Rectification) (map[string]any, error) {
	unit, err := office.DeptName(tx, r.OwnerDept)
	if err != nil {
		return nil, err
	}
	verifier, err := office.PersonName(tx, r.Verifier)
	if err != nil {
		return nil, err
	}
	text := r.Description
	if text == "" {
		text = r.Title
	}
	evidence, err := evidenceFacts(tx, r)
	if err != nil {
		return nil, err
	}
	measures, preventive, err := measureFacts(r)
	if err != nil {
		return nil, err
	}
	cause, why := "", []string{}
	if r.Cause != "" {
		cause = texts.Text(texts.Chinese, "rootCause."+r.Cause, nil)
	}
	if r.Analysis != "" {
		why = append(why, r.Analysis)
	}
	result := map[string]string{books.RectClosed: "销号", books.RectReturned: fmt.Sprintf("退回（第%d次）", r.Returns)}[r.State]
	return map[string]any{
		"no": r.No, "source": issueSources[r.Source], "unit": unit, "title": r.Title, "text": text, "severity": r.Severity,
		"foundOn": r.FoundOn, "dueOn": r.DueOn, "verifier": verifier, "method": map[string]string{"site": "现场", "phone": "电话",
			"system": "系统"}[r.Method],
		"result": result, "comment": r.Verification, "returns": r.Returns, "evidence": evidence,
		"cause": cause, "why": why, "measures": measures, "preventive": preventive,
		"cuts": map[string]any{"materials": r.MaterialsCut, "steps": r.StepsCut, "days": fmt.Sprintf("%d.%d", r.DaysCut/10, r.DaysCut%10)},
	}, nil
}

// measureFacts are the measures of a plan, and in a line those that keep it from coming again.
func measureFacts(r *books.Rectification) (rows []any, preventive string, err error) {
	var all []books.Measure
	if err := r.Measures.Into(&all); err != nil {
		return nil, "", fmt.Errorf("measures of %s: %w", r.No, err)
	}
	rows, against := []any{}, []string{}
	for i, m := range all {
		rows = append(rows, map[string]any{"no": i + 1, "what": m.Text, "who": m.Owner, "by": m.Due})
		if m.Preventive {
			against = append(against, m.Text)
		}
	}
	if len(against) == 0 {
		return rows, "—", nil
	}
	return rows, strings.Join(against, "；"), nil
}

// evidenceFacts are the files before and after, with the beginnings of their digests.
func evidenceFacts(tx *gorm.DB, r *books.Rectification) ([]any, error) {
	out := []any{}
	for _, side := range []struct {
		name string
		docs interface{ Into(any) error }
	}{{"整改前", r.BeforeDocs}, {"整改后", r.AfterDocs}} {
		var ids []string
		if err := side.docs.Into(&ids); err != nil {
			return nil, fmt.Errorf("evidence of %s: %w", r.No, err)
		}
		var docs []papers.Document
		if err := tx.Select("title", "digest").Where("id IN ?", append(ids, "")).Order("id").Find(&docs).Error; err != nil {
			return nil, fmt.Errorf("evidence of %s: %w", r.No, err)
		}
		for _, d := range docs {
			out = append(out, map[string]any{"kind": side.name, "name": d.Title, "digest8": d.Digest[:min(8, len(d.Digest))]})
		}
	}
	return out, nil
}
