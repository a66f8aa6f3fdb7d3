package commands

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/process"
)

var _ = foretold(map[string]Plan{
	"acceptance.facts":     acceptanceFacts,
	"acceptance.prepare":   acceptancePrepare,
	"acceptance.record":    acceptanceRecord,
	"acceptance.materials": acceptanceMaterials,
})

// materialCodes is the check list of final acceptance (rule D08); mlps, crypto
// and change depend on the project.
var materialCodes = []string{
	"summary", "user", "supervision", "settlement", "audit", "mlps", "crypto", "test", "sharing", "archive", "assets", "change",
}

// acceptanceFacts reads from the books what stands between a project and its acceptance.
func acceptanceFacts(tx *gorm.DB, c Call) (Result, Write, error) {
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	soon, err := c.beforeAcceptance(tx)
	if err != nil {
		return nil, nil, err
	}
	var open, blockers int64
	err = tx.Model(&books.Milestone{}).
		Where("project = ? AND passed_on IS NULL AND no NOT IN ?", p.Code, soon.milestones).
		Count(&open).
		Error
	if err != nil {
		return nil, nil, fmt.Errorf("milestones of %s: %w", p.Code, err)
	}
	done := []string{books.RectClosed, books.RectInvalid}
	err = tx.Model(&books.Rectification{}).
		Where("project = ? AND severity = 'A' AND state NOT IN ? AND no NOT IN ?", p.Code, done, soon.closed).
		Count(&blockers).
		Error
	if err != nil {
		return nil, nil, fmt.Errorf("rectifications of %s: %w", p.Code, err)
	}
	var have []string
	if err := tx.Model(&books.Material{}).Where("project = ?", p.Code).Pluck("code", &have).Error; err != nil {
		return nil, nil, fmt.Errorf("papers of %s: %w", p.Code, err)
	}
	have = append(have, soon.materials...)
	missing := 0
	for _, code := range materialCodes {
		needed := code != "mlps" && code != "change" && (code != "crypto" || p.MlpsLevel >= 3)
		if c.Headers["kind"] == books.Final && needed && !slices.Contains(have, code) {
			missing++
		}
	}
	return Result{
		"milestonesOpen": open, "blockersOpen": blockers, "materialsMissing": missing,
		"mlpsMissing": p.MlpsLevel >= 2 && !slices.Contains(have, "mlps"),
	}, nil, nil
}

// coming is what commands before this one will have written: milestones that
// have passed, findings that are closed, papers that are there. None is in vain.
type coming struct {
	milestones []int
	closed     []string
	materials  []string
}

func (c Call) beforeAcceptance(tx *gorm.DB) (coming, error) {
	soon := coming{milestones: []int{-1}, closed: []string{""}} // an empty list is no list to SQL
	if err := c.decidable("progress.done", "rectification.verify", "rectification.check", "rectification.settle", "acceptance.prepare",
		"acceptance.materials", "project.stage"); err != nil {
		return soon, err
	}
	for _, b := range c.earlier("progress.done") {
		m, err := b.Call.milestone(tx)
		if err != nil {
			return soon, err
		}
		soon.milestones = append(soon.milestones, m.No)
	}
	for _, b := range c.earlier("rectification.verify", "rectification.check", "rectification.settle") {
		if b.Result["rectState"] == books.RectClosed {
			soon.closed = append(soon.closed, b.Call.text("issueNo"))
		}
	}
	for _, b := range c.earlier("acceptance.prepare", "acceptance.materials") {
		rows, err := b.Call.materials(tx)
		if err != nil {
			return soon, err
		}
		for code := range rows {
			soon.materials = append(soon.materials, code)
		}
	}
	return soon, nil
}

// acceptancePrepare adds papers before an acceptance.
func acceptancePrepare(tx *gorm.DB, c Call) (Result, Write, error) {
	rows, err := c.materials(tx)
	if err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	return Result{"prepared": true}, func() error {
		for _, code := range materialCodes {
			row, ok := rows[code]
			if !ok {
				continue
			}
			if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
				return fmt.Errorf("papers of %s: %w", project, err)
			}
		}
		return c.record(tx, project)
	}, nil
}

// materials are the papers that were submitted, by code.
func (c Call) materials(tx *gorm.DB) (map[string]books.Material, error) {
	var in struct {
		Materials []struct {
			Code     string    `json:"code"`
			Document documents `json:"document"`
		} `json:"materials"`
	}
	if err := c.into(&in); err != nil {
		return nil, err
	}
	project := c.text("projectCode")
	f, rows := check(), map[string]books.Material{}
	for i, m := range in.Materials {
		f.oneOf(at("materials", i, "code"), m.Code, materialCodes...)
		if err := f.documents(tx, at("materials", i, "document"), project, m.Document); err != nil {
			return nil, err
		}
		rows[m.Code] = books.Material{
			Project: project, Code: m.Code, Documents: models.JSONOf(m.Document), Actor: c.Acting.Person, At: c.Acting.At.UTC(),
		}
	}
	return rows, f.OrNil()
}

