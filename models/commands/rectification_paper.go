package commands

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/papers"
)

// issuePapers are the papers that steps of a rectification issue, when they are due.
var issuePapers = map[string]issuedPaper{
	"rectification.dispatch": {"rectification_notice", "整改通知书", func(r *books.Rectification) bool { return r.State == books.RectAnalysis }},
	"rectification.verify":   checkPaper,
	"rectification.check":    checkPaper,
}

// issuedPaper is a paper with its kind, its name, and when it is due.
type issuedPaper struct {
	kind, title string
	due         func(r *books.Rectification) bool
}

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
	facts, err := issueFacts(tx, r)
	if err != nil {
		return err
	}
	all := map[string]any{"issue": facts}
	if err := c.houseFacts(tx, books.Project{}, all); err != nil {
		return err
	}
	d, err := papers.Issue(tx, c.Acting, p.kind, string(r.Project), r.No+" "+p.title, all)
	if err != nil {
		return fmt.Errorf("paper of %s: %w", d.DocNo, err)
	}
	return nil
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
	result := map[string]string{books.RectClosed: "销号", books.RectReturned: fmt.Sprintf("退回（第%d次）", r.Returns)}[r.State]
	return map[string]any{
		"no": r.No, "source": issueSources[r.Source], "unit": unit, "title": r.Title, "text": text, "severity": r.Severity,
		"foundOn": r.FoundOn, "dueOn": r.DueOn, "verifier": verifier, "method": map[string]string{"site": "现场", "phone": "电话",
			"system": "系统"}[r.Method],
		"result": result, "comment": r.Verification, "returns": r.Returns, "evidence": evidence,
		"cuts": map[string]any{"materials": r.MaterialsCut, "steps": r.StepsCut, "days": fmt.Sprintf("%d.%d", r.DaysCut/10, r.DaysCut%10)},
	}, nil
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
