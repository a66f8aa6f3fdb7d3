package audit

import (
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// AuditBreak is the first link that does not hold.
type AuditBreak struct {
	Chain string `json:"chain"` // "" for a global seal
	Seq   int64  `json:"seq"`   // number of the entry, or of the seal
	Cause string `json:"cause"` // stable slug, a key of the catalogues: audit-changed, audit-missing, …
	Row   string `json:"row,omitempty"`
}

// The causes of a broken link.
const (
	AuditChanged   = "audit-changed"        // the entry's content does not give its hash
	AuditMissing   = "audit-missing"        // a number is missing, or the entry does not name its predecessor
	AuditTruncated = "audit-truncated"      // the newest entry is not the one the head remembers
	AuditRewritten = "audit-rewritten"      // a sealed entry has another hash now
	SealChanged    = "audit-seal-broken"    // the seals themselves do not link
	SealForged     = "audit-seal-forged"    // the house has not signed this seal
	SealUnsigned   = "audit-seal-unsigned"  // a seal without signature after one with it
	BindsChanged   = "audit-binds-changed"  // what the entry binds is not what it bound
	RowChanged     = "audit-row-changed"    // a row of the books says something else than when it was bound
	RowMissing     = "audit-row-missing"    // a bound row is no longer there
	RowUnbound     = "audit-row-unbound"    // a row that no entry has written
	AnchorDiffers  = "audit-anchor-differs" // the second medium has another seal under this number
	AnchorBeyond   = "audit-anchor-beyond"  // the second medium has a seal that the books do not have
)

// AuditResult is what a verification looked at, and what it found.
type AuditResult struct {
	Chains   int
	Entries  int
	Seals    int
	Rows     int         // of the books, held against what binds them
	Unsigned int         // seals of before the house had a key
	Anchored int         // seals that the second medium has alike
	Gone     bool        // the second medium did not answer: nothing is known of it
	Break    *AuditBreak // nil: everything holds
}

// Nothing reports whether nothing was looked at, which proves nothing.
func (r AuditResult) Nothing() bool { return r.Entries == 0 && r.Break == nil }

// Verifier looks whether the audit and what it binds still say what they said.
type Verifier struct {
	Known  func(key, digest string, signature []byte) (known, good bool) // whether the house has signed; nil: signatures are not looked at
	Medium Medium                                                        // the second medium; "": none
}

// VerifyAudit walks all chains and seals, or one chain if it is named, without looking at signatures.
func VerifyAudit(tx *gorm.DB, chain string) (AuditResult, error) {
	if chain != "" {
		return Verifier{}.Chain(tx, chain)
	}
	return Verifier{}.All(tx)
}

// Chain walks one chain. tx is to be one state of the database, else what is written meanwhile looks like a break.
func (v Verifier) Chain(tx *gorm.DB, chain string) (r AuditResult, err error) {
	var heads []AuditHead
	if err := tx.Where("chain = ?", chain).Find(&heads).Error; err != nil {
		return r, fmt.Errorf("audit heads: %w", err)
	}
	for _, h := range heads {
		r.Chains++
		if err := verifyChain(tx, h, 0, &r); err != nil || r.Break != nil {
			return r, err
		}
	}
	return r, nil
}

// All walks all chains with the rows that they bind, looks for rows that none binds, and walks
// all seals with their signatures and copies; it stops at the first link that does not hold.
func (v Verifier) All(tx *gorm.DB) (r AuditResult, err error) {
	var heads []AuditHead
	if err := tx.Order("chain").Find(&heads).Error; err != nil {
		return r, fmt.Errorf("audit heads: %w", err)
	}
	for _, h := range heads {
		r.Chains++
		if err := verifyChain(tx, h, 0, &r); err != nil || r.Break != nil {
			return r, err
		}
	}
	for _, look := range []func() error{
		func() error { return verifyOrphans(tx, &r) },
		func() error { return verifyUnbound(tx, &r) },
		func() error { return v.seals(tx, AuditSeal{}, &r) },
		func() error { return v.anchors(tx, &r) },
	} {
		if err := look(); err != nil || r.Break != nil {
			return r, err
		}
	}
	return r, nil
}

// page bounds how many rows are in memory at once.
const page = 1000

// verifyChain walks a chain behind an entry that was found whole before; 0: from its beginning.
func verifyChain(tx *gorm.DB, head AuditHead, after int64, r *AuditResult) error {
	var last AuditEntry
	if after > 0 {
		err := tx.Where("chain = ? AND seq = ?", head.Chain, after).Take(&last).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			r.Break = &AuditBreak{Chain: head.Chain, Seq: after, Cause: AuditMissing}
			return nil
		}
		if err != nil {
			return fmt.Errorf("audit chain %s: %w", head.Chain, err)
		}
	}
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
				r.Break = &AuditBreak{Chain: e.Chain, Seq: e.Seq, Cause: AuditMissing}
			case sum != e.Hash:
				r.Break = &AuditBreak{Chain: e.Chain, Seq: e.Seq, Cause: AuditChanged}
			}
			if r.Break != nil {
				return nil
			}
			last = e
		}
		if err := verifyBinds(tx, head.Chain, entries, r); err != nil || r.Break != nil {
			return err
		}
		if len(entries) < page {
			break
		}
	}
	if last.Seq != head.Seq || last.Hash != head.Hash {
		r.Break = &AuditBreak{Chain: head.Chain, Seq: head.Seq, Cause: AuditTruncated}
	}
	return nil
}