// acceptanceMaterials takes the papers for the final acceptance.
func acceptanceMaterials(tx *gorm.DB, c Call) (Result, Write, error) { return acceptancePrepare(tx, c) }

// acceptanceRecord registers what the acceptance group concluded.
func acceptanceRecord(tx *gorm.DB, c Call) (Result, Write, error) {
	in, err := readAcceptance(c)
	if err != nil {
		return nil, nil, err
	}
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	kind := c.Headers["kind"]
	a, err := in.check(c, p, kind)
	if err != nil {
		return nil, nil, err
	}
	if Point(c.Headers) != "" {
		if err := in.sensible(tx, c, a); err != nil {
			return nil, nil, err
		}
	}
	if err := tx.Raw("SELECT COUNT(*) + 1 FROM acceptance WHERE project = ? AND kind = ?", p.Code, kind).Scan(&a.Round).Error; err != nil {
		return nil, nil, fmt.Errorf("acceptances of %s: %w", p.Code, err)
	}
	r := Result{"acceptanceConclusion": a.Conclusion, "failureTitle": in.failure(p, kind)}
	if kind == books.Prelim {
		r["trialEnds"] = nullable(a.TrialEnds)
	}
	return r, func() error {
		if a.Conclusion != "fail" {
			return passed(tx, c, p, a, in)
		}
		if err := tx.Create(&a).Error; err != nil {
			return fmt.Errorf("acceptance of %s: %w", p.Code, err)
		}
		return nil
	}, nil
}

// passed is what follows from an acceptance, with or without conditions.
func passed(tx *gorm.DB, c Call, p books.Project, a books.Acceptance, in session) error {
	report, stage := "初验报告", books.PrelimPassed
	if a.Kind == books.Final {
		report, stage = "终验报告", books.FinalPassed
	}
	d, err := acceptanceReport(tx, c, report, p, a, in)
	if err != nil {
		return err
	}
	a.DocNo = string(d.DocNo)
	if err := tx.Create(&a).Error; err != nil {
		return fmt.Errorf("acceptance of %s: %w", p.Code, err)
	}
	if err := books.SetStage(tx, onDayOf(c.Acting, a.HeldOn), &p, stage); err != nil {
		return err
	}
	if a.Kind == books.Prelim && a.TrialEnds < books.MonthsAfter(a.HeldOn, 1) {
		b := books.Breach{Project: p.Code, Rule: "D07", Subject: fmt.Sprintf("trial/%d", a.Round), BusinessDate: a.HeldOn}
		if err := books.RecordBreach(tx, c.Acting, b, "ends", string(a.TrialEnds)); err != nil {
			return err
		}
	}
	if a.Conclusion == "conditional" {
		if err := raiseConditional(tx, c, p, a, in); err != nil {
			return err
		}
	}
	return sendOut(tx, c, p, "acceptance.passed")
}

var (
	acceptanceWords = map[string]string{"pass": "通过", "conditional": "附条件通过", "fail": "不通过"}
	itemWords       = map[string]string{"pass": "通过", "fail": "不通过", "na": "不适用"}
)

// acceptanceReport is the paper of an acceptance: who came together, and what was found item by item.
func acceptanceReport(tx *gorm.DB, c Call, report string, p books.Project, a books.Acceptance, in session) (papers.Document, error) {
	group, items, n := []any{}, []any{}, map[string]int{}
	for _, m := range in.Group {
		group = append(group, map[string]any{"name": m.Name, "org": m.Org})
	}
	for _, it := range in.Items {
		n[it.Result]++
		items = append(items, map[string]any{"clause": it.Clause, "result": itemWords[it.Result], "note": it.Note})
	}
	accept := map[string]any{
		"date": a.HeldOn, "group": group, "items": items, "passed": n["pass"], "failed": n["fail"], "unfit": n["na"],
		"conclusion": acceptanceWords[a.Conclusion], "dueOn": a.RectifyDue, "trialTo": a.TrialEnds,
	}
	facts := map[string]any{"accept": accept}
	k, ok, err := books.SignedContract(tx, p.Code)
	if err != nil {
		return papers.Document{}, err
	}
	if ok {
		facts["contract"] = map[string]any{
			"no": k.ContractNo, "title": k.Title, "supplier": k.Supplier, "uscc": k.Uscc, "amount": k.Amount,
			"signedOn": k.SignedOn,
		}
	}
	return c.paper(tx, onDayOf(c.Acting, a.HeldOn), report, p, p.Name+" "+report, facts)
}

