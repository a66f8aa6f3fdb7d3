package books

import (
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// courseMatter adds what stands between a project and its acceptances: deliverables,
// proofs, the trial run, data resources, drawn experts.
func courseMatter(tx *gorm.DB, project string, m matter) ([]MatterFact, error) {
	promised, err := Promised(tx, project)
	if err != nil {
		return nil, err
	}
	m.add("fact.promised", "text", strings.Join(promised, "、"))
	delivered, err := Deliverables(tx, project)
	if err != nil {
		return nil, err
	}
	for _, d := range delivered {
		n, err := filesIn(d.Documents)
		if err != nil {
			return nil, err
		}
		m.add("fact.delivered", "text", fmt.Sprint(n), "name", d.Name)
	}
	certs, err := Certificates(tx, project)
	if err != nil {
		return nil, err
	}
	for _, c := range certs {
		m.add("fact.certificate."+c.Kind, "key", "conclusion."+c.Result, "org", c.Org)
	}
	produced, err := Produced(tx, project)
	if err != nil {
		return nil, err
	}
	m.add("fact.produced", "text", strings.Join(produced, "、"))
	if err := trialMatter(tx, project, &m); err != nil {
		return nil, err
	}
	d, persons, ok, err := LastAcceptanceDraw(tx, project)
	if err != nil || !ok {
		return m, err
	}
	var names []string
	if err := tx.Table("person").Where("id IN ?", persons).Order("id").Pluck("name", &names).Error; err != nil {
		return nil, fmt.Errorf("experts of %s: %w", project, err)
	}
	m.add("fact.acceptanceExperts", "text", strings.Join(names, "、"), "no", d.DrawNo)
	return m, nil
}

// siteMatter adds who is on the site, and what the newest month's progress was found to be.
func siteMatter(tx *gorm.DB, project string, m matter) ([]MatterFact, error) {
	persons, err := KeyPersons(tx, project)
	if err != nil {
		return nil, err
	}
	for _, k := range persons {
		if k.BidName != k.Name {
			m.add("fact.keyPersonDiffers", "text", k.Name, "role", k.Role, "bid", k.BidName)
			continue
		}
		m.add("fact.keyPerson", "text", k.Name, "role", k.Role)
	}
	months, err := ConstructionMonths(tx, project)
	if err != nil || len(months) == 0 {
		return m, err
	}
	last := months[len(months)-1]
	m.add("fact.delayCard", "key", "card."+last.Card, "month", last.Month)
	return m, nil
}

func trialMatter(tx *gorm.DB, project string, m *matter) error {
	t, ok, err := Trial(tx, project)
	if err != nil || !ok {
		return err
	}
	m.add("fact.trial", "date", string(t.StartedOn))
	incidents, err := Incidents(tx, project)
	if err != nil {
		return err
	}
	for _, i := range incidents {
		m.add("fact.incident", "text", i.Text, "severity", fmt.Sprint(i.Severity), "on", string(i.HappenedOn))
	}
	if t.ClosedOn != "" && t.Availability != nil {
		m.add("fact.trialClosed", "date", string(t.ClosedOn), "availability", t.Availability.String())
	}
	return nil
}