// verifyBinds holds the rows that entries bound against what they say now.
func verifyBinds(tx *gorm.DB, chain string, entries []AuditEntry, r *AuditResult) error {
	if len(entries) == 0 {
		return nil
	}
	var rows []BoundRow
	err := tx.Where("chain = ? AND seq >= ? AND seq <= ?", chain, entries[0].Seq, entries[len(entries)-1].Seq).
		Order("seq, kind, key, version").
		Find(&rows).
		Error
	if err != nil {
		return fmt.Errorf("audit rows of %s: %w", chain, err)
	}
	of := map[int64][]BoundRow{}
	for _, row := range rows {
		of[row.Seq] = append(of[row.Seq], row)
	}
	for _, e := range entries {
		if bindsOf(of[e.Seq]) != e.Binds {
			r.Break = &AuditBreak{Chain: chain, Seq: e.Seq, Cause: BindsChanged}
			return nil
		}
	}
	for i := range models.Bound {
		if err := verifyRows(tx, &models.Bound[i], rows, r); err != nil || r.Break != nil {
			return err
		}
	}
	return nil
}

// verifyRows looks at the rows of one kind: the newest version of a row is what it must say.
func verifyRows(tx *gorm.DB, kind *models.BoundKind, rows []BoundRow, r *AuditResult) error {
	var keys []string
	for _, row := range rows {
		if row.Kind == kind.Name {
			keys = append(keys, row.Key)
		}
	}
	last, err := newest(tx, kind.Name, keys)
	if err != nil {
		return err
	}
	now, err := digests(tx, kind, keys)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Kind != kind.Name || last[row.Key].Version != row.Version {
			continue
		}
		r.Rows++
		if cause := rowCause(row, now[row.Key]); cause != "" {
			r.Break = &AuditBreak{Chain: row.Chain, Seq: row.Seq, Cause: cause, Row: row.name()}
			return nil
		}
	}
	return nil
}

// rowCause is why a row does not hold whose newest version is given; "" when it does.
func rowCause(row BoundRow, now string) string {
	switch now {
	case row.Digest:
		return ""
	case "":
		return RowMissing
	default:
		return RowChanged
	}
}

func (b BoundRow) name() string { return b.Kind + ":" + b.Key }

// verifyUnbound finds rows that no entry has written, once everything that was there before is bound.
func verifyUnbound(tx *gorm.DB, r *AuditResult) error {
	done, err := baselined(tx)
	if err != nil {
		return err
	}
	for i := range models.Bound {
		if !done[models.Bound[i].Name] {
			continue
		}
		keys, err := unbound(tx, &models.Bound[i], 1)
		if err != nil {
			return err
		}
		if len(keys) > 0 {
			r.Break = &AuditBreak{Cause: RowUnbound, Row: models.Bound[i].Name + ":" + keys[0]}
			return nil
		}
	}
	return nil
}

// verifyOrphans finds entries of a chain whose head was removed.
func verifyOrphans(tx *gorm.DB, r *AuditResult) error {
	var orphans []AuditEntry
	err := tx.Raw(`SELECT a.* FROM audit a LEFT JOIN audit_head h ON h.chain = a.chain WHERE h.chain IS NULL ORDER BY a.chain, a.seq LIMIT 1`).
		Scan(&orphans).
		Error
	if err != nil {
		return fmt.Errorf("audit heads: %w", err)
	}
	if len(orphans) > 0 {
		r.Break = &AuditBreak{Chain: orphans[0].Chain, Seq: orphans[0].Seq, Cause: AuditTruncated}
	}
	return nil
}

// seals walks the seals behind one that was found whole before.
func (v Verifier) seals(tx *gorm.DB, last AuditSeal, r *AuditResult) error {
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
				r.Break = &AuditBreak{Seq: s.No, Cause: SealChanged}
				return nil
			}
			if cause := v.signed(s, last, r); cause != "" {
				r.Break = &AuditBreak{Seq: s.No, Cause: cause}
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

// signed is what is wrong with the signature of a seal; "" when nothing is. Seals of before the house had a key have none.
func (v Verifier) signed(s, last AuditSeal, r *AuditResult) string {
	if s.SignedBy == "" {
		r.Unsigned++
		if last.SignedBy != "" {
			return SealUnsigned
		}
		return ""
	}
	if v.Known == nil {
		return ""
	}
	if known, good := v.Known(s.SignedBy, signedSeal+s.Hash, s.Signature); !known || !good {
		return SealForged
	}
	return ""
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
			r.Break = &AuditBreak{Chain: h.Chain, Seq: h.Seq, Cause: AuditRewritten}
			return nil
		}
	}
	return nil
}
