package books

import (
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
)

// What the books know of awards, contracts and payments (domain/checks.md §3).
var (
	_ = rules.Provide(
		rules.Source{
			Kind: SubjectProject, Points: []string{"contract"}, Facts: []string{"awards", "contracts", "bond", "contractAmount"},
			Gather: contractFacts,
		},
	)
	_ = rules.Provide(rules.Source{Kind: SubjectProject, Points: []string{"payment"}, Facts: []string{
		"paid", "pending", "asked", "contractValue", "term", "passed", "blockers", "retentions", "holdReasons", "dues",
	}, Gather: paymentFacts})
)

// amountOf is an exact number of a rule.
func amountOf(m models.Money) json.Number { return json.Number(m.String()) }

// some is a list of the days that are known: none or one.
func some(d models.Date) []any {
	if d == "" {
		return []any{}
	}
	return []any{string(d)}
}

// contractFacts are awards and contracts; the one in hand is the newest draft, else the newest contract.
func contractFacts(tx *gorm.DB, s rules.Subject, _ models.Date) (rules.Facts, error) {
	packages, err := Packages(tx, s.ID)
	if err != nil {
		return nil, err
	}
	contracts, err := Contracts(tx, s.ID)
	if err != nil {
		return nil, err
	}
	contracts = slices.DeleteFunc(contracts, func(k Contract) bool { return k.EndedOn != "" })
	signedOn, awards, rows := map[string]models.Date{}, []any{}, []any{}
	for _, k := range contracts {
		signedOn[k.Package] = k.SignedOn
	}
	for _, p := range packages {
		if p.State == ProcAwarded {
			awards = append(
				awards, map[string]any{"package": p.PackageNo, "noticeOn": string(p.AwardOn), "signedOn": some(signedOn[p.PackageNo])},
			)
		}
	}
	out := map[string]any{"awards": awards, "bond": []any{}}
	if k, ok := inHand(contracts); ok { // another one's fault does not stop this one
		row, err := contractRow(tx, k, packages)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
		out["contractAmount"] = amountOf(k.Amount)
		if k.Bond.Sign() > 0 {
			out["bond"] = []any{map[string]any{"amount": amountOf(k.Bond), "form": k.BondForm}}
		}
	}
	out["contracts"] = rows
	return factsOf(out)
}

func inHand(contracts []Contract) (k Contract, ok bool) {
	for _, c := range contracts {
		if !ok || c.State == ContractDraft && k.State != ContractDraft || c.State == k.State && c.SignedOn > k.SignedOn {
			k, ok = c, true
		}
	}
	return k, ok
}

func contractRow(tx *gorm.DB, k Contract, packages []PackageView) (map[string]any, error) {
	changes, err := ContractChanges(tx, k.ContractNo)
	if err != nil {
		return nil, err
	}
	supplements := []any{}
	for _, c := range changes {
		supplements = append(supplements, map[string]any{"amount": amountOf(c.Delta), "sameSubject": c.SameSubject})
	}
	row := map[string]any{
		"no": k.ContractNo, "amount": amountOf(k.Amount), "original": amountOf(k.Amount), "supplements": supplements,
		"publishedOn": some(k.PublishedOn), "filedOn": some(k.FiledOn),
	}
	if k.SignedOn != "" {
		row["signedOn"] = string(k.SignedOn)
	}
	i := slices.IndexFunc(packages, func(p PackageView) bool { return p.PackageNo == k.Package || k.Package == "" && len(packages) == 1 })
	if i >= 0 && packages[i].AwardOn != "" {
		p := packages[i]
		row["award"], row["priceForm"], row["limitPrice"], row["budget"] = amountOf(
			p.Award,
		), p.PriceForm, amountOf(
			p.LimitPrice,
		), amountOf(
			p.Budget,
		)
	}
	return row, nil
}

