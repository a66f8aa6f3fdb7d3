package books

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// The states of a rectification (domain/data-model.md §2, issue).
const (
	RectOpen       = "OPEN"
	RectAnalysis   = "ANALYSIS"
	RectPlan       = "PLAN"
	RectRectifying = "RECTIFYING"
	RectVerifying  = "VERIFYING"
	RectClosed     = "CLOSED"
	RectReturned   = "RETURNED"
	RectReferredUp = "REFERRED_UP"
	RectInvalid    = "INVALID"
)

// RectStates are all of them, in the order of the board.
var RectStates = []string{
	RectOpen, RectAnalysis, RectPlan, RectRectifying, RectVerifying, RectReturned, RectReferredUp, RectClosed, RectInvalid,
}

// Rectification is one finding on its way to being closed.
type Rectification struct {
	No           string `gorm:"primaryKey"`
	Source       string
	Title        string
	Description  string
	Project      models.Optional
	OwnerDept    string
	Severity     string // A, B, C
	State        string
	Blocking     bool // an acceptance waits for it
	FoundOn      models.Date
	Registrar    string
	DueOn        models.Date
	Owner        string // who handed in the evidence
	Cause        string
	Analysis     string
	Measures     models.JSON // []Measure
	Evidence     string
	BeforeDocs   models.JSON
	AfterDocs    models.JSON
	MaterialsCut int
	StepsCut     int
	DaysCut      int // tenths of a working day
	Method       string
	Verification string
	Verifier     string
	Returns      int
	ReferredTo   string
	ReferredOn   models.Date
	LetterNo     string
	Contact      string
	Workaround   string
	Reply        string
	RepliedOn    models.Date
	ClosedOn     models.Date
	Item         string      // code of the service item that it was found at
	VerifierUnit string      // of the post that checked it
	SiteNote     string      // of the verifier, from the spot
	Objections   models.JSON // []string: units that said “not mine”, each once

	Extension     string // more time is asked for once: "", ASKED, GRANTED, REFUSED
	ExtensionDays int    // working days

	Impact string // stop, delay, inconvenience; what R01 grades by, "" where the grade was set by hand
	Scope  string // many, one

	Reopens string // number of the closed one that has come again

	Root      int64
	Version   int
	CreatedAt time.Time
	UpdatedAt time.Time `gorm:"autoUpdateTime:false"` // of the act, as every recording time
}

// issueNumbers is what the numbers of rectifications begin with.
const issueNumbers = "ZG"

// IsIssueNo reports whether a business key is the number of a rectification.
func IsIssueNo(key string) bool { return strings.HasPrefix(key, issueNumbers+"-") }

// TableName of the entity.
func (Rectification) TableName() string { return "rectification" }

// Measure of a rectification plan.
type Measure struct {
	Text  string      `json:"text"`
	Owner string      `json:"owner"`
	Due   models.Date `json:"due"`

	Preventive bool `json:"preventive,omitempty"` // against its coming again
}

// RectificationStep is a line of its history.
type RectificationStep struct {
	No           string `gorm:"primaryKey"`
	Seq          int    `gorm:"primaryKey"`
	Action       string // open, dispatch, analyse, plan, evidence, verify, refer, reply
	State        string // afterwards
	Text         string
	Actor        string
	At           time.Time
	BusinessDate models.Date
}

// TableName of the entity.
func (RectificationStep) TableName() string { return "rectification_step" }

// FindRectification reads one; a refusal "not-found" when there is none.
func FindRectification(tx *gorm.DB, no string) (Rectification, error) {
	var r Rectification
	err := tx.Where("no = ?", no).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return r, models.Refuse("not-found", "what", no)
	}
	if err != nil {
		return r, fmt.Errorf("rectification %s: %w", no, err)
	}
	return r, nil
}

// SaveRectification writes r, which was read or made in the same transaction,
// and adds a line to its history.
func SaveRectification(tx *gorm.DB, a models.Acting, r *Rectification, action, text string) error {
	r.Version++
	r.UpdatedAt = models.Stamp(a.At)
	if r.CreatedAt.IsZero() {
		r.CreatedAt = r.UpdatedAt
	}
	if err := tx.Save(r).Error; err != nil {
		return fmt.Errorf("rectification %s: %w", r.No, err)
	}
	step := RectificationStep{
		No: r.No, Seq: r.Version, Action: action, State: r.State, Text: text, Actor: a.Person, At: r.UpdatedAt, BusinessDate: a.On(),
	}
	if err := tx.Create(&step).Error; err != nil {
		return fmt.Errorf("history of %s: %w", r.No, err)
	}
	return models.Notify(tx, models.Notice{Kind: "rectification", Key: r.No, Project: string(r.Project), Dept: r.OwnerDept})
}

// NewRectification gives a finding its number and registers who found it.
func NewRectification(tx *gorm.DB, a models.Acting, r *Rectification) error {
	var err error
	if r.No, err = models.NextCode(tx, issueNumbers, a.On().Year()); err != nil {
		return err
	}
	if r.FoundOn == "" {
		r.FoundOn = a.On()
	}
	r.State, r.Registrar = RectOpen, a.Person
	return SaveRectification(tx, a, r, "raise", r.Title)
}

// RectificationProcess is the process of a finding that nothing waits for.
const RectificationProcess = "qc_r1_rectify"

// StartVars are the variables that the process of a finding starts with; dept is the unit that the matter belongs to.
func (r Rectification) StartVars(dept string) map[string]any {
	vars := map[string]any{
		"issueNo": r.No, "source": r.Source, "title": r.Title, "ownerDept": r.OwnerDept, "deptId": dept, "registrar": r.Registrar,
	}
	if r.Project != "" {
		vars["projectCode"] = string(r.Project)
	}
	return vars
}
