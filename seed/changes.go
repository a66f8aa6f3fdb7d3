package seed

import (
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/api/wire"
)

// changeOf says by how many percent of the approval a change moves the first line, and whether the goal changes.
var changeOf = map[string]struct {
	percent int64
	goal    string
}{"minor": {1, "no"}, "filing": {-6, "no"}, "anew": {3, "yes"}}

// changeAsked is the request of a change; one that nobody chose moves the end by a month.
func changeAsked(s Scene) fields {
	out := fields{
		"act": "send", "contractNo": s.Task.Data["contractNo"], "reason": "建设中发现原方案未覆盖防汛会商场景，经各方会商一致，需要调整建设内容与工作量。",
		"sameSubject": "yes", "goalChanged": "no", "kind": "schedule", "days": 30, "lines": []any{},
	}
	if change, ok := changeOf[s.Change]; ok {
		old := s.lineNow()
		delta := money(s.Now.Totals.Approved).Mul(decimal.New(change.percent, -2)).Round(2)
		out["kind"], out["goalChanged"] = "content", change.goal
		delete(out, "days")
		out["lines"] = []any{
			fields{"lineNo": 1, "name": s.Lines[0].Name, "old": old.StringFixed(2), "new": old.Add(delta).StringFixed(2), "note": "调整功能点"},
		}
	}
	return with(out, "documents", s.file("变更申请与依据"))
}

// lineNow is what the first line comes to: as the newest change has it, else as reviewed.
func (s Scene) lineNow() decimal.Decimal {
	for _, c := range slices.Backward(s.Changes) {
		if c.State == "ADOPTED" && len(c.Lines) > 0 {
			return money(c.Lines[0].New)
		}
	}
	return s.Lines[0].Reviewed
}

// changed begins the next of the changes that were chosen, once the construction is on its way and
// none is open; the construction waits for them. False: there is nothing to begin.
func (l *life) changed(ctx context.Context, now wire.Project) (bool, error) {
	if now.Stage != "BUILDING" || len(l.changes) == 0 && !l.holds {
		return false, nil
	}
	clerk, err := l.as(ctx, "APPLY_CLERK", now.Dept)
	if err != nil {
		return false, err
	}
	var all wire.Changes
	if err := clerk.Get(ctx, "/api/v1/projects/"+l.Code+"/changes", &all); err != nil {
		return false, err
	}
	if l.holds = !all.MayBegin || len(l.changes) > 0; !all.MayBegin || len(l.changes) == 0 {
		return false, nil
	}
	l.change, l.changes = l.changes[0], l.changes[1:]
	key := fmt.Sprintf("play-%s-change-%d", l.Code, len(all.Items)+1)
	return true, clerk.Post(ctx, "/api/v1/projects/"+l.Code+"/changes", key, wire.ChangeBegin{}, nil)
}

// lost lets the procurement bureau cancel the award of a package whose contract is drafted and not signed.
func (l *life) lost(ctx context.Context, now wire.Project) (bool, error) {
	if len(l.losing) == 0 || money(now.Totals.Issued).IsZero() {
		return false, nil
	}
	packages, err := l.packages(ctx)
	if err != nil {
		return false, err
	}
	for _, p := range packages.Items {
		i := slices.Index(l.losing, p.No)
		if i < 0 || p.Contract == nil || p.Contract.State != "draft" {
			continue
		}
		l.losing = slices.Delete(l.losing, i, i+1)
		data := fields{"package_no": p.No, "section_code": l.Code + "-" + p.No, "reason_code": "违规", "at": l.today}
		return true, l.register(ctx, fact{no: 900 + len(l.losing), OfflineInput: wire.OfflineInput{
			Partner: "procurement", EventType: "procurement.failed", Project: l.Code, OccurredOn: l.today, Data: data,
			Reason: "中标被宣布无效，按公告补录",
		}})
	}
	return false, nil
}

func (l *life) packages(ctx context.Context) (all wire.Packages, err error) {
	c, err := l.viewer(ctx)
	if err != nil {
		return all, err
	}
	return all, c.Get(ctx, "/api/v1/projects/"+l.Code+"/packages", &all)
}

// contracted tells a scene the terms of the contract that a payment is for, and the changes of the project.
func (l *life) contracted(ctx context.Context, s *Scene) error {
	c, err := l.viewer(ctx)
	if err != nil {
		return err
	}
	var all wire.Changes
	if err := c.Get(ctx, "/api/v1/projects/"+l.Code+"/changes", &all); err != nil {
		return err
	}
	s.Changes, s.Change = all.Items, l.change
	packages, err := l.packages(ctx)
	if err != nil {
		return err
	}
	s.Buys(packages)
	return nil
}

// Buys tells the scene what its project buys, and the terms of the contract that its task is about.
func (s *Scene) Buys(packages wire.Packages) {
	s.Packages = packages.Items
	contracts := packages.Others
	for _, p := range packages.Items {
		if p.Contract != nil {
			contracts = append(contracts, *p.Contract)
		}
	}
	for _, k := range contracts {
		if k.No == s.Task.Data["contractNo"] || len(contracts) == 1 {
			s.Terms = k.Terms
		}
	}
}
