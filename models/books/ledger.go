package books

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// LedgerKind says what an entry of the budget ledger means.
type LedgerKind string

// The kinds. Amounts are positive except for corrections; a refund is a
// positive amount of its own kind.
const (
	LedgerDeclared   LedgerKind = "declared"
	LedgerReviewed   LedgerKind = "reviewed"
	LedgerCut        LedgerKind = "cut"
	LedgerApproved   LedgerKind = "approved"
	LedgerIssued     LedgerKind = "issued"
	LedgerContracted LedgerKind = "contracted"
	LedgerPaid       LedgerKind = "paid"
	LedgerRefunded   LedgerKind = "refunded"
)

// LedgerEntry is one entry of the append-only budget ledger.
type LedgerEntry struct {
	ID           int64 `gorm:"primaryKey"`
	Kind         LedgerKind
	Project      string
	LineNo       *int
	Amount       models.Money
	Reason       models.Optional // of a cut
	NaturalKey   string          // unique in its kind: the same fact is posted once
	Source       string          // "i:<root>/<element>" or "p:<partner>:<event id>"
	Ref          string          // number of the document, indicator, contract or voucher
	BusinessDate models.Date
	RecordedAt   time.Time
	Actor        string
}

// TableName of the entity.
func (LedgerEntry) TableName() string { return "ledger" }

// PostEntry appends an entry; actor, business date and recording time come from a
// unless the entry has a business date of its own.
func PostEntry(tx *gorm.DB, a models.Acting, e LedgerEntry) error {
	if e.BusinessDate == "" {
		e.BusinessDate = a.On()
	}
	e.RecordedAt, e.Actor = models.Stamp(a.At), a.Person
	if err := tx.Create(&e).Error; err != nil {
		return fmt.Errorf("ledger %s %s: %w", e.Kind, e.NaturalKey, err)
	}
	return nil
}

// Totals are the sums of a project's ledger.
type Totals struct {
	Declared, Reviewed, Cut, Approved, Issued, Contracted, Paid, Refunded models.Money
}

// Add adds an amount to the sum of its kind.
func (t *Totals) Add(kind LedgerKind, amount models.Money) {
	sums := map[LedgerKind]*models.Money{
		LedgerDeclared: &t.Declared, LedgerReviewed: &t.Reviewed, LedgerCut: &t.Cut, LedgerApproved: &t.Approved,
		LedgerIssued: &t.Issued, LedgerContracted: &t.Contracted, LedgerPaid: &t.Paid, LedgerRefunded: &t.Refunded,
	}
	if sum := sums[kind]; sum != nil {
		*sum = sum.Add(amount)
	}
}

// NetPaid is what was paid and not given back.
func (t Totals) NetPaid() models.Money { return t.Paid.Sub(t.Refunded) }

// TotalsOf sums the ledgers of projects. A draft, which has no ledger yet,
// shows the sum of its lines as declared.
func TotalsOf(tx *gorm.DB, projects ...string) (map[string]Totals, error) {
	var sums []struct {
		Project string
		Kind    LedgerKind
		Amount  models.Money
	}
	err := tx.Raw(`SELECT project, kind, SUM(amount) AS amount FROM ledger WHERE project IN ? GROUP BY project, kind
		UNION ALL
		SELECT l.project, 'declared', SUM(l.declared) FROM budget_line l JOIN project p ON p.code = l.project
		WHERE l.project IN ? AND p.submitted_on IS NULL GROUP BY l.project`, projects, projects).Scan(&sums).Error
	if err != nil {
		return nil, fmt.Errorf("totals of %v: %w", projects, err)
	}
	out := make(map[string]Totals, len(projects))
	for _, s := range sums {
		t := out[s.Project]
		t.Add(s.Kind, s.Amount)
		out[s.Project] = t
	}
	return out, nil
}

// HasPosted reports whether a project's ledger has an entry of a kind.
func HasPosted(tx *gorm.DB, project string, kind LedgerKind) (bool, error) {
	var n int64
	if err := tx.Model(&LedgerEntry{}).Where("project = ? AND kind = ?", project, kind).Count(&n).Error; err != nil {
		return false, fmt.Errorf("ledger of %s: %w", project, err)
	}
	return n > 0, nil
}

// Ledger is every entry of a project, oldest first.
func Ledger(tx *gorm.DB, project string) ([]LedgerEntry, error) {
	var entries []LedgerEntry
	if err := tx.Where("project = ?", project).Order("business_date, id").Find(&entries).Error; err != nil {
		return nil, fmt.Errorf("ledger of %s: %w", project, err)
	}
	return entries, nil
}
