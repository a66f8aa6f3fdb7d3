package books

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/models"
)

// Milestone of the construction.
type Milestone struct {
	Project  string `gorm:"primaryKey"`
	No       int    `gorm:"primaryKey"`
	Name     string
	PlanDate models.Date
	Percent  int
	PassedOn models.Date
	Package  string // that it is of
}

// TableName of the entity.
func (Milestone) TableName() string { return "milestone" }

// Progress is one report of the supplier.
type Progress struct {
	ID           int64 `gorm:"primaryKey"`
	Project      string
	MilestoneNo  int
	Percent      int
	Period       string
	Evidence     models.JSON
	Comment      string
	Actor        string
	At           time.Time
	BusinessDate models.Date
}

// TableName of the entity.
func (Progress) TableName() string { return "progress" }

// The kinds of acceptance.
const (
	Prelim = "PRELIM"
	Final  = "FINAL"
)

// Acceptance is one session of the acceptance group.
type Acceptance struct {
	Project      string `gorm:"primaryKey"`
	Kind         string `gorm:"primaryKey"`
	Round        int    `gorm:"primaryKey"`
	Conclusion   string // pass, conditional, fail
	HeldOn       models.Date
	Members      models.JSON // [{name, org}]
	Items        models.JSON // [{clause, result, note}]
	TrialEnds    models.Date
	Availability *decimal.Decimal // percent, of the trial run
	RectifyDue   models.Date
	DocNo        string
	Comment      string
	Documents    models.JSON // the sheet that the group signed
	Actor        string
	At           time.Time
}

// TableName of the entity.
func (Acceptance) TableName() string { return "acceptance" }

// Material is a paper of the acceptance check list (rule D08).
type Material struct {
	Project   string `gorm:"primaryKey"`
	Code      string `gorm:"primaryKey"`
	Documents models.JSON
	Actor     string
	At        time.Time
}

// TableName of the entity.
func (Material) TableName() string { return "material" }

// PaymentRequest is what a supplier asks to be paid.
type PaymentRequest struct {
	RequestNo    string `gorm:"primaryKey"`
	Project      string
	ContractNo   string
	Term         string
	Amount       models.Money
	InvoiceNo    string
	TaxCode      string      // of the invoice
	Guarantee    string      // letter that stands for a retention while the warranty runs
	DeliveredOn  models.Date // clock E04 starts
	Payee        string
	Comment      string
	State        string // draft, pending, paid, rejected; a RequestView tells partial and overpaid from pending
	Actor        string
	At           time.Time
	BusinessDate models.Date
}

// The states of a payment request.
const (
	PaymentDraft    = "draft"
	PaymentPending  = "pending"
	PaymentPartial  = "partial" // less was paid than applied for: the rest is open (FT15)
	PaymentPaid     = "paid"
	PaymentOverpaid = "overpaid" // more was: nothing closes by itself (FT16)
	PaymentRejected = "rejected"
)

// TableName of the entity.
func (PaymentRequest) TableName() string { return "payment_request" }

// ArchiveItem is one record that is handed to the archive.
type ArchiveItem struct {
	Project   string `gorm:"primaryKey"`
	No        int    `gorm:"primaryKey"`
	Stage     string
	Category  string
	Title     string
	DocNo     string
	Dated     models.Date
	Documents models.JSON
}

// TableName of the entity.
func (ArchiveItem) TableName() string { return "archive_item" }
