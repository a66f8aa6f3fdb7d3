package commands

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

var _ = foretold(map[string]Plan{
	"evaluation.self":   evaluationSelf,
	"evaluation.review": evaluationReview,
	"evaluation.third":  evaluationThird,
})

var _ = register(map[string]Func{"evaluation.close": evaluationClose})

// BeginEvaluation begins the evaluation of a project in the year of the day: once a year, from its construction on.
func BeginEvaluation(tx *gorm.DB, a models.Acting, p books.Project) (books.Evaluation, error) {
	year := a.On().Year()
	if !p.Stage.Evaluable() {
		return books.Evaluation{}, models.Refuse("not-evaluable")
	}
	all, err := books.Evaluations(tx, p.Code)
	if err != nil {
		return books.Evaluation{}, err
	}
	if i := slices.IndexFunc(all, func(e books.Evaluation) bool { return e.Year == year || e.ClosedOn == "" }); i >= 0 {
		return all[i], models.Refuse("evaluation-there", "no", all[i].No)
	}
	e := books.Evaluation{
		Project: p.Code, Year: year, BegunBy: a.Person, BegunOn: a.On(), Self: models.JSON("{}"), Documents: models.JSON("[]"),
		ThirdDocument: models.JSON("[]"),
	}
	if e.No, err = models.NextCode(tx, "PJ", year); err != nil {
		return e, err
	}
	if err := tx.Create(&e).Error; err != nil {
		return e, fmt.Errorf("evaluation %s: %w", e.No, err)
	}
	targets, err := targetsOf(p)
	if err != nil {
		return e, err
	}
	return e, process.SendStart(tx, a, books.EvaluationProcess, e.No, p.Code, map[string]any{
		"evaluationNo": e.No, "evaluationPeriod": year, "projectCode": p.Code, "projectName": p.Name, "deptId": p.DeptID,
		"indicators": targets,
	})
}

// targetsOf are the targets of the application, as rows to be filled in.
func targetsOf(p books.Project) ([]any, error) {
	var form struct {
		Targets []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
			Unit  string `json:"unit"`
		} `json:"targets"`
	}
	if len(p.Form) > 0 {
		if err := p.Form.Into(&form); err != nil {
			return nil, fmt.Errorf("targets of %s: %w", p.Code, err)
		}
	}
	rows := []any{}
	for _, t := range form.Targets {
		rows = append(rows, map[string]any{"name": t.Name, "target": t.Value + t.Unit, "actual": "", "source": ""})
	}
	return rows, nil
}

// evaluation that a call is about.
func (c Call) evaluation(tx *gorm.DB) (books.Evaluation, error) {
	return books.FindEvaluation(tx, c.text("evaluationNo"))
}

func saveEvaluation(tx *gorm.DB, e books.Evaluation) Write {
	return func() error {
		if err := tx.Save(&e).Error; err != nil {
			return fmt.Errorf("evaluation %s: %w", e.No, err)
		}
		return nil
	}
}

var hundred = decimal.NewFromInt(100)

// evaluationSelf is the unit's own word: each target with what became of it, from where it is known, and what it scores.
func evaluationSelf(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Indicators []struct {
			Name   string `json:"name"`
			Target string `json:"target"`
			Actual string `json:"actual"`
			Source string `json:"source"`
			Weight amount `json:"weight"`
			Score  amount `json:"score"`
		} `json:"indicators"`
		UsersActive    amount    `json:"usersActive"`
		ServicesShared amount    `json:"servicesShared"`
		Problems       string    `json:"problems"`
		Improvements   string    `json:"improvements"`
		Documents      documents `json:"documents"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	e, err := c.evaluation(tx)
	if err != nil {
		return nil, nil, err
	}
	f, self := check(), books.SelfEvaluation{}
	var weights, sum decimal.Decimal
	for i, r := range in.Indicators {
		at := func(field string) string { return at("indicators", i, field) }
		x := books.Achievement{
			Name: f.text(at("name"), r.Name), Target: f.text(at("target"), r.Target), Actual: f.text(at("actual"), r.Actual),
			Source: f.text(at("source"), r.Source), Weight: f.number(at("weight"), r.Weight, 0, 100), Score: f.number(at("score"), r.Score, 0, 100),
		}
		if x.Score.GreaterThan(x.Weight) {
			f.Field(at("score"), "score-above-weight", "weight", x.Weight.String())
		}
		weights, sum, self.Indicators = weights.Add(x.Weight), sum.Add(x.Score), append(self.Indicators, x)
	}
	if !weights.Equal(hundred) {
		f.Field("/indicators", "weights-not-whole", "sum", weights.String())
	}
	self.UsersActive = int(f.number("/usersActive", in.UsersActive, 0, 100_000_000).IntPart())
	self.ServicesShared = int(f.number("/servicesShared", in.ServicesShared, 0, 1_000_000).IntPart())
	self.Problems, self.Improvements = f.text("/problems", in.Problems), f.text("/improvements", in.Improvements)
	if err := f.files(tx, "/documents", e.Project, in.Documents); err != nil {
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	e.Self, e.Documents = models.JSONOf(self), models.JSONOf(in.Documents)
	e.SelfScore, e.SelfBy, e.SelfOn = &sum, c.Acting.Person, c.Acting.On()
	return Result{"selfScore": jsonNumber(sum)}, saveEvaluation(tx, e), nil
}

// evaluationReview is what the house makes of it. What fails is evaluated by a third party, and what was drawn.
func evaluationReview(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Score   amount `json:"score"`
		Sampled bool   `json:"sampled"`
		Comment string `json:"comment"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	e, err := c.evaluation(tx)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	score := f.number("/score", in.Score, 0, 100)
	f.reason("/comment", in.Comment)
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	fair, err := c.intParam("F02", "fair")
	if err != nil {
		return nil, nil, err
	}
	e.ReviewScore, e.Sampled, e.Review, e.ReviewBy = &score, in.Sampled, strings.TrimSpace(in.Comment), c.Acting.Person
	e.Third, e.ThirdScore, e.ThirdView, e.ThirdBy, e.ThirdDocument = "", nil, "", "", models.JSON("[]") // given back: judged anew
	third := in.Sampled || score.LessThan(decimal.NewFromInt(int64(fair)))
	return Result{"finalScore": jsonNumber(score), "thirdParty": third}, saveEvaluation(tx, e), nil
}

