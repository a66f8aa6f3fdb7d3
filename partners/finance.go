package partners

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/webhook"
)

// finance answers like a county finance bureau: an approved project gets its
// indicator, a checked payment is applied for and paid.
func finance(e webhook.Envelope, s *state, now time.Time) ([]answer, error) {
	switch e.EventType {
	case "project.approved":
		return budget(e, s, now)
	case "project.changed":
		return moreBudget(e, s, now)
	case "payment.precheck":
		return payment(e, s, now)
	}
	return nil, nil
}

func budget(e webhook.Envelope, s *state, now time.Time) ([]answer, error) {
	var in struct {
		ProjectCode string `json:"project_code"`
		AgencyCode  string `json:"agency_code"`
		Declared    string `json:"declared"`
		Approved    string `json:"approved"`
	}
	if err := json.Unmarshal(e.Data, &in); err != nil || in.Approved == "" {
		return nil, fmt.Errorf("project.approved needs approved")
	}
	code := e.Correlation.ProjectCode
	if s.rejectsBudget(code) {
		return []answer{{"budget.rejected", map[string]any{"reason_code": "FUND", "reason": "本年度资金来源未落实，请核实后重报"}}}, nil
	}
	id := "BGT-" + strings.TrimPrefix(code, "XM-") + "-1"
	s.Budgets[code] = id
	proCode := "P" + strings.ReplaceAll(code, "-", "")
	return []answer{
		{"budget.received", map[string]any{"pro_code": proCode, "apply_up": in.Declared}},
		{"budget.issued", map[string]any{
			"bgt_id": id, "cor_bgt_doc_no": fmt.Sprintf("财预〔%d〕%s号", now.Year(), short(e.EventID)), "doc_date": day(now),
			"pro_code": proCode, "agency_code": in.AgencyCode, "fiscal_year": fmt.Sprint(now.Year()), "fund_type_code": "11",
			"amount": in.Approved,
		}},
	}, nil
}

// moreBudget gives a project the money of a change that was approved anew.
func moreBudget(e webhook.Envelope, s *state, now time.Time) ([]answer, error) {
	var in struct {
		ChangeNo   string `json:"change_no"`
		AgencyCode string `json:"agency_code"`
		State      string `json:"state"`
		More       string `json:"approved_more"`
	}
	if err := json.Unmarshal(e.Data, &in); err != nil {
		return nil, fmt.Errorf("project.changed: %w", err)
	}
	more, err := decimal.NewFromString(in.More)
	if err != nil || !more.IsPositive() || in.State != "APPROVED" {
		return nil, nil //nolint:nilerr // a change that needs no money is read, and no more
	}
	code := e.Correlation.ProjectCode
	if s.rejectsBudget(code) {
		return []answer{{"budget.rejected", map[string]any{"reason_code": "FUND", "reason": "变更追加资金未落实"}}}, nil
	}
	return []answer{{"budget.issued", map[string]any{
		"bgt_id": "BGT-" + strings.TrimPrefix(
			code, "XM-",
		) + "-" + in.ChangeNo, "cor_bgt_doc_no": fmt.Sprintf("财预〔%d〕%s号", now.Year(), short(e.EventID)), "doc_date": day(now),
		"pro_code": "P" + strings.ReplaceAll(
			code, "-", "",
		), "agency_code": in.AgencyCode, "fiscal_year": fmt.Sprint(now.Year()), "fund_type_code": "11", "amount": in.More,
	}}}, nil
}

func payment(e webhook.Envelope, s *state, now time.Time) ([]answer, error) {
	var in struct {
		ContractNo string `json:"contract_no"`
		Amount     string `json:"amount"`
		Payee      any    `json:"payee"`
		Term       string `json:"term"`
		RequestNo  string `json:"request_no"`
	}
	if err := json.Unmarshal(e.Data, &in); err != nil || in.Amount == "" {
		return nil, fmt.Errorf("payment.precheck needs amount")
	}
	no := in.RequestNo
	if no == "" {
		no = short(e.EventID)
	}
	app, cert := fmt.Sprintf("%d-SQ-%s", now.Year(), no), fmt.Sprintf("%d-ZF-%s", now.Year(), no)
	return []answer{
		{"payment.applied", map[string]any{
			"pay_app_no": app, "pay_app_amt": in.Amount, "bgt_id": s.Budgets[e.Correlation.ProjectCode], "contract_no": in.ContractNo,
			"payee": in.Payee, "use_des": in.Term, "create_date": day(now), "request_no": in.RequestNo,
		}},
		{"payment.paid", map[string]any{
			"pay_cert_no": cert, "pay_app_no": app, "contract_no": in.ContractNo, "xpay_amt": in.Amount, "xpay_date": day(now),
			"payee": in.Payee, "agent_business_no": "B" + short(e.EventID), "request_no": in.RequestNo,
		}},
	}, nil
}

// short is a number for people made from an event id: the same event gives the same number.
func short(id string) string {
	sum := sha256.Sum256([]byte(id))
	return strings.ToUpper(hex.EncodeToString(sum[:4]))
}

var shanghai = time.FixedZone("CST", 8*3600)

func day(t time.Time) string { return t.In(shanghai).Format(time.DateOnly) }
