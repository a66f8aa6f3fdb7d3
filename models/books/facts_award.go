package books

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
)

// SubjectPackage is a package of a project as the subject of rules; its id is CODE/NO.
const SubjectPackage = "package"

// PointAward is where what the bureau told of a purchase is judged (C01–C09, C14).
const PointAward = "award"

var awardKnows = []string{
	"packages", "issuedTotal", "bought", "fiscalYear", "mode", "bidders", "fails", "reasonCode", "noticeOn", "evaluatedOn",
	"reportedOn", "decidedOn", "challengedOn", "complainedOn", "suspendedOn", "contracts",
}

// What the books know of an award: of one package, or of a project's main one.
var (
	_ = rules.Provide(rules.Source{Kind: SubjectPackage, Points: []string{PointAward}, Facts: awardKnows, Gather: awardFacts})
	_ = rules.Provide(rules.Source{Kind: SubjectProject, Points: []string{PointAward}, Facts: awardKnows, Gather: awardFacts})
)

// PackageSubject is a package as the subject of rules.
func PackageSubject(project, no string) rules.Subject {
	return rules.Subject{Kind: SubjectPackage, ID: project + "/" + no, Project: project}
}

// The methods as the bureaus write them, where they do not write ours.
var procModes = map[string]string{
	"公开招标": "TENDER", "邀请招标": "INVITED", "竞争性磋商": "CONSULT", "竞争性谈判": "NEGOTIATION", "询价": "QUOTATION", "询价采购": "QUOTATION",
	"框架协议": "FRAMEWORK", "框架协议采购": "FRAMEWORK", "网上商城": "MALL", "网上超市": "MALL", "单一来源": "SINGLE", "单一来源采购": "SINGLE",
}

func procMode(text string) string {
	if ours := procModes[text]; ours != "" {
		return ours
	}
	return text
}

// The reasons for a failure as the bureaus write them (PROC_FAIL_CODE), in the words of rule C06.
var failures = map[string]string{
	"<3家": "FEW", "＜3家": "FEW", "不足3家": "FEW", "超预算": "OVER", "违规": "ILLEGAL", "任务取消": "CANCELLED",
	"FEW": "FEW", "OVER": "OVER", "ILLEGAL": "ILLEGAL", "CANCELLED": "CANCELLED",
}

// awardFacts are what the bureau told of a package, over what was planned: its method and its limit win.
func awardFacts(tx *gorm.DB, s rules.Subject, on models.Date) (rules.Facts, error) {
	code, no, _ := strings.Cut(s.ID, "/")
	p, err := FindProject(tx, code)
	if err != nil {
		return nil, err
	}
	now, err := Procurement(tx, code)
	if err != nil {
		return nil, err
	}
	if no == "" {
		if m := now.Main(); m != nil {
			no = m.PackageNo
		}
	}
	mine := now.Package(no)
	if mine == nil {
		return rules.Facts{}, nil // nothing is bought: nothing is known
	}
	totals, err := TotalsOf(tx, code)
	if err != nil {
		return nil, err
	}
	bought, err := boughtBy(tx, p)
	if err != nil {
		return nil, err
	}
	packages, chains := []any{}, []any{}
	for _, k := range slices.Concat(now.Packages, now.Kept) {
		if k.State != ProcAwarded && k.PackageNo != no {
			continue
		}
		row, err := packageRow(k.asTold())
		if err != nil {
			return nil, err
		}
		packages = append(packages, row)
		if k.State == ProcAwarded {
			chains = append(chains, k.chain())
		}
	}
	bought = slices.DeleteFunc(bought, func(b any) bool { // it stands among the packages
		return slices.ContainsFunc(packages, func(k any) bool {
			return b.(map[string]any)["ref"] == code+"/"+fmt.Sprint(k.(map[string]any)["no"])
		})
	})
	told, err := mine.told(tx, code)
	if err != nil {
		return nil, err
	}
	for name, v := range map[string]any{
		"packages": packages, "contracts": chains, "issuedTotal": amountOf(totals[code].Issued), "bought": bought, "fiscalYear": on.Year(),
	} {
		told[name] = v
	}
	return factsOf(told)
}

// asTold is a package with the method and the limit that the bureau published.
func (p PackageView) asTold() PackageView {
	if p.ToldMode != "" {
		p.Mode = p.ToldMode
	}
	if p.ToldLimit != nil {
		p.LimitPrice = *p.ToldLimit
	}
	p.Mode = procMode(p.Mode)
	return p
}

// chain are the amounts of rule C14 before there is a contract.
func (p PackageView) chain() map[string]any {
	k := p.asTold()
	return map[string]any{
		"no": k.PackageNo, "amount": json.Number("0"), "award": amountOf(k.Award), "priceForm": k.PriceForm,
		"limitPrice": amountOf(k.LimitPrice), "budget": amountOf(k.Budget),
	}
}

// told are the bidders, failures and days of a package. Days of evaluation, report and decision (C08) that the
// bureau did not tell are known to be none. Before an award the notice of the purchase is what may be challenged (C09).
func (p PackageView) told(tx *gorm.DB, project string) (map[string]any, error) {
	out := map[string]any{
		"mode": p.asTold().Mode, "evaluatedOn": some(p.EvaluatedOn), "reportedOn": some(p.ReportedOn), "decidedOn": some(p.DecidedOn),
		"noticeOn": nil, "bidders": nil, "reasonCode": nil,
	}
	if notice := cmp.Or(p.AwardOn, p.NoticeOn); notice != "" {
		out["noticeOn"] = string(notice)
	}
	if n, err := strconv.Atoi(p.Bidders); err == nil {
		out["bidders"] = n
	}
	rounds, err := Rounds(tx, project)
	if err != nil {
		return nil, err
	}
	fails := 0
	for _, r := range rounds {
		for _, k := range r.Packages {
			if k.PackageNo != p.PackageNo || k.State != ProcFailed {
				continue
			}
			fails++
			if code := failures[k.Failure]; code != "" {
				out["reasonCode"] = code
			} else {
				out["reasonCode"] = nil // a word that we do not know
			}
		}
	}
	out["fails"] = fails
	out["challengedOn"], out["complainedOn"], out["suspendedOn"] = some(p.ChallengedOn), some(p.ComplainedOn), some(p.HeldOn)
	return out, nil
}
