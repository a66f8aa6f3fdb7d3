package commands

import (
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

// Terminate ends the matter of a process that a person has ended: a project is
// TERMINATED, and a bureau that was told of its approval is told that it is
// revoked; a rectification is INVALID, also one that ran within the project's
// process; a report at the window is withdrawn. Key is the business key of the process.
func Terminate(tx *gorm.DB, c Call, key string) error {
	p, err := books.FindProject(tx, key)
	var unknown *models.Refusal
	switch {
	case errors.As(err, &unknown):
		if err := stopChanges(tx, c, tx.Where("no = ?", key)); err != nil {
			return err
		}
		if err := endStuck(tx, c, key); err != nil {
			return err
		}
		return invalidate(tx, c, tx.Where("no = ?", key))
	case err != nil:
		return err
	}
	if p.ApprovedOn != "" {
		if err := sendOut(tx, c, p, "project.revoked"); err != nil {
			return err
		}
	}
	if err := closeBeside(tx, c, p.Code); err != nil {
		return err
	}
	within := tx.Where("project = ?", p.Code).
		Where("no NOT IN (?)", tx.Model(&process.RootState{}).Select("business_key").Where("project = ?", p.Code))
	if err := invalidate(tx, c, within); err != nil {
		return err
	}
	if err := endingPapers(tx, c, p); err != nil {
		return err
	}
	return books.SetStage(tx, c.Acting, &p, books.Terminated)
}

// endingPapers tell the parties that the matter ends, and that its approval is
// revoked. What never left the department has nobody to be told.
func endingPapers(tx *gorm.DB, c Call, p books.Project) error {
	if p.SubmittedOn == "" {
		return nil
	}
	approval, err := lastDocument(tx, p.Code, "批复")
	if err != nil {
		return err
	}
	ending := func(_ Call, tx *gorm.DB, p books.Project, all map[string]any) error {
		totals, err := books.TotalsOf(tx, p.Code)
		if err != nil {
			return err
		}
		undo := []any{}
		if totals[p.Code].Issued.Sign() > 0 {
			undo = append(undo, "尚未执行的预算指标由财政部门收回")
		}
		if totals[p.Code].Contracted.Sign() > 0 {
			undo = append(undo, "已签订的合同按约定清算")
		}
		reason := strings.TrimRight(strings.TrimSpace(c.Acting.Reason), "。")
		if reason == "" {
			reason = "不再办理"
		}
		all["reason"], all["undo"], all["oldNo"] = reason, append(undo, "材料按规定归档"), string(approval.DocNo)
		return nil
	}
	kinds := []string{"termination_notice"}
	if approval.DocNo != "" {
		kinds = append(kinds, "approval_revocation")
	}
	for _, kind := range kinds {
		if _, err := c.issueWith(tx, duePaper{kind: kind, gather: []gatherer{ending}}, p); err != nil {
			return fmt.Errorf("%s of %s: %w", kind, p.Code, err)
		}
	}
	return nil
}

// over are the states of a finding on which nobody works any more.
var over = []string{books.RectClosed, books.RectReferredUp, books.RectInvalid}

// invalidate makes findings that are still worked on INVALID, with the reason in their history.
func invalidate(tx *gorm.DB, c Call, which *gorm.DB) error {
	var open []books.Rectification
	if err := which.Where("state NOT IN ?", over).Order("no").Find(&open).Error; err != nil {
		return fmt.Errorf("open findings: %w", err)
	}
	for i := range open {
		open[i].State = books.RectInvalid
		if err := books.SaveRectification(tx, c.Acting, &open[i], "invalid", c.Acting.Reason); err != nil {
			return err
		}
	}
	return nil
}

// revokedData names the approval that does not hold any more.
func revokedData(tx *gorm.DB, c Call, p books.Project) (map[string]any, error) {
	doc, err := lastDocument(tx, p.Code, "批复")
	return map[string]any{"doc_no": string(doc.DocNo), "reason": c.Acting.Reason}, err
}
