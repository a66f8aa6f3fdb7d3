package office

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// RequestFactor is a request to forget a person's lost second factor
// (domain/access.md §5, 22): the system administrator asks once the person has
// shown himself, the security administrator decides within half an hour.
const RequestFactor = "factor.reset"

// PartFactor is its only part.
const PartFactor = "factor"

const factorResetLife = 30 * time.Minute

// FactorReset is the body of such a request.
type FactorReset struct {
	Person string `json:"person"`
}

var _ = RegisterRequests(RequestFactor, RequestKind{
	Parts: []PartKind{{PartFactor, SecAdmin, func(tx *gorm.DB, a models.Acting, r *GrantRequest, _ Cipher) (any, error) {
		var f FactorReset
		if err := r.Body.Into(&f); err != nil {
			return nil, fmt.Errorf("request %d: %w", r.ID, err)
		}
		if age := a.At.Sub(r.AskedAt); age > factorResetLife || age < -skew {
			return nil, models.Refuse("request-too-old", "minutes", strconv.Itoa(int(factorResetLife.Minutes())))
		}
		return nil, ForgetFactor(tx, a, f.Person)
	}}},
	Benefits: func(r GrantRequest) []string {
		var f FactorReset
		if r.Body.Into(&f) != nil {
			return nil
		}
		return []string{f.Person}
	},
})

// CreateAccount makes an account that nobody can use before the security
// administrator activates it and grants it a post. A personal number that
// somebody else has is refused; who works for an outside organisation is external.
func CreateAccount(tx *gorm.DB, a models.Acting, c Cipher, p Person, mobile, idno string) error {
	r := models.Refuse("invalid-input")
	if !PersonID.MatchString(p.ID) {
		r.Field("/id", "setup-person-id")
	}
	if p.Name == "" {
		r.Field("/name", "field.required")
	}
	if mobile != "" && !Mobile(mobile) {
		r.Field("/mobile", "mobile-form")
	}
	if idno != "" && !IDNo(idno) {
		r.Field("/idno", "idno-form")
	}
	var n int64
	if err := tx.Model(&Person{}).Where("id = ?", p.ID).Count(&n).Error; err != nil {
		return fmt.Errorf("account %s: %w", p.ID, err)
	}
	if n > 0 {
		r.Field("/id", "account-exists", "person", p.ID)
	}
	if err := employ(tx, a, r, &p); err != nil {
		return err
	}
	if err := r.OrNil(); err != nil {
		return err
	}
	p.Active, p.Demo = false, false
	if err := p.SetNumbers(c, mobile, idno); err != nil {
		return err
	}
	if err := p.uniqueNumbers(tx, r); err != nil {
		return err
	}
	if err := tx.Create(&p).Error; err != nil {
		return fmt.Errorf("account %s: %w", p.ID, err)
	}
	return audit.Audit(tx, AccountChain, a, audit.AuditEntry{Action: "account.create", Subject: "person:" + p.ID})
}

// employ checks the unit that a person works for, if any.
func employ(tx *gorm.DB, a models.Acting, r *models.Refusal, p *Person) error {
	if p.EmployerUnit == "" {
		return nil
	}
	var unit Dept
	if err := tx.Where("id = ?", p.EmployerUnit).Limit(1).Find(&unit).Error; err != nil {
		return fmt.Errorf("unit %s: %w", p.EmployerUnit, err)
	}
	if unit.ID == "" || unit.Ended(a.At) {
		r.Field("/unit", "no-such-unit", "unit", p.EmployerUnit)
	}
	if slices.Contains(OutsideKinds, unit.Kind) {
		p.Kind = External
	}
	return nil
}

// ActivateAccount lets a person sign in, and gives him a one-time code when he has no password yet.
func ActivateAccount(tx *gorm.DB, a models.Acting, person string) ([]Code, error) {
	p, err := account(tx, a, person)
	if err != nil {
		return nil, err
	}
	if p.Active {
		return nil, models.Refuse("account-active", "person", person)
	}
	if err := tx.Model(&Person{}).Where("id = ?", person).Updates(map[string]any{"active": true, "left_at": nil}).Error; err != nil {
		return nil, fmt.Errorf("account %s: %w", person, err)
	}
	if err := audit.Audit(tx, AccountChain, a, audit.AuditEntry{Action: "account.activate", Subject: "person:" + person}); err != nil {
		return nil, err
	}
	own, err := Credentials(tx, person)
	if err != nil || Password(own).ID != 0 {
		return nil, err
	}
	return IssueCodes(tx, a.At, FounderCodeLife, p)
}