// raiseConditional raises the rectification that a conditional acceptance asks for; nothing waits for it.
func raiseConditional(tx *gorm.DB, c Call, p books.Project, a books.Acceptance, in session) error {
	r := books.Rectification{
		Source: "acceptance", Title: in.failure(p, a.Kind), Project: models.Optional(p.Code), OwnerDept: p.DeptID, Severity: "B",
		FoundOn: a.HeldOn, DueOn: a.RectifyDue,
	}
	if r.Title == "" {
		r.Title = p.Name + " 附条件验收整改"
	}
	if err := books.NewRectification(tx, c.Acting, &r); err != nil {
		return err
	}
	return process.SendStart(tx, c.Acting, books.RectificationProcess, r.No, string(r.Project), r.StartVars(p.DeptID))
}

type session struct {
	Group []struct {
		Name string `json:"name"`
		Org  string `json:"org"`
	} `json:"group"`
	Items []struct {
		Clause string `json:"clause"`
		Result string `json:"result"`
		Note   string `json:"note"`
	} `json:"items"`
	Conclusion   string `json:"conclusion"`
	Date         string `json:"date"`
	TrialEnds    string `json:"trialEnds"`
	Availability amount `json:"availability"`
	RectifyDue   string `json:"rectifyDue"`
	Comment      string `json:"comment"`
}

func readAcceptance(c Call) (in session, err error) { return in, c.into(&in) }

// check holds that the group is odd and at least three, and that the conclusion
// says what the items say.
func (in session) check(c Call, p books.Project, kind string) (books.Acceptance, error) {
	f := check()
	f.oneOf("/conclusion", in.Conclusion, "pass", "conditional", "fail")
	if n := len(in.Group); n < 3 || n%2 == 0 {
		f.Field("/group", "group-not-odd", "n", fmt.Sprint(n))
	}
	for i, m := range in.Group {
		f.text(at("group", i, "name"), m.Name)
		f.text(at("group", i, "org"), m.Org)
	}
	for i, it := range in.Items {
		f.text(at("items", i, "clause"), it.Clause)
		f.oneOf(at("items", i, "result"), it.Result, "pass", "fail", "na")
		if it.Result == "fail" && in.Conclusion == "pass" {
			f.Field(at("items", i, "result"), "failed-item-accepted")
		}
	}
	a := books.Acceptance{
		Project: p.Code, Kind: kind, Conclusion: in.Conclusion, HeldOn: f.date("/date", in.Date), Members: models.JSONOf(in.Group),
		Items: models.JSONOf(in.Items),
		RectifyDue: f.optionalDate(
			"/rectifyDue", in.RectifyDue,
		), Comment: strings.TrimSpace(in.Comment), Actor: c.Acting.Person, At: c.Acting.At.UTC(),
	}
	if in.Availability != "" {
		v := f.number("/availability", in.Availability, 0, 100)
		a.Availability = &v
	}
	if kind == books.Prelim && in.Conclusion != "fail" {
		a.TrialEnds = f.optionalDate("/trialEnds", in.TrialEnds)
		if a.TrialEnds == "" {
			months, err := c.intParam("D07", "months")
			if err != nil {
				return a, err
			}
			a.TrialEnds = books.MonthsAfter(a.HeldOn, months)
		}
		if a.TrialEnds < a.HeldOn {
			f.Field("/trialEnds", "end-before-start")
		}
	}
	return a, f.OrNil()
}

// failure is what a rectification after this acceptance is called, "" when nothing failed.
func (in session) failure(p books.Project, kind string) string {
	name := map[string]string{books.Prelim: "初验", books.Final: "终验"}[kind]
	for _, it := range in.Items {
		if it.Result == "fail" {
			return fmt.Sprintf("%s %s问题：%s", p.Name, name, it.Clause)
		}
	}
	if in.Conclusion == "fail" {
		return fmt.Sprintf("%s %s未通过", p.Name, name)
	}
	return ""
}

func nullable(d models.Date) any {
	if d == "" {
		return nil
	}
	return string(d)
}

// documents is a list of document ids, or one.
type documents []string

// UnmarshalJSON takes a list of ids or a single id.
func (d *documents) UnmarshalJSON(data []byte) error {
	return unmarshalList(data, (*[]string)(d))
}
