package books

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/rules"
)

// SubjectProject is the kind of a subject that is a project.
const SubjectProject = "project"

// What the books know of an application (domain/checks.md §3). Dates are text
// here; the shape of a rule reads them.
var (
	_ = rules.Provide(rules.Source{Kind: SubjectProject, Facts: []string{
		"title", "type", "applicant", "secrecy", "mlpsLevel", "plannedStart", "declaredTotal", "funding", "targets", "reuse", "linked",
	}, Gather: applicationFacts})
	_ = rules.Provide(rules.Source{Kind: SubjectProject, Facts: []string{"lines"}, Gather: lineFacts})
	_ = rules.Provide(rules.Source{Kind: SubjectProject, Facts: []string{"planEntry"}, Gather: planFacts})
	_ = rules.Provide(rules.Source{Kind: SubjectProject, Facts: []string{"papers", "minutes", "marks"}, Gather: paperFacts})
	_ = rules.Provide(rules.Source{Kind: SubjectProject, Points: []string{"plan", "application", "intake"}, Facts: []string{
		"sheet", "supervisors", "basisAmount", "ownTotal",
	}, Gather: beforeReview})
	_ = rules.Provide(
		rules.Source{
			Kind: SubjectProject, Points: []string{"plan", "application"}, Facts: []string{"checklist", "checkDue"}, Gather: nothingChecked,
		},
	)
	_ = rules.Provide(rules.Source{Kind: SubjectProject, Points: []string{"intake"}, Facts: []string{
		"checklist", "checkDue", "rounds", "receivedOn", "acceptedOn", "noticeNo", "firstRevision", "notice", "headConfirms",
	}, Gather: intakeFacts})
)

// priceEvidence is what the applicant says that the price of a line rests on.
type priceEvidence struct {
	LineNo json.Number `json:"lineNo"`
	Kind   string      `json:"kind"`
	Source string      `json:"source"`
	Amount json.Number `json:"amount"`
}

// applicationForm is what rules read of the form.
type applicationForm struct {
	PlanEntry    string      `json:"planEntry"`
	PlannedStart string      `json:"plannedStart"`
	Secrecy      string      `json:"secrecy"`
	Total        json.Number `json:"total"`
	Funding      []struct {
		Amount json.Number `json:"amount"`
	} `json:"funding"`
	Targets []struct {
		Kind  string `json:"kind"`
		Value any    `json:"value"`
		Unit  string `json:"unit"`
	} `json:"targets"`
	CapabilityReuse []struct {
		Capability string `json:"capability"`
		Answer     string `json:"answer"`
		Reason     string `json:"reason"`
	} `json:"capabilityReuse"`
	PriceEvidence []priceEvidence `json:"priceEvidence"`
	Linked        []struct {
		Code string `json:"code"`
	} `json:"linkedProjects"`
	FunctionPoints []Module  `json:"functionPoints"`
	Costing        []Costing `json:"costing"`
}

func readForm(p Project) (f applicationForm, err error) {
	if len(p.Form) == 0 {
		return f, nil
	}
	if err := p.Form.Into(&f); err != nil {
		return f, fmt.Errorf("form of %s: %w", p.Code, err)
	}
	return f, nil
}

// total is what the header states, else the sum of the lines.
func (f applicationForm) total(lines []BudgetLine) string {
	if f.Total != "" {
		return f.Total.String()
	}
	var sum models.Money
	for _, l := range lines {
		sum = sum.Add(l.Declared)
	}
	return sum.String()
}

// factsOf makes facts of plain values; a field that is not known is nil.
func factsOf(plain map[string]any) (rules.Facts, error) {
	out := rules.Facts{}
	for name, v := range plain {
		value, err := feel.FromGo(v)
		if err != nil {
			return nil, fmt.Errorf("fact %s: %w", name, err)
		}
		out[name] = value
	}
	return out, nil
}

func applicationFacts(tx *gorm.DB, s rules.Subject, _ models.Date) (rules.Facts, error) {
	p, err := FindProject(tx, s.ID)
	if err != nil {
		return nil, err
	}
	f, err := readForm(p)
	if err != nil {
		return nil, err
	}
	lines, err := Lines(tx, p.Code)
	if err != nil {
		return nil, err
	}
	funding, targets, reuse, linked := []any{}, []any{}, []any{}, []any{}
	for _, x := range f.Funding {
		funding = append(funding, map[string]any{"amount": number(x.Amount)})
	}
	for _, x := range f.Targets {
		targets = append(
			targets, map[string]any{"kind": known(x.Kind), "quantitative": quantitative(x.Value) && strings.TrimSpace(x.Unit) != ""},
		)
	}
	for _, x := range f.CapabilityReuse {
		reuse = append(reuse, map[string]any{"capability": x.Capability, "answer": x.Answer, "reason": x.Reason})
	}
	for _, x := range f.Linked {
		linked = append(linked, x.Code)
	}
	others, err := linkingTo(tx, p)
	if err != nil {
		return nil, err
	}
	for _, code := range others {
		linked = append(linked, code)
	}
	return factsOf(map[string]any{
		"title": known(p.Name), "type": known(p.Type), "applicant": p.DeptID, "secrecy": secrecy(f.Secrecy), "mlpsLevel": p.MlpsLevel,
		"plannedStart": known(f.PlannedStart), "declaredTotal": json.Number(f.total(lines)), "funding": funding, "targets": targets,
		"reuse": reuse, "linked": linked,
	})
}

