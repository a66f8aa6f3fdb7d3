package audit

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Progress is what a look at the newest entries found, and what is to be remembered of it.
type Progress struct {
	AuditResult
	Since  time.Time // of the look before
	Oldest time.Time // since when every chain was walked whole; zero: not yet all of them

	seal   int64
	heads  []AuditHead // as far as they were found whole
	walked []string    // chains that were walked whole
}

// New looks at what came since the last look, and walks again the chains whose last
// walk is longest ago, until they had some number of entries together. A break that was found before
// stands until All finds nothing.
func (v Verifier) New(tx *gorm.DB, again int64) (p Progress, err error) {
	c, err := CheckOf(tx)
	if err != nil {
		return p, fmt.Errorf("audit check: %w", err)
	}
	p.Since, p.seal = c.At, c.Seal
	if c.Broken != nil {
		p.Break = c.Broken
		return p, nil
	}
	for _, look := range []func() error{
		func() error { return v.grown(tx, &p) },
		func() error { return walkAgain(tx, again, &p) },
		func() error { return v.newSeals(tx, c, &p) },
		func() error { return p.oldest(tx) },
	} {
		if err := look(); err != nil || p.Break != nil {
			return p, err
		}
	}
	return p, nil
}

// grown walks what is new of the chains.
func (v Verifier) grown(tx *gorm.DB, p *Progress) error {
	var heads []AuditHead
	if err := tx.Where("checked < seq").Order("chain").Find(&heads).Error; err != nil {
		return fmt.Errorf("audit heads: %w", err)
	}
	for _, h := range heads {
		p.Chains++
		if err := verifyChain(tx, h, h.Checked, &p.AuditResult); err != nil || p.Break != nil {
			return err
		}
		p.heads = append(p.heads, h)
		if h.Checked == 0 {
			p.walked = append(p.walked, h.Chain)
		}
	}
	return nil
}

// walkAgain walks whole chains, those first whose last walk is longest ago.
func walkAgain(tx *gorm.DB, entries int64, p *Progress) error {
	var heads []AuditHead
	err := tx.Where("checked = seq AND walked_at IS NOT NULL").Order("walked_at, chain").Limit(page).Find(&heads).Error
	if err != nil {
		return fmt.Errorf("audit heads: %w", err)
	}
	for _, h := range heads {
		if entries <= 0 {
			return nil
		}
		entries -= h.Seq
		p.Chains++
		if err := verifyChain(tx, h, 0, &p.AuditResult); err != nil || p.Break != nil {
			return err
		}
		p.walked = append(p.walked, h.Chain)
	}
	return nil
}

// newSeals walks the seals behind the last that was found whole.
func (v Verifier) newSeals(tx *gorm.DB, c Check, p *Progress) error {
	var last AuditSeal
	if c.Seal > 0 {
		err := tx.Where("no = ?", c.Seal).Take(&last).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			p.Break = &AuditBreak{Seq: c.Seal, Cause: SealChanged}
			return nil
		}
		if err != nil {
			return fmt.Errorf("audit seals: %w", err)
		}
	}
	if err := v.seals(tx, last, &p.AuditResult); err != nil || p.Break != nil {
		return err
	}
	return tx.Model(&AuditSeal{}).Select("coalesce(max(no), 0)").Scan(&p.seal).Error
}

// oldest is when the chain that was walked longest ago was walked.
func (p *Progress) oldest(tx *gorm.DB) error {
	var heads []AuditHead
	err := tx.Where("seq > 0").Order("CASE WHEN walked_at IS NULL THEN 0 ELSE 1 END, walked_at").Limit(1).Find(&heads).Error
	if err == nil && len(heads) > 0 && heads[0].WalkedAt != nil {
		p.Oldest = *heads[0].WalkedAt
	}
	return err
}

// Remember keeps how far a look came, and what it found.
func (p Progress) Remember(tx *gorm.DB, now time.Time) error {
	for _, h := range p.heads {
		err := tx.Model(&AuditHead{}).Where("chain = ? AND checked < ?", h.Chain, h.Seq).Update("checked", h.Seq).Error
		if err != nil {
			return fmt.Errorf("audit head of %s: %w", h.Chain, err)
		}
	}
	for _, chain := range p.walked {
		if err := tx.Model(&AuditHead{}).Where("chain = ?", chain).Update("walked_at", now.UTC()).Error; err != nil {
			return fmt.Errorf("audit head of %s: %w", chain, err)
		}
	}
	return keep(tx, now, p.seal, p.Break)
}

// Remember keeps what a walk over everything found: nothing ends a break that stood.
func (r AuditResult) Remember(tx *gorm.DB, now time.Time) error {
	c, err := CheckOf(tx)
	if err != nil {
		return fmt.Errorf("audit check: %w", err)
	}
	return keep(tx, now, c.Seal, r.Break)
}

func keep(tx *gorm.DB, now time.Time, seal int64, broken *AuditBreak) error {
	var found any
	if broken != nil {
		found = models.JSONOf(broken)
	}
	err := tx.Exec("UPDATE audit_check SET at = ?, seal = ?, broken = ? WHERE id = 1", now.UTC(), seal, found).Error
	if err != nil {
		return fmt.Errorf("audit check: %w", err)
	}
	return nil
}
