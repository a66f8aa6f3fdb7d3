package books

import (
	"errors"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// EvaluationProcess is the process of an evaluation (P11): a root of its own, also after the project's life has ended.
const EvaluationProcess = "qc_p11_evaluation"

// evaluated are the stages in which a project can be: each year from its construction on.
var evaluated = []Stage{Building, PrelimPassed, TrialRun, FinalPassed, Operating, Evaluated, Archived}

// Evaluable reports whether a project in a stage can be evaluated.
func (s Stage) Evaluable() bool { return slices.Contains(evaluated, s) }

// Evaluation (绩效评价) of a project in a year.
type Evaluation struct {
	No            string `gorm:"primaryKey"`
	Project       string
	Year          int
	BegunBy       string
	BegunOn       models.Date
	Self          models.JSON // SelfEvaluation
	SelfScore     *decimal.Decimal
	SelfBy        string
	SelfOn        models.Date
	Documents     models.JSON
	ReviewScore   *decimal.Decimal
	Sampled       bool
	Review        string
	ReviewBy      string
	Third         string // who evaluated again
	ThirdScore    *decimal.Decimal
	ThirdView     string
	ThirdBy       string
	ThirdDocument models.JSON
	Grade         string // 优, 良, 中, 差 (F02)
	Use           string // none, stopFunds, mergeReview (F03)
	ClosedOn      models.Date
}

// TableName of the entity.
func (Evaluation) TableName() string { return "evaluation" }

// Achievement is a target of the application, what became of it, and what it scores.
type Achievement struct {
	Name   string          `json:"name"`
	Target string          `json:"target"`
	Actual string          `json:"actual"`
	Source string          `json:"source"`
	Weight decimal.Decimal `json:"weight"`
	Score  decimal.Decimal `json:"score"`
}

// SelfEvaluation is what the unit says.
type SelfEvaluation struct {
	Indicators     []Achievement `json:"indicators"`
	UsersActive    int           `json:"usersActive"`
	ServicesShared int           `json:"servicesShared"`
	Problems       string        `json:"problems"`
	Improvements   string        `json:"improvements"`
}

// FinalScore is the third party's where there is one, else the house's; nil before.
func (e Evaluation) FinalScore() *decimal.Decimal {
	if e.ThirdScore != nil {
		return e.ThirdScore
	}
	return e.ReviewScore
}

// Evaluations of a project, the newest first.
func Evaluations(tx *gorm.DB, project string) ([]Evaluation, error) {
	var all []Evaluation
	if err := tx.Where("project = ?", project).Order("year DESC").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("evaluations of %s: %w", project, err)
	}
	return all, nil
}

// FindEvaluation is one by its number; a refusal "not-found" when there is none.
func FindEvaluation(tx *gorm.DB, no string) (Evaluation, error) {
	var e Evaluation
	err := tx.Where("no = ?", no).Take(&e).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return e, models.Refuse("not-found", "what", no)
	}
	if err != nil {
		return e, fmt.Errorf("evaluation %s: %w", no, err)
	}
	return e, nil
}
