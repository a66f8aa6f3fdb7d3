package office

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// SignInAttempt counts the sign-ins to an account from an address since the last one that was right.
type SignInAttempt struct {
	Account     string `gorm:"primaryKey"`
	Remote      string `gorm:"primaryKey"`
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

// Network is the part of an address that one caller has for himself: of IPv6 the
// /64, because whoever has one address there has all of them.
func Network(remote string) string {
	a, err := netip.ParseAddr(remote)
	if err != nil {
		return remote
	}
	if a = a.Unmap().WithZone(""); a.Is4() {
		return a.String()
	}
	p, _ := a.Prefix(64)
	return p.Masked().String()
}

// TrySignIn counts an attempt before its password is looked at, so that parallel
// guesses count too. An account is locked for the address that guesses, never for
// others: nobody locks somebody else out. Wait is how long it is still locked, 0
// when it may be tried; last says that this attempt locks it unless it is right.
func TrySignIn(tx *gorm.DB, account, remote string, p Policy, now time.Time) (wait time.Duration, last bool, err error) {
	s := SignInAttempt{Account: account, Remote: Network(remote), Since: now.UTC()}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&s).Error; err != nil {
		return 0, false, fmt.Errorf("sign-in of %s: %w", account, err)
	}
	if err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("account = ? AND remote = ?", account,
		s.Remote).Take(&s).Error; err != nil {
		return 0, false, fmt.Errorf("sign-in of %s: %w", account, err)
	}
	if s.LockedUntil != nil && now.Before(*s.LockedUntil) {
		return min(s.LockedUntil.Sub(now), p.Lock()), false, nil // a clock that was set back makes no lock longer
	}
	if s.LockedUntil != nil || now.Sub(s.Since) >= p.Lock() || now.Before(s.Since) {
		s.Attempts, s.Since, s.LockedUntil = 0, now.UTC(), nil
	}
	if s.Attempts++; s.Attempts >= p.Int(LockTries) {
		until := now.UTC().Add(p.Lock())
		s.LockedUntil, last = &until, true
	}
	if err := tx.Save(&s).Error; err != nil {
		return 0, false, fmt.Errorf("sign-in of %s: %w", account, err)
	}
	return 0, last, nil
}

// SignedIn forgets the attempts from an address before a right sign-in.
func SignedIn(tx *gorm.DB, account, remote string) error {
	return tx.Where("account = ? AND remote = ?", account, Network(remote)).Delete(&SignInAttempt{}).Error
}

// Unlock forgets the attempts to an account from everywhere, and says how many addresses were locked.
func Unlock(tx *gorm.DB, account string, now time.Time) (int64, error) {
	var locked int64
	if err := tx.Model(&SignInAttempt{}).Where("account = ? AND locked_until > ?", account, now.UTC()).Count(&locked).Error; err != nil {
		return 0, fmt.Errorf("unlock %s: %w", account, err)
	}
	return locked, tx.Where("account = ?", account).Delete(&SignInAttempt{}).Error
}