// DisableAccount keeps a person out and ends his sessions. The last active holder
// of an administrator's post stays.
func DisableAccount(tx *gorm.DB, a models.Acting, person string) error {
	p, err := account(tx, a, person)
	if err != nil {
		return err
	}
	if !p.Active {
		return models.Refuse("account-inactive", "person", person)
	}
	posts, err := PostsOf(tx, person)
	if err != nil {
		return err
	}
	for _, post := range posts {
		if err := keepsAdministrator(tx, post.Role, person); err != nil {
			return err
		}
	}
	at := models.Stamp(a.At)
	if err := tx.Model(&Person{}).Where("id = ?", person).Updates(map[string]any{"active": false, "left_at": at}).Error; err != nil {
		return fmt.Errorf("account %s: %w", person, err)
	}
	if err := EndSessions(tx, person, "", a.At); err != nil {
		return err
	}
	return audit.Audit(tx, AccountChain, a, audit.AuditEntry{Action: "account.disable", Subject: "person:" + person})
}

// UnlockAccount forgets wrong sign-ins from everywhere.
func UnlockAccount(tx *gorm.DB, a models.Acting, person string) error {
	if _, err := account(tx, a, person); err != nil {
		return err
	}
	locked, err := Unlock(tx, person, a.At)
	if err != nil {
		return err
	}
	detail := models.JSONOf(map[string]int64{"addresses": locked})
	if err := audit.Audit(tx, AccountChain, a, audit.AuditEntry{Action: "account.unlock", Subject: "person:" + person,
		Detail: detail}); err != nil {
		return err
	}
	return Tell(
		tx,
		Notification{
			Cause: fmt.Sprintf("account.unlock:%d", a.At.UnixMilli()), Kind: "account-unlocked", Subject: "person:" + person,
			CreatedAt: a.At,
		},
		person,
	)
}

// EndAccountSessions signs a person out everywhere.
func EndAccountSessions(tx *gorm.DB, a models.Acting, person string) error {
	if _, err := account(tx, a, person); err != nil {
		return err
	}
	if err := EndSessions(tx, person, "", a.At); err != nil {
		return err
	}
	return audit.Audit(tx, AccountChain, a, audit.AuditEntry{Action: "account.sign-out", Subject: "person:" + person})
}

// AccountCode gives a person who forgot his password a one-time code. His second factor stays.
func AccountCode(tx *gorm.DB, a models.Acting, person string) ([]Code, error) {
	p, err := account(tx, a, person)
	if err != nil {
		return nil, err
	}
	if !p.Active {
		return nil, models.Refuse("account-inactive", "person", person)
	}
	if err := audit.Audit(tx, AccountChain, a, audit.AuditEntry{Action: "account.code", Subject: "person:" + person}); err != nil {
		return nil, err
	}
	return IssueCodes(tx, a.At, FounderCodeLife, p)
}

// account is a person whom somebody else administers; nobody administers himself.
func account(tx *gorm.DB, a models.Acting, person string) (Person, error) {
	var p Person
	err := tx.Where("id = ?", person).Take(&p).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return p, models.Refuse("not-found")
	case err != nil:
		return p, fmt.Errorf("account %s: %w", person, err)
	case person == a.Person:
		return p, models.Refuse("own-grant")
	}
	return p, nil
}

// Locked are the accounts that some address is locked for at a moment.
func Locked(tx *gorm.DB, now time.Time) (map[string]int, error) {
	var rows []SignInAttempt
	if err := tx.Where("locked_until > ?", now.UTC()).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("locked accounts: %w", err)
	}
	n := map[string]int{}
	for _, r := range rows {
		n[r.Account]++
	}
	return n, nil
}

// WithFactor are the persons of a list who have set up a second factor.
func WithFactor(tx *gorm.DB, people []string) ([]string, error) {
	var ids []string
	err := tx.Model(&Credential{}).
		Where("kind = ? AND used_at IS NULL AND person IN ?", TOTPCredential, people).
		Distinct().
		Pluck("person", &ids).
		Error
	slices.Sort(ids)
	return ids, err
}
