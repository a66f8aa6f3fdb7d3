package books

import (
	"fmt"

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
	ChangedOn   models.Date
	Source      string // as in the ledger
}

// TableName of the entity.
func (ContractChange) TableName() string { return "contract_change" }

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
