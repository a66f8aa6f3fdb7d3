package founding

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
)

// LinkLife is how long the link to the setup page opens it.
const LinkLife = 30 * time.Minute

// setupLink is the newest link; older ones open nothing. Its token is known to
// whoever reads the server's output alone.
type setupLink struct {
	ID     int `gorm:"primaryKey"`
	Digest string
	MadeAt time.Time
	EndsAt time.Time
	UsedAt *time.Time
}

// TableName of the entity.
func (setupLink) TableName() string { return "setup_link" }

// NewLink makes a token for the setup page, in place of those before. It is
// refused once somebody has moved in.
func NewLink(tx *gorm.DB, now time.Time) (string, error) {
	empty, err := Empty(tx)
	if err != nil {
		return "", err
	}
	if !empty {
		return "", models.Refuse("already-founded")
	}
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	token := base64.RawURLEncoding.EncodeToString(raw)
	link := setupLink{ID: 1, Digest: linkDigest(token), MadeAt: models.Stamp(now), EndsAt: models.Stamp(now).Add(LinkLife)}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&link).Error; err != nil {
		return "", fmt.Errorf("setup link: %w", err)
	}
	return token, nil
}

// CheckLink says until when a token opens the page, or refuses it: the town is
// founded, the token is another one, or it is too late.
func CheckLink(tx *gorm.DB, token string, now time.Time) (time.Time, error) {
	empty, err := Empty(tx)
	if err != nil {
		return time.Time{}, err
	}
	if !empty {
		return time.Time{}, models.Refuse("already-founded")
	}
	var link setupLink
	err = tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = 1").Take(&link).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return time.Time{}, models.Refuse("setup-link-wrong")
	case err != nil:
		return time.Time{}, fmt.Errorf("setup link: %w", err)
	case subtle.ConstantTimeCompare([]byte(link.Digest), []byte(linkDigest(token))) != 1:
		return time.Time{}, models.Refuse("setup-link-wrong")
	case link.UsedAt != nil:
		return time.Time{}, models.Refuse("setup-link-used")
	case !now.Before(link.EndsAt) || now.Before(link.MadeAt.Add(-time.Minute)): // a clock set back does not make it young again
		return time.Time{}, models.Refuse("setup-link-late")
	}
	return link.EndsAt, nil
}

func linkDigest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
