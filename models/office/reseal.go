package office

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// resealBatch bounds the rows of one transaction.
const resealBatch = 200

// Reseal encrypts personal numbers and keys of second factors again that lie under another name
// than present, an older key or algorithm; at most one batch, and says how many there
// were. What waits in requests for a second person keeps its key: it goes when it is decided.
func Reseal(tx *gorm.DB, a models.Acting, c Cipher, present string) (int, error) {
	var people []Person
	err := tx.Where("key_id <> '' AND key_id <> ?", present).Order("id").Limit(resealBatch).Find(&people).Error
	if err != nil {
		return 0, fmt.Errorf("people under former keys: %w", err)
	}
	for _, p := range people {
		if err := p.reseal(tx, c); err != nil {
			return 0, fmt.Errorf("person %s: %w", p.ID, err)
		}
	}
	var factors []Credential
	err = tx.Where("key_id <> '' AND key_id <> ?", present).Order("id").Limit(resealBatch).Find(&factors).Error
	if err != nil {
		return 0, fmt.Errorf("factors under former keys: %w", err)
	}
	for _, f := range factors {
		secret, err := f.open(c)
		if err == nil {
			err = f.seal(c, secret)
		}
		if err == nil {
			err = tx.Model(&Credential{}).Where("id = ?", f.ID).Updates(map[string]any{"data": f.Data, "key_id": f.KeyID}).Error
		}
		if err != nil {
			return 0, fmt.Errorf("%s of %s: %w", f.Kind, f.Person, err)
		}
	}
	n := len(people) + len(factors)
	if n == 0 {
		return 0, nil
	}
	detail := models.JSONOf(map[string]any{"people": len(people), "factors": len(factors)})
	return n, audit.Audit(tx, AccountChain, a, audit.AuditEntry{Action: "keys.reseal", Subject: "key:" + present, Detail: detail})
}

func (p Person) reseal(tx *gorm.DB, c Cipher) error {
	mobile, err := p.Number(c, NumberMobile)
	if err != nil {
		return err
	}
	idno, err := p.Number(c, NumberID)
	if err != nil {
		return err
	}
	if err := p.SetNumbers(c, mobile, idno); err != nil {
		return err
	}
	return tx.Model(&Person{}).
		Where("id = ?", p.ID).
		Updates(map[string]any{"mobile_enc": p.MobileEnc, "idno_enc": p.IDNoEnc, "key_id": p.KeyID}).
		Error
}
