package partners

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/webhook"
)

// Winner is the fictitious supplier that wins every demo tender.
var Winner = map[string]any{"name": "示例软件有限公司", "uscc": "91341700MA00DEM00W"}

// procurement answers like the public-resource trade regulator: a plan is
// filed and each package tendered, a signed contract published and filed.
func procurement(e webhook.Envelope, s *state, now time.Time) ([]answer, error) {
	switch e.EventType {
	case "procurement.plan":
		return tender(e, s, now)
	case "procurement.contract_signed":
		return contract(e, now)
	case "project.changed":
		return recorded(e)
	}
	return nil, nil
}

type plan struct {
	PlanNo   string     `json:"plan_no"`
	Packages []packaged `json:"packages"`
}

type packaged struct {
	PackageNo  string `json:"package_no"`
	Name       string `json:"name"`
	Budget     string `json:"budget"`
	LimitPrice string `json:"limit_price"`
	Mode       string `json:"mode"`
}

func tender(e webhook.Envelope, s *state, now time.Time) ([]answer, error) {
	var in plan
	if err := json.Unmarshal(e.Data, &in); err != nil || len(in.Packages) == 0 {
		return nil, fmt.Errorf("procurement.plan needs packages")
	}
	code := e.Correlation.ProjectCode
	s.Tenders[code]++
	round := s.Tenders[code]
	out := []answer{{"procurement.plan_filed", map[string]any{"plan_no": in.PlanNo, "filed_at": day(now)}}}
	for i, p := range in.Packages {
		no := fmt.Sprintf("%s-S%d", code, i+1)
		if round > 1 {
			no = fmt.Sprintf("%s-R%d", no, round)
		}
		steps, err := tenderPackage(p, code, no, s, now)
		if err != nil {
			return nil, err
		}
		out = append(out, steps...)
	}
	return out, nil
}

// tenderPackage is the life of one package: notice, opening, award or failure.
func tenderPackage(p packaged, project, section string, s *state, now time.Time) ([]answer, error) {
	limit, err := decimal.NewFromString(p.LimitPrice)
	if err != nil {
		return nil, fmt.Errorf("package %s needs limit_price", p.PackageNo)
	}
	base := map[string]any{"package_no": p.PackageNo, "section_code": section, "unified_deal_code": "D" + short(section)}
	with := func(more map[string]any) map[string]any {
		m := map[string]any{}
		for k, v := range base {
			m[k] = v
		}
		for k, v := range more {
			m[k] = v
		}
		return m
	}
	url := "https://ggzy.example.invalid/" + section
	at := now.In(shanghai).Format(time.RFC3339)
	out := []answer{{"procurement.notice_published", with(map[string]any{
		"purchase_project_code": "CG" + short(section), "mode": p.Mode, "limit_price": p.LimitPrice, "url": url,
		"published_at": at, "bid_close": at,
	})}}
	if s.failsTender(project) {
		return append(out,
			answer{"procurement.opened", with(map[string]any{"bidder_count": 2})},
			answer{"procurement.failed", with(map[string]any{"reason_code": "<3家", "at": at})}), nil
	}
	price := limit.Mul(decimal.RequireFromString("0.986")).Round(-2) // a bid close to the limit, in whole hundreds
	if price.IsZero() {
		price = limit
	}
	return append(out,
		answer{"procurement.opened", with(map[string]any{"bidder_count": 5})},
		answer{"procurement.awarded", with(map[string]any{
			"win_bid_price": price.StringFixed(2), "price_form": "总价", "winner": Winner, "notice_at": day(now), "url": url,
		})}), nil
}

func contract(e webhook.Envelope, now time.Time) ([]answer, error) {
	var in struct {
		ContractNo string `json:"contract_no"`
	}
	if err := json.Unmarshal(e.Data, &in); err != nil || in.ContractNo == "" {
		return nil, fmt.Errorf("procurement.contract_signed needs contract_no")
	}
	url := "https://ggzy.example.invalid/contract/" + short(in.ContractNo)
	return []answer{
		{"procurement.contract_published", map[string]any{"contract_no": in.ContractNo, "at": day(now), "url": url}},
		{"procurement.contract_filed", map[string]any{"contract_no": in.ContractNo, "at": day(now), "url": url}},
	}, nil
}

// recorded has a change of a contract's amount on record, and tells so.
func recorded(e webhook.Envelope) ([]answer, error) {
	var in struct {
		ContractNo string `json:"contract_no"`
		Delta      string `json:"delta"`
	}
	if err := json.Unmarshal(e.Data, &in); err != nil {
		return nil, fmt.Errorf("project.changed: %w", err)
	}
	delta, err := decimal.NewFromString(in.Delta)
	if err != nil || delta.IsZero() || in.ContractNo == "" {
		return nil, nil //nolint:nilerr // a change of days alone is read, and no more
	}
	return []answer{
		{"procurement.contract_changed", map[string]any{"contract_no": in.ContractNo, "delta": in.Delta, "reason": "变更备案"}},
	}, nil
}
