package stuck

import (
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
)

// The sealed parts of a case.
const (
	PartPerson = "person"
	PartPhone  = "phone"
	PartReason = "reason"
)

func (r Report) place(part string) string { return "stuck:" + r.No + "/" + part }

func (r *Report) sealed(part string) *[]byte {
	switch part {
	case PartPerson:
		return &r.PersonEnc
	case PartPhone:
		return &r.PhoneEnc
	case PartReason:
		return &r.ReasonEnc
	}
	return nil
}

// seal encrypts who came and what he said, and keeps so much of name and phone
// that he knows himself again.
func (r *Report) seal(keys office.Cipher, in Input) (err error) {
	r.PersonMask, r.PhoneMask = maskName(in.Person), office.Mask(in.Phone)
	for part, text := range map[string]string{PartPerson: in.Person, PartPhone: in.Phone, PartReason: in.Reason} {
		if text == "" {
			continue
		}
		if keys == nil {
			return office.ErrNoCipher
		}
		if *r.sealed(part), r.KeyID, err = keys.Seal([]byte(text), r.place(part)); err != nil {
			return err
		}
	}
	if same := in.Phone; same != "" {
		mark := keys.Mark([]byte("stuck:" + digits(same)))
		r.Pseudonym = "群众" + strings.ToUpper(mark[:min(6, len(mark))])
	}
	return nil
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// maskName leaves the family name: 张**.
func maskName(name string) string {
	r := []rune(name)
	if len(r) == 0 {
		return ""
	}
	return string(r[:1]) + strings.Repeat("*", max(1, min(2, len(r)-1)))
}

// Open decrypts a part; "" where there is none.
func (r Report) Open(keys office.Cipher, part string) (string, error) {
	sealed := r.sealed(part)
	if sealed == nil || len(*sealed) == 0 {
		return "", nil
	}
	if keys == nil {
		return "", office.ErrNoCipher
	}
	plain, err := keys.Open(*sealed, r.KeyID, r.place(part))
	return string(plain), err
}

const shortestReason = 5 // characters

// Reveal shows name and phone in clear to somebody who has said why. That stands
// in the history of the case.
func Reveal(tx *gorm.DB, a models.Acting, keys office.Cipher, no string) (person, phone string, err error) {
	r, err := Find(tx, no)
	if err != nil {
		return "", "", err
	}
	if len([]rune(strings.TrimSpace(a.Reason))) < shortestReason {
		return "", "", models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	if person, err = r.Open(keys, PartPerson); err != nil {
		return "", "", err
	}
	if phone, err = r.Open(keys, PartPhone); err != nil {
		return "", "", err
	}
	return person, phone, Save(tx, a, &r, "reveal", strings.TrimSpace(a.Reason))
}

// Forget erases who came and what he said of a case that is closed: the case stays
// with its item, unit and outcome, and says nothing of whom.
func Forget(tx *gorm.DB, a models.Acting, no string) error {
	r, err := Find(tx, no)
	if err != nil {
		return err
	}
	if r.State != Closed {
		return models.Refuse("stuck-open", "no", no)
	}
	r.PersonEnc, r.PhoneEnc, r.ReasonEnc, r.KeyID = nil, nil, nil, ""
	r.PersonMask, r.PhoneMask, r.Pseudonym = "", "", ""
	return Save(tx, a, &r, "forget", "")
}
