package books

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// ChangeProcess is the process of a change (C1): a root of its own beside the project's life.
const ChangeProcess = "qc_c1_change"

// The states of a change.
const (
	ChangeDraft     = "DRAFT"     // begun, not asked for yet, or given back
	ChangeAsked     = "ASKED"     // on its way through those who decide
	ChangeApproved  = "APPROVED"  // approved anew (P4, P5), and waiting for finance
	ChangeAdopted   = "ADOPTED"   // in force: the newest baseline has it
	ChangeRefused   = "REFUSED"   // by the unit, the house, or finance
	ChangeWithdrawn = "WITHDRAWN" // by the unit
)

// The classes of rule D10.
const (
	ClassMinor     = "minor"     // the unit decides, the house takes note
	ClassFiling    = "filing"    // the house decides
	ClassReapprove = "reapprove" // back to trimming and approval
)

// Where a change comes from.
const (
	ChangeOfUnit   = "unit"
	ChangeOfBureau = "bureau" // the procurement bureau has it on record, and nobody here had asked for it
)

// ChangeKinds are what a change can be about.
var ChangeKinds = []string{"content", "amount", "schedule", "person", "supplier", "cancel"}

// changeable are the stages in which a contract can be changed: from its
// signature to the final acceptance.
var changeable = []Stage{Contracted, Building, PrelimPassed, TrialRun}

// Changeable reports whether a project in a stage can be changed.
func (s Stage) Changeable() bool { return slices.Contains(changeable, s) }

// ChangeLine is a line of the contract that a change touches; amounts in 元.
type ChangeLine struct {
	LineNo   int           `json:"lineNo"` // of the approved lines; 0: new content
	Name     string        `json:"name"`
	Note     string        `json:"note,omitempty"`
	Old      models.Money  `json:"old"`
	New      models.Money  `json:"new"`
	Approved *models.Money `json:"approved,omitempty"` // of New, after trimming
	Reason   string        `json:"reason,omitempty"`   // of a cut
}

// Settled is what the line comes to: what was approved of it, else what was asked for.
func (l ChangeLine) Settled() models.Money {
	if l.Approved != nil {
		return *l.Approved
	}
	return l.New
}

