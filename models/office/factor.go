package office

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// A TOTP as RFC 6238 and every authenticator have it.
const (
	totpStep   = 30 // seconds
	totpAround = 1  // steps before and after that are taken too
)

// ErrWrongCode says that a code of the second factor is wrong.
var ErrWrongCode = errors.New("office: wrong code")

// OfferFactor makes a key for a second factor. It counts once the first code of it was shown.
func OfferFactor(tx *gorm.DB, a models.Acting, c Cipher, issuer, account string) (key, uri string, err error) {
	if err := useUp(tx, a, a.Person, OfferCredential); err != nil {
		return "", "", err
	}
	made, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: account, SecretSize: 20})
	if err != nil {
		return "", "", fmt.Errorf("second factor of %s: %w", a.Person, err)
	}
	row := Credential{Person: a.Person, Kind: OfferCredential, ChangedAt: a.At.UTC()}
	if err := row.seal(c, made.Secret()); err != nil {
		return "", "", fmt.Errorf("second factor of %s: %w", a.Person, err)
	}
	if err := tx.Create(&row).Error; err != nil {
		return "", "", fmt.Errorf("second factor of %s: %w", a.Person, err)
	}
	return made.Secret(), made.URL(), nil
}

// ConfirmFactor takes the offered key as the second factor when its code is
// right, in place of one that there was, and returns new recovery codes.
func ConfirmFactor(tx *gorm.DB, a models.Acting, c Cipher, code string) ([]string, error) {
	all, err := lockCredentials(tx, a.Person)
	if err != nil {
		return nil, err
	}
	offers := ofKind(all, OfferCredential)
	if len(offers) == 0 {
		return nil, models.Refuse("factor-not-offered")
	}
	secret, err := offers[0].open(c)
	if err != nil {
		return nil, err
	}
	step, ok := stepOf(secret, code, a.At)
	if !ok {
		return nil, ErrWrongCode
	}
	if err := useUp(tx, a, a.Person, TOTPCredential); err != nil {
		return nil, err
	}
	offer := offers[0]
	offer.Kind, offer.Counter, offer.ChangedAt = TOTPCredential, step, a.At.UTC()
	if err := tx.Save(&offer).Error; err != nil {
		return nil, fmt.Errorf("second factor of %s: %w", a.Person, err)
	}
	if err := changed(tx, a, "credential.factor", "factor-changed"); err != nil {
		return nil, err
	}
	return NewRecoveryCodes(tx, a)
}

// NewRecoveryCodes gives a person recovery codes in place of those he had. They are known to him alone.
func NewRecoveryCodes(tx *gorm.DB, a models.Acting) ([]string, error) {
	p, _, err := ReadPolicy(tx)
	if err != nil {
		return nil, err
	}
	if err := useUp(tx, a, a.Person, RecoveryCredential); err != nil {
		return nil, err
	}
	var codes []string
	for range p.Int(RecoveryCodes) {
		code := NewCode()
		row := Credential{Person: a.Person, Kind: RecoveryCredential, Data: codeDigest(code), ChangedAt: a.At.UTC()}
		if err := tx.Create(&row).Error; err != nil {
			return nil, fmt.Errorf("recovery codes of %s: %w", a.Person, err)
		}
		codes = append(codes, code)
	}
	return codes, audit.Audit(tx, AccountChain, a, audit.AuditEntry{Action: "credential.recovery", Subject: "person:" + a.Person})
}

// UseFactor takes a code of the second factor, or a recovery code, once: a code
// of a step that was used, or of one before it, is refused as replayed, also
// when the clock was set back.
func UseFactor(tx *gorm.DB, a models.Acting, c Cipher, code string) error {
	all, err := lockCredentials(tx, a.Person)
	if err != nil {
		return err
	}
	for _, own := range ofKind(all, TOTPCredential) {
		secret, err := own.open(c)
		if err != nil {
			return err
		}
		step, ok := stepOf(secret, code, a.At)
		switch {
		case !ok:
			continue
		case step <= own.Counter:
			return models.Refuse("code-replayed")
		}
		own.Counter = step
		if err := own.seal(c, secret); err != nil { // under the key in use by now
			return err
		}
		return tx.Save(&own).Error
	}
	sum := codeDigest(code)
	for _, c := range all {
		if c.Kind != RecoveryCredential || subtle.ConstantTimeCompare([]byte(c.Data), []byte(sum)) != 1 {
			continue
		}
		if c.UsedAt != nil {
			return models.Refuse("code-replayed")
		}
		if err := tx.Model(&Credential{}).Where("id = ?", c.ID).Update("used_at", a.At.UTC()).Error; err != nil {
			return fmt.Errorf("recovery code of %s: %w", a.Person, err)
		}
		return changed(tx, a, "credential.recovered", "recovery-used")
	}
	return ErrWrongCode
}

// ForgetFactor takes a lost second factor and its recovery codes from a person,
// and ends his sessions; he sets up another one at his next sign-in.
func ForgetFactor(tx *gorm.DB, a models.Acting, person string) error {
	for _, kind := range []CredentialKind{TOTPCredential, OfferCredential, RecoveryCredential} {
		if err := useUp(tx, a, person, kind); err != nil {
			return err
		}
	}
	if err := EndSessions(tx, person, "", a.At); err != nil {
		return err
	}
	return audit.Audit(tx, AccountChain, a, audit.AuditEntry{Action: "credential.factor-reset", Subject: "person:" + person})
}

// RecoveryLeft is how many recovery codes a person still has.
func RecoveryLeft(all []Credential) int { return len(ofKind(all, RecoveryCredential)) }

// lockCredentials reads a person's credentials and keeps others from using them at the same time.
func lockCredentials(tx *gorm.DB, person string) ([]Credential, error) {
	return Credentials(tx.Clauses(clause.Locking{Strength: "UPDATE"}), person)
}

// stepOf is the step of a key to which a code belongs, at about a moment.
func stepOf(key, code string, at time.Time) (int64, bool) {
	now := at.Unix() / totpStep
	for step := now - totpAround; step <= now+totpAround; step++ {
		want, err := hotp.GenerateCodeCustom(
			key, uint64(max(step, 0)), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1},
		)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true
		}
	}
	return 0, false
}
