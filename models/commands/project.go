package commands

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/process"
)

var _ = foretold(map[string]Plan{
	"project.stage": projectStage,
	"project.close": projectClose,
})

// projectStage sets the stage that its header names.
func projectStage(tx *gorm.DB, c Call) (Result, Write, error) {
	stage := books.Stage(c.Headers["stage"])
	if !slices.Contains(books.AllStages, stage) {
		return nil, nil, fmt.Errorf("commands: there is no stage %q", stage)
	}
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	return Result{}, func() error { return books.SetStage(tx, c.Acting, &p, stage) }, nil
}

// projectClose ends a project before its end: as its headers say, or as the
// message that asked for it.
func projectClose(tx *gorm.DB, c Call) (Result, Write, error) {
	stage, reason := books.Stage(c.Headers["stage"]), c.Headers["reason"]
	if stage == "" {
		stage, reason = books.Stage(c.text("closeStage")), c.text("closeReason")
	}
	if !stage.Closed() {
		return nil, nil, fmt.Errorf("commands: %q does not close a project", stage)
	}
	if beside(c) { // what is not bought again does not end the project
		return Result{}, nil, nil
	}
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	if c.Acting.Reason == "" {
		c.Acting.Reason = reason
	}
	return Result{}, func() error {
		if kind := c.Headers["document"]; kind != "" {
			if _, err := c.closingPaper(tx, kind, p); err != nil {
				return err
			}
		}
		if err := closeBeside(tx, c, p.Code); err != nil {
			return err
		}
		return books.SetStage(tx, c.Acting, &p, stage)
	}, nil
}

// closeBeside ends what runs beside a project's life: its further packages, and its open changes.
func closeBeside(tx *gorm.DB, c Call, project string) error {
	if err := closePackages(tx, c, project); err != nil {
		return err
	}
	return closeChanges(tx, c, project, "")
}

// closeChanges ends the open changes of a contract; "": of all the project's.
func closeChanges(tx *gorm.DB, c Call, project, contract string) error {
	changes, err := books.Changes(tx, project)
	if err != nil {
		return err
	}
	for _, r := range changes {
		if !r.Open() || contract != "" && r.ContractNo != contract {
			continue
		}
		if err := process.SendMessage(tx, c.Acting, c.event("change.close", r.No), "change.close", r.No, nil); err != nil {
			return err
		}
	}
	return nil
}

// closePackages ends the lives of the packages beside the one that the project's life follows.
func closePackages(tx *gorm.DB, c Call, project string) error {
	v, err := books.Procurement(tx, project)
	if err != nil {
		return err
	}
	main := v.Main()
	for _, k := range append(slices.Clone(v.Packages), v.Kept...) {
		if k.State != books.ProcAwarded || main != nil && k.PackageNo == main.PackageNo {
			continue
		}
		key := project + "/" + k.PackageNo
		if err := process.SendMessage(tx, c.Acting, c.event("package.close", key), "package.close", key, nil); err != nil {
			return err
		}
	}
	return nil
}

// closingPaper tells the applicant why the matter ends: by what people wrote, else as the model says.
func (c Call) closingPaper(tx *gorm.DB, kind string, p books.Project) (papers.Document, error) {
	reason := strings.TrimRight(strings.TrimSpace(c.Acting.Reason), "。")
	var rows []books.Record
	if err := tx.Where("project = ? AND kind IN ?", p.Code, []string{"formal.check",
		"approval.meeting"}).Order("id DESC").Limit(1).Find(&rows).Error; err != nil {
		return papers.Document{}, fmt.Errorf("records of %s: %w", p.Code, err)
	}
	if len(rows) > 0 {
		var said struct {
			Reason string `json:"reason"`
		}
		if err := rows[0].Data.Into(&said); err == nil && strings.TrimSpace(said.Reason) != "" {
			reason = strings.TrimRight(strings.TrimSpace(said.Reason), "。")
		}
	}
	approval, err := c.approvalFacts(tx, p)
	if err != nil {
		return papers.Document{}, err
	}
	return c.paper(tx, c.Acting, kind, p, p.Name+" "+kind, map[string]any{
		"reason": reason, "explain": reason, "reasons": []any{reason}, "approval": approval, "stageOfRefusal": string(p.Stage),
	})
}
