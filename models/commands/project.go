package commands

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
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
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	if c.Acting.Reason == "" {
		c.Acting.Reason = reason
	}
	return Result{}, func() error {
		if kind := c.Headers["document"]; kind != "" {
			if _, err := papers.Issue(tx, c.Acting, kind, p.Code, p.Name+" "+kind, map[string]any{"reason": c.Acting.Reason}); err != nil {
				return err
			}
		}
		return books.SetStage(tx, c.Acting, &p, stage)
	}, nil
}
