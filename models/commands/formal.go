package commands

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/rules"
)

var _ = foretold(map[string]Plan{
	"formal.check":      formalCheck,
	"formal.supplement": formalSupplement,
	"formal.resubmit":   formalResubmit,
	"formal.accept":     formalAccept,
})

// formalCheck is the acceptance officer's decision on the papers (P2).
func formalCheck(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Decision        string    `json:"decision"`
		Checklist       []checked `json:"checklist"`
		SupplementItems []lacking `json:"supplementItems"`
		Reason          string    `json:"reason"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	f.oneOf("/decision", in.Decision, "accept", "supplement", "refuse")
	for i, r := range in.Checklist {
		if r.Result == "fail" && in.Decision == "accept" {
			f.Field(at("checklist", i, "result"), "failed-item-accepted")
		}
		if r.Result == "fail" && strings.TrimSpace(r.Comment) == "" {
			f.Field(at("checklist", i, "comment"), "required")
		}
	}
	if in.Decision == "refuse" {
		f.reason("/reason", in.Reason)
	}
	if in.Decision == "supplement" {
		if err := f.oneTime(tx, p, in.SupplementItems); err != nil {
			return nil, nil, err
		}
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	items := []any{}
	if in.Decision == "supplement" {
		p.SupplementRound++
		for i, it := range in.SupplementItems {
			it.Item, it.Requirement = strings.TrimSpace(it.Item), strings.TrimSpace(it.Requirement)
			in.SupplementItems[i] = it
			items = append(items, map[string]any{"item": it.Item, "requirement": it.Requirement})
		}
	}
	return Result{
			"acceptDecision": in.Decision, "supplementRound": p.SupplementRound, "supplementItems": items, "supplementFrom": p.RevisionNo,
		}, func() error {
			if err := c.record(tx, p.Code); err != nil || in.Decision != "supplement" {
				return err
			}
			return askForSupplement(tx, c, &p, in.SupplementItems)
		}, nil
}

// lacking is what a notice asks for: a paper, or parts of the application.
type lacking struct {
	Item        string   `json:"item"`
	Requirement string   `json:"requirement"`
	Fields      []string `json:"fields"`
}

// limited reports whether the model of a task lets the applicant change only what the notice asks for.
func (c Call) limited() bool { return c.Headers["edits"] == "asked" }

// checked is a row of the completeness check list.
type checked struct {
	Code    string `json:"code"`
	Result  string `json:"result"`
	Comment string `json:"comment"`
}

// oneTime holds rule A12: everything missing is told at once; what the first
// notice did not name cannot appear in a later one.
func (f faults) oneTime(tx *gorm.DB, p books.Project, items []lacking) error {
	if len(items) == 0 {
		f.Field("/supplementItems", "supplement-empty")
	}
	var first []string
	if err := tx.Model(&books.SupplementItem{}).Where("project = ? AND round = 1", p.Code).Pluck("item", &first).Error; err != nil {
		return fmt.Errorf("first notice of %s: %w", p.Code, err)
	}
	seen := map[string]bool{}
	for i, it := range items {
		name := f.text(at("supplementItems", i, "item"), it.Item)
		f.text(at("supplementItems", i, "requirement"), it.Requirement)
		if p.SupplementRound > 0 && !slices.Contains(first, name) {
			f.Field(at("supplementItems", i, "item"), "not-told-at-once", "item", name)
		}
		if seen[name] {
			f.Field(at("supplementItems", i, "item"), "twice", "item", name)
		}
		for _, part := range it.Fields {
			if books.Parts[part] == nil {
				f.Field(
					at("supplementItems", i, "fields"), "not-an-option", "options",
					strings.Join(slices.Sorted(maps.Keys(books.Parts)), ", "),
				)
			}
		}
		seen[name] = true
	}
	return nil
}

func askForSupplement(tx *gorm.DB, c Call, p *books.Project, items []lacking) error {
	for i, it := range items {
		row := books.SupplementItem{Project: p.Code, Round: p.SupplementRound, No: i + 1, Item: it.Item, Requirement: it.Requirement}
		if c.limited() {
			row.Fields = models.JSONOf(append([]string{}, it.Fields...))
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("notice to %s: %w", p.Code, err)
		}
	}
	rows := []any{}
	for i, it := range items {
		rows = append(
			rows, map[string]any{"no": i + 1, "name": it.Item, "result": "不符合", "problem": "缺少或者不符合要求", "required": it.Requirement},
		)
	}
	facts := map[string]any{"check": rows, "n": len(items), "round": p.SupplementRound}
	if days, err := c.intParam("A13", "days"); err == nil {
		facts["dueOn"] = c.Workday.After(c.Acting.On(), days)
	}
	if _, err := c.paper(tx, c.Acting, "supplement_notice", *p, p.Name+" 补正通知书", facts); err != nil {
		return err
	}
	return books.SetStage(tx, c.Acting, p, books.Supplementing)
}

// formalSupplement is the applicant's answer to the notice: a new revision.
func formalSupplement(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Answers []struct {
			Item      string   `json:"item"`
			Text      string   `json:"text"`
			Documents []string `json:"documents"`
		} `json:"answers"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	asked, err := books.Asked(tx, p)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	answered := map[string]bool{}
	for i, a := range in.Answers {
		f.text(at("answers", i, "text"), a.Text)
		if err := f.documents(tx, at("answers", i, "documents"), p.Code, a.Documents); err != nil {
			return nil, nil, err
		}
		k := slices.IndexFunc(asked, func(it books.SupplementItem) bool { return it.Item == strings.TrimSpace(a.Item) })
		if k < 0 {
			f.Field(at("answers", i, "item"), "not-asked", "item", a.Item)
			continue
		}
		answered[asked[k].Item] = true
		asked[k].Answer, asked[k].Documents = a.Text, models.JSONOf(a.Documents)
	}
	for _, it := range asked {
		if !answered[it.Item] {
			f.Field("/answers", "unanswered", "item", it.Item)
		}
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	r, revise, err := freeze(tx, c, &p)
	if err != nil {
		return nil, nil, err
	}
	again, err := c.leaderAgain(tx, p)
	if err != nil {
		return nil, nil, err
	}
	return Result{
			"declaredTotal": r["declaredTotal"], "lineCount": r["lineCount"], "revisionNo": r["revisionNo"], "leaderAgain": again,
		}, func() error {
			if len(asked) > 0 {
				if err := tx.Save(&asked).Error; err != nil {
					return fmt.Errorf("answers of %s: %w", p.Code, err)
				}
			}
			if err := revise(); err != nil || again {
				return err
			}
			if err := postDeclared(tx, c, p); err != nil {
				return err
			}
			return books.SetStage(tx, c.Acting, &p, books.Submitted)
		}, nil
}

// leaderAgain reports whether the department's leader has to sign once more: he
// has signed another total, name or protection level than what goes to the bureau now.
func (c Call) leaderAgain(tx *gorm.DB, p books.Project) (bool, error) {
	from := c.number("supplementFrom")
	if !c.limited() || from == 0 {
		return false, nil
	}
	var signed books.Revision
	if err := tx.Where("project = ? AND revision_no = ?", p.Code, from).Take(&signed).Error; err != nil {
		return false, fmt.Errorf("revision %d of %s: %w", from, p.Code, err)
	}
	var was dossier
	if err := signed.Content.Into(&was); err != nil {
		return false, fmt.Errorf("revision %d of %s: %w", from, p.Code, err)
	}
	lines, err := books.Lines(tx, p.Code)
	if err != nil {
		return false, err
	}
	return was.Name != p.Name || was.MlpsLevel != p.MlpsLevel || signed.Declared.Cmp(sumDeclared(lines)) != 0, nil
}

// formalResubmit brings what the leader has signed again to the bureau and into the books.
func formalResubmit(tx *gorm.DB, c Call) (Result, Write, error) {
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	return Result{}, func() error {
		if err := postDeclared(tx, c, p); err != nil {
			return err
		}
		return books.SetStage(tx, c.Acting, &p, books.Submitted)
	}, nil
}

// formalAccept registers the acceptance and pins the rule pack for the project's life.
func formalAccept(tx *gorm.DB, c Call) (Result, Write, error) {
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	pack, err := rules.PackOn(tx, c.Acting.On())
	if err != nil {
		return nil, nil, err
	}
	if p.AcceptedOn != "" && p.RulePack != "" { // sent back and accepted anew: the rules of the first time hold
		pack.ID = p.RulePack
	}
	p.AcceptedOn, p.RulePack = c.Acting.On(), pack.ID
	r := Result{"acceptedOn": string(p.AcceptedOn), "ruleVersion": p.RulePack}
	return r, func() error {
		d, err := c.paper(tx, c.Acting, "acceptance_notice", p, p.Name+" 受理通知书", map[string]any{"rulePack": pack.ID})
		if err != nil {
			return err
		}
		p.AcceptNo, r["acceptNo"] = string(d.DocNo), string(d.DocNo)
		return books.SetStage(tx, c.Acting, &p, books.Accepted)
	}, nil
}
