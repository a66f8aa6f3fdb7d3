package api

import (
	"errors"
	"strconv"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// mostWalked is up to how many entries everything is walked at each call; it takes some seconds.
const mostWalked = 50_000

// verifyAudit looks whether the audit and the rows that it binds hold: at everything in small
// books or when that is asked for, else at what is new since the worker looked.
func verifyAudit(c *call) (any, error) {
	out := wire.AuditVerdict{Scope: "all"}
	var r audit.AuditResult
	err := c.srv.DB.Snapshot(c.Request.Context(), func(tx *gorm.DB) error {
		var n int64
		if err := tx.Model(&audit.AuditHead{}).Select("coalesce(sum(seq), 0)").Scan(&n).Error; err != nil {
			return err
		}
		if n <= mostWalked || c.Query("full") == "true" {
			var err error
			r, err = c.srv.Verifier.All(tx)
			return err
		}
		p, err := c.srv.Verifier.New(tx, 0)
		since, oldest := in(p.Since), in(p.Oldest)
		r, out.Scope, out.Since = p.AuditResult, "new", &since
		if !p.Oldest.IsZero() {
			out.Oldest = &oldest
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if out.Scope == "all" {
		err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error { return r.Remember(tx, c.now) })
		if err != nil {
			return nil, err
		}
	}
	out.Chains, out.Entries, out.Seals, out.Rows = r.Chains, int64(r.Entries), r.Seals, r.Rows
	switch {
	case r.Gone:
		out.Medium = "gone"
	case r.Anchored > 0:
		out.Medium = "same"
	}
	out.Intact, out.Broken = r.Break == nil, c.broken(r.Break)
	if r.Nothing() && out.Scope == "all" {
		out.Intact, out.Broken = false, &wire.BrokenChain{Message: c.text("audit-nothing")}
	}
	return out, nil
}

func (c *call) broken(b *audit.AuditBreak) *wire.BrokenChain {
	if b == nil {
		return nil
	}
	return &wire.BrokenChain{
		Chain: b.Chain, Seq: b.Seq, Row: b.Row, Message: c.text(b.Cause, "seq", strconv.FormatInt(b.Seq, 10), "row", b.Row),
	}
}

// proveRow says what stands behind one row.
func proveRow(c *call) (any, error) {
	var p audit.Proof
	err := c.srv.DB.Snapshot(c.Request.Context(), func(tx *gorm.DB) (err error) {
		p, err = c.srv.Verifier.Prove(tx, c.Query("row"))
		return err
	})
	if errors.Is(err, audit.ErrNoRow) {
		return nil, models.Refuse("audit-no-row", "row", c.Query("row"))
	}
	if err != nil {
		return nil, err
	}
	out := wire.AuditProof{
		Row: p.Row, Version: p.Version, Digest: p.Digest, Chain: p.Chain, Seq: p.Seq, Action: p.Action, Actor: p.Actor, At: in(p.At),
		Hash: p.Hash,
		Seal: p.Seal, SignedBy: p.SignedBy, Anchored: p.Anchored, Intact: p.Break == nil, Broken: c.broken(p.Break),
	}
	if p.SealedAt != nil {
		at := in(*p.SealedAt)
		out.SealedAt = &at
	}
	return out, nil
}
