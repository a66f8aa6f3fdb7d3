package books

import (
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// ContractView is a contract with its terms, and what was paid of it.
type ContractView struct {
	Contract
	Terms    []ContractTerm
	Payments PaymentView
}

// PackageContract is a package with the contract that stands for it: signed, else drafted.
type PackageContract struct {
	PackageView
	Contract *ContractView
}

// PackageContracts of a project in order of packages, and the contracts that
// name none. A contract that ended with a lost award stands among the others.
func PackageContracts(tx *gorm.DB, project string) (rows []PackageContract, others []ContractView, err error) {
	packages, err := Packages(tx, project)
	if err != nil {
		return nil, nil, err
	}
	contracts, err := Contracts(tx, project)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range packages {
		rows = append(rows, PackageContract{PackageView: p})
	}
	slices.SortStableFunc(contracts, func(a, b Contract) int { return len(b.SignedOn) - len(a.SignedOn) }) // signed ones first
	for _, k := range contracts {
		v, err := contractView(tx, k)
		if err != nil {
			return nil, nil, err
		}
		i := slices.IndexFunc(rows, func(r PackageContract) bool {
			return r.PackageNo == k.Package || k.Package == "" && len(rows) == 1
		})
		if i < 0 || rows[i].Contract != nil || k.EndedOn != "" {
			others = append(others, v)
			continue
		}
		rows[i].Contract = &v
	}
	return rows, others, nil
}

func contractView(tx *gorm.DB, k Contract) (v ContractView, err error) {
	v.Contract = k
	if v.Terms, err = TermsOf(tx, k.ContractNo); err != nil {
		return v, err
	}
	v.Payments, err = PaymentsOf(tx, k.Project, k.ContractNo)
	return v, err
}

// LineList are the numbers of the approved lines that a package buys.
func (p ProcPackage) LineList() []int {
	var nos []int
	if len(p.LineNos) > 0 {
		_ = p.LineNos.Into(&nos) // written by us, as a list of numbers
	}
	return nos
}

// Left of a project's issued money: bound to nothing; negative where it is short.
func (c Commitment) Left() models.Money { return c.Issued.Sub(c.Bound()) }