// ChangePerson is a key person who is replaced.
type ChangePerson struct {
	Role string `json:"role"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// ChangeRequest (变更) is a request to change what was contracted (C1).
type ChangeRequest struct {
	No          string `gorm:"primaryKey"` // BG-2026-001
	Project     string
	Seq         int
	ContractNo  string
	Origin      string // ChangeOfUnit, ChangeOfBureau
	State       string
	Kind        string // of ChangeKinds
	Reason      string
	Lines       models.JSON // []ChangeLine
	Persons     models.JSON // []ChangePerson
	Supplier    string
	Uscc        string
	Delta       models.Money // of the contract's amount
	Grown       models.Money // what the approved total grows by, when it is approved anew
	Days        int          // of the end and the open milestones
	SameSubject bool
	GoalChanged bool
	BegunOn     models.Date // work that was begun before the approval
	BegunWhy    string
	Documents   models.JSON
	Class       string
	Cumulative  models.Money
	Ratio       decimal.Decimal // percent
	Opinion     string
	DocNo       string
	Version     int
	Note        string
	AskedBy     string
	AskedOn     models.Date
	DecidedOn   models.Date
	FiledOn     models.Date
	Fact        string // natural key of the bureau's record of it
	Root        int64
	At          time.Time
}

// TableName of the entity.
func (ChangeRequest) TableName() string { return "change_request" }

// Open reports whether the change is still on its way.
func (c ChangeRequest) Open() bool {
	return slices.Contains([]string{ChangeDraft, ChangeAsked, ChangeApproved}, c.State)
}

// LineRows are the lines it touches.
func (c ChangeRequest) LineRows() ([]ChangeLine, error) {
	var rows []ChangeLine
	if len(c.Lines) == 0 {
		return nil, nil
	}
	if err := c.Lines.Into(&rows); err != nil {
		return nil, fmt.Errorf("lines of %s: %w", c.No, err)
	}
	return rows, nil
}

// Changes of a project, in order.
func Changes(tx *gorm.DB, project string) ([]ChangeRequest, error) {
	var rows []ChangeRequest
	if err := tx.Where("project = ?", project).Order("seq").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("changes of %s: %w", project, err)
	}
	return rows, nil
}

// FindChange reads a change; a refusal "not-found" when there is none.
func FindChange(tx *gorm.DB, no string) (ChangeRequest, error) {
	var c ChangeRequest
	err := tx.Where("no = ?", no).Take(&c).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return c, models.Refuse("not-found", "what", no)
	}
	if err != nil {
		return c, fmt.Errorf("change %s: %w", no, err)
	}
	return c, nil
}

// NewChange gives a change its number and place among the project's, as a draft.
func NewChange(tx *gorm.DB, a models.Acting, c *ChangeRequest) error {
	var last int
	if err := tx.Model(&ChangeRequest{}).Where("project = ?", c.Project).Select("COALESCE(MAX(seq), 0)").Scan(&last).Error; err != nil {
		return fmt.Errorf("changes of %s: %w", c.Project, err)
	}
	var err error
	if c.No, err = models.NextCode(tx, "BG", a.On().Year()); err != nil {
		return err
	}
	c.Seq, c.State, c.At = last+1, ChangeDraft, models.Stamp(a.At)
	if err := tx.Create(c).Error; err != nil {
		return fmt.Errorf("change of %s: %w", c.Project, err)
	}
	return nil
}

// ToldChange is the adopted change of a contract by an amount that the bureau was told of
// and has not confirmed yet, nil when there is none.
func ToldChange(tx *gorm.DB, project, contract string, delta models.Money) (*ChangeRequest, error) {
	var rows []ChangeRequest
	err := tx.Where("project = ? AND contract_no = ? AND state = ? AND origin = ? AND fact = ''", project, contract, ChangeAdopted,
		ChangeOfUnit).
		Order("seq").
		Find(&rows).
		Error
	if err != nil {
		return nil, fmt.Errorf("changes of %s: %w", project, err)
	}
	for i := range rows {
		if rows[i].Delta.Cmp(delta) == 0 {
			return &rows[i], nil
		}
	}
	return nil, nil
}

// ChangeTold notes the bureau's record of a change.
func ChangeTold(tx *gorm.DB, no, fact string) error {
	if err := tx.Model(&ChangeRequest{}).Where("no = ?", no).Update("fact", fact).Error; err != nil {
		return fmt.Errorf("change %s: %w", no, err)
	}
	return nil
}

// UnstartedChanges of a project are the bureau's records on which nobody works yet.
func UnstartedChanges(tx *gorm.DB, project string) ([]ChangeRequest, error) {
	var rows []ChangeRequest
	if err := tx.Where("project = ? AND origin = ? AND state = ? AND root = 0", project, ChangeOfBureau,
		ChangeDraft).Order("seq").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("changes of %s: %w", project, err)
	}
	return rows, nil
}

// StartVars are the variables that the process of a change starts with.
func (c ChangeRequest) StartVars(p Project) map[string]any {
	return map[string]any{
		"projectCode": p.Code, "projectName": p.Name, "deptId": p.DeptID, "changeNo": c.No, "changeOrigin": c.Origin,
		"changeDelta": amountOf(c.Delta), "contractNo": c.ContractNo,
	}
}

// SaveChange writes a change that was read in the same transaction, and tells who looks at the project.
func SaveChange(tx *gorm.DB, a models.Acting, c *ChangeRequest) error {
	c.At = models.Stamp(a.At)
	if err := tx.Save(c).Error; err != nil {
		return fmt.Errorf("change %s: %w", c.No, err)
	}
	return models.Notify(tx, models.Notice{Kind: "project", Key: c.Project, Project: c.Project})
}

// Baseline is what holds since a change; the first is what was contracted. Append-only.
type Baseline struct {
	Project      string `gorm:"primaryKey"`
	Version      int    `gorm:"primaryKey"`
	ChangeNo     string
	ContractNo   string
	Amount       models.Money // what the contract binds
	Approved     models.Money // of the project
	Ends         models.Date
	Supplier     string
	Lines        models.JSON // map line → amount, as far as changes named them
	Milestones   models.JSON // []BaselineMilestone
	Actor        string
	BusinessDate models.Date
	At           time.Time
}

// BaselineMilestone is a milestone as a baseline has it.
type BaselineMilestone struct {
	No       int         `json:"no"`
	Name     string      `json:"name"`
	PlanDate models.Date `json:"planDate"`
}

// TableName of the entity.
func (Baseline) TableName() string { return "baseline" }

// Amounts of the lines that changes have named so far.
func (b Baseline) Amounts() (map[int]models.Money, error) {
	out := map[int]models.Money{}
	if len(b.Lines) == 0 {
		return out, nil
	}
	if err := b.Lines.Into(&out); err != nil {
		return nil, fmt.Errorf("baseline %d of %s: %w", b.Version, b.Project, err)
	}
	return out, nil
}

// Baselines of a project, in order; none before its first change.
func Baselines(tx *gorm.DB, project string) ([]Baseline, error) {
	var rows []Baseline
	if err := tx.Where("project = ?", project).Order("version").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("baselines of %s: %w", project, err)
	}
	return rows, nil
}

// LineAmounts are what the newest baseline of each contract says of the lines that changes have named.
func LineAmounts(tx *gorm.DB, project, contract string) (map[int]models.Money, error) {
	all, err := Baselines(tx, project)
	if err != nil {
		return nil, err
	}
	for _, b := range slices.Backward(all) {
		if b.ContractNo == contract {
			return b.Amounts()
		}
	}
	return map[int]models.Money{}, nil
}

// AddBaseline appends what holds now for a contract under the project's next version.
func AddBaseline(tx *gorm.DB, a models.Acting, k Contract, change string, lines map[int]models.Money) (int, error) {
	b := Baseline{
		Project: k.Project, ChangeNo: change, ContractNo: k.ContractNo, Ends: k.Ends, Supplier: k.Supplier, Lines: models.JSONOf(lines),
		Actor: a.Person, BusinessDate: a.On(), At: models.Stamp(a.At),
	}
	var err error
	if b.Amount, err = ContractValue(tx, k.ContractNo); err != nil {
		return 0, err
	}
	totals, err := TotalsOf(tx, k.Project)
	if err != nil {
		return 0, err
	}
	b.Approved = totals[k.Project].Approved
	var plan []BaselineMilestone
	if err := tx.Model(&Milestone{}).Where("project = ?", k.Project).Order("no").Find(&plan).Error; err != nil {
		return 0, fmt.Errorf("milestones of %s: %w", k.Project, err)
	}
	b.Milestones = models.JSONOf(plan)
	if err := tx.Model(&Baseline{}).Where("project = ?", k.Project).Select("COALESCE(MAX(version), 0)").Scan(&b.Version).Error; err != nil {
		return 0, fmt.Errorf("baselines of %s: %w", k.Project, err)
	}
	b.Version++
	if err := tx.Create(&b).Error; err != nil {
		return 0, fmt.Errorf("baseline %d of %s: %w", b.Version, k.Project, err)
	}
	return b.Version, nil
}

// Commitment is what a project's money is bound to (rule D10).
type Commitment struct {
	Contracted models.Money // by contracts, with their changes
	Awarded    models.Money // by awards without a contract
	Planned    models.Money // by packages that are still to be awarded
	Approved   models.Money
	Issued     models.Money
}

// Bound is the sum of all that binds.
func (c Commitment) Bound() models.Money { return c.Contracted.Add(c.Awarded).Add(c.Planned) }

// CommitmentOf a project now.
func CommitmentOf(tx *gorm.DB, project string) (c Commitment, err error) {
	totals, err := TotalsOf(tx, project)
	if err != nil {
		return c, err
	}
	t := totals[project]
	c.Contracted, c.Approved, c.Issued = t.Contracted, t.Approved, t.Issued
	packages, err := Packages(tx, project)
	if err != nil {
		return c, err
	}
	contracts, err := Contracts(tx, project)
	if err != nil {
		return c, err
	}
	for _, p := range packages {
		signed := slices.ContainsFunc(contracts, func(k Contract) bool {
			return k.State == ContractSigned && k.EndedOn == "" && (k.Package == p.PackageNo || k.Package == "")
		})
		switch {
		case signed, p.State == ProcFailed:
		case p.State == ProcAwarded:
			c.Awarded = c.Awarded.Add(p.Award)
		default:
			c.Planned = c.Planned.Add(p.Budget)
		}
	}
	return c, nil
}
