package audit

import (
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// AuditBreak is the first link that does not hold.
type AuditBreak struct {
	Chain string // "" for a global seal
	Seq   int64  // number of the entry, or of the seal
	Cause string // stable slug, a key of the catalogues: audit-changed, audit-missing, …
}

// The causes of a broken link.
const (
	AuditChanged   = "audit-changed"     // the entry's content does not give its hash
	AuditMissing   = "audit-missing"     // a number is missing, or the entry does not name its predecessor
	AuditTruncated = "audit-truncated"   // the newest entry is not the one the head remembers
	AuditRewritten = "audit-rewritten"   // a sealed entry has another hash now
	SealChanged    = "audit-seal-broken" // the seals themselves do not link
)

// AuditResult is what a verification looked at, and what it found.
type AuditResult struct {
	Chains  int
	Entries int
	Seals   int
	Break   *AuditBreak // nil: everything holds
}

// VerifyAudit walks all chains and seals, or one chain if it is named, and
// stops at the first link that does not hold.
func VerifyAudit(tx *gorm.DB, chain string) (AuditResult, error) {
	var (
		r     AuditResult
		heads []AuditHead
	)
	q := tx.Order("chain")
	if chain != "" {
		q = q.Where("chain = ?", chain)
	}
	if err := q.Find(&heads).Error; err != nil {
		return r, fmt.Errorf("audit heads: %w", err)
	}
	for _, h := range heads {
		r.Chains++
		if err := verifyChain(tx, h, &r); err != nil || r.Break != nil {
			return r, err
		}
	}
	if chain != "" {
		return r, nil
	}
	if err := verifyOrphans(tx, &r); err != nil || r.Break != nil {
		return r, err
	}
	return r, verifySeals(tx, &r)
}

// page bounds how many rows are in memory at once.
const page = 1000

func verifyChain(tx *gorm.DB, head AuditHead, r *AuditResult) error {
	var last AuditEntry
	for {
		var entries []AuditEntry
		if err := tx.Where("chain = ? AND seq > ?", head.Chain, last.Seq).Order("seq").Limit(page).Find(&entries).Error; err != nil {
			return fmt.Errorf("audit chain %s: %w", head.Chain, err)
		}
		for _, e := range entries {
			r.Entries++
			sum, err := e.sum()
			if err != nil {
				return fmt.Errorf("audit %s/%d: %w", e.Chain, e.Seq, err)
			}
			switch {
			case e.Seq != last.Seq+1 || e.Prev != last.Hash:
				r.Break = &AuditBreak{e.Chain, e.Seq, AuditMissing}
			case sum != e.Hash:
				r.Break = &AuditBreak{e.Chain, e.Seq, AuditChanged}
			}
			if r.Break != nil {
				return nil
			}
			last = e
		}
		if len(entries) < page {
			break
		}
	}
	if last.Seq != head.Seq || last.Hash != head.Hash {
		r.Break = &AuditBreak{head.Chain, head.Seq, AuditTruncated}
	}
	return nil
}

// verifyOrphans finds entries of a chain whose head was removed.
func verifyOrphans(tx *gorm.DB, r *AuditResult) error {
	var orphans []AuditEntry
	err := tx.Raw(`SELECT a.* FROM audit a LEFT JOIN audit_head h ON h.chain = a.chain WHERE h.chain IS NULL ORDER BY a.chain, a.seq LIMIT 1`).Scan(&orphans).Error
	if err != nil {
		return fmt.Errorf("audit heads: %w", err)
	}
	if len(orphans) > 0 {
		r.Break = &AuditBreak{orphans[0].Chain, orphans[0].Seq, AuditTruncated}
	}
	return nil
}

func verifySeals(tx *gorm.DB, r *AuditResult) error {
	var last AuditSeal
	for {
		var seals []AuditSeal
		if err := tx.Where("no > ?", last.No).Order("no").Limit(page).Find(&seals).Error; err != nil {
			return fmt.Errorf("audit seals: %w", err)
		}
		for _, s := range seals {
			r.Seals++
			sum, err := s.sum()
			if err != nil {
				return fmt.Errorf("audit seal %d: %w", s.No, err)
			}
			if s.No != last.No+1 || s.Prev != last.Hash || sum != s.Hash {
				r.Break = &AuditBreak{"", s.No, SealChanged}
				return nil
			}
			if err := verifySealed(tx, s, r); err != nil || r.Break != nil {
				return err
			}
			last = s
		}
		if len(seals) < page {
			return nil
		}
	}
}

// verifySealed holds the entries that a seal bound against what they are now.
func verifySealed(tx *gorm.DB, s AuditSeal, r *AuditResult) error {
	var heads []AuditHead
	if err := s.Heads.Into(&heads); err != nil {
		return fmt.Errorf("audit seal %d: %w", s.No, err)
	}
	for _, h := range heads {
		var e AuditEntry
		err := tx.Where("chain = ? AND seq = ?", h.Chain, h.Seq).Take(&e).Error
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return fmt.Errorf("audit seal %d: %w", s.No, err)
		}
		if e.Hash != h.Hash {
			r.Break = &AuditBreak{h.Chain, h.Seq, AuditRewritten}
			return nil
		}
	}
	return nil
}
