package audit

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// AuditSeal binds the heads of all chains that grew since the seal before it.
// Without it a chain could be rewritten from its beginning unnoticed. It is made
// apart from the commits, so that no two of them queue for one row.
type AuditSeal struct {
	No    int64       `gorm:"primaryKey" json:"no"`
	At    time.Time   `json:"at"`
	Heads models.JSON `json:"heads"` // []AuditHead
	Prev  string      `json:"prev"`
	Hash  string      `json:"-"`

	SignedBy  string `json:"-"` // key of the house; "" where there is none, and in seals of former releases
	Signature []byte `json:"-"` // SM2 over the hash
}

// TableName of the entity.
func (AuditSeal) TableName() string { return "audit_seal" }

// Sign signs a digest with the key of the house and names the key; "" where there is none.
type Sign func(digest string) (key string, signature []byte, err error)

// SealAudit seals the chains that grew since the last seal, with a signature if it
// is given something to sign with, and returns how many there were.
func SealAudit(tx *gorm.DB, now time.Time, sign Sign) (int, error) {
	var grown []AuditHead
	if err := tx.Where("sealed < seq").Order("chain").Find(&grown).Error; err != nil {
		return 0, fmt.Errorf("audit seal: %w", err)
	}
	if len(grown) == 0 {
		return 0, nil
	}
	var last AuditSeal
	if err := tx.Order("no DESC").Take(&last).Error; err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return 0, fmt.Errorf("audit seal: %w", err)
	}
	seal := AuditSeal{No: last.No + 1, At: now.UTC().Truncate(time.Millisecond), Heads: models.JSONOf(grown), Prev: last.Hash}
	var err error
	if seal.Hash, err = seal.sum(); err != nil {
		return 0, fmt.Errorf("audit seal: %w", err)
	}
	if sign != nil {
		if seal.SignedBy, seal.Signature, err = sign(signedSeal + seal.Hash); err != nil {
			return 0, fmt.Errorf("audit seal: %w", err)
		}
	}
	if err := tx.Create(&seal).Error; err != nil {
		return 0, fmt.Errorf("audit seal: %w", err)
	}
	for _, h := range grown {
		if err := tx.Model(&AuditHead{}).Where("chain = ?", h.Chain).Update("sealed", h.Seq).Error; err != nil {
			return 0, fmt.Errorf("audit seal of %s: %w", h.Chain, err)
		}
	}
	return len(grown), nil
}

// signedSeal begins what is signed of a seal, so that it is nothing else that the house has signed.
const signedSeal = "quancheng/seal/1 "

// sum hashes the seal in a form that both dialects give back equal.
func (s AuditSeal) sum() (string, error) {
	var heads []AuditHead
	if err := s.Heads.Into(&heads); err != nil {
		return "", err
	}
	s.Heads, s.At = models.JSONOf(heads), s.At.UTC()
	raw, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	h := sm3.Sum(raw)
	return hex.EncodeToString(h[:]), nil
}
