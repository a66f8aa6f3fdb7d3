package books

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// PackageProcess is the life of a package beside the one that the project's life follows.
const PackageProcess = "qc_package"

// BesideLife are the processes of cases that run beside a project's life and end before it is archived.
var BesideLife = []string{PackageProcess, ChangeProcess}

// Package (包) is what is bought together, as it stands in its newest attempt.
type Package struct {
	Project    string `gorm:"primaryKey"`
	No         string `gorm:"primaryKey"`
	Round      int
	Name       string
	Category   string
	Mode       string
	Budget     models.Money
	LimitPrice models.Money
	Section    string
	State      string // as of a PackageView
}

// TableName of the entity.
func (Package) TableName() string { return "package" }

// Company that has or had a part in an award.
type Company struct {
	Name string `json:"name"`
	Uscc string `json:"uscc"`
}

// Award says who won a package. Several of one attempt are framework winners.
type Award struct {
	Project   string `gorm:"primaryKey"`
	Package   string `gorm:"primaryKey"`
	Round     int    `gorm:"primaryKey"`
	No        int    `gorm:"primaryKey"`
	Party     string
	Uscc      string
	PartyUnit string
	Members   models.JSON // []Company of a consortium
	Kind      string      // AwardSole, AwardConsortium, AwardFramework
	Amount    models.Money
	PriceForm string // total, unit, rate: as rule C14 names them
	NoticeOn  models.Date
	State     string // AwardLive, AwardLost
}

// The kinds and states of an award.
const (
	AwardSole       = "sole"
	AwardConsortium = "consortium"
	AwardFramework  = "framework"
	AwardLive       = "live"
	AwardLost       = "lost"
)

// TableName of the entity.
func (Award) TableName() string { return "award" }

// Winner is one of those who won a package, a consortium with its members.
type Winner struct {
	Company
	Members []Company
	Price   *models.Money // of its own, of a framework
}

// winnersOf reads who won: {winner}, {winner: {…, members}} of a consortium, or {winners: […]} of a framework.
func winnersOf(d FactData) []Winner {
	var out []Winner
	list, _ := d["winners"].([]any)
	for _, x := range list {
		if m, ok := x.(map[string]any); ok {
			out = append(out, winnerOf(FactData(m)))
		}
	}
	if len(out) > 0 {
		return out
	}
	if m, ok := d["winner"].(map[string]any); ok {
		return []Winner{winnerOf(FactData(m))}
	}
	if name := d.Text("winner"); name != "" {
		return []Winner{{Company: Company{Name: name}}}
	}
	return nil
}

func winnerOf(d FactData) Winner {
	w := Winner{Company: Company{Name: d.Text("name"), Uscc: d.Text("uscc")}}
	for _, key := range []string{"members", "consortium"} {
		list, _ := d[key].([]any)
		for _, x := range list {
			if m, ok := x.(map[string]any); ok {
				w.Members = append(w.Members, Company{Name: FactData(m).Text("name"), Uscc: FactData(m).Text("uscc")})
			}
		}
	}
	if m, err := d.Money("win_bid_price"); err == nil {
		w.Price = &m
	}
	return w
}

// The forms of a price, as the bureaus write them (PRICE_FORM_CODE).
var priceForms = map[string]string{
	"": "total", "总价": "total", "TOTAL": "total", "total": "total", "单价": "unit", "UNIT": "unit", "unit": "unit",
}

// priceForm of an award. What is neither a total nor a unit price is a rate: no amount.
func priceForm(d FactData) string {
	if form, ok := priceForms[d.Text("price_form")]; ok {
		return form
	}
	return "rate"
}

// awardOf is the price of an award. A rate or unit price is no amount: then the
// budget is the cap (integration.md, FT35).
func awardOf(d FactData, budget models.Money) (models.Money, bool) {
	m, err := d.Money("win_bid_price")
	if err != nil || priceForm(d) != "total" {
		return budget, false
	}
	return m, true
}

// awards of a package as it stands in a round.
func (p PackageView) awards() []Award {
	if p.AwardOn == "" {
		return nil
	}
	winners := p.Winners
	if len(winners) == 0 {
		winners = []Winner{{Company: Company{Name: p.Winner, Uscc: p.Uscc}}}
	}
	var out []Award
	for i, w := range winners {
		a := Award{
			Project: p.Project, Package: p.PackageNo, Round: p.Round, No: i + 1, Party: w.Name, Uscc: w.Uscc,
			Kind: AwardSole, Amount: p.Award, PriceForm: p.PriceForm, NoticeOn: p.AwardOn, State: AwardLive,
		}
		if w.Price != nil && p.LumpSum {
			a.Amount = *w.Price
		}
		switch {
		case len(w.Members) > 0:
			a.Kind, a.Members = AwardConsortium, models.JSONOf(w.Members)
		case len(winners) > 1:
			a.Kind = AwardFramework
		}
		if p.State == ProcFailed {
			a.State = AwardLost
		}
		out = append(out, a)
	}
	return out
}

