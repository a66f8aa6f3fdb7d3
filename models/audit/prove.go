package audit

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Proof is what stands behind one row of the books: which entry bound it as it is now, who wrote
// that entry, and which seal covers it. An entry of the audit itself is proved alike.
type Proof struct {
	Row      string      `json:"row"`
	Version  int         `json:"version,omitempty"`
	Digest   string      `json:"digest,omitempty"`
	Chain    string      `json:"chain"`
	Seq      int64       `json:"seq"`
	Action   string      `json:"action"`
	Actor    string      `json:"actor"`
	At       time.Time   `json:"at"`
	Hash     string      `json:"hash"`
	Seal     int64       `json:"seal,omitempty"` // 0: no seal covers the entry yet
	SealedAt *time.Time  `json:"sealedAt,omitempty"`
	SignedBy string      `json:"signedBy,omitempty"`
	Anchored bool        `json:"anchored"`
	Break    *AuditBreak `json:"broken,omitempty"`
}

// ErrNoRow says that there is no such row, or that its name is none.
var ErrNoRow = errors.New("audit: no entry binds such a row")

// Prove looks at one row (ledger:12, sheet:XM-2026-001#2), or one entry (i:7#3), and at what stands behind it,
// without walking anything else: the entry, the entries from it to the next sealed one, and that seal.
func (v Verifier) Prove(tx *gorm.DB, row string) (p Proof, err error) {
	p.Row = row
	e, err := v.entryOf(tx, row, &p)
	if err != nil || p.Break != nil {
		return p, err
	}
	p.Chain, p.Seq, p.Action, p.Actor, p.At, p.Hash = e.Chain, e.Seq, e.Action, e.Actor, e.At.UTC(), e.Hash
	return p, v.coverage(tx, e, &p)
}

// entryOf is the entry that binds a row as it is now, or that is named itself.
func (v Verifier) entryOf(tx *gorm.DB, row string, p *Proof) (e AuditEntry, err error) {
	name, key, _ := strings.Cut(row, ":")
	i := slices.IndexFunc(models.Bound, func(k models.BoundKind) bool { return k.Name == name })
	if i < 0 {
		at := strings.LastIndexByte(row, '#')
		if at < 0 {
			return e, fmt.Errorf("%w: %q", ErrNoRow, row)
		}
		seq, err := strconv.ParseInt(row[at+1:], 10, 64)
		if err != nil {
			return e, fmt.Errorf("%w: %q", ErrNoRow, row)
		}
		return e, take(tx, row[:at], seq, &e)
	}
	last, err := newest(tx, name, []string{key})
	if err != nil {
		return e, err
	}
	b, ok := last[key]
	if !ok {
		return e, fmt.Errorf("%w: %q", ErrNoRow, row)
	}
	p.Version, p.Digest, p.Chain, p.Seq = b.Version, b.Digest, b.Chain, b.Seq
	now, err := digests(tx, &models.Bound[i], []string{key})
	if err != nil {
		return e, err
	}
	if cause := rowCause(b, now[key]); cause != "" {
		p.Break = &AuditBreak{Chain: b.Chain, Seq: b.Seq, Cause: cause, Row: row}
		return e, nil
	}
	if err := take(tx, b.Chain, b.Seq, &e); err != nil {
		return e, err
	}
	var beside []BoundRow
	if err := tx.Where("chain = ? AND seq = ?", b.Chain, b.Seq).Find(&beside).Error; err != nil {
		return e, fmt.Errorf("audit rows of %s: %w", b.Chain, err)
	}
	if bindsOf(beside) != e.Binds {
		p.Break = &AuditBreak{Chain: b.Chain, Seq: b.Seq, Cause: BindsChanged, Row: row}
	}
	return e, nil
}

func take(tx *gorm.DB, chain string, seq int64, e *AuditEntry) error {
	err := tx.Where("chain = ? AND seq = ?", chain, seq).Take(e).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return fmt.Errorf("%w: %s#%d", ErrNoRow, chain, seq)
	}
	if err != nil {
		return fmt.Errorf("audit chain %s: %w", chain, err)
	}
	return nil
}

