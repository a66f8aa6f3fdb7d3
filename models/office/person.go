package office

import (
	"fmt"

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
	return text, audit.Audit(
		tx, RequestChain, a,
		audit.AuditEntry{Action: "person.reveal", Subject: "person:" + person, Detail: models.JSONOf(map[string]string{"field": number})},
	)
}

// uniqueNumbers refuses numbers that somebody has who has not left.
func (p Person) uniqueNumbers(tx *gorm.DB, r *models.Refusal) error {
	for _, same := range []struct{ column, mark, pointer string }{{"mobile_mark", p.MobileMark, "/mobile"},
		{"idno_mark", p.IDNoMark, "/idno"}} {
		if same.mark == "" {
			continue
		}
		var other []Person
		if err := tx.Where(same.column+" = ? AND id <> ? AND left_at IS NULL", same.mark, p.ID).Limit(1).Find(&other).Error; err != nil {
			return fmt.Errorf("numbers like those of %s: %w", p.ID, err)
		}
		if len(other) > 0 {
			r.Field(same.pointer, "roster-number-taken", "person", other[0].Name, "unit", other[0].EmployerUnit)
		}
	}
	return r.OrNil()
}
