package books

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Contract with a supplier.
type Contract struct {
	ContractNo     string `gorm:"primaryKey"` // normalised
	Project        string
	Title          string
	Supplier       string
	Uscc           string
	SupplierOrg    string
	SupervisorOrg  string
	Amount         models.Money
	Starts         models.Date
	Ends           models.Date
	WarrantyMonths int
	State          string // draft, signed
	SignedOn       models.Date
	PublishedOn    models.Date
	FiledOn        models.Date
	Documents      models.JSON
	Package        string      // number of its package; "" of a contract of a time before packages
	Members        models.JSON // []Company of a consortium
	Bond           models.Money
	BondForm       string // letter, transfer
	Sme            bool   // the supplier is a small or medium enterprise (E04)
	PayDays        int    // agreed to pay within, after delivery; 0: none agreed
	Ipr            string // clause on rights and source code
	DataSecurity   string
	Deliverables   models.JSON // [text]
	EndedOn        models.Date // terminated, or its award was lost
	EndedWhy       string
}

// The states of a contract.
const (
	ContractDraft  = "draft"
	ContractSigned = "signed"
)

// TableName of the entity.
func (Contract) TableName() string { return "contract" }

// ContractTerm is a payment term.
type ContractTerm struct {
	ContractNo  string `gorm:"primaryKey"`
	No          int    `gorm:"primaryKey"`
	Name        string
	Condition   string          // advance, delivery, prelim, final, retention
	Ratio       decimal.Decimal // percent
	Amount      models.Money
	MilestoneNo *int
}

// TableName of the entity.
func (ContractTerm) TableName() string { return "contract_term" }

// ContractKey normalises a contract number: half-width, upper case, no blanks,
// one kind of dash (integration.md §1).
func ContractKey(no string) string {
	narrow := func(r rune) rune {
		switch {
		case r >= '！' && r <= '～': // the full-width twins of ASCII
			r -= '！' - '!'
		case r == ' ', r == '\t', r == '\u3000':
			return -1
		case strings.ContainsRune("—–‐−", r):
			return '-'
		}
		return r
	}
	return strings.ToUpper(strings.Map(narrow, no))
}

// SignedContract is the newest signed contract of a project; ok is false without one.
func SignedContract(tx *gorm.DB, project string) (c Contract, ok bool, err error) {
	var rows []Contract
	if err := tx.Where("project = ? AND state = ? AND ended_on IS NULL", project,
		ContractSigned).Order("signed_on DESC, contract_no").Limit(1).Find(&rows).Error; err != nil {
		return c, false, fmt.Errorf("contract of %s: %w", project, err)
	}
	if len(rows) == 0 {
		return c, false, nil
	}
	return rows[0], true, nil
}

// ContractOfPackage is the signed contract of a package that has not ended; of
// no package in particular, the newest one of the project. A contract that names no
// package (of a former release, or told by the bureau so) is anybody's.
func ContractOfPackage(tx *gorm.DB, project, pack string) (c Contract, ok bool, err error) {
	if pack == "" {
		return SignedContract(tx, project)
	}
	var rows []Contract
	err = tx.Where("project = ? AND package IN ? AND state = ? AND ended_on IS NULL", project, []string{pack, ""}, ContractSigned).
		Order("package DESC, signed_on DESC, contract_no").
		Limit(1).
		Find(&rows).
		Error
	if err != nil {
		return c, false, fmt.Errorf("contract of %s/%s: %w", project, pack, err)
	}
	if len(rows) == 0 {
		return c, false, nil
	}
	return rows[0], true, nil
}

// Contracts of a project, drafts included.
func Contracts(tx *gorm.DB, project string) ([]Contract, error) {
	var rows []Contract
	if err := tx.Where("project = ?", project).Order("contract_no").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("contracts of %s: %w", project, err)
	}
	return rows, nil
}

// ContractDates brings publication and filing of a project's contracts to what
// the bureau's facts say, in whatever order they came.
func ContractDates(tx *gorm.DB, project string) error {
	facts, err := FactsOf(tx, project, "procurement.contract_published", "procurement.contract_filed")
	if err != nil {
		return err
	}
	for _, f := range facts {
		column := "published_on"
		if f.EventType == "procurement.contract_filed" {
			column = "filed_on"
		}
		no := ContractKey(f.DataOf().Text("contract_no"))
		if err := tx.Model(&Contract{}).Where("contract_no = ? AND project = ?", no, project).Update(column,
			f.BusinessDate).Error; err != nil {
			return fmt.Errorf("contract %s: %w", no, err)
		}
	}
	return nil
}
