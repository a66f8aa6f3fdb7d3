package commands

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/rules"
)

// ownersOfRules are the roles that hear of a rule that cannot judge.
var ownersOfRules = []string{"RULE_DRAFTER", "RULE_PUBLISHER", "BUREAU_CHIEF"}

// TellBroken lets those who own the rules know, once a day, that a decision was broken when somebody acted: the act
// is refused and leaves nothing behind, so that nobody else would hear of it.
func TellBroken(tx *gorm.DB, a models.Acting, root int64, project string, refused *models.Refusal) error {
	var persons []string
	subject, matter := "project:"+project, project
	if project == "" {
		subject = fmt.Sprintf("case:%d", root)
		matter = subject
	}
	for _, f := range refused.Fields {
		if f.Check == nil || f.Check.State != rules.Error {
			continue
		}
		if persons == nil {
			for _, role := range ownersOfRules {
				held, err := office.InRole(tx, role)
				if err != nil {
					return fmt.Errorf("who hears of broken rules: %w", err)
				}
				persons = append(persons, held...)
			}
			slices.Sort(persons)
			persons = slices.Compact(persons)
		}
		err := office.Tell(tx, office.Notification{
			Cause: "rule-broken:" + f.Check.Rule + ":" + matter + ":" + string(models.DateOf(a.At)), Kind: "rule-broken",
			Subject: subject, CreatedAt: a.At,
			Args: models.JSONOf(map[string]string{
				"rule": f.Check.Rule, "project": matter, "text": f.Check.Detail.ZH, "textEn": f.Check.Detail.EN,
			}),
		}, persons...)
		if err != nil {
			return err
		}
	}
	return nil
}
