package audit

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
)

// AuditEntry is one link of an audit chain: who did what, for whom, from where, on which content.
type AuditEntry struct {
	Chain        string      `gorm:"primaryKey" json:"chain"`
	Seq          int64       `gorm:"primaryKey" json:"seq"`
	At           time.Time   `json:"at"`
	Actor        string      `json:"actor"`
	Post         string      `json:"post,omitempty"`
	OnBehalf     string      `json:"onBehalf,omitempty"`
	Remote       string      `json:"remote,omitempty"`
	Action       string      `json:"action"`
	Subject      string      `json:"subject"`
	Project      string      `json:"project,omitempty"`
	BusinessDate models.Date `json:"businessDate,omitempty"`
	Reason       string      `json:"reason,omitempty"`
	Digest       string      `json:"digest,omitempty"`
	Event        string      `json:"event,omitempty"`
	Detail       models.JSON `json:"detail,omitempty"`
	Binds        string      `json:"binds,omitempty"` // SM3 over the rows of the books that were written beside it
	Prev         string      `json:"prev"`
	Hash         string      `json:"-"`
}

// TableName of the entity.
func (AuditEntry) TableName() string { return "audit" }

// AuditHead is the newest link of a chain.
type AuditHead struct {
	Chain  string `gorm:"primaryKey" json:"chain"`
	Seq    int64  `json:"seq"`
	Hash   string `json:"hash"`
	Sealed int64  `json:"-"` // seq that the last seal covers

	Checked  int64      `json:"-"` // seq up to which the chain was found whole
	WalkedAt *time.Time `json:"-"` // when all of it was looked at last
}

// TableName of the entity.
func (AuditHead) TableName() string { return "audit_head" }

// Audit appends an entry to a chain ("i:<root instance>" or "r:<register>").
// The actor's fields are taken from a; the caller fills action, subject and what belongs to them.
// It binds the rows of the books that were written since the entry before it in the same transaction.
func Audit(tx *gorm.DB, chain string, a models.Acting, e AuditEntry) error {
	return audit(tx, chain, a, e, func(e *AuditEntry) ([]BoundRow, error) { return bind(tx, e) })
}

func audit(tx *gorm.DB, chain string, a models.Acting, e AuditEntry, bind func(*AuditEntry) ([]BoundRow, error)) error {
	head, err := lockHead(tx, chain)
	if err != nil {
		return fmt.Errorf("audit head of %s: %w", chain, err)
	}
	e.Chain, e.Seq, e.Prev = chain, head.Seq+1, head.Hash
	e.At, e.Actor, e.Post, e.Remote = a.At.UTC().Truncate(time.Millisecond), a.Person, a.Post, a.Remote
	e.BusinessDate, e.Event = a.BusinessDate, a.Event
	if e.Reason == "" {
		e.Reason = a.Reason
	}
	rows, err := bind(&e)
	if err != nil {
		return fmt.Errorf("audit of %s: %w", e.Subject, err)
	}
	e.Hash, err = e.sum()
	if err != nil {
		return fmt.Errorf("audit of %s: %w", e.Subject, err)
	}
	if err := tx.Create(&e).Error; err != nil {
		return fmt.Errorf("audit of %s: %w", e.Subject, err)
	}
	if len(rows) > 0 {
		if err := tx.CreateInBatches(rows, bindBatch).Error; err != nil {
			return fmt.Errorf("audit of %s: %w", e.Subject, err)
		}
	}
	err = tx.Model(&AuditHead{}).Where("chain = ?", chain).Updates(map[string]any{"seq": e.Seq, "hash": e.Hash}).Error
	if err != nil {
		return fmt.Errorf("audit head of %s: %w", chain, err)
	}
	return nil
}

// bindBatch bounds the rows of one statement.
const bindBatch = 200

// lockHead is the newest link of a chain, held until the transaction ends. A chain
// that begins has no row to hold: it gets an empty one first, on which a second
// writer of the first entry waits.
func lockHead(tx *gorm.DB, chain string) (head AuditHead, err error) {
	err = tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("chain = ?", chain).Take(&head).Error
	if !errors.Is(err, gorm.ErrRecordNotFound) {
		return head, err
	}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&AuditHead{Chain: chain}).Error; err != nil {
		return head, err
	}
	return head, tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("chain = ?", chain).Take(&head).Error
}

// sum hashes the entry in a form that both dialects give back equal: the
// detail is re-encoded with sorted keys, because jsonb does not keep its text.
func (e AuditEntry) sum() (string, error) {
	if len(e.Detail) > 0 {
		var v any
		if err := models.DecodeExact(e.Detail, &v); err != nil {
			return "", err
		}
		e.Detail = models.JSONOf(v)
	}
	e.At = e.At.UTC()
	raw, err := json.Marshal(e)
	if err != nil {
		return "", err
	}
	h := sm3.Sum(raw)
	return hex.EncodeToString(h[:]), nil
}
