package commands

import (
	"fmt"
	"strconv"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/partner/facts"
)

var _ = foretold(map[string]Plan{
	"partner.send":   partnerSend,
	"partner.remind": partnerRemind,
})

// receivers says which partner an event goes to.
var receivers = map[string]string{
	"project.approved":            "finance",
	"procurement.plan":            "procurement",
	"procurement.contract_signed": "procurement",
	"payment.precheck":            "finance",
	"acceptance.passed":           "finance",
	"project.archived":            "finance",
	"project.revoked":             "finance",
	"project.changed":             "finance",
}

// builders make the data of an outgoing event from the books (integration.md §4).
var builders = map[string]func(*gorm.DB, Call, books.Project) (map[string]any, error){
	"project.approved":            approvedData,
	"procurement.plan":            planData,
	"procurement.contract_signed": contractData,
	"payment.precheck":            precheckData,
	"acceptance.passed":           acceptanceData,
	"project.archived":            archivedData,
	"project.revoked":             revokedData,
	"project.changed":             changedData,
}

// sendOut puts an event into the outbox, for the partner that it is for.
func sendOut(tx *gorm.DB, c Call, p books.Project, event string) error {
	return sendTo(tx, c, p, receivers[event], event)
}

// sendTo puts an event into the outbox for a partner; each partner has an event of its own.
func sendTo(tx *gorm.DB, c Call, p books.Project, partner, event string) error {
	build, ok := builders[event]
	if !ok {
		return fmt.Errorf("commands: no event %q goes out", event)
	}
	data, err := build(tx, c, p)
	if err != nil {
		return err
	}
	data["project_code"] = p.Code
	key := p.Code + ":" + c.Element
	if partner != receivers[event] {
		key += ":" + partner
	}
	return outbox.SendPartner(tx, c.Acting, c.event(event, key), partner, event, p.Code, data)
}

// partnerSend sends an event again, from the books as they are.
func partnerSend(tx *gorm.DB, c Call) (Result, Write, error) {
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	return Result{}, func() error { return sendOut(tx, c, p, c.Headers["event"]) }, nil
}

// liaisons are the roles that speak with the partners; each partner is a function of a unit.
var liaisons = map[string]string{"finance": "FINANCE_LIAISON", "procurement": "PROCUREMENT_LIAISON"}

// partnerRemind asks a partner to hurry: a row that its liaison sees.
func partnerRemind(tx *gorm.DB, c Call) (Result, Write, error) {
	r := books.Reminder{Project: c.text("projectCode"), Partner: c.Headers["partner"], Event: c.Headers["event"], At: c.Acting.At.UTC()}
	posts, err := office.PostsIn(tx, liaisons[r.Partner], r.Partner, c.Acting.At)
	if err != nil {
		return nil, nil, err
	}
	if len(posts) > 0 {
		r.Post = posts[0]
	}
	return Result{}, func() error {
		if err := tx.Create(&r).Error; err != nil {
			return fmt.Errorf("reminder to %s: %w", r.Partner, err)
		}
		return models.Notify(tx, models.Notice{Kind: "partner", Key: r.Event, Project: r.Project, Posts: posts})
	}, nil
}

// examine judges the rules on facts after a change of ours.
func examine(tx *gorm.DB, c Call, project string) error {
	return facts.Examine(tx, c.Acting, c.Workday, project)
}

