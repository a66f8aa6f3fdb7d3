package stuck

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// Process is the process of a case.
const Process = "qc_w2_stuck"

// Chain is the audit chain of the window.
const Chain = "r:stuck"

// The kinds of reports, by what rule W05 says of them.
const (
	Consult = "CONSULT" // is answered
	Case    = "CASE"    // is handled
	Out     = "OUT"     // is not for this window: explained, and kept
)

// The states of a case.
const (
	Open     = "OPEN"
	Levelled = "LEVELLED" // a unit handles it
	Handled  = "HANDLED"  // its answer waits for a signature
	Answered = "ANSWERED" // the citizen has it; the call-back comes
	Back     = "BACK"     // he was not satisfied: once more, with a supervisor
	Closed   = "CLOSED"
)

// Outcomes of a case that is closed.
const (
	Consulted = "consulted"
	OutOf     = "out"
	Resolved  = "resolved"
	Explained = "explained"
	Withdrawn = "withdrawn"
)

// Codes of the forms.
var (
	Categories = []string{
		"notAccepted", "refused", "overdue", "attitude", "question", "litigation", "petition", "unlawful", "conditionsMissing", "other",
	}
	Difficulties = []string{"spot", "simple", "complex", "hard"}
	Outcomes     = []string{Resolved, Explained, Withdrawn}
	Callbacks    = []string{"satisfied", "basic", "unsatisfied", "unreached"}
)

// Report is what somebody has brought to the window, and what became of it.
type Report struct {
	No          string `gorm:"primaryKey"`
	Kind        string
	Category    string
	Item        string
	ServiceItem string
	Unit        string
	Joint       models.JSON // []string: units that are consulted
	Visits      int
	Difficulty  string
	PersonEnc   []byte
	PhoneEnc    []byte
	ReasonEnc   []byte
	KeyID       string
	PersonMask  string
	PhoneMask   string
	Pseudonym   string
	State       string
	Outcome     string
	Reply       string
	Callback    string
	Backs       int
	Issue       string
	ReceivedOn  models.Date
	DueOn       models.Date
	RepliedOn   models.Date
	ClosedOn    models.Date
	ClosedAt    *time.Time
	Registrar   string
	Desk        string
	Handler     string
	Root        int64
	Version     int
	Backfilled  bool
	CreatedAt   time.Time
	UpdatedAt   time.Time `gorm:"autoUpdateTime:false"`
}

// TableName of the entity.
func (Report) TableName() string { return "stuck_case" }

// JointUnits are the units that are consulted.
func (r Report) JointUnits() []string {
	units := []string{}
	if err := r.Joint.Into(&units); err != nil {
		return nil
	}
	return units
}

// Step is a line of the history of a case.
type Step struct {
	No           string `gorm:"primaryKey"`
	Seq          int    `gorm:"primaryKey;autoIncrement:false"`
	Action       string // register, level, joint, lead, handle, sign, reply, callback, back, reveal, issue
	State        string // afterwards
	Text         string
	Actor        string
	Unit         string // of the post that acted
	At           time.Time
	BusinessDate models.Date
}

// TableName of the entity.
func (Step) TableName() string { return "stuck_step" }

// Find reads a case; a refusal "not-found" when there is none.
func Find(tx *gorm.DB, no string) (Report, error) {
	var r Report
	err := tx.Where("no = ?", no).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return r, models.Refuse("not-found", "what", no)
	}
	if err != nil {
		return r, fmt.Errorf("case %s: %w", no, err)
	}
	return r, nil
}

// Save writes a case that was read or made in this transaction, with a line of its history.
func Save(tx *gorm.DB, a models.Acting, r *Report, action, text string) error {
	r.Version++
	r.UpdatedAt = models.Stamp(a.At)
	if r.State == Closed && r.ClosedAt == nil {
		at := r.UpdatedAt
		r.ClosedOn, r.ClosedAt = a.On(), &at
	}
	if err := tx.Save(r).Error; err != nil {
		return fmt.Errorf("case %s: %w", r.No, err)
	}
	_, unit := models.SplitPost(a.Post)
	step := Step{
		No: r.No, Seq: r.Version, Action: action, State: r.State, Text: text, Actor: a.Person, Unit: unit, At: r.UpdatedAt,
		BusinessDate: a.On(),
	}
	if err := tx.Create(&step).Error; err != nil {
		return fmt.Errorf("history of %s: %w", r.No, err)
	}
	if err := audit.Audit(tx, Chain, a, audit.AuditEntry{Action: "stuck." + action, Subject: "stuck:" + r.No,
		BusinessDate: a.On()}); err != nil {
		return err
	}
	return models.Notify(tx, models.Notice{Kind: "stuck", Key: r.No, Dept: r.Unit})
}

// Steps are the history of a case, the first first.
func Steps(tx *gorm.DB, no string) ([]Step, error) {
	var all []Step
	if err := tx.Where("no = ?", no).Order("seq").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("history of %s: %w", no, err)
	}
	return all, nil
}