// linkingTo are the unit's other projects that say that they are one with this.
func linkingTo(tx *gorm.DB, p Project) (codes []string, err error) {
	var all []Project
	if err := tx.Select("code", "form").Where("dept_id = ? AND code <> ?", p.DeptID, p.Code).Order("code").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("projects linked to %s: %w", p.Code, err)
	}
	for _, q := range all {
		f, err := readForm(q)
		if err != nil {
			continue // a draft whose form is not readable links nothing
		}
		for _, x := range f.Linked {
			if x.Code == p.Code {
				codes = append(codes, q.Code)
			}
		}
	}
	return codes, nil
}

// known is a text, nil when it is empty.
func known(s string) any {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	return s
}

func number(n json.Number) any {
	if n == "" {
		return nil
	}
	return n
}

// secrecy reads what earlier forms wrote in words.
func secrecy(s string) any {
	if s == "非涉密" {
		return "none"
	}
	return known(s)
}

func quantitative(v any) bool {
	text := strings.TrimSpace(fmt.Sprint(v))
	_, err := decimal.NewFromString(strings.TrimRight(text, "%％"))
	return v != nil && err == nil
}

// lineFacts are the lines as declared, each with its evidence and comparable prices.
func lineFacts(tx *gorm.DB, s rules.Subject, on models.Date) (rules.Facts, error) {
	p, err := FindProject(tx, s.ID)
	if err != nil {
		return nil, err
	}
	lines, err := Lines(tx, p.Code)
	if err != nil {
		return nil, err
	}
	rows, err := lineRows(tx, p, lines, on)
	if err != nil {
		return nil, err
	}
	list := make([]any, len(rows))
	for i, r := range rows {
		list[i] = r
	}
	return factsOf(map[string]any{"lines": list})
}

// lineRows are the columns that rules read of lines.
func lineRows(tx *gorm.DB, p Project, lines []BudgetLine, on models.Date) ([]map[string]any, error) {
	f, err := readForm(p)
	if err != nil {
		return nil, err
	}
	history, err := priceHistory(tx, p.Code, on)
	if err != nil {
		return nil, err
	}
	found, err := Detect(tx, p, on)
	if err != nil {
		return nil, err
	}
	quoted := map[string][]priceEvidence{}
	for _, e := range f.PriceEvidence {
		quoted[e.LineNo.String()] = append(quoted[e.LineNo.String()], e)
	}
	rows := make([]map[string]any, len(lines))
	for i, l := range lines {
		evidence, prices := []any{}, []any{}
		for _, a := range found.Prices[l.LineNo] {
			if price := history[a]; price != nil && len(prices) < 200 {
				prices = append(prices, price)
			}
		}
		for _, e := range quoted[fmt.Sprint(l.LineNo)] {
			evidence = append(evidence, map[string]any{"kind": known(e.Kind), "source": known(e.Source)})
			if e.Kind == "quote" && e.Amount != "" {
				prices = append(prices, map[string]any{"price": e.Amount, "asOf": string(on)})
			}
		}
		rows[i] = map[string]any{
			"no": l.LineNo, "name": known(l.Name), "category": known(l.Category), "qty": json.Number(l.Qty.String()),
			"unitPrice": json.Number(l.UnitPrice.String()), "amount": json.Number(l.Declared.String()), "evidence": evidence,
			"prices": prices,
		}
		maps.Copy(rows[i], measured(f, l.LineNo))
	}
	return rows, nil
}

// priceHistory are the unit prices that reviews granted to lines of other
// projects until a day, by project/line.
func priceHistory(tx *gorm.DB, without string, on models.Date) (map[string]any, error) {
	var rows []struct {
		Project  string
		LineNo   int
		Qty      decimal.Decimal
		Reviewed models.Money
		Day      models.Date
	}
	err := tx.Raw(`SELECT l.project, l.line_no, l.qty, s.reviewed, p.reviewed_on AS day
		FROM project p
		JOIN sheet h ON h.project = p.code AND h.issued
		JOIN sheet_line s ON s.project = p.code AND s.round = h.round
		JOIN budget_line l ON l.project = p.code AND l.line_no = s.line_no
		WHERE p.code <> ? AND p.reviewed_on <= ? AND s.reviewed > 0
		ORDER BY p.reviewed_on DESC, p.code, l.line_no LIMIT 200000`, without, on).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reviewed prices: %w", err)
	}
	out := map[string]any{}
	for _, r := range rows {
		if r.Qty.IsPositive() {
			price := r.Reviewed.Decimal().DivRound(r.Qty, 2)
			out[fmt.Sprintf("%s/%d", r.Project, r.LineNo)] = map[string]any{"price": json.Number(price.String()), "asOf": string(r.Day)}
		}
	}
	return out, nil
}