// coverage walks from the entry to the seal that covers it.
func (v Verifier) coverage(tx *gorm.DB, e AuditEntry, p *Proof) error {
	seal, to, err := sealOf(tx, e)
	if err != nil {
		return err
	}
	if to.Seq == 0 { // not sealed yet: to the head
		if err := tx.Where("chain = ?", e.Chain).Take(&to).Error; err != nil {
			return fmt.Errorf("audit head of %s: %w", e.Chain, err)
		}
	}
	var r AuditResult
	if err := span(tx, e, to, &r); err != nil || r.Break != nil {
		p.Break = r.Break
		return err
	}
	if seal.No == 0 {
		return nil
	}
	at := seal.At.UTC()
	p.Seal, p.SealedAt, p.SignedBy = seal.No, &at, seal.SignedBy
	sum, err := seal.sum()
	if err != nil {
		return fmt.Errorf("audit seal %d: %w", seal.No, err)
	}
	if sum != seal.Hash {
		p.Break = &AuditBreak{Seq: seal.No, Cause: SealChanged}
		return nil
	}
	if cause := v.signed(seal, AuditSeal{}, &r); cause != "" {
		p.Break = &AuditBreak{Seq: seal.No, Cause: cause}
		return nil
	}
	return v.anchored(seal, p)
}

// clocksApart is how far the clocks of two processes may be apart at most.
const clocksApart = 10 * time.Minute

// sealOf is the first seal that covers an entry, and the head that it holds of its chain; zero ones when none does yet.
func sealOf(tx *gorm.DB, e AuditEntry) (AuditSeal, AuditHead, error) {
	after := int64(0)
	for {
		var seals []AuditSeal
		if err := tx.Where("no > ? AND at >= ?", after,
			e.At.UTC().Add(-clocksApart)).Order("no").Limit(page).Find(&seals).Error; err != nil {
			return AuditSeal{}, AuditHead{}, fmt.Errorf("audit seals: %w", err)
		}
		for _, s := range seals {
			var heads []AuditHead
			if err := s.Heads.Into(&heads); err != nil {
				return s, AuditHead{}, fmt.Errorf("audit seal %d: %w", s.No, err)
			}
			for _, h := range heads {
				if h.Chain == e.Chain && h.Seq >= e.Seq {
					return s, h, nil
				}
			}
			after = s.No
		}
		if len(seals) < page {
			return AuditSeal{}, AuditHead{}, nil
		}
	}
}

// span walks a chain from an entry to a later one.
func span(tx *gorm.DB, from AuditEntry, to AuditHead, r *AuditResult) error {
	sum, err := from.sum()
	if err != nil {
		return err
	}
	if sum != from.Hash {
		r.Break = &AuditBreak{Chain: from.Chain, Seq: from.Seq, Cause: AuditChanged}
		return nil
	}
	last := from
	for last.Seq < to.Seq {
		var entries []AuditEntry
		err := tx.Where("chain = ? AND seq > ? AND seq <= ?", from.Chain, last.Seq, to.Seq).Order("seq").Limit(page).Find(&entries).Error
		if err != nil {
			return fmt.Errorf("audit chain %s: %w", from.Chain, err)
		}
		for _, e := range entries {
			if sum, err = e.sum(); err != nil {
				return err
			}
			if e.Seq != last.Seq+1 || e.Prev != last.Hash || sum != e.Hash {
				r.Break = &AuditBreak{Chain: e.Chain, Seq: e.Seq, Cause: AuditChanged}
				return nil
			}
			last = e
		}
		if len(entries) == 0 {
			break
		}
	}
	if last.Seq != to.Seq || last.Hash != to.Hash {
		r.Break = &AuditBreak{Chain: from.Chain, Seq: to.Seq, Cause: AuditRewritten}
	}
	return nil
}

// anchored looks whether the second medium has the seal.
func (v Verifier) anchored(s AuditSeal, p *Proof) error {
	if v.Medium == "" {
		return nil
	}
	err := v.Medium.each(func(a Anchor) error {
		if a.No != s.No {
			return nil
		}
		if p.Anchored = a.Hash == s.Hash; !p.Anchored {
			p.Break = &AuditBreak{Seq: s.No, Cause: AnchorDiffers}
		}
		return nil
	})
	if errors.Is(err, ErrMediumGone) {
		return nil // it says nothing
	}
	return err
}
