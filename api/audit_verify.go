package api

import (
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/audit"
)

// verifyAudit walks all chains and seals.
func verifyAudit(c *call) (any, error) {
	r, err := audit.VerifyAudit(c.db(), "")
	if err != nil {
		return nil, err
	}
	out := wire.AuditVerdict{Intact: r.Break == nil, Chains: r.Chains, Entries: int64(r.Entries)}
	if r.Break != nil {
		out.Broken = &wire.BrokenChain{Chain: r.Break.Chain, Seq: r.Break.Seq, Message: c.text(r.Break.Cause)}
	}
	return out, nil
}
