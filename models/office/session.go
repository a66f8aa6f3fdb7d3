package office

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// How long a session lives: in all, and without a request (domain/compliance.md §1, level 3).
const (
	SessionLife = 12 * time.Hour
	SessionIdle = 15 * time.Minute
)

// Session is a signed-in person's. It lives here, so that it can be revoked;
// the token is known to the caller alone.
type Session struct {
	ID        string `gorm:"primaryKey"` // SHA-256 of the token
	PersonID  string
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
	EndedAt   *time.Time
	Remote    string
	Agent     string
}

// TableName of the entity.
func (Session) TableName() string { return "session" }

// ErrNoSession says that a token opens nothing: unknown, expired or ended.
var ErrNoSession = errors.New("models: no such session")

// OpenSession makes a session and the token for its holder.
func OpenSession(tx *gorm.DB, a models.Acting, agent string) (string, Session, error) {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	token := base64.RawURLEncoding.EncodeToString(raw)
	at := a.At.UTC()
	s := Session{ID: tokenID(token), PersonID: a.Person, CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(SessionLife), Remote: a.Remote, Agent: agent}
	if err := tx.Create(&s).Error; err != nil {
		return "", s, fmt.Errorf("session of %s: %w", a.Person, err)
	}
	return token, s, nil
}

// FindSession is the session that a token opens at a moment; without a request
// it lives for idle.
func FindSession(tx *gorm.DB, token string, now time.Time, idle time.Duration) (Session, error) {
	var s Session
	err := tx.Where("id = ?", tokenID(token)).Take(&s).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return s, ErrNoSession
	case err != nil:
		return s, fmt.Errorf("session: %w", err)
	case s.EndedAt != nil || !now.Before(s.ExpiresAt) || now.Sub(s.SeenAt) > idle:
		return s, ErrNoSession
	}
	return s, nil
}

// SeenSession notes that the session was used.
func SeenSession(tx *gorm.DB, id string, now time.Time) error {
	return tx.Model(&Session{}).Where("id = ?", id).Update("seen_at", now.UTC()).Error
}

// EndSession revokes a session.
func EndSession(tx *gorm.DB, id string, now time.Time) error {
	return tx.Model(&Session{}).Where("id = ? AND ended_at IS NULL", id).Update("ended_at", now.UTC()).Error
}

func tokenID(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
