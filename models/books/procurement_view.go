package books

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// The states of a procurement round.
const (
	ProcPending   = "PENDING"
	ProcRejected  = "REJECTED"
	ProcFiled     = "FILED"
	ProcRunning   = "RUNNING"
	ProcSuspended = "SUSPENDED"
	ProcAwarded   = "AWARDED"
	ProcFailed    = "FAILED"
)

// procurementTypes are the facts that a round is folded from.
var procurementTypes = []string{
	"procurement.plan_filed", "procurement.plan_rejected", "procurement.notice_published", "procurement.opened",
	"procurement.awarded", "procurement.failed", "procurement.suspended", "procurement.resumed",
}

// ProcurementView is the current round with what the bureau did about it.
type ProcurementView struct {
	ProcRound
	State      string
	AwardTotal models.Money // of all packages of the round awarded so far
	Packages   []PackageView
	Kept       []PackageView // awarded in an earlier round
}

// PackageView is a package with its tender.
type PackageView struct {
	ProcPackage
	Beside    bool   // bought again by itself, in a case of its own
	State     string // "", RUNNING, SUSPENDED, AWARDED, FAILED
	Section   string
	DealCode  string
	NoticeOn  models.Date
	OpenedOn  models.Date
	Bidders   string
	Award     models.Money // of a rate or unit price: the package's budget
	LumpSum   bool
	AwardOn   models.Date // of the award notice: clock C10 starts
	Winner    string
	Uscc      string
	Winners   []Winner // all of them: consortium and framework ones too
	PriceForm string
	FailedOn  models.Date
	Failure   string

	// What the bureau published where it differs from what was planned, and the days of challenges (C09).
	ToldMode     string
	ToldLimit    *models.Money
	ChallengedOn models.Date
	AnsweredOn   models.Date // when a challenge was over: the purchase went on, ended, or was complained of
	ComplainedOn models.Date
	SettledOn    models.Date // when a complaint was over
	HeldOn       models.Date // the last suspension
	ResumedOn    models.Date // when it was over

	// The steps of the award as the bureau told them (C08): evaluated, reported to the purchaser, decided by him.
	EvaluatedOn models.Date
	ReportedOn  models.Date
	DecidedOn   models.Date

	before string // state before a suspension
}

// Procurement folds the facts of the newest round, in the order in which they
// happened. The package with the greatest budget decides the round: the others
// are bought beside it, and their fate is shown. What an earlier round has
// awarded, and the newest does not buy again, stands beside it.
func Procurement(tx *gorm.DB, project string) (ProcurementView, error) {
	all, err := Rounds(tx, project)
	if err != nil || len(all) == 0 {
		return ProcurementView{State: ProcPending}, err
	}
	at := -1
	for i, r := range all {
		if r.Beside == "" {
			at = i
		}
	}
	if at < 0 { // cannot be: what is bought again was bought before
		return ProcurementView{State: ProcPending}, nil
	}
	v := all[at]
	for _, r := range all[at+1:] { // bought again since, each by itself
		for _, p := range r.Packages {
			v.replace(p)
		}
	}
	for i := at - 1; i >= 0; i-- {
		for _, p := range all[i].Packages {
			if p.State == ProcAwarded && v.Package(p.PackageNo) == nil {
				v.Kept = append(v.Kept, p)
			}
		}
	}
	return v, nil
}

// replace puts the newer attempt of a package in the place of the older one.
func (v *ProcurementView) replace(p PackageView) {
	old := v.Package(p.PackageNo)
	if old == nil {
		v.Kept = append(v.Kept, p)
		return
	}
	if slices.ContainsFunc(v.Packages, func(q PackageView) bool { return q.PackageNo == p.PackageNo }) {
		if old.State == ProcAwarded {
			v.AwardTotal = v.AwardTotal.Sub(old.Award)
		}
		if p.State == ProcAwarded {
			v.AwardTotal = v.AwardTotal.Add(p.Award)
		}
	}
	*old = p
}

// ProcurementBeside folds the newest attempt to buy one package again by itself.
func ProcurementBeside(tx *gorm.DB, project, pack string) (ProcurementView, error) {
	all, err := Rounds(tx, project)
	if err != nil {
		return ProcurementView{}, err
	}
	for _, r := range slices.Backward(all) {
		if r.Beside == pack {
			return r, nil
		}
	}
	return ProcurementView{State: ProcPending}, nil
}

// Package of a number, nil when the round does not buy it and none kept has it.
func (v *ProcurementView) Package(no string) *PackageView {
	for _, list := range [][]PackageView{v.Packages, v.Kept} {
		for i := range list {
			if list[i].PackageNo == no {
				return &list[i]
			}
		}
	}
	return nil
}

// Rounds are all attempts of a project to buy, the first one first, each folded from its facts.
func Rounds(tx *gorm.DB, project string) ([]ProcurementView, error) {
	var rounds []ProcRound
	if err := tx.Where("project = ?", project).Order("round").Find(&rounds).Error; err != nil {
		return nil, fmt.Errorf("procurement of %s: %w", project, err)
	}
	if len(rounds) == 0 {
		return nil, nil
	}
	var packages []ProcPackage
	if err := tx.Where("project = ?", project).Order("round, package_no").Find(&packages).Error; err != nil {
		return nil, fmt.Errorf("packages of %s: %w", project, err)
	}
	facts, err := FactsOf(tx, project, procurementTypes...)
	if err != nil {
		return nil, err
	}
	all := make([]ProcurementView, len(rounds))
	for i, r := range rounds {
		all[i] = foldRound(r, packages, facts)
	}
	return all, nil
}

