package office

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// AccountChain is the audit chain of accounts, posts and policies.
const AccountChain = "r:account"

// CredentialKind is what a credential proves.
type CredentialKind string

// The kinds of credentials.
const (
	PasswordCredential CredentialKind = "password"   // argon2id; the newest unused one holds, the others are its history
	OnceCredential     CredentialKind = "once"       // SHA-256 of a one-time code for the first sign-in
	TOTPCredential     CredentialKind = "totp"       // the key of the second factor, base32
	OfferCredential    CredentialKind = "totp-offer" // a key whose first code has not been shown yet
	RecoveryCredential CredentialKind = "recovery"   // SHA-256 of a recovery code
	OIDCCredential     CredentialKind = "oidc"       // "<provider> <claim>": who the person is to a provider
)

// Credential is something that a person proves himself with.
type Credential struct {
	ID        int64 `gorm:"primaryKey"`
	Person    string
	Kind      CredentialKind
	Data      string
	Counter   int64
	ChangedAt time.Time
	ExpiresAt *time.Time
	UsedAt    *time.Time
}

// TableName of the entity.
func (Credential) TableName() string { return "credential" }

// holds reports whether the credential opens anything at a moment. One from the
// future does not: the clock was set back, and an expired code must not come to life by it.
func (c Credential) holds(now time.Time) bool {
	return c.UsedAt == nil && !now.Add(skew).Before(c.ChangedAt) && (c.ExpiresAt == nil || now.Before(*c.ExpiresAt))
}

// skew is by how much clocks of processes may differ.
const skew = 2 * time.Minute

// Credentials are all of a person's, the newest first.
func Credentials(tx *gorm.DB, person string) ([]Credential, error) {
	var all []Credential
	err := tx.Where("person = ?", person).Order("id DESC").Find(&all).Error
	if err != nil {
		return nil, fmt.Errorf("credentials of %s: %w", person, err)
	}
	return all, nil
}

// ofKind are the credentials of a kind that are not used up.
func ofKind(all []Credential, kind CredentialKind) []Credential {
	return slices.DeleteFunc(slices.Clone(all), func(c Credential) bool { return c.Kind != kind || c.UsedAt != nil })
}

// Password is the credential that holds among a person's, empty when he has none.
func Password(all []Credential) Credential {
	if own := ofKind(all, PasswordCredential); len(own) > 0 {
		return own[0]
	}
	return Credential{}
}

// HasFactor reports whether a second factor is set up.
func HasFactor(all []Credential) bool { return len(ofKind(all, TOTPCredential)) > 0 }

// PasswordExpired reports whether a new password is due.
func PasswordExpired(c Credential, p Policy, now time.Time) bool {
	days := p.Int(PasswordDays)
	return days > 0 && now.Sub(c.ChangedAt) >= time.Duration(days)*24*time.Hour
}

// OnceMatches reports whether a text is the one-time code that a person was given.
func OnceMatches(all []Credential, text string, now time.Time) bool {
	sum := codeSum(text)
	return slices.ContainsFunc(ofKind(all, OnceCredential), func(c Credential) bool { return c.Data == sum && c.holds(now) })
}

// IssueCode gives a person a one-time code for his first sign-in, in place of one
// that he had; it opens nothing but the setting of a password. The code is
// returned once and known to nobody after: its SHA-256 is kept, which is enough
// for 59 random bits that live a day.
func IssueCode(tx *gorm.DB, a models.Acting, person string) (string, error) {
	p, _, err := ReadPolicy(tx)
	if err != nil {
		return "", err
	}
	if err := useUp(tx, a, person, OnceCredential); err != nil {
		return "", err
	}
	code := newCode()
	until := a.At.UTC().Add(time.Duration(p.Int(CodeHours)) * time.Hour)
	row := Credential{Person: person, Kind: OnceCredential, Data: codeSum(code), ChangedAt: a.At.UTC(), ExpiresAt: &until}
	if err := tx.Create(&row).Error; err != nil {
		return "", fmt.Errorf("one-time code of %s: %w", person, err)
	}
	return code, audit.Audit(tx, AccountChain, a, audit.AuditEntry{Action: "credential.code", Subject: "person:" + person})
}

// SetPassword keeps a new password's PHC string, uses up one-time codes, and ends
// the person's other sessions. What the password may be is asked before.
func SetPassword(tx *gorm.DB, a models.Acting, phc, session string) error {
	for _, kind := range []CredentialKind{PasswordCredential, OnceCredential} {
		if err := useUp(tx, a, a.Person, kind); err != nil {
			return err
		}
	}
	row := Credential{Person: a.Person, Kind: PasswordCredential, Data: phc, ChangedAt: a.At.UTC()}
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("password of %s: %w", a.Person, err)
	}
	if err := EndSessions(tx, a.Person, session, a.At); err != nil {
		return err
	}
	return changed(tx, a, "credential.password", "password-changed")
}

// changed writes into the audit what a person did to his own credentials, and tells him.
func changed(tx *gorm.DB, a models.Acting, action string, kind NotificationKind) error {
	if err := audit.Audit(tx, AccountChain, a, audit.AuditEntry{Action: action, Subject: "person:" + a.Person}); err != nil {
		return err
	}
	n := Notification{Cause: fmt.Sprintf("%s:%d", action, a.At.UnixMilli()), Kind: kind, Subject: "person:" + a.Person, CreatedAt: a.At}
	return Tell(tx, n, a.Person)
}

func useUp(tx *gorm.DB, a models.Acting, person string, kind CredentialKind) error {
	err := tx.Model(&Credential{}).Where("person = ? AND kind = ? AND used_at IS NULL", person, kind).Update("used_at", a.At.UTC()).Error
	if err != nil {
		return fmt.Errorf("%s of %s: %w", kind, person, err)
	}
	return nil
}

// FormerPasswords are the PHC strings that may not come again, the present one first.
func FormerPasswords(all []Credential, p Policy) []string {
	var old []string
	for _, c := range all {
		if c.Kind == PasswordCredential && len(old) < p.Int(PasswordHistory) {
			old = append(old, c.Data)
		}
	}
	return old
}

// alphabet of codes that are read from paper: without I, L, O, U, 0 and 1.
const alphabet = "ABCDEFGHJKMNPQRSTVWXYZ23456789"

// newCode is a code of some 59 random bits, written XXXX-XXXX-XXXX.
func newCode() string {
	var b strings.Builder
	for b.Len() < 14 {
		var raw [1]byte
		_, _ = rand.Read(raw[:]) // never fails since Go 1.24
		if int(raw[0]) >= 256/len(alphabet)*len(alphabet) {
			continue // so that all letters are as likely
		}
		if b.Len()%5 == 4 {
			b.WriteByte('-')
		}
		b.WriteByte(alphabet[int(raw[0])%len(alphabet)])
	}
	return b.String()
}

// codeSum is what is kept of a code. Case, blanks and dashes do not matter.
func codeSum(text string) string {
	plain := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '　' {
			return -1
		}
		return r
	}, strings.ToUpper(text))
	sum := sha256.Sum256([]byte(plain))
	return hex.EncodeToString(sum[:])
}
