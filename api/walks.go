package api

import (
	"net/http"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/campaign"
)

// recordWalk keeps a walk. A phone that was without a network sends it later,
// under the Idempotency-Key that it made when the walk was recorded: once.
func recordWalk(c *call) (any, error) {
	var in wire.WalkInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting(in.Post, in.BusinessDate, strings.TrimSpace(in.WhyNot))
	if err != nil {
		return nil, err
	}
	r := campaign.Record{
		Campaign: in.Campaign, Item: in.Item, Role: in.Role, Channel: in.Channel, On: models.Date(in.On), GuideVersion: in.GuideVersion,
		Result:   in.Result,
		TicketNo: strings.TrimSpace(in.TicketNo), Proof: in.Proof, NoIssue: in.NoIssue, WhyNot: in.WhyNot,
	}
	for _, s := range in.Steps {
		r.Steps = append(r.Steps, campaign.Step(s))
	}
	for _, i := range in.Issues {
		r.Issues = append(r.Issues, campaign.Issue(i))
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		w, err := acts.RecordWalk(tx, a, r)
		if err != nil {
			return reply{}, err
		}
		rows, _, err := campaign.Walks(tx, campaign.WalkFilter{Campaign: w.Campaign, ID: w.ID})
		if err != nil {
			return reply{}, err
		}
		all, err := c.walks(tx, rows)
		if err != nil {
			return reply{}, err
		}
		return reply{Status: http.StatusCreated, Body: all[0]}, nil
	})
}

func listWalks(c *call) (any, error) {
	items, next, err := c.walkPage(c.Param("id"), c.Query("cursor"), c.limit())
	return wire.WalkPage{Items: items, Next: next}, err
}

func (c *call) walkPage(id, cursor string, limit int) ([]wire.Walk, string, error) {
	if _, err := campaign.Find(c.db(), id); err != nil {
		return nil, "", err
	}
	f := campaign.WalkFilter{
		Campaign: id, Unit: c.Query("unit"), Units: c.sightOfWalks(), Late: c.Query("late") == "true",
		Substitute: c.Query("substitute") == "true", Uncounted: c.Query("uncounted") == "true", Sort: c.Query("sort"), Cursor: cursor,
		Limit: limit,
	}
	if text := c.Query("item"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, "", invalid().field("query/item", "field.format")
		}
		f.Item = n
	}
	rows, next, err := campaign.Walks(c.db(), f)
	if err != nil {
		return nil, "", err
	}
	items, err := c.walks(c.db(), rows)
	return items, next, err
}

func (c *call) walks(tx *gorm.DB, rows []campaign.WalkRow) ([]wire.Walk, error) {
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	var people []string
	var ids []int64
	for _, w := range rows {
		people, ids = append(people, w.Walker), append(ids, w.ID)
	}
	if err := d.know(people...); err != nil {
		return nil, err
	}
	issues, err := campaign.WalkIssues(tx, ids...)
	if err != nil {
		return nil, err
	}
	out := []wire.Walk{}
	for _, r := range rows {
		w := wire.Walk{
			ID: keyText(
				r.ID,
			), Campaign: r.Campaign, Unit: r.Unit, UnitName: d.dept(r.Unit), Item: r.Item, ItemName: r.ItemName,
			Walker: d.ref(r.Walker, ""), IsDirector: r.IsDirector,
			WhyNot: r.WhyNot, Role: r.Role, Channel: r.Channel, On: string(r.OnDate), Minutes: r.Minutes, Visits: r.Visits,
			GuideVersion: r.GuideVersion, Extra: names(r.Extra),
			ExtraSteps: r.ExtraSteps, ExtraVisits: r.ExtraVisits, Result: r.Result, TicketNo: r.TicketNo, Proof: names(r.Proof),
			NoIssue: r.NoIssue,
			Issues: append(
				[]string{},
				issues[r.ID]...), Counted: r.Counted, DueOn: r.DueOn, Late: r.Late, RecordedOn: r.RecordedOn,
			RecordedAt: r.RecordedAt.In(models.Zone), Backfilled: r.Backfilled,
			Paper: r.Paper,
		}
		if err := r.Steps.Into(&w.Steps); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}