func approvedData(tx *gorm.DB, c Call, p books.Project) (map[string]any, error) {
	totals, err := books.TotalsOf(tx, p.Code)
	if err != nil {
		return nil, err
	}
	views, err := books.LineViews(tx, p.Code, false)
	if err != nil {
		return nil, err
	}
	doc, err := lastDocument(tx, p.Code, "批复")
	if err != nil {
		return nil, err
	}
	t, lines := totals[p.Code], []any{}
	for _, v := range views {
		if v.Reviewed != nil {
			lines = append(
				lines,
				map[string]any{"line_id": strconv.Itoa(v.LineNo), "category": v.Category, "name": v.Name, "approved": v.Reviewed.String()},
			)
		}
	}
	return map[string]any{
		"name": p.Name, "agency_code": p.DeptID, "doc_no": string(doc.DocNo), "doc_date": string(doc.Dated),
		"declared": t.Declared.String(), "approved": t.Approved.String(), "cut": t.Cut.String(), "lines": lines,
		"conditions": c.conditions(),
		"funding":    []any{map[string]any{"type": "县级财政", "year": strconv.Itoa(doc.Dated.Year()), "amount": t.Approved.String()}},
	}, nil
}

func lastDocument(tx *gorm.DB, project, kind string) (papers.Document, error) {
	docs, err := papers.Documents(tx, project)
	for _, d := range docs {
		if d.Kind == kind && d.DocNo != "" {
			return d, err
		}
	}
	return papers.Document{}, err
}

func planData(tx *gorm.DB, c Call, p books.Project) (map[string]any, error) {
	v, err := c.procurement(tx)
	if err != nil {
		return nil, err
	}
	b, err := books.Budget(tx, p.Code)
	if err != nil {
		return nil, err
	}
	indicators := []string{}
	for _, i := range b.Indicators {
		indicators = append(indicators, i.BgtID)
	}
	packages := []any{}
	for _, k := range v.Packages {
		packages = append(packages, map[string]any{
			"package_no": k.PackageNo, "name": k.Name, "budget": k.Budget.String(), "limit_price": k.LimitPrice.String(), "mode": k.Mode,
			"line_ids": k.LineNos, "bgt_ids": indicators,
		})
	}
	return map[string]any{"plan_no": v.PlanNo, "agency": v.Agency, "agency_code": p.DeptID, "packages": packages}, nil
}

func contractData(tx *gorm.DB, c Call, p books.Project) (map[string]any, error) {
	k, _, err := books.ContractOfPackage(tx, p.Code, c.text("packageNo"))
	if err != nil {
		return nil, err
	}
	v, err := books.Procurement(tx, p.Code)
	if err != nil {
		return nil, err
	}
	section, m := "", v.Main()
	if k.Package != "" {
		m = v.Package(k.Package)
	}
	if m != nil {
		section = m.Section
	}
	return map[string]any{
		"contract_no": k.ContractNo, "section_code": section, "amount": k.Amount.String(), "signed_on": string(k.SignedOn),
		"supplier": map[string]any{"name": k.Supplier, "uscc": k.Uscc},
	}, nil
}

func precheckData(tx *gorm.DB, c Call, p books.Project) (map[string]any, error) {
	v, err := c.payments(tx)
	if err != nil {
		return nil, err
	}
	if len(v.Requests) == 0 {
		return nil, models.Refuse("no-payment-request")
	}
	r := v.Requests[len(v.Requests)-1]
	return map[string]any{
		"contract_no": r.ContractNo, "request_no": r.RequestNo, "term": r.Term, "milestone": r.Term, "amount": r.Amount.String(),
		"payee": map[string]any{"name": r.Payee}, "invoice_no": r.InvoiceNo,
	}, nil
}

func acceptanceData(tx *gorm.DB, _ Call, p books.Project) (map[string]any, error) {
	var rows []books.Acceptance
	if err := tx.Where("project = ?", p.Code).Order("at DESC, round DESC").Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	k, _, err := books.SignedContract(tx, p.Code)
	if err != nil {
		return nil, err
	}
	a := rows[0]
	return map[string]any{
		"contract_no": k.ContractNo, "kind": a.Kind, "date": string(a.HeldOn), "conclusion": a.Conclusion,
		"doc_no": a.DocNo,
	}, nil
}

func archivedData(tx *gorm.DB, _ Call, p books.Project) (map[string]any, error) {
	digest, err := packageDigest(tx, p.Code)
	return map[string]any{"package_digest": digest}, err
}
