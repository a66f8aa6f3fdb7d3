package books

import "github.com/quancheng/quancheng/models"

// ProcRound is one attempt to buy what was approved; a failure begins another.
type ProcRound struct {
	Project       string `gorm:"primaryKey"`
	Round         int    `gorm:"primaryKey"`
	PlanNo        string
	Agency        string
	PlannedNotice models.Date
	Total         models.Money
	SentOn        models.Date
	Handled       string // retry, change, stop: what was decided after a failure
	Beside        string // package that is bought again beside the project's own attempts; "" of these
}

// TableName of the entity.
func (ProcRound) TableName() string { return "proc_round" }

// ProcPackage is one package (包) of a plan.
type ProcPackage struct {
	Project    string `gorm:"primaryKey"`
	Round      int    `gorm:"primaryKey"`
	PackageNo  string `gorm:"primaryKey"`
	Name       string
	Category   string
	Mode       string
	Budget     models.Money
	LimitPrice models.Money
	LineNos    models.JSON // [1, 2, 5]
	ModeReason string

	ItemClass     string       // class of the procurement catalogue; "": that of Category (C04)
	SmeAmount     models.Money // what is reserved for small and medium firms (C03)
	ReasonCode    string       // Reason… for a method that the amount does not allow (C01); "" for none
	Evidence      models.JSON  // ids of the documents that show the reason
	PublicityFrom models.Date  // of a single source (C07)
	PublicityTo   models.Date
}

// ReasonFailed says that tenders for a package have failed; the other reasons for a method are the rules' words.
const ReasonFailed = "FAILED"

// ModeReasons are the reasons for a method that the amount does not allow (rule C01).
var ModeReasons = []string{"APPROVED", ReasonFailed, "URGENT", "SOLE", "ADDON"}

// TableName of the entity.
func (ProcPackage) TableName() string { return "proc_package" }

// Indicator is a budget indicator (指标) of finance.
type Indicator struct {
	BgtID      string `gorm:"primaryKey"`
	Project    string
	ProCode    string
	DocNo      string
	DocDate    models.Date
	FiscalYear string
	FundType   string
	Amount     models.Money // as first issued; changes are ledger entries
}

// TableName of the entity.
func (Indicator) TableName() string { return "budget_indicator" }
