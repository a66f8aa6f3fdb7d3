package books

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
)

// What the books know of a plan to buy (domain/checks.md §3, rules C01–C04 and C07).
var _ = rules.Provide(rules.Source{
	Kind: SubjectProject, Points: []string{"procurement"}, Facts: []string{"packages", "issuedTotal", "bought", "fiscalYear"},
	Gather: procurementFacts,
})

// procurementFacts are the packages that are planned and not on offer yet. What was awarded stands: it binds
// its part of the budget, and counts among what the unit has bought this year.
func procurementFacts(tx *gorm.DB, s rules.Subject, on models.Date) (rules.Facts, error) {
	p, err := FindProject(tx, s.ID)
	if err != nil {
		return nil, err
	}
	totals, err := TotalsOf(tx, p.Code)
	if err != nil {
		return nil, err
	}
	now, err := Procurement(tx, p.Code)
	if err != nil {
		return nil, err
	}
	issued, packages := totals[p.Code].Issued, []any{}
	for _, k := range slices.Concat(now.Packages, now.Kept) {
		switch k.State {
		case "":
			row, err := packageRow(k)
			if err != nil {
				return nil, err
			}
			packages = append(packages, row)
		case ProcAwarded:
			issued = issued.Sub(k.Award)
		}
	}
	bought, err := boughtBy(tx, p)
	if err != nil {
		return nil, err
	}
	return factsOf(map[string]any{
		"packages": packages, "issuedTotal": amountOf(issued), "bought": bought, "fiscalYear": on.Year(),
	})
}

// classOf is the class of a package in the procurement catalogue; of one that names none, goods, service or works as a whole.
func (k ProcPackage) classOf() string {
	if k.ItemClass != "" {
		return k.ItemClass
	}
	return k.Category
}

// evidenceOf is how many documents show the reason for the method.
func (k ProcPackage) evidenceOf() (int, error) {
	var ids []string
	if len(k.Evidence) > 0 {
		if err := k.Evidence.Into(&ids); err != nil {
			return 0, fmt.Errorf("evidence of package %s of %s: %w", k.PackageNo, k.Project, err)
		}
	}
	return len(ids), nil
}

func packageRow(k PackageView) (map[string]any, error) {
	reasons, publicity := []any{}, []any{}
	if k.ReasonCode != "" {
		n, err := k.evidenceOf()
		if err != nil {
			return nil, err
		}
		reasons = append(reasons, map[string]any{"code": k.ReasonCode, "evidence": n})
	}
	if k.PublicityFrom != "" {
		to := string(k.PublicityTo)
		if to == "" {
			to = never
		}
		publicity = append(publicity, map[string]any{"from": string(k.PublicityFrom), "to": to})
	}
	return map[string]any{
		"no": k.PackageNo, "name": k.Name, "budget": amountOf(k.Budget), "limitPrice": amountOf(k.LimitPrice), "mode": k.Mode,
		"itemClass": k.classOf(), "smeAmount": amountOf(k.SmeAmount), "reasons": reasons, "publicity": publicity,
	}, nil
}

// boughtBy is what the unit of a project buys otherwise: packages of its other projects that were sent to the
// bureau and have not failed, and those of this project that are on offer or awarded.
func boughtBy(tx *gorm.DB, p Project) ([]any, error) {
	var codes []string
	err := tx.Raw(`SELECT DISTINCT p.code FROM project p JOIN proc_round r ON r.project = p.code
		WHERE p.dept_id = ? AND r.sent_on IS NOT NULL ORDER BY p.code`, p.DeptID).
		Scan(&codes).
		Error
	if err != nil {
		return nil, fmt.Errorf("purchases of %s: %w", p.DeptID, err)
	}
	out := []any{}
	for _, code := range codes {
		v, err := Procurement(tx, code)
		if err != nil {
			return nil, err
		}
		for _, k := range slices.Concat(v.Packages, v.Kept) {
			sent := v.SentOn != "" && v.State != ProcRejected
			if k.State == ProcFailed || k.State == "" && (code == p.Code || !sent) {
				continue
			}
			row, err := boughtRow(code, v.SentOn, k)
			if err != nil {
				return nil, err
			}
			out = append(out, row)
		}
	}
	return out, nil
}

func boughtRow(project string, sent models.Date, k PackageView) (map[string]any, error) {
	n, err := k.evidenceOf()
	if err != nil {
		return nil, err
	}
	amount, on := k.Budget, sent
	if k.State == ProcAwarded {
		amount, on = k.Award, k.AwardOn
	}
	return map[string]any{
		"ref": project + "/" + k.PackageNo, "itemClass": k.classOf(), "planYear": on.Year(), "mode": k.Mode,
		"amount": amountOf(amount), "excused": k.ReasonCode == "APPROVED" && n > 0,
	}, nil
}
