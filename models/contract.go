package models

import (
	"strings"

	"github.com/shopspring/decimal"
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
	Amount         Money
	Starts         Date
	Ends           Date
	WarrantyMonths int
	State          string // draft, signed
	SignedOn       Date
	PublishedOn    Date
	FiledOn        Date
	Documents      JSON
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
	Amount      Money
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