// Companies that may sign for an award: the winner, or a consortium as it was told.
func (a Award) Companies() ([]Company, error) {
	out := []Company{{Name: a.Party, Uscc: a.Uscc}}
	var members []Company
	if len(a.Members) > 0 {
		if err := a.Members.Into(&members); err != nil {
			return nil, fmt.Errorf("consortium of %s/%s: %w", a.Project, a.Package, err)
		}
	}
	for _, m := range members {
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out, nil
}

// Packages of a project, each in its newest attempt, in order of their numbers.
func Packages(tx *gorm.DB, project string) ([]PackageView, error) {
	rounds, err := Rounds(tx, project)
	if err != nil {
		return nil, err
	}
	newest := map[string]PackageView{}
	for _, r := range rounds {
		for _, p := range r.Packages {
			newest[p.PackageNo] = p
		}
	}
	out := make([]PackageView, 0, len(newest))
	for _, p := range newest {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b PackageView) int {
		if a.PackageNo < b.PackageNo {
			return -1
		}
		return 1
	})
	return out, nil
}

// Awards of a project that hold, in order of packages.
func Awards(tx *gorm.DB, project string) ([]Award, error) {
	packages, err := Packages(tx, project)
	if err != nil {
		return nil, err
	}
	var out []Award
	for _, p := range packages {
		for _, a := range p.awards() {
			if a.State == AwardLive {
				out = append(out, a)
			}
		}
	}
	return out, nil
}

// KeepAwards brings packages and awards of a project to what plans and facts
// say, in whatever order they came.
func KeepAwards(tx *gorm.DB, project string) error {
	rounds, err := Rounds(tx, project)
	if err != nil {
		return err
	}
	packages, awards := map[string]Package{}, []Award{}
	for _, r := range rounds {
		for _, p := range r.Packages {
			packages[p.PackageNo] = Package{
				Project: project, No: p.PackageNo, Round: p.Round, Name: p.Name, Category: p.Category, Mode: p.Mode,
				Budget: p.Budget, LimitPrice: p.LimitPrice, Section: p.Section, State: p.State,
			}
			awards = append(awards, p.awards()...)
		}
	}
	for _, table := range []any{&Package{}, &Award{}} {
		if err := tx.Where("project = ?", project).Delete(table).Error; err != nil {
			return fmt.Errorf("awards of %s: %w", project, err)
		}
	}
	for _, p := range packages {
		if err := tx.Create(&p).Error; err != nil {
			return fmt.Errorf("package %s of %s: %w", p.No, project, err)
		}
	}
	for _, a := range awards {
		if a.PartyUnit, err = unitOf(tx, Company{Name: a.Party, Uscc: a.Uscc}); err != nil {
			return err
		}
		if err := tx.Create(&a).Error; err != nil {
			return fmt.Errorf("award %s of %s: %w", a.Package, project, err)
		}
	}
	return nil
}

// unitOf is the organisation of the directory that a company is, by its code; "" when none is known.
func unitOf(tx *gorm.DB, c Company) (string, error) {
	if c.Uscc == "" {
		return "", nil
	}
	var ids []string
	if err := tx.Table("dept").Where("uscc = ? AND valid_to IS NULL", c.Uscc).Order("id").Limit(1).Pluck("id", &ids).Error; err != nil {
		return "", fmt.Errorf("organisation %s: %w", c.Uscc, err)
	}
	if len(ids) == 0 {
		return "", nil
	}
	return ids[0], nil
}

// PackageOf is the package that an event of the procurement bureau is about: by
// its contract, its number or section, else the only one; "" when that cannot be told.
func PackageOf(tx *gorm.DB, project string, d FactData) (string, error) {
	if no := ContractKey(d.Text("contract_no")); no != "" {
		var known []string
		if err := tx.Model(&Contract{}).Where("contract_no = ? AND project = ? AND package <> ''", no, project).Pluck("package",
			&known).Error; err != nil {
			return "", fmt.Errorf("package of contract %s: %w", no, err)
		}
		if len(known) > 0 {
			return known[0], nil
		}
	}
	v, err := Procurement(tx, project)
	if err != nil {
		return "", err
	}
	v.Packages = append(v.Packages, v.Kept...)
	if p := v.packageOf(d); p != nil {
		return p.PackageNo, nil
	}
	return "", nil
}
