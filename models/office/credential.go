package office

import (
	"encoding/base64"
	"fmt"
	"slices"
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
	TOTPCredential     CredentialKind = "totp"       // the key of the second factor, base32, sealed
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
	KeyID     string // of the key that seals Data; "": nothing secret
	Counter   int64
	ChangedAt time.Time
	UsedAt    *time.Time
}

// TableName of the entity.
func (Credential) TableName() string { return "credential" }

// seal keeps a secret that must be read again: the key of a second factor.
func (c *Credential) seal(keys Cipher, secret string) error {
	if keys == nil {
		return ErrNoCipher
	}
	sealed, key, err := keys.Seal([]byte(secret), c.place())
	c.Data, c.KeyID = base64.StdEncoding.EncodeToString(sealed), key
	return err
}

// open is the secret that seal keeps.
func (c Credential) open(keys Cipher) (string, error) {
	if keys == nil {
		return "", ErrNoCipher
	}
	sealed, err := base64.StdEncoding.DecodeString(c.Data)
	if err != nil {
		return "", fmt.Errorf("%s of %s: %w", c.Kind, c.Person, err)
	}
	secret, err := keys.Open(sealed, c.KeyID, c.place())
	return string(secret), err
}

// place binds a secret to its owner, whether it is offered or holds already.
func (c Credential) place() string { return "person:" + c.Person + "/totp" }

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

// SetPassword keeps a new password's PHC string, and ends the person's other
// sessions. What the password may be is asked before.
func SetPassword(tx *gorm.DB, a models.Acting, phc, session string) error {
	if err := useUp(tx, a, a.Person, PasswordCredential); err != nil {
		return err
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
