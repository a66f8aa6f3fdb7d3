package seed

import (
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/api/wire"
)

// pack is one package of a procurement plan.
type pack struct {
	name, category string
	lines          []int
	award          string // price, "" for none yet
}

// packs of the projects that reach procurement. Those of XM-2022-003 are given
// (data-model.md §6.1); the others are one package.
func packs(p Project) []pack {
	if p.Code == "XM-2022-003" {
		return []pack{
			{"软件开发与融合通信", "service", []int{1, 2}, "3238000.00"},
			{"等保测评与密评", "service", []int{5}, ""},
			{"工程监理", "service", []int{6}, ""},
		}
	}
	all := make([]pack, max(1, p.Packages))
	for i := range all {
		all[i] = pack{name: p.Name, category: "service"}
		if len(all) > 1 {
			all[i].name = fmt.Sprintf("%s 第 %d 包", p.Name, i+1)
		}
	}
	n := 0
	for i, l := range p.Lines {
		if l.Reviewed.IsPositive() {
			all[n%len(all)].lines = append(all[n%len(all)].lines, i+1)
			n++
		}
	}
	all = slices.DeleteFunc(all, func(k pack) bool { return len(k.lines) == 0 })
	for i, k := range all {
		all[i].award = k.limit(p).Mul(decimal.RequireFromString("0.982")).Round(-2).StringFixed(2)
	}
	return all
}

func (k pack) limit(p Project) decimal.Decimal {
	var sum decimal.Decimal
	for _, n := range k.lines {
		sum = sum.Add(p.Lines[n-1].Reviewed)
	}
	return sum
}

// fact is something that a bureau did in 2022, registered by hand once the
// project has come to a stage.
type fact struct {
	no    int // of the project's facts
	after string
	wire.OfflineInput
}

// facts are what the bureaus did, in order.
func facts(p Project) []fact {
	var out []fact
	after := "APPROVED"
	add := func(partner, kind, date string, data fields) {
		if on := p.Dates[date]; on != "" {
			out = append(
				out,
				fact{
					len(out), after,
					wire.OfflineInput{
						Partner: partner, EventType: kind, Project: p.Code, OccurredOn: on, Data: data, Reason: "2022 年线下办理，按纸质材料补录",
					},
				},
			)
		}
	}
	no := p.Code[len(p.Code)-3:]
	issued := p.Reviewed()
	if p.Code == "XM-2022-002" {
		issued = decimal.NewFromInt(5_000_000) // given: 5,000,000 of 7,360,000
	}
	add("finance", "budget.issued", "budgeted", fields{
		"bgt_id": "BGT-" + no + "-1", "cor_bgt_doc_no": "财预〔2022〕" + no + "号", "doc_date": p.Dates["budgeted"], "pro_code": "P2022" + no,
		"fiscal_year": "2022", "fund_type_code": "11", "amount": issued.StringFixed(2),
	})
	after = "PROCURING"
	add("procurement", "procurement.plan_filed", "filed", fields{"plan_no": "CGJH-2022-" + no, "filed_at": p.Dates["filed"]})
	for i, k := range packs(p) {
		section := fmt.Sprintf("%s-S%d", p.Code, i+1)
		base := func(more fields) fields {
			more["package_no"], more["section_code"] = fmt.Sprintf("S%d", i+1), section
			return more
		}
		add(
			"procurement", "procurement.notice_published", "noticed",
			base(fields{"mode": methodOf(k.limit(p)), "limit_price": k.limit(p).StringFixed(2), "published_at": p.Dates["noticed"]}),
		)
		if k.award == "" {
			continue
		}
		add("procurement", "procurement.opened", "opened", base(fields{"bidder_count": 4}))
		add(
			"procurement", "procurement.awarded", "awarded",
			base(fields{"win_bid_price": k.award, "price_form": "总价", "winner": Supplier, "notice_at": p.Dates["awarded"]}),
		)
	}
	after = "CONTRACTED"
	add("procurement", "procurement.contract_published", "published", fields{"contract_no": contractNo(p), "at": p.Dates["published"]})
	add("procurement", "procurement.contract_filed", "contractFiled", fields{"contract_no": contractNo(p), "at": p.Dates["contractFiled"]})
	return out
}

// today are, by stage, the dates that a project of that stage still lacks for
// which no bureau of today answers, because it was asked in 2022.
var today = map[string][]string{"APPROVING": {"approved"}, "APPROVED": {"budgeted"}, "PROCURING": {"opened", "awarded"}}

// onward is a project on its way to its end: what had not happened in 2022 happens today.
func onward(p Project, on string) Project {
	dates := maps.Clone(p.Dates)
	for _, name := range today[p.Stage] {
		dates[name] = on
	}
	p.Dates = dates
	if p.Stage != "REJECTED" {
		p.Stage = "ARCHIVED"
	}
	return p
}
