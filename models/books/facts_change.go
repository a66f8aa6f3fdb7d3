package books

import (
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
)

// What the books know of a change (domain/checks.md C15, D10). The change in hand is the newest that is open.
var _ = rules.Provide(rules.Source{
	Kind: SubjectProject, Points: []string{"change"}, Facts: []string{"contracts", "changes", "approvedTotal", "committed", "goalChanged"},
	Gather: func(tx *gorm.DB, s rules.Subject, _ models.Date) (rules.Facts, error) {
		all, err := Changes(tx, s.ID)
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(all, func(c ChangeRequest) bool { return !c.Open() })
		if len(all) == 0 {
			return rules.Facts{}, nil
		}
		own := slices.DeleteFunc(slices.Clone(all), func(c ChangeRequest) bool { return c.Origin != ChangeOfUnit })
		if len(own) > 0 { // a record of the bureau's stands already: the act is about what the unit asks for
			return ChangeFacts(tx, own[len(own)-1])
		}
		return ChangeFacts(tx, all[len(all)-1])
	},
})

// ChangeFacts are what the rules on changes ask about one of them: with all that
// were adopted before, in whatever contract of the project.
func ChangeFacts(tx *gorm.DB, c ChangeRequest) (rules.Facts, error) {
	all, err := Changes(tx, c.Project)
	if err != nil {
		return nil, err
	}
	changes := []any{map[string]any{"delta": amountOf(c.Delta)}}
	for _, before := range all {
		if before.State == ChangeAdopted && before.No != c.No {
			changes = append(changes, map[string]any{"delta": amountOf(before.Delta)})
		}
	}
	now, err := CommitmentOf(tx, c.Project)
	if err != nil {
		return nil, err
	}
	committed := now.Bound()
	if c.Origin == ChangeOfUnit { // the bureau's stands in the ledger
		committed = committed.Add(c.Delta)
	}
	row := []any{}
	if c.Origin == ChangeOfUnit { // what the bureau has on record is judged as a fact: a breach, not a refusal to explain it
		if row, err = supplemented(tx, c); err != nil {
			return nil, err
		}
	}
	return factsOf(map[string]any{
		"contracts": row, "changes": changes, "approvedTotal": amountOf(now.Approved), "committed": amountOf(committed),
		"goalChanged": c.GoalChanged,
	})
}

// supplemented is the contract with its supplements, the one in hand among them.
func supplemented(tx *gorm.DB, c ChangeRequest) ([]any, error) {
	var k Contract
	if err := tx.Where("contract_no = ?", c.ContractNo).Limit(1).Find(&k).Error; err != nil {
		return nil, err
	}
	before, err := ContractChanges(tx, c.ContractNo)
	if err != nil {
		return nil, err
	}
	supplements := []any{}
	for _, s := range before {
		supplements = append(supplements, map[string]any{"amount": amountOf(s.Delta), "sameSubject": s.SameSubject})
	}
	if c.State != ChangeAdopted {
		supplements = append(supplements, map[string]any{"amount": amountOf(c.Delta), "sameSubject": c.SameSubject})
	}
	return []any{map[string]any{"no": c.ContractNo, "original": amountOf(k.Amount), "supplements": supplements}}, nil
}
