package office

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// How often a password may be wrong, and for how long the account is locked
// then (domain/compliance.md §1).
const (
	SignInTries = 5
	SignInLock  = 15 * time.Minute
)

// SignInAttempt counts an account's sign-ins since the last one that was right.
type SignInAttempt struct {
	Account     string `gorm:"primaryKey"`
	Attempts    int
	Since       time.Time
	LockedUntil *time.Time
}

// TableName of the entity.
func (SignInAttempt) TableName() string { return "sign_in_attempt" }

// Account is under which name attempts are counted. Names that nobody has share
// a bounded number of accounts: they are locked like any other, so that nobody
// learns who exists, and made-up names do not fill the table.
func Account(name string, known bool) string {
	if known {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return "?" + hex.EncodeToString(sum[:])[:3]
}

// TrySignIn counts an attempt before its password is looked at, so that parallel
// guesses count too; wait is how long the account is still locked, 0 when it may be tried.
func TrySignIn(tx *gorm.DB, account string, now time.Time) (wait time.Duration, err error) {
	s := SignInAttempt{Account: account, Since: now.UTC()}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&s).Error; err != nil {
		return 0, fmt.Errorf("sign-in of %s: %w", account, err)
	}
	if err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("account = ?", account).Take(&s).Error; err != nil {
		return 0, fmt.Errorf("sign-in of %s: %w", account, err)
	}
	if s.LockedUntil != nil && now.Before(*s.LockedUntil) {
		return s.LockedUntil.Sub(now), nil
	}
	if s.LockedUntil != nil || now.Sub(s.Since) >= SignInLock {
		s.Attempts, s.Since, s.LockedUntil = 0, now.UTC(), nil
	}
	if s.Attempts++; s.Attempts >= SignInTries {
		until := now.UTC().Add(SignInLock)
		s.LockedUntil = &until
	}
	if err := tx.Save(&s).Error; err != nil {
		return 0, fmt.Errorf("sign-in of %s: %w", account, err)
	}
	return 0, nil
}

// SignedIn forgets the attempts before a right password.
func SignedIn(tx *gorm.DB, account string) error {
	return tx.Where("account = ?", account).Delete(&SignInAttempt{}).Error
}
