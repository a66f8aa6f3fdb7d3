package books

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// ContractChange is one change of a contract's amount; append-only.
type ContractChange struct {
	ContractNo  string `gorm:"primaryKey"`
	No          int    `gorm:"primaryKey"`
	Kind        string // supplement, reduction, termination
	Delta       models.Money
	SameSubject bool
	Ratio       decimal.Decimal // percent: supplements so far of the original amount
	Class       string          // minor, filing, reapprove; "" when the bureau told it
	ChangedOn   models.Date
	ChangeNo    string // request that it carries out
	Source      string // as in the ledger
}

// TableName of the entity.
func (ContractChange) TableName() string { return "contract_change" }

// ChangeRequest asks for a change (C1).
type ChangeRequest struct {
	No                string `gorm:"primaryKey"` // BG-YYYY-NNN
	Project           string
	ContractNo        string
	Type              string // content, amount, schedule, person, supplier, cancellation
	Reason            string
	Lines             models.JSON // [{lineNo, old, new}]
	Delta             models.Money
	Days              int
	GoalChanged       bool
	WorkStartedOn     models.Date
	SupervisorOpinion string
	Documents         models.JSON
	Class             string
	State             string
	Version           int // of the baseline that it made
	Actor             string
	At                time.Time
	BusinessDate      models.Date
	DecidedOn         models.Date
}

// The states of a change request.
const (
	ChangeSent      = "sent"
	ChangeApproved  = "approved"
	ChangeFiled     = "filed"
	ChangeRefused   = "refused"
	ChangeReapprove = "reapprove"
)

// TableName of the entity.
func (ChangeRequest) TableName() string { return "change_request" }

// Baseline is what a project is to be: version 0 as contracted, one more for each change.
type Baseline struct {
	Project  string `gorm:"primaryKey"`
	Version  int    `gorm:"primaryKey"`
	ChangeNo string
	Content  models.JSON
	At       time.Time
	Actor    string
}

// TableName of the entity.
func (Baseline) TableName() string { return "baseline" }

// ContractChanges of a contract, in order.
func ContractChanges(tx *gorm.DB, contract string) ([]ContractChange, error) {
	var rows []ContractChange
	if err := tx.Where("contract_no = ?", contract).Order("no").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("changes of %s: %w", contract, err)
	}
	return rows, nil
}

// AddContractChange appends a change of a contract's amount and says how far
// all supplements have grown beside the original amount. Reductions make no room (C15).
func AddContractChange(tx *gorm.DB, k Contract, change ContractChange) (ContractChange, error) {
	before, err := ContractChanges(tx, k.ContractNo)
	if err != nil {
		return change, err
	}
	change.ContractNo, change.No = k.ContractNo, len(before)+1
	var sum models.Money
	for _, c := range append(before, change) {
		if c.Kind == "supplement" {
			sum = sum.Add(c.Delta)
		}
	}
	if k.Amount.Sign() > 0 {
		change.Ratio = sum.Decimal().Mul(decimal.NewFromInt(100)).DivRound(k.Amount.Decimal(), 4)
	}
	if err := tx.Create(&change).Error; err != nil {
		return change, fmt.Errorf("change of %s: %w", k.ContractNo, err)
	}
	return change, nil
}
