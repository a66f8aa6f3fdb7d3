package books

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// Project is one IT project from its draft to its archive. Its sums are the
// ledger's (see Totals), never columns.
type Project struct {
	Code            string `gorm:"primaryKey"`
	Name            string
	DeptID          string
	Type            string
	MlpsLevel       int
	Form            models.JSON
	Stage           Stage
	ClosedFrom      Stage // where it stood when it was closed
	RevisionNo      int
	SupplementRound int
	RulePack        string // pinned at acceptance
	DraftedOn       models.Date
	SubmittedOn     models.Date
	AcceptedOn      models.Date
	ReviewedOn      models.Date
	ApprovedOn      models.Date
	AcceptNo        string
	PreviousProject models.Optional
	Version         int // grows with each edit of header or lines
	CreatedAt       time.Time
	CreatedBy       string
	UpdatedAt       time.Time
}

// TableName of the entity.
func (Project) TableName() string { return "project" }

// StageChange says when a project came to a stage.
type StageChange struct {
	Project      string `gorm:"primaryKey"`
	Seq          int    `gorm:"primaryKey"`
	Stage        Stage
	BusinessDate models.Date
	At           time.Time
	Actor        string
	Reason       string
}

// TableName of the entity.
func (StageChange) TableName() string { return "project_stage" }

// BudgetLine is a line of the application as declared. What the review made of
// it is in the sheets.
type BudgetLine struct {
	Project   string `gorm:"primaryKey"`
	LineNo    int    `gorm:"primaryKey"`
	Category  string
	Name      string
	Spec      string
	Unit      string
	Qty       decimal.Decimal // four decimals
	UnitPrice models.Money
	Declared  models.Money // qty × price, rounded half up to 分
	Remark    string
}

// TableName of the entity.
func (BudgetLine) TableName() string { return "budget_line" }

// Revision is an application as it was submitted; it never changes.
type Revision struct {
	Project      string      `gorm:"primaryKey"`
	RevisionNo   int         `gorm:"primaryKey"`
	Digest       string      // SM3 of Content
	Content      models.JSON // {header, lines}
	Declared     models.Money
	SubmittedBy  string
	SubmittedAt  time.Time
	BusinessDate models.Date
}

// TableName of the entity.
func (Revision) TableName() string { return "application_revision" }

// Record is what a task registered and no rule computes with.
type Record struct {
	ID           int64 `gorm:"primaryKey"`
	Project      string
	Kind         string // name of the command
	Data         models.JSON
	BusinessDate models.Date
	At           time.Time
	Actor        string
}

// TableName of the entity.
func (Record) TableName() string { return "record" }

// SupplementItem is one thing that a notice of missing papers asks for.
type SupplementItem struct {
	Project     string `gorm:"primaryKey"`
	Round       int    `gorm:"primaryKey"`
	No          int    `gorm:"primaryKey"`
	Item        string
	Requirement string
	Answer      string
	Documents   models.JSON
	Fields      models.JSON // parts of the application that may be changed; null: the model does not limit them
}

// TableName of the entity.
func (SupplementItem) TableName() string { return "supplement_item" }

// FindProject reads a project; a refusal "not-found" when there is none.
func FindProject(tx *gorm.DB, code string) (Project, error) {
	var p Project
	err := tx.Where("code = ?", code).Take(&p).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return p, models.Refuse("not-found", "what", code)
	}
	if err != nil {
		return p, fmt.Errorf("project %s: %w", code, err)
	}
	return p, nil
}

// Lines of a project, in order.
func Lines(tx *gorm.DB, project string) ([]BudgetLine, error) {
	var lines []BudgetLine
	if err := tx.Where("project = ?", project).Order("line_no").Find(&lines).Error; err != nil {
		return nil, fmt.Errorf("lines of %s: %w", project, err)
	}
	return lines, nil
}

// SetStage moves a project to a stage; being there already is not a change.
func SetStage(tx *gorm.DB, a models.Acting, p *Project, stage Stage) error {
	if p.Stage == stage {
		return nil
	}
	var last int
	if err := tx.Raw("SELECT COALESCE(MAX(seq), 0) FROM project_stage WHERE project = ?", p.Code).Scan(&last).Error; err != nil {
		return fmt.Errorf("stages of %s: %w", p.Code, err)
	}
	change := StageChange{
		Project: p.Code, Seq: last + 1, Stage: stage, BusinessDate: a.On(), At: models.Stamp(a.At), Actor: a.Person, Reason: a.Reason,
	}
	if err := tx.Create(&change).Error; err != nil {
		return fmt.Errorf("stage of %s: %w", p.Code, err)
	}
	if stage.Closed() {
		p.ClosedFrom = p.Stage
	}
	p.Stage, p.UpdatedAt = stage, models.Stamp(a.At)
	if err := SaveProject(tx, p); err != nil {
		return err
	}
	return models.Notify(tx, models.Notice{Kind: "project", Key: p.Code, Project: p.Code, Dept: p.DeptID, Stage: true})
}

// SaveProject writes a project that was read in the same transaction.
func SaveProject(tx *gorm.DB, p *Project) error {
	if err := tx.Save(p).Error; err != nil {
		return fmt.Errorf("project %s: %w", p.Code, err)
	}
	return nil
}

// Repin lets a project go on by another published pack; what was decided stays as
// it was. A second person has confirmed it (domain: access.md §5, row 13).
func Repin(tx *gorm.DB, a models.Acting, code, pack string) error {
	var was Project
	if err := tx.Where("code = ?", code).Take(&was).Error; err != nil {
		return fmt.Errorf("project %s: %w", code, err)
	}
	err := tx.Model(&Project{}).Where("code = ?", code).
		Updates(map[string]any{"rule_pack": pack, "version": gorm.Expr("version + 1"), "updated_at": models.Stamp(a.At)}).Error
	if err != nil {
		return fmt.Errorf("project %s: %w", code, err)
	}
	return audit.Audit(tx, "p:"+code, a, audit.AuditEntry{
		Action: "project.repin", Subject: "project:" + code, Project: code,
		Detail: models.JSONOf(map[string]string{"from": was.RulePack, "to": pack}),
	})
}