// evaluationThird is what a third party found; its score counts.
func evaluationThird(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Organisation string    `json:"organisation"`
		Score        amount    `json:"score"`
		Comment      string    `json:"comment"`
		Report       documents `json:"report"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	e, err := c.evaluation(tx)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	score := f.number("/score", in.Score, 0, 100)
	e.Third, e.ThirdView = f.text("/organisation", in.Organisation), f.reason("/comment", in.Comment)
	e.ThirdScore, e.ThirdBy = &score, c.Acting.Person
	if err := f.independentOf(tx, e); err != nil {
		return nil, nil, err
	}
	if err := f.proofs(tx, "/report", e.Project, in.Report); err != nil {
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	e.ThirdDocument = models.JSONOf(in.Report)
	return Result{"finalScore": jsonNumber(score)}, saveEvaluation(tx, e), nil
}

// independentOf holds that who evaluates again has not built or supervised what is evaluated.
func (f faults) independentOf(tx *gorm.DB, e books.Evaluation) error {
	contracts, err := books.Contracts(tx, e.Project)
	if err != nil {
		return err
	}
	for _, k := range contracts {
		var supervisor []string
		if err := tx.Table("dept").Where("id = ?", k.SupervisorOrg).Pluck("name", &supervisor).Error; err != nil {
			return fmt.Errorf("supervisor of %s: %w", k.ContractNo, err)
		}
		if e.Third == k.Supplier || slices.Contains(supervisor, e.Third) {
			f.Field("/organisation", "third-party-bound", "contract", k.ContractNo)
		}
	}
	return nil
}

// evaluationClose grades by the county's rules (F02), says what follows (F03), and begins it: a project that failed is
// mended before its operation is paid for again.
func evaluationClose(tx *gorm.DB, c Call) (Result, error) {
	e, err := c.evaluation(tx)
	if err != nil {
		return nil, err
	}
	p, err := books.FindProject(tx, e.Project)
	if err != nil {
		return nil, err
	}
	if e.Grade, err = c.operationRule(tx, p, "F02"); err != nil {
		return nil, err
	}
	e.ClosedOn = c.Acting.On()
	if err := saveEvaluation(tx, e)(); err != nil {
		return nil, err
	}
	if e.Use, err = c.operationRule(tx, p, "F03"); err != nil {
		return nil, err
	}
	if err := saveEvaluation(tx, e)(); err != nil {
		return nil, err
	}
	if e.Use == "stopFunds" {
		text := fmt.Sprintf("%d 年度绩效评价得分 %s，等级为差：整改销号前停拨运维经费。", e.Year, e.FinalScore())
		if err := c.raise(tx, p, p.Name+" 绩效评价为差整改", text); err != nil {
			return nil, err
		}
	}
	return Result{"evaluationGrade": e.Grade, "evaluationUse": e.Use}, nil
}

// operationRule is what a rule says of the project's performance as it stands.
func (c Call) operationRule(tx *gorm.DB, p books.Project, rule string) (string, error) {
	s, err := ProjectSubject(tx, p.Code, c.Root)
	if err != nil {
		return "", err
	}
	rep, _, err := Checks.Look(tx, c.Acting, books.PointOperation, s)
	if err != nil {
		return "", err
	}
	res, _ := rep.Result(rule)
	value, ok := res.Value.(string)
	if !ok {
		return "", fmt.Errorf("rule %s says %v of %s: %s", rule, res.Value, p.Code, res.Reason)
	}
	return value, nil
}
