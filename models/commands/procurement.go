package commands

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

var _ = foretold(map[string]Plan{
	"procurement.plan":   procurementPlan,
	"procurement.send":   procurementSend,
	"procurement.state":  procurementState,
	"procurement.failed": procurementFailed,
})

// packRow is a submitted package of a procurement plan.
type packRow struct {
	PackageNo  string `json:"packageNo"`
	Name       string `json:"name"`
	Category   string `json:"category"`
	Mode       string `json:"mode"`
	Budget     amount `json:"budget"`
	LimitPrice amount `json:"limitPrice"`
	LineNos    string `json:"lineNos"`
	ModeReason string `json:"modeReason"`

	ItemClass     string   `json:"itemClass"`
	SmeAmount     amount   `json:"smeAmount"`
	ReasonCode    string   `json:"reasonCode"`
	Evidence      []string `json:"evidence"`
	PublicityFrom string   `json:"publicityFrom"`
	PublicityTo   string   `json:"publicityTo"`
}

// procurementPlan makes the plan of a new attempt to buy; one that was not sent yet is replaced.
func procurementPlan(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Packages          []packRow `json:"packages"`
		Agency            string    `json:"agency"`
		PlannedNoticeDate string    `json:"plannedNoticeDate"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	if err := books.Unblocked(tx, p.Code, books.BlockProcurement); err != nil {
		return nil, nil, err
	}
	declared, err := declaredByLine(tx, p.Code)
	if err != nil {
		return nil, nil, err
	}
	totals, err := books.TotalsOf(tx, p.Code)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	if len(in.Packages) == 0 {
		f.Field("/packages", "packages-missing")
	}
	packages := f.packages(in.Packages, declared)
	if err := f.methods(tx, c, in.Packages, packages); err != nil {
		return nil, nil, err
	}
	kept, err := f.onlyOnce(tx, c, packages)
	if err != nil {
		return nil, nil, err
	}
	notice := f.optionalDate("/plannedNoticeDate", in.PlannedNoticeDate)
	var total, greatest models.Money
	for _, k := range packages {
		total = total.Add(k.Budget)
		if k.Budget.Cmp(greatest) > 0 {
			greatest = k.Budget
		}
	}
	if issued := totals[p.Code].Issued.Sub(kept); total.Cmp(issued) > 0 {
		f.Field("/packages", "plan-above-issued", "total", total.String(), "issued", issued.String())
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	result := Result{"planTotal": Number(total), "maxPackage": Number(greatest)}
	return result, func() error {
		r, err := newRound(tx, c, p.Code)
		if err != nil {
			return err
		}
		result["planNo"] = r.PlanNo
		r.Agency, r.PlannedNotice, r.Total = strings.TrimSpace(in.Agency), notice, total
		return saveRound(tx, r, packages)
	}, nil
}

func saveRound(tx *gorm.DB, r books.ProcRound, packages []books.ProcPackage) error {
	if err := tx.Create(&r).Error; err != nil {
		return fmt.Errorf("plan of %s: %w", r.Project, err)
	}
	for i := range packages {
		packages[i].Project, packages[i].Round = r.Project, r.Round
	}
	if err := tx.Create(&packages).Error; err != nil {
		return fmt.Errorf("packages of %s: %w", r.Project, err)
	}
	return nil
}

// procurement is the attempt that a call is about: the project's, or that of the one package that is bought again by itself.
func (c Call) procurement(tx *gorm.DB) (books.ProcurementView, error) {
	if beside(c) {
		return books.ProcurementBeside(tx, c.text("projectCode"), c.text("packageNo"))
	}
	return books.Procurement(tx, c.text("projectCode"))
}

// onlyOnce refuses to buy what has been bought and stands, and beside the project's own attempts anything but
// the one package. What stands binds money: its sum is returned.
func (f faults) onlyOnce(tx *gorm.DB, c Call, packages []books.ProcPackage) (kept models.Money, err error) {
	standing, err := books.Packages(tx, c.text("projectCode"))
	if err != nil {
		return kept, err
	}
	current, err := c.procurement(tx)
	if err != nil {
		return kept, err
	}
	main := current.Main() // a word about an earlier attempt may come late: what is bought anew decides
	own, err := process.OpenBeside(tx, c.text("projectCode"), books.PackageProcess)
	if err != nil {
		return kept, err
	}
	for i, k := range packages {
		if beside(c) && k.PackageNo != c.text("packageNo") {
			f.Field(at("packages", i, "packageNo"), "package-other", "package", c.text("packageNo"))
		}
		prefix := c.text("projectCode") + "/" + k.PackageNo + "/"
		if !beside(c) && slices.ContainsFunc(own, func(r process.RootState) bool { return strings.HasPrefix(r.BusinessKey, prefix) }) {
			f.Field(at("packages", i, "packageNo"), "package-beside", "package", k.PackageNo)
		}
	}
	for _, s := range standing {
		i := slices.IndexFunc(packages, func(k books.ProcPackage) bool { return k.PackageNo == s.PackageNo })
		switch {
		case i >= 0 && main != nil && s.PackageNo == main.PackageNo:
		case s.State == books.ProcAwarded && i >= 0:
			f.Field(at("packages", i, "packageNo"), "package-awarded", "package", s.PackageNo)
		case s.State == books.ProcAwarded:
			kept = kept.Add(s.Award)
		}
	}
	return kept, nil
}

// packages checks each package: limit within budget (C02), each line in one package.
func (f faults) packages(rows []packRow, declared map[int]models.Money) []books.ProcPackage {
	var out []books.ProcPackage
	numbers, in := map[string]bool{}, map[int]string{}
	for i, r := range rows {
		no := f.text(at("packages", i, "packageNo"), r.PackageNo)
		if numbers[no] {
			f.Field(at("packages", i, "packageNo"), "twice", "item", no)
		}
		numbers[no] = true
		k := books.ProcPackage{
			PackageNo: no, Name: f.text(at("packages", i, "name"), r.Name), Category: r.Category,
			Mode:   f.text(at("packages", i, "mode"), r.Mode),
			Budget: f.money(at("packages", i, "budget"), r.Budget), LimitPrice: f.money(at("packages", i, "limitPrice"), r.LimitPrice),
			ModeReason: strings.TrimSpace(r.ModeReason),
		}
		if k.LimitPrice.Cmp(k.Budget) > 0 {
			f.Field(at("packages", i, "limitPrice"), "limit-above-budget", "budget", k.Budget.String())
		}
		k.LineNos = models.JSONOf(f.lineNos(i, no, r.LineNos, declared, in))
		out = append(out, k)
	}
	return out
}

// methods takes what the rules ask of each package's method: its class, what it reserves for small
// firms, and the reason for another method. Whether that is enough is the county's to say (C01, C03, C04, C07).
func (f faults) methods(tx *gorm.DB, c Call, rows []packRow, packages []books.ProcPackage) error {
	project := c.text("projectCode")
	rounds, err := books.Rounds(tx, project)
	if err != nil {
		return err
	}
	for i, r := range rows {
		k := &packages[i]
		k.ItemClass, k.ReasonCode, k.Evidence = strings.TrimSpace(r.ItemClass), r.ReasonCode, models.JSONOf(r.Evidence)
		if r.SmeAmount != "" {
			k.SmeAmount = f.money(at("packages", i, "smeAmount"), r.SmeAmount)
		}
		if k.SmeAmount.Cmp(k.Budget) > 0 {
			f.Field(at("packages", i, "smeAmount"), "sme-above-budget", "budget", k.Budget.String())
		}
		if r.ReasonCode != "" {
			f.oneOf(at("packages", i, "reasonCode"), r.ReasonCode, books.ModeReasons...)
		}
		if r.ReasonCode == books.ReasonFailed && !failedBefore(rounds, k.PackageNo) {
			f.Field(at("packages", i, "reasonCode"), "mode-reason-not-failed", "package", k.PackageNo)
		} else if r.ReasonCode == books.ReasonFailed && c.Headers["rule"] == failureRule {
			next, err := afterFailure(tx, c, k.PackageNo)
			if err != nil {
				return err
			}
			if next == "retender" {
				f.Field(at("packages", i, "reasonCode"), "mode-reason-failed-once", "package", k.PackageNo)
			}
		}
		if err := f.files(tx, at("packages", i, "evidence"), project, r.Evidence); err != nil {
			return err
		}
		k.PublicityFrom = f.optionalDate(at("packages", i, "publicityFrom"), r.PublicityFrom)
		k.PublicityTo = f.optionalDate(at("packages", i, "publicityTo"), r.PublicityTo)
		if k.PublicityTo != "" && (k.PublicityFrom == "" || k.PublicityTo < k.PublicityFrom) {
			f.Field(at("packages", i, "publicityTo"), "publicity-ends-before", "from", string(k.PublicityFrom))
		}
	}
	return nil
}

// failedBefore reports whether the bureau has told that buying the package failed.
func failedBefore(rounds []books.ProcurementView, no string) bool {
	return slices.ContainsFunc(rounds, func(r books.ProcurementView) bool {
		return slices.ContainsFunc(r.Packages, func(p books.PackageView) bool {
			return p.PackageNo == no && p.State == books.ProcFailed
		})
	})
}

func (f faults) lineNos(i int, pack, list string, declared map[int]models.Money, in map[int]string) []int {
	var nos []int
	for _, s := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(",，、 ", r) }) {
		n, err := strconv.Atoi(s)
		if err != nil {
			f.Field(at("packages", i, "lineNos"), "line-unknown", "line", s)
			continue
		}
		if !f.line(at("packages", i, "lineNos"), n, declared) {
			continue
		}
		if other, ok := in[n]; ok {
			f.Field(at("packages", i, "lineNos"), "line-in-two-packages", "line", s, "package", other)
		}
		in[n] = pack
		nos = append(nos, n)
	}
	if len(nos) == 0 {
		f.Field(at("packages", i, "lineNos"), "required")
	}
	return nos
}

// newRound is the next attempt: the one that was planned and not sent, made anew, or another.
func newRound(tx *gorm.DB, c Call, project string) (books.ProcRound, error) {
	var rounds []books.ProcRound
	if err := tx.Where("project = ?", project).Order("round DESC").Find(&rounds).Error; err != nil {
		return books.ProcRound{}, fmt.Errorf("plans of %s: %w", project, err)
	}
	next := books.ProcRound{Project: project, Round: 1}
	if beside(c) {
		next.Beside = c.text("packageNo")
	}
	if len(rounds) > 0 {
		next.Round = rounds[0].Round + 1
	}
	i := slices.IndexFunc(rounds, func(r books.ProcRound) bool { return r.Beside == next.Beside })
	if i >= 0 && rounds[i].SentOn == "" {
		for _, table := range []any{&books.ProcPackage{}, &books.ProcRound{}} {
			if err := tx.Where("project = ? AND round = ?", project, rounds[i].Round).Delete(table).Error; err != nil {
				return next, fmt.Errorf("plan of %s: %w", project, err)
			}
		}
		next.Round, next.PlanNo = rounds[i].Round, rounds[i].PlanNo
		return next, nil
	}
	var err error
	next.PlanNo, err = models.NextCode(tx, "CG", c.Acting.On().Year())
	return next, err
}

// procurementSend sends the plan to the procurement bureau.
func procurementSend(tx *gorm.DB, c Call) (Result, Write, error) {
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	v, err := c.procurement(tx)
	if err != nil {
		return nil, nil, err
	}
	if v.Round == 0 {
		return nil, nil, models.Refuse("no-plan")
	}
	return Result{"procurementState": books.ProcPending}, func() error {
		err := tx.Model(&books.ProcRound{}).Where("project = ? AND round = ?", p.Code, v.Round).Update("sent_on", c.Acting.On()).Error
		if err != nil {
			return fmt.Errorf("plan of %s: %w", p.Code, err)
		}
		if !beside(c) { // the project goes on meanwhile
			if err := books.SetStage(tx, c.Acting, &p, books.Procuring); err != nil {
				return err
			}
		}
		return sendOut(tx, c, p, "procurement.plan")
	}, nil
}

// procurementState looks into the books for what the bureau did about this round.
func procurementState(tx *gorm.DB, c Call) (Result, Write, error) {
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	v, err := c.procurement(tx)
	if err != nil {
		return nil, nil, err
	}
	if err := c.decidable("procurement.send", "procurement.state", "partner.remind"); err != nil { // none of them is a fact of the bureau's
		return nil, nil, err
	}
	r := Result{"procurementState": v.State, "awardTotal": Number(v.AwardTotal)}
	m := v.Main()
	if m != nil {
		r["packageNo"], r["packageName"] = m.PackageNo, m.Name
		if c.Headers["of"] == "package" { // each has its own contract; in models of a former release one is for all
			r["awardTotal"] = Number(m.Award)
		}
	}
	switch {
	case beside(c): // the project goes on meanwhile
	case v.State == books.ProcAwarded && m != nil:
		return r, func() error { return books.SetStage(tx, onDayOf(c.Acting, m.AwardOn), &p, books.Awarded) }, nil
	case v.State == books.ProcFailed && m != nil:
		return r, func() error { return books.SetStage(tx, onDayOf(c.Acting, m.FailedOn), &p, books.Budgeted) }, nil
	}
	return r, nil, nil
}

// failureRule says what may follow a failed purchase; a model of a former release does not name it.
const failureRule = "C06"

// afterFailure is what the county's rule says of a package that failed: retender, negotiate or stop; "" where
// the bureau's reason is not known.
func afterFailure(tx *gorm.DB, c Call, no string) (string, error) {
	rep, _, err := Checks.Look(tx, c.Acting, books.PointAward, books.PackageSubject(c.text("projectCode"), no))
	if err != nil {
		return "", err
	}
	return books.NextAfterFailure(rep), nil
}

// procurementFailed records what is done after a failed tender.
func procurementFailed(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Decision string `json:"decision"`
		Reason   string `json:"reason"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	f := check()
	f.oneOf("/decision", in.Decision, "retry", "change", "stop")
	f.text("/reason", in.Reason)
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	v, err := c.procurement(tx)
	if err != nil {
		return nil, nil, err
	}
	if m := v.Main(); m != nil && in.Decision == "retry" && c.Headers["rule"] == failureRule {
		next, err := afterFailure(tx, c, m.PackageNo)
		if err != nil {
			return nil, nil, err
		}
		if next == "stop" {
			return nil, nil, models.Refuse("invalid-data").Field("/decision", "demand-cancelled", "package", m.PackageNo)
		}
	}
	return Result{"failedDecision": in.Decision}, func() error {
		if err := tx.Model(&books.ProcRound{}).Where("project = ? AND round = ?", project, v.Round).Update("handled",
			in.Decision).Error; err != nil {
			return fmt.Errorf("plan of %s: %w", project, err)
		}
		return c.record(tx, project)
	}, nil
}