func foldRound(r ProcRound, packages []ProcPackage, facts []Fact) ProcurementView {
	v, plan := ProcurementView{ProcRound: r, State: ProcPending}, ProcPending
	for _, p := range packages {
		if p.Round == r.Round {
			v.Packages = append(v.Packages, PackageView{ProcPackage: p, Beside: r.Beside != ""})
		}
	}
	for _, f := range facts {
		if f.Round != v.Round {
			continue
		}
		switch f.EventType {
		case "procurement.plan_filed":
			plan = ProcFiled
		case "procurement.plan_rejected":
			plan = ProcRejected
		default:
			if p := v.packageOf(f.DataOf()); p != nil {
				p.apply(f)
			}
		}
	}
	v.decide(plan)
	return v
}

func (v *ProcurementView) decide(plan string) {
	v.State = plan
	for _, p := range v.Packages {
		if p.State == ProcAwarded {
			v.AwardTotal = v.AwardTotal.Add(p.Award)
		}
	}
	if m := v.Main(); m != nil && m.State != "" {
		v.State = m.State
	} else if slices.ContainsFunc(v.Packages, func(p PackageView) bool { return p.State != "" }) {
		v.State = ProcRunning
	}
}

// Main is the package with the greatest budget, the first of equals; nil without packages.
func (v *ProcurementView) Main() *PackageView {
	var m *PackageView
	for i := range v.Packages {
		if m == nil || v.Packages[i].Budget.Cmp(m.Budget) > 0 {
			m = &v.Packages[i]
		}
	}
	return m
}

// packageOf finds the package that an event is about: by its number, by the
// section seen before, by the end of the section's code, else the only one.
func (v *ProcurementView) packageOf(d FactData) *PackageView {
	no, section := d.Text("package_no"), d.Text("section_code")
	for i := range v.Packages {
		p := &v.Packages[i]
		if no != "" && p.PackageNo == no ||
			no == "" && section != "" && (p.Section == section || section == p.PackageNo || strings.HasSuffix(section, "-"+p.PackageNo)) {
			return p
		}
	}
	if len(v.Packages) == 1 {
		return &v.Packages[0]
	}
	return nil
}

func (p *PackageView) apply(f Fact) {
	d := f.DataOf()
	if s := d.Text("section_code"); s != "" {
		p.Section = s
	}
	if s := d.Text("unified_deal_code"); s != "" {
		p.DealCode = s
	}
	switch f.EventType {
	case "procurement.notice_published":
		p.NoticeOn = f.BusinessDate
		if p.ToldMode = procMode(d.Text("mode")); !slices.Contains(slices.Collect(maps.Values(procModes)), p.ToldMode) {
			p.ToldMode = "" // a word that we do not know: what was planned stands
		}
		if limit, err := d.Money("limit_price"); err == nil {
			p.ToldLimit = &limit
		}
		p.run()
	case "procurement.opened":
		p.OpenedOn, p.Bidders = f.BusinessDate, d.Text("bidder_count")
		p.run()
	case "procurement.awarded":
		p.AwardOn = f.BusinessDate
		if p.State != ProcFailed ||
			p.FailedOn < f.BusinessDate { // cancelled on its own day, told by the day alone: it is lost all the same
			p.State = ProcAwarded
		}
		p.Winner, p.Uscc = d.Party("winner")
		p.Award, p.LumpSum = awardOf(d, p.Budget)
		p.PriceForm, p.Winners = priceForm(d), winnersOf(d)
		p.EvaluatedOn, p.ReportedOn, p.DecidedOn = d.Date("evaluated_on"), d.Date("reported_on"), d.Date("decided_on")
	case "procurement.failed":
		p.State, p.FailedOn, p.Failure = ProcFailed, f.BusinessDate, d.Text("reason_code")
		p.goesOn(f.BusinessDate)
	case "procurement.suspended":
		p.before, p.State = p.State, ProcSuspended
		p.suspend(d.Text("kind"), f.BusinessDate)
	case "procurement.resumed":
		if p.State == ProcSuspended {
			p.State = p.before
		}
		p.goesOn(f.BusinessDate)
		p.run()
	}
}

func (p *PackageView) run() {
	if p.State == "" {
		p.State = ProcRunning
	}
}

// suspend notes that a purchase stands still, by a challenge or a complaint.
func (p *PackageView) suspend(kind string, on models.Date) {
	p.HeldOn, p.ResumedOn = on, ""
	switch kind {
	case "质疑", "CHALLENGE":
		p.ChallengedOn, p.AnsweredOn = on, ""
	case "投诉", "COMPLAINT":
		if p.ChallengedOn != "" && p.AnsweredOn == "" {
			p.AnsweredOn = on
		}
		p.ComplainedOn, p.SettledOn = on, ""
	}
}

// goesOn notes that what held a purchase up is over.
func (p *PackageView) goesOn(on models.Date) {
	for _, end := range []struct{ began, over *models.Date }{
		{&p.ChallengedOn, &p.AnsweredOn}, {&p.ComplainedOn, &p.SettledOn}, {&p.HeldOn, &p.ResumedOn},
	} {
		if *end.began != "" && *end.over == "" {
			*end.over = on
		}
	}
}
