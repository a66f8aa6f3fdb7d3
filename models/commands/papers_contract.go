package commands

import (
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models/books"
)

// termConditions are what a payment term waits for, in the words of papers.
var termConditions = map[string]string{"advance": "预付", "delivery": "到货", "prelim": "初验", "final": "终验", "retention": "质保期满"}

// contractPaper is the contract that the call is about, else the project's newest
// signed one, with its terms and the award that it follows; a project without one has no facts of it.
func contractPaper(c Call, tx *gorm.DB, p books.Project, all map[string]any) error {
	var rows []books.Contract
	err := tx.Where("project = ? AND state = ?", p.Code, books.ContractSigned).
		Order(clause.OrderBy{Expression: clause.Expr{SQL: "CASE WHEN contract_no = ? THEN 0 ELSE 1 END, signed_on DESC, contract_no",
			Vars: []any{c.text("contractNo")}}}).
		Limit(1).Find(&rows).Error
	if err != nil {
		return fmt.Errorf("contract of %s: %w", p.Code, err)
	}
	all["contract"], all["object"] = map[string]any{}, p.Code
	if len(rows) == 0 {
		return nil
	}
	k := rows[0]
	var terms []books.ContractTerm
	if err := tx.Where("contract_no = ?", k.ContractNo).Order("no").Find(&terms).Error; err != nil {
		return fmt.Errorf("payment terms of %s: %w", k.ContractNo, err)
	}
	list := []any{}
	for _, t := range terms {
		list = append(
			list,
			map[string]any{
				"no": t.No, "name": t.Name, "condition": termConditions[t.Condition], "ratio": t.Ratio.String(),
				"amount": t.Amount,
			},
		)
	}
	all["contract"], all["object"] = map[string]any{
		"no": k.ContractNo, "title": k.Title, "supplier": k.Supplier, "uscc": k.Uscc, "amount": k.Amount, "signedOn": k.SignedOn,
		"start": k.Starts, "end": k.Ends,
		"terms": list, "warrantyMonths": k.WarrantyMonths, "publishedOn": k.PublishedOn, "filedOn": k.FiledOn,
	}, k.ContractNo
	v, err := books.Procurement(tx, p.Code)
	if err != nil {
		return err
	}
	m := v.Main()
	if k.Package != "" {
		m = v.Package(k.Package)
	}
	if m != nil {
		all["award"] = map[string]any{"package": m.PackageNo, "winner": m.Winner, "uscc": m.Uscc, "price": m.Award, "noticeOn": m.AwardOn}
	}
	return nil
}

// paymentPaper is the request that was sent to finance just now.
func paymentPaper(c Call, tx *gorm.DB, p books.Project, all map[string]any) error {
	v, err := books.Payments(tx, p.Code)
	if err != nil {
		return err
	}
	var last []books.PaymentRequest
	if err := tx.Where("project = ? AND state = ?", p.Code,
		books.PaymentPending).Order("request_no DESC").Limit(1).Find(&last).Error; err != nil ||
		len(last) == 0 {
		return err
	}
	r := last[0]
	pay := map[string]any{
		"no": r.RequestNo, "term": r.Term, "amount": r.Amount, "paidBefore": v.Paid, "remaining": v.Remaining.Sub(v.Pending),
		"invoiceNo": r.InvoiceNo, "payee": r.Payee,
	}
	var term books.ContractTerm
	if err := tx.Where("contract_no = ? AND name = ?", r.ContractNo, r.Term).Limit(1).Find(&term).Error; err != nil {
		return fmt.Errorf("payment term of %s: %w", r.RequestNo, err)
	}
	if term.ContractNo != "" {
		pay["condition"], pay["ratio"] = termConditions[term.Condition], term.Ratio.String()
	}
	if pay["checks"], err = paymentChecks(tx, p.Code, c.Root); err != nil {
		return err
	}
	all["pay"] = pay
	return nil
}

var resultWords = map[string]string{"pass": "符合", "remind": "符合（有提醒）", "block": "不符合", "unknown": "数据不全"}

// paymentChecks are the rules' results of the newest run at the payment's point; none where no run was kept.
func paymentChecks(tx *gorm.DB, project string, rootKey int64) ([]any, error) {
	var rows []struct{ Rule, State string }
	err := tx.Raw(`SELECT e.rule, e.state FROM rule_eval e WHERE e.run = (SELECT MAX(id) FROM check_run WHERE project = ? AND root = ?
		AND point = ?) ORDER BY e.rule`,
		project, rootKey, "payment").
		Scan(&rows).
		Error
	if err != nil {
		return nil, fmt.Errorf("checks of %s: %w", project, err)
	}
	out := []any{}
	for _, x := range rows {
		if word := resultWords[x.State]; word != "" {
			out = append(out, map[string]any{"code": x.Rule, "name": x.Rule, "result": word})
		}
	}
	return out, nil
}