// planFacts is the plan entry that the form names: none, or one row.
func planFacts(tx *gorm.DB, s rules.Subject, _ models.Date) (rules.Facts, error) {
	p, err := FindProject(tx, s.ID)
	if err != nil {
		return nil, err
	}
	f, err := readForm(p)
	if err != nil {
		return nil, err
	}
	rows := []any{}
	if f.PlanEntry != "" {
		e, err := FindPlanEntry(tx, f.PlanEntry)
		if err != nil {
			return nil, err
		}
		if e != nil {
			used, err := drawsOn(tx, e.ID, p.Code)
			if err != nil {
				return nil, err
			}
			instruction := e.InstructionDoc
			if instruction == "" {
				instruction = "none"
			}
			rows = append(rows, map[string]any{
				"id": e.ID, "unit": e.Unit, "fiscalYear": e.FiscalYear, "state": e.State, "estimate": json.Number(e.EstAmount.String()),
				"outOfPlan": e.OutOfPlan, "instruction": instruction, "usedBy": orEmptyText(used),
			})
		}
	}
	return factsOf(map[string]any{"planEntry": rows})
}

func orEmptyText(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// paperCodes are the codes of the check list of an application by what a document was filed as.
var paperCodes = []string{"letter", "plan", "budget", "minutes", "crypto", "running", "service"}

func paperFacts(tx *gorm.DB, s rules.Subject, _ models.Date) (rules.Facts, error) {
	all, err := papers.Documents(tx, s.ID)
	if err != nil {
		return nil, err
	}
	files, kept, minutes, marks := map[string]int{}, []any{}, []any{}, []any{}
	for _, d := range all {
		if d.Digest == "" {
			continue // registered, without a file
		}
		files[d.Kind]++
		if d.Kind == "minutes" {
			minutes = append(minutes, map[string]any{"document": d.ID, "heldOn": known(string(d.Dated))})
		}
		for _, word := range papers.SecrecyMarks(d.Title + " " + d.FileName) {
			marks = append(marks, map[string]any{"ref": d.Title, "word": word})
		}
	}
	for _, code := range paperCodes {
		if files[code] > 0 {
			kept = append(kept, map[string]any{"code": code, "files": files[code]})
		}
	}
	return factsOf(map[string]any{"papers": kept, "minutes": minutes, "marks": marks})
}

// beforeReview are the facts that have no meaning yet while an application is
// drafted and checked: known to be none.
func beforeReview(tx *gorm.DB, s rules.Subject, _ models.Date) (rules.Facts, error) {
	p, err := FindProject(tx, s.ID)
	if err != nil {
		return nil, err
	}
	f, err := readForm(p)
	if err != nil {
		return nil, err
	}
	lines, err := Lines(tx, p.Code)
	if err != nil {
		return nil, err
	}
	total := json.Number(f.total(lines))
	return factsOf(map[string]any{"sheet": []any{}, "supervisors": []any{}, "basisAmount": total, "ownTotal": total})
}

// nothingChecked: while an application is drafted no officer has a check list.
func nothingChecked(*gorm.DB, rules.Subject, models.Date) (rules.Facts, error) {
	return factsOf(map[string]any{"checklist": []any{}, "checkDue": false})
}

// intakeFacts are those of the acceptance. No notice is being sent at it; the
// command that sends one keeps rule A12 until notices have rows of their own.
func intakeFacts(tx *gorm.DB, s rules.Subject, on models.Date) (rules.Facts, error) {
	p, err := FindProject(tx, s.ID)
	if err != nil {
		return nil, err
	}
	checklist, err := checklistOf(tx, p.Code)
	if err != nil {
		return nil, err
	}
	accepted := []string{}
	if p.AcceptedOn != "" {
		accepted = append(accepted, string(p.AcceptedOn))
	}
	return factsOf(map[string]any{
		"checklist": checklist, "checkDue": true, "rounds": p.SupplementRound, "receivedOn": known(string(p.SubmittedOn)),
		"acceptedOn": accepted,
		"noticeNo":   0, "firstRevision": 0, "notice": []any{}, "headConfirms": []any{},
	})
}

// checklistOf is the check list of the last formal check.
func checklistOf(tx *gorm.DB, project string) ([]any, error) {
	var rows []Record
	if err := tx.Where("project = ? AND kind = ?", project, "formal.check").Order("id DESC").Limit(1).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("formal check of %s: %w", project, err)
	}
	out := []any{}
	for _, r := range rows {
		var in struct {
			Checklist []struct {
				Code   string `json:"code"`
				Result string `json:"result"`
			} `json:"checklist"`
		}
		if err := r.Data.Into(&in); err != nil {
			return nil, fmt.Errorf("formal check of %s: %w", project, err)
		}
		for _, k := range in.Checklist {
			out = append(out, map[string]any{"code": k.Code, "result": k.Result})
		}
	}
	return out, nil
}
