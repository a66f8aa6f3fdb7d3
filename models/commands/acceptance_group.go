package commands

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// sensible holds what an acceptance cannot be without: it was held, not before
// the contract, clause by clause, by different people of whom none is the
// supplier's, and the trial run was what rule D07 asks for.
func (in session) sensible(tx *gorm.DB, c Call, a books.Acceptance) error {
	f := check()
	k, ok, err := books.SignedContract(tx, a.Project)
	if err != nil {
		return err
	}
	if a.HeldOn > models.DateOf(c.Acting.At) {
		f.Field("/date", "date-in-future")
	}
	if ok && a.HeldOn < k.SignedOn {
		f.Field("/date", "before-contract", "signed", string(k.SignedOn))
	}
	if len(in.Items) == 0 {
		f.Field("/items", "required")
	}
	names, err := builderNames(tx, a.Project)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for i, m := range in.Group {
		who := strings.TrimSpace(m.Name) + "/" + strings.TrimSpace(m.Org)
		if seen[who] {
			f.Field(at("group", i, "name"), "twice", "item", m.Name)
		}
		seen[who] = true
		if names[strings.TrimSpace(m.Org)] {
			f.Field(at("group", i, "org"), "group-of-supplier", "org", m.Org)
		}
	}
	if a.Kind == books.Final && a.Conclusion != "fail" {
		if err := f.trial(c, a); err != nil {
			return err
		}
	}
	return f.OrNil()
}

// builderNames are the names of the companies that build: suppliers and members of
// consortia, as their contracts and the directory call them.
func builderNames(tx *gorm.DB, project string) (map[string]bool, error) {
	contracts, err := books.Contracts(tx, project)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, k := range contracts {
		names[k.Supplier] = true
		var members []books.Company
		if len(k.Members) > 0 {
			if err := k.Members.Into(&members); err != nil {
				return nil, fmt.Errorf("consortium of %s: %w", k.ContractNo, err)
			}
		}
		for _, m := range members {
			names[m.Name] = true
		}
		if k.SupplierOrg == "" {
			continue
		}
		var known []string
		if err := tx.Table("dept").Where("id = ?", k.SupplierOrg).Pluck("name", &known).Error; err != nil {
			return nil, fmt.Errorf("organisation %s: %w", k.SupplierOrg, err)
		}
		for _, n := range known {
			names[n] = true
		}
	}
	delete(names, "")
	return names, nil
}

// trial holds D07's availability.
func (f faults) trial(c Call, a books.Acceptance) error {
	least, err := c.param("D07", "availability")
	if err != nil {
		return err
	}
	need, err := decimal.NewFromString(least.String())
	if err != nil {
		return fmt.Errorf("parameter D07.availability: %w", err)
	}
	switch {
	case a.Availability == nil:
		f.Field("/availability", "required")
	case a.Availability.LessThan(need):
		f.Field("/availability", "availability-low", "least", need.String())
	}
	return nil
}
