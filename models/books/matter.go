package books

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// MatterFact is something that whoever works on a task should know. The label
// is the text of Key with Args.
type MatterFact struct {
	Key   string
	Args  map[string]string
	Value string
	Kind  string // text, money, date; or key: the value is a text key
}

// matters are the facts by what a task is about (qc:task about).
var matters = map[string]func(*gorm.DB, string) ([]MatterFact, error){
	"review":       reviewMatter,
	"sheet":        reviewMatter,
	"approval":     approvalMatter,
	"procurement":  procurementMatter,
	"contract":     contractMatter,
	"construction": constructionMatter,
	"acceptance":   acceptanceMatter,
	"payment":      paymentMatter,
	"change":       changeMatter,
}

// Matter is what the books say about a project that matters for a task about
// something, beyond its header and sums. Experts' opinions are not among it:
// nobody sees another's before his own is signed.
func Matter(tx *gorm.DB, project, about string) ([]MatterFact, error) {
	read, ok := matters[about]
	if !ok {
		return nil, nil
	}
	facts, err := read(tx, project)
	if err != nil {
		return nil, fmt.Errorf("facts about %s: %w", about, err)
	}
	return facts, nil
}

// matter collects facts; what is empty is left out.
type matter []MatterFact

func (m *matter) add(key, kind, value string, args ...string) {
	if value != "" {
		*m = append(*m, MatterFact{Key: key, Args: models.Pairs(args), Value: value, Kind: kind})
	}
}

func (m *matter) money(key string, v models.Money, args ...string) {
	if v.Sign() != 0 {
		m.add(key, "money", v.String(), args...)
	}
}

func reviewMatter(tx *gorm.DB, project string) ([]MatterFact, error) {
	var m matter
	var r []Review
	if err := tx.Where("project = ?", project).Order("cycle DESC").Limit(1).Find(&r).Error; err != nil {
		return nil, err
	}
	if len(r) == 1 && r[0].Conclusion != "" {
		m.add("fact.conclusion", "key", "conclusion."+r[0].Conclusion)
		m.add("fact.summary", "text", r[0].Summary)
	}
	s, err := CurrentSheet(tx, project)
	if err != nil || !s.Issued { // before, reviewer B must not learn A's figures
		return m, err
	}
	m.add("fact.cutRate", "text", s.Rate.Percent()+" %")
	return m, nil
}

func approvalMatter(tx *gorm.DB, project string) ([]MatterFact, error) {
	m, err := reviewMatter(tx, project)
	if err != nil {
		return nil, err
	}
	b, err := Budget(tx, project)
	if err != nil {
		return nil, err
	}
	out := matter(m)
	if b.Refusal != nil {
		out.add("fact.refusal", "text", b.Refusal.Text("reason"))
	}
	return out, nil
}

func procurementMatter(tx *gorm.DB, project string) ([]MatterFact, error) {
	var m matter
	b, err := Budget(tx, project)
	if err != nil {
		return nil, err
	}
	for _, i := range b.Indicators {
		m.money("fact.indicator", i.Amount, "no", i.BgtID)
	}
	v, err := Procurement(tx, project)
	if err != nil {
		return nil, err
	}
	m.add("fact.plan", "text", v.PlanNo)
	for _, p := range v.Packages {
		m.money("fact.limit", p.LimitPrice, "package", p.PackageNo+" "+p.Name)
		m.money("fact.award", p.Award, "package", p.PackageNo)
		m.add("fact.winner", "text", p.Winner, "package", p.PackageNo)
		m.add("fact.failure", "text", p.Failure, "package", p.PackageNo)
	}
	return m, nil
}

func contractMatter(tx *gorm.DB, project string) ([]MatterFact, error) {
	p, err := procurementMatter(tx, project)
	if err != nil {
		return nil, err
	}
	m := matter(p)
	cs, err := Contracts(tx, project)
	if err != nil {
		return nil, err
	}
	for _, c := range cs {
		m.add("fact.contractNo", "text", c.ContractNo)
		m.add("fact.supplier", "text", c.Supplier)
		m.money("fact.contractAmount", c.Amount)
		m.add("fact.signedOn", "date", string(c.SignedOn))
	}
	terms, err := Terms(tx, project)
	for _, t := range terms {
		m.money("fact.term", t.Amount, "name", t.Name, "ratio", t.Ratio.String())
	}
	return m, err
}

func constructionMatter(tx *gorm.DB, project string) ([]MatterFact, error) {
	var m matter
	c, ok, err := SignedContract(tx, project)
	if err != nil {
		return nil, err
	}
	if ok {
		m.add("fact.contractNo", "text", c.ContractNo)
		m.add("fact.supplier", "text", c.Supplier)
	}
	ms, err := Milestones(tx, project)
	for _, s := range ms {
		value := fmt.Sprintf("%d %%", s.Percent)
		if s.PassedOn != "" {
			value = string(s.PassedOn)
		}
		m.add("fact.milestone", "text", value, "no", fmt.Sprint(s.No), "name", s.Name, "due", string(s.PlanDate))
	}
	if err != nil {
		return nil, err
	}
	return siteMatter(tx, project, m)
}

// Milestones of a project, in order.
func Milestones(tx *gorm.DB, project string) ([]Milestone, error) {
	var ms []Milestone
	if err := tx.Where("project = ?", project).Order("no").Find(&ms).Error; err != nil {
		return nil, fmt.Errorf("milestones of %s: %w", project, err)
	}
	return ms, nil
}

func acceptanceMatter(tx *gorm.DB, project string) ([]MatterFact, error) {
	c, err := constructionMatter(tx, project)
	if err != nil {
		return nil, err
	}
	m := matter(c)
	var sessions []Acceptance
	if err := tx.Where("project = ?", project).Order("at, round").Find(&sessions).Error; err != nil {
		return nil, err
	}
	for _, s := range sessions {
		m.add("fact.acceptance."+s.Kind, "key", "conclusion."+s.Conclusion, "on", string(s.HeldOn))
	}
	var materials []Material
	if err := tx.Where("project = ?", project).Order("at, code").Find(&materials).Error; err != nil {
		return nil, err
	}
	for _, k := range materials {
		m.add("fact.material", "key", "material."+k.Code)
	}
	return courseMatter(tx, project, m)
}

func paymentMatter(tx *gorm.DB, project string) ([]MatterFact, error) {
	var m matter
	c, ok, err := SignedContract(tx, project)
	if err != nil {
		return nil, err
	}
	if ok {
		m.add("fact.contractNo", "text", c.ContractNo)
		m.add("fact.supplier", "text", c.Supplier)
	}
	v, err := Payments(tx, project)
	if err != nil {
		return nil, err
	}
	m.money("fact.pending", v.Pending)
	m.money("fact.remaining", v.Remaining)
	m.add("fact.nextTerm", "text", v.Term)
	for _, r := range v.Requests {
		m.money("fact.request", r.Amount, "no", r.RequestNo, "term", r.Term)
	}
	return m, nil
}
