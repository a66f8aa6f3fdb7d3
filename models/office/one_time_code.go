package office

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
)

// How long a one-time code lives: those of the founding are handed over the same
// day, those of an import are printed and carried to every unit.
const (
	FounderCodeLife = 24 * time.Hour
	CodeLife        = 7 * 24 * time.Hour
)

// OneTimeCode is what a person without a password sets his own with, once. The
// code is known to whom it was shown alone.
type OneTimeCode struct {
	Person string `gorm:"primaryKey"`
	Digest string // SHA-256 of the code
	MadeAt time.Time
	EndsAt time.Time
	UsedAt *time.Time
}

// TableName of the entity.
func (OneTimeCode) TableName() string { return "one_time_code" }

// Code is a one-time code as it is shown, this once.
type Code struct {
	Person string    `json:"person"`
	Name   string    `json:"name"`
	Role   string    `json:"role,omitempty"` // of an administrator
	Code   string    `json:"code"`
	EndsAt time.Time `json:"endsAt"`
}

// codeLetters leave out what is read wrong: 0 O 1 I.
const codeLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// NewCode makes a code XXXX-XXXX-XXXX: 60 bits of chance.
func NewCode() string {
	raw := make([]byte, 12)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	var b strings.Builder
	for i, x := range raw {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(codeLetters[int(x)%len(codeLetters)])
	}
	return b.String()
}

// IssueCodes gives persons new one-time codes; older ones of theirs open nothing any more.
func IssueCodes(tx *gorm.DB, at time.Time, life time.Duration, people ...Person) ([]Code, error) {
	made := models.Stamp(at)
	rows, out := make([]OneTimeCode, len(people)), make([]Code, len(people))
	for i, p := range people {
		out[i] = Code{Person: p.ID, Name: p.Name, Code: NewCode(), EndsAt: made.Add(life)}
		rows[i] = OneTimeCode{Person: p.ID, Digest: codeDigest(out[i].Code), MadeAt: made, EndsAt: out[i].EndsAt}
	}
	if len(rows) == 0 {
		return nil, nil
	}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).CreateInBatches(&rows, 200).Error; err != nil {
		return nil, fmt.Errorf("one-time codes: %w", err)
	}
	return out, nil
}

// UseCode ends a person's code if it is the right one, and says whether it was.
func UseCode(tx *gorm.DB, person, code string, now time.Time) (bool, error) {
	var row OneTimeCode
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("person = ?", person).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("one-time code of %s: %w", person, err)
	}
	right := subtle.ConstantTimeCompare([]byte(row.Digest), []byte(codeDigest(code))) == 1
	if !right || row.UsedAt != nil || !now.Before(row.EndsAt) || now.Add(skew).Before(row.MadeAt) { // a clock set back revives no code
		return false, nil
	}
	return true, tx.Model(&row).Update("used_at", models.Stamp(now)).Error
}

func codeDigest(code string) string {
	sum := sha256.Sum256([]byte(strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))))
	return hex.EncodeToString(sum[:])
}
