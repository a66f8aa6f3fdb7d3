package facts

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/rules"
)

// awardRules are the rules of the point award whose findings are breaches, and those whose days are (C08, C09). That
// an award is above its limit is told by awardAboveLimit already, in whatever case.
var awardRules = []string{"C01", "C02", "C04", "C05", "C07", "C08", "C09", "C14"}

// judgeAward judges a package by the county's rules after the bureau told something of it, never to refuse: what
// does not hold is a breach that stops our next act, the contract. A purchase that was not planned under these
// rules, of a former release or taken over, goes on as it began.
func judgeAward(tx *gorm.DB, a models.Acting, p books.Project, d books.FactData) error {
	planned, err := rules.Judged(tx, "procurement", p.Code)
	if err != nil || !planned {
		return err
	}
	no, err := books.PackageOf(tx, p.Code, d)
	if err != nil || no == "" {
		return err
	}
	v, err := books.Procurement(tx, p.Code)
	if err != nil {
		return err
	}
	k := v.Package(no)
	if k == nil || k.State != books.ProcAwarded && k.State != books.ProcRunning && k.State != books.ProcSuspended {
		return clearJudged(tx, a, p.Code, no, nil) // failed: what was wrong is over
	}
	results, err := books.Rules.Breaches(tx, a, books.PointAward, books.PackageSubject(p.Code, no))
	if err != nil {
		return err
	}
	var holds []string
	for _, res := range results {
		if !slices.Contains(awardRules, res.Rule) {
			continue
		}
		for _, f := range res.Findings {
			if res.Rule == "C14" && f.Field == "award" || f.Ref != "" && f.Ref != no { // of another package: judged with its own
				continue
			}
			b := books.Breach{Project: p.Code, Rule: res.Rule, Subject: no + "/" + f.Place(), Blocks: books.BlockContract, BusinessDate: a.On()}
			holds = append(holds, b.Rule+" "+b.Subject)
			if err := books.RecordBreach(tx, a, b, "zh", f.Detail.ZH, "en", f.Detail.EN); err != nil {
				return err
			}
			if err := tellBreach(tx, a, p, b, f.Detail, "APPLY_CLERK", "PROCUREMENT_LIAISON"); err != nil {
				return err
			}
		}
	}
	late, err := judgeDays(tx, a, p, *k)
	if err != nil {
		return err
	}
	return clearJudged(tx, a, p.Code, no, append(holds, late...))
}

// clearJudged ends the breaches of a package that do not hold any more.
func clearJudged(tx *gorm.DB, a models.Acting, project, no string, holds []string) error {
	standing, err := books.Breaches(tx, project)
	if err != nil {
		return err
	}
	for _, b := range standing {
		mine := slices.Contains(awardRules, b.Rule) && len(b.Subject) > len(no) && b.Subject[:len(no)+1] == no+"/"
		if mine && !slices.Contains(holds, b.Rule+" "+b.Subject) {
			if err := clearBreach(tx, b.ID, a.At); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellBreach tells those of the purchaser who have a role, and the bureau's liaisons, of a breach, once.
func tellBreach(tx *gorm.DB, a models.Acting, p books.Project, b books.Breach, text rules.Sentence, role, liaison string) error {
	var persons []string
	err := tx.Raw(`SELECT DISTINCT p.person_id FROM post_now p JOIN person q ON q.id = p.person_id
		WHERE q.active AND (p.role = ? AND p.dept_id = ? OR p.role = ?) ORDER BY p.person_id`, role, p.DeptID, liaison).
		Scan(&persons).Error
	if err != nil {
		return fmt.Errorf("who hears of breach %s of %s: %w", b.Rule, p.Code, err)
	}
	return office.Tell(tx, office.Notification{
		Cause: "breach:" + p.Code + ":" + b.Rule + ":" + b.Subject, Kind: "rule-breach", Subject: "project:" + p.Code, CreatedAt: a.At,
		Args: models.JSONOf(map[string]string{"name": p.Name, "rule": b.Rule, "text": text.ZH, "textEn": text.EN}),
	}, persons...)
}