// paymentFacts are about the request in hand, the newest draft; without one, about what is paid.
func paymentFacts(tx *gorm.DB, s rules.Subject, on models.Date) (rules.Facts, error) {
	var drafts []PaymentRequest
	if err := tx.Where("project = ? AND state = ?", s.ID,
		PaymentDraft).Order("at DESC, request_no DESC").Limit(1).Find(&drafts).Error; err != nil {
		return nil, fmt.Errorf("requests of %s: %w", s.ID, err)
	}
	retentions, err := retentionRows(tx, s.ID)
	if err != nil {
		return nil, err
	}
	blockers, err := openSevere(tx, s.ID)
	if err != nil {
		return nil, err
	}
	dues, err := dueRows(tx, s.ID)
	if err != nil {
		return nil, err
	}
	out := map[string]any{
		"dues": dues, "retentions": retentions, "blockers": blockers, "holdReasons": []any{}, "asked": json.Number("0"), "term": []any{},
		"passed": []any{},
	}
	if len(drafts) == 0 {
		v, err := Payments(tx, s.ID)
		if err != nil {
			return nil, err
		}
		out["paid"], out["pending"], out["contractValue"] = amountOf(v.Paid), amountOf(v.Pending), amountOf(v.Contract)
		delete(out, "term") // about no request
		return factsOf(out)
	}
	r := drafts[0]
	v, err := PaymentsOf(tx, s.ID, r.ContractNo)
	if err != nil {
		return nil, err
	}
	out["paid"], out["pending"], out["contractValue"], out["asked"] = amountOf(
		v.Paid,
	), amountOf(
		v.Pending,
	), amountOf(
		v.Contract,
	), amountOf(
		r.Amount,
	)
	terms, err := TermsOf(tx, r.ContractNo)
	if err != nil {
		return nil, err
	}
	for _, t := range terms {
		if t.Name != r.Term {
			continue
		}
		out["term"] = []any{
			map[string]any{"condition": t.Condition, "amount": amountOf(t.Amount), "used": amountOf(v.Asked(r.ContractNo, t.Name))},
		}
		ok, err := Payable(tx, r, t, on)
		if err != nil {
			return nil, err
		}
		if ok {
			out["passed"] = []any{t.Condition}
		}
	}
	return factsOf(out)
}

// Reached reports whether what a payment term waits for has been reached on a
// day: its milestone, else the acceptance that its condition names; retention,
// the end of the warranty.
func Reached(tx *gorm.DB, project string, t ContractTerm, on models.Date) (bool, error) {
	var n int64
	if t.Condition == "retention" {
		var k Contract
		if err := tx.Where("contract_no = ?", t.ContractNo).Take(&k).Error; err != nil {
			return false, fmt.Errorf("contract %s: %w", t.ContractNo, err)
		}
		end, err := WarrantyEnd(tx, k)
		return err == nil && end != "" && end <= on, err
	}
	if t.MilestoneNo != nil {
		err := tx.Model(&Milestone{}).Where("project = ? AND no = ? AND passed_on IS NOT NULL", project, *t.MilestoneNo).Count(&n).Error
		if err != nil {
			return false, fmt.Errorf("milestone %d of %s: %w", *t.MilestoneNo, project, err)
		}
		return n > 0, nil
	}
	kind := map[string]string{"prelim": Prelim, "final": Final}[t.Condition]
	if kind == "" {
		return true, nil
	}
	err := tx.Model(&Acceptance{}).Where("project = ? AND kind = ? AND conclusion <> 'fail'", project, kind).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("acceptances of %s: %w", project, err)
	}
	return n > 0, nil
}

// Payable reports whether a request may ask for a term: what it waits for has been
// reached, or a letter of guarantee stands for the retention of what was accepted.
func Payable(tx *gorm.DB, r PaymentRequest, t ContractTerm, on models.Date) (bool, error) {
	if t.Condition != "retention" || r.Guarantee == "" {
		return Reached(tx, r.Project, t, on)
	}
	t.Condition, t.MilestoneNo = "final", nil
	return Reached(tx, r.Project, t, on)
}

// retentionRows are the contracts that hold money back until their warranty is over.
func retentionRows(tx *gorm.DB, project string) ([]any, error) {
	contracts, err := Contracts(tx, project)
	if err != nil {
		return nil, err
	}
	rows := []any{}
	for _, k := range contracts {
		end, err := WarrantyEnd(tx, k)
		if err != nil {
			return nil, err
		}
		if end == "" || k.State != ContractSigned {
			continue
		}
		terms, err := TermsOf(tx, k.ContractNo)
		if err != nil {
			return nil, err
		}
		v, err := PaymentsOf(tx, project, k.ContractNo)
		if err != nil {
			return nil, err
		}
		var held models.Money
		for _, t := range terms {
			if t.Condition == "retention" {
				held = held.Add(t.Amount.Sub(v.Asked(k.ContractNo, t.Name)))
			}
		}
		rows = append(
			rows, map[string]any{"contract": k.ContractNo, "warrantyEnd": string(end), "held": amountOf(held), "releasedOn": []any{}},
		)
	}
	return rows, nil
}

// openSevere counts the findings of severity A that are not closed.
func openSevere(tx *gorm.DB, project string) (int64, error) {
	var n int64
	err := tx.Model(&Rectification{}).
		Where("project = ? AND severity = 'A' AND state NOT IN ?", project, []string{RectClosed, RectInvalid}).
		Count(&n).
		Error
	if err != nil {
		return 0, fmt.Errorf("rectifications of %s: %w", project, err)
	}
	return n, nil
}
