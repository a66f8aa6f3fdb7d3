package api

import (
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/partner"
	"github.com/quancheng/quancheng/models/partner/stream"
	"github.com/quancheng/quancheng/models/process"
)

// listStuck lists the cases that nothing can move any more. Whoever may not read
// projects sees where they stand still, not whose matter they are.
func listStuck(c *call) (any, error) {
	all, err := process.StuckRoots(c.db(), most)
	if err != nil {
		return nil, err
	}
	out := wire.StuckPage{Items: []wire.StuckCase{}}
	for _, s := range all {
		w := wire.StuckCase{Case: keyText(s.Root), Process: s.Process, ProcessName: s.Process, Step: s.Step, Since: s.Since.In(models.Zone)}
		if c.who.may(projectRead) {
			w.Matter, w.Project = s.BusinessKey, s.Project
		}
		p, err := c.process(s.Root)
		if err != nil {
			return nil, err
		}
		w.ProcessName = c.nameOf(p, s.Process, "")
		out.Items = append(out.Items, w)
	}
	return out, nil
}

// listGaps lists what has not reached us of the partners' streams, and how many
// events wait for it; one that is given up is a finding for people.
func listGaps(c *call) (any, error) {
	gaps, err := stream.Gaps(c.db())
	if err != nil {
		return nil, err
	}
	held, err := countUpTo(c.db().Table("partner_inbox").Where("state = ?", partner.InboxHeld))
	if err != nil {
		return nil, err
	}
	out := wire.GapPage{Items: []wire.Gap{}, Held: held}
	for _, g := range gaps[:min(len(gaps), most)] {
		out.Items = append(out.Items, wire.Gap{
			Partner: g.Source, PartnerName: c.text("partner." + g.Source), Stream: g.Stream, From: g.FromSeq, To: g.ToSeq,
			FoundAt: g.FoundAt.In(models.Zone), AskedAt: local(g.AskedAt), GivenUpAt: local(g.AlarmedAt),
		})
	}
	return out, nil
}
