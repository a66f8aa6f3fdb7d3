package office

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// The personal numbers that are kept of people.
const (
	NumberMobile = "mobile"
	NumberID     = "idno"
)

func (p Person) place(number string) string { return "person:" + p.ID + "/" + number }

// SetNumbers encrypts a mobile and an identity number; "" is none. Both are
// always written together, so that one key opens both.
func (p *Person) SetNumbers(c Cipher, mobile, idno string) (err error) {
	p.MobileEnc, p.IDNoEnc, p.MobileMark, p.IDNoMark, p.KeyID = nil, nil, "", "", ""
	if mobile == "" && idno == "" {
		return nil
	}
	if c == nil {
		return ErrNoCipher
	}
	if mobile != "" {
		if p.MobileEnc, p.KeyID, err = c.Seal([]byte(mobile), p.place(NumberMobile)); err != nil {
			return err
		}
		p.MobileMark = c.Mark([]byte(mobile))
	}
	if idno != "" {
		if p.IDNoEnc, p.KeyID, err = c.Seal([]byte(idno), p.place(NumberID)); err != nil {
			return err
		}
		p.IDNoMark = c.Mark([]byte(idno))
	}
	return nil
}

// Number is a personal number in clear; "" when there is none.
func (p Person) Number(c Cipher, number string) (string, error) {
	sealed := map[string][]byte{NumberMobile: p.MobileEnc, NumberID: p.IDNoEnc}[number]
	if len(sealed) == 0 {
		return "", nil
	}
	if c == nil {
		return "", ErrNoCipher
	}
	plain, err := c.Open(sealed, p.KeyID, p.place(number))
	return string(plain), err
}

// Reveal shows a personal number to somebody who has said why; that is kept.
func Reveal(tx *gorm.DB, a models.Acting, c Cipher, person, number string) (string, error) {
	var p Person
	if err := tx.Where("id = ?", person).Limit(1).Find(&p).Error; err != nil {
		return "", fmt.Errorf("person %s: %w", person, err)
	}
	if p.ID == "" {
		return "", models.Refuse("not-found")
	}
	text, err := p.Number(c, number)
	if err != nil {
		return "", err
	}
	if text == "" {
		return "", models.Refuse("number-missing", "person", p.Name)
	}
	return text, audit.Audit(tx, RequestChain, a, audit.AuditEntry{Action: "person.reveal", Subject: "person:" + person, Detail: models.JSONOf(map[string]string{"field": number})})
}

// CreateAccount writes the account of a new person, inactive.
func CreateAccount(tx *gorm.DB, a models.Acting, c Cipher, p Person, mobile, idno string) error {
	r := models.Refuse("invalid-input")
	unit, err := FindUnit(tx, p.EmployerUnit)
	if err != nil || unit.Ended(a.At) {
		r.Field("/unit", "no-such-unit", "unit", p.EmployerUnit)
	}
	if mobile != "" && !Mobile(mobile) {
		r.Field("/mobile", "mobile-form")
	}
	if idno != "" && !IDNo(idno) {
		r.Field("/idno", "idno-form")
	}
	var n int64
	if err := tx.Model(&Person{}).Where("id = ?", p.ID).Count(&n).Error; err != nil {
		return fmt.Errorf("person %s: %w", p.ID, err)
	}
	if n > 0 {
		r.Field("/id", "account-taken")
	}
	if err := r.OrNil(); err != nil {
		return err
	}
	if slices.Contains(OutsideKinds, unit.Kind) {
		p.Kind = External
	}
	p.Active = false
	if err := p.SetNumbers(c, mobile, idno); err != nil {
		return err
	}
	for _, same := range []struct{ column, mark, pointer string }{{"mobile_mark", p.MobileMark, "/mobile"}, {"idno_mark", p.IDNoMark, "/idno"}} {
		var other []Person
		if err := tx.Where(same.column+" = ? AND left_at IS NULL", same.mark).Limit(1).Find(&other).Error; err != nil {
			return fmt.Errorf("person %s: %w", p.ID, err)
		}
		if same.mark != "" && len(other) > 0 {
			return models.Refuse("invalid-input").Field(same.pointer, "roster-number-taken", "person", other[0].Name, "unit", other[0].EmployerUnit)
		}
	}
	if err := tx.Create(&p).Error; err != nil {
		return fmt.Errorf("person %s: %w", p.ID, err)
	}
	return audit.Audit(tx, RequestChain, a, audit.AuditEntry{Action: "account.create", Subject: "person:" + p.ID})
}

// Activate lets a person sign in, with a one-time code for the first time.
func Activate(tx *gorm.DB, a models.Acting, person string) ([]Code, error) {
	var p Person
	if err := tx.Where("id = ?", person).Limit(1).Find(&p).Error; err != nil {
		return nil, fmt.Errorf("person %s: %w", person, err)
	}
	switch {
	case p.ID == "":
		return nil, models.Refuse("not-found")
	case p.ID == a.Person:
		return nil, models.Refuse("own-grant")
	case p.State() == StateLeft:
		return nil, models.Refuse("no-such-person")
	}
	if err := tx.Model(&p).Update("active", true).Error; err != nil {
		return nil, fmt.Errorf("person %s: %w", person, err)
	}
	codes, err := IssueCodes(tx, a, p)
	if err != nil {
		return nil, err
	}
	return codes, audit.Audit(tx, RequestChain, a, audit.AuditEntry{Action: "account.activate", Subject: "person:" + person})
}
