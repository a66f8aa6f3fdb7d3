package books

import (
	"fmt"

	"gorm.io/gorm"
)

// changeMatter is what whoever decides on a change should know: the contract as it
// stands, what is changed, how far all changes go together, and what money is left.
func changeMatter(tx *gorm.DB, project string) ([]MatterFact, error) {
	var m matter
	all, err := Changes(tx, project)
	if err != nil {
		return nil, err
	}
	now, err := CommitmentOf(tx, project)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if !c.Open() {
			m.money("fact.change", c.Delta, "no", c.No)
			continue
		}
		value, err := ContractValue(tx, c.ContractNo)
		if err != nil {
			return nil, err
		}
		m.add("fact.contractNo", "text", c.ContractNo)
		m.money("fact.contractValue", value)
		m.money("fact.change", c.Delta, "no", c.No)
		lines, err := c.LineRows()
		if err != nil {
			return nil, err
		}
		for i, l := range lines {
			m.add("fact.changeLine", "text", fmt.Sprintf("%s → %s", l.Old, l.New), "name", fmt.Sprintf("%d. %s", i+1, l.Name))
		}
		m.add("fact.changeReason", "text", c.Reason)
		m.add("fact.changeBegun", "date", string(c.BegunOn))
		if c.Class != "" {
			m.add("fact.changeCumulative", "text", c.Ratio.String()+" %")
			m.add("fact.changeClass", "key", "changeClass."+c.Class)
		}
	}
	m.add("fact.changeLeft", "money", now.Left().String())
	return m, nil
}
