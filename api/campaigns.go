package api

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/campaign"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/rules"
)

// usually sets the limits of a campaign to what the rules in force say of them (W03, W04, R09).
func usually(tx *gorm.DB, on models.Date, k *campaign.Campaign) error {
	k.LateDays, k.Substitutes, k.UrgeAfter = 5, 20, 20 // of a county without rules
	pack, err := rules.PackOn(tx, on)
	if errors.Is(err, rules.ErrNoPack) {
		return nil
	}
	if err != nil {
		return err
	}
	tree, err := pack.Tree()
	if err != nil {
		return err
	}
	for _, of := range []struct {
		rule, key string
		percent   bool
		to        *int
	}{{"W03", "days", false, &k.LateDays}, {"W04", "share", true, &k.Substitutes}, {"R09", "walks", false, &k.UrgeAfter}} {
		n, err := decimal.NewFromString(tree[of.rule][of.key].String())
		if err != nil {
			continue // the pack says nothing of it
		}
		if of.percent {
			n = n.Shift(2)
		}
		*of.to = int(n.IntPart())
	}
	return nil
}

func listCampaigns(c *call) (any, error) {
	all, err := campaign.Campaigns(c.db())
	out := wire.CampaignList{Items: []wire.Campaign{}}
	for _, k := range all {
		out.Items = append(out.Items, c.campaignOf(k))
	}
	return out, err
}

func (c *call) campaignOf(k campaign.Campaign) wire.Campaign {
	w := wire.Campaign{
		ID: k.ID, Name: k.Name, StartsOn: string(k.StartsOn), EndsOn: string(k.EndsOn), Goal: k.Goal, State: k.State, LateDays: k.LateDays,
		Substitutes: k.Substitutes,
		UrgeAfter:   k.UrgeAfter, Summary: k.Summary, MayOrganise: c.who.may(campaignOrganise) && k.State == campaign.Running,
	}
	if k.Root != 0 {
		w.InstanceKey = keyText(k.Root)
	}
	return w
}

func createCampaign(c *call) (any, error) {
	var in wire.CampaignInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", in.BusinessDate, "")
	if err != nil {
		return nil, err
	}
	k := campaign.Campaign{
		Name: in.Name, StartsOn: models.Date(in.StartsOn), EndsOn: models.Date(in.EndsOn), Goal: in.Goal,
	}
	if err := usually(c.db(), a.On(), &k); err != nil {
		return nil, err
	}
	for from, to := range map[*int]*int{in.LateDays: &k.LateDays, in.Substitutes: &k.Substitutes, in.UrgeAfter: &k.UrgeAfter} {
		if from != nil {
			*to = *from
		}
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		k, err := acts.BeginCampaign(tx, a, k, in.Units)
		if err != nil {
			return reply{}, err
		}
		page, err := c.campaignPage(tx, k)
		return reply{Status: http.StatusCreated, Header: map[string]string{"Location": "/api/v1/campaigns/" + k.ID}, Body: page}, err
	})
}

// getCampaign is the live page: every unit with what is to be asked of it, and the sums.
func getCampaign(c *call) (any, error) {
	k, err := campaign.Find(c.db(), c.Param("id"))
	if err != nil {
		return nil, err
	}
	return c.campaignPage(c.db(), k)
}

func (c *call) campaignPage(tx *gorm.DB, k campaign.Campaign) (wire.Campaign, error) {
	out := c.campaignOf(k)
	days, err := calendar.Newest(tx)
	if err != nil {
		return out, err
	}
	inForce, err := commands.RulesOn(tx, models.DateOf(c.now))
	if err != nil {
		return out, err
	}
	rows, err := campaign.Live(tx, k, models.DateOf(c.now), days, inForce)
	out.Units, out.Total = unitsOf(rows)
	return out, err
}

// unitsOf are the rows of units and their sums.
func unitsOf(rows []campaign.Progress) ([]wire.CampaignUnit, *wire.CampaignProgress) {
	out := []wire.CampaignUnit{}
	sum := wire.CampaignProgress{CampaignCounts: countsOf(campaign.Sum(rows)), Units: len(rows)}
	for _, p := range rows {
		out = append(out, wire.CampaignUnit{
			CampaignCounts: countsOf(p.Counts), Unit: p.Unit, Name: p.Name, ListState: p.ListState, Complete: p.Complete,
			CompletedOn: p.CompletedOn, Behind: p.Behind(), TooManySubst: p.TooManySubst, NothingFound: p.NothingFound,
			ExpectedOn: p.ExpectedOn, WorkdaysBehind: p.WorkdaysBehind, SecondLook: p.SecondLook,
		})
		if p.Walks > 0 {
			sum.UnitsWalked++
		}
		if p.Complete {
			sum.Complete++
		}
	}
	return out, &sum
}

func countsOf(n campaign.Counts) wire.CampaignCounts {
	return wire.CampaignCounts{
		Planned: n.Planned, Walked: n.Walked, Walks: n.Walks, Late: n.Late, Substitutes: n.Substitutes, Found: n.Found,
		Rectified: n.Rectified, Referred: n.Referred, Open: n.Open, MaterialsCut: n.MaterialsCut, StepsCut: n.StepsCut,
		DaysCut: tenths(n.DaysCut),
	}
}

func tenths(n int) string { return decimal.New(int64(n), -1).StringFixed(1) }

// sightOfWalks are the units whose walks the person may read; nil: all. Totals
// are open to all who take part, walks to their own unit (domain/access.md §2.4).
func (c *call) sightOfWalks() []string {
	units := []string{}
	for _, p := range c.who.Posts {
		if slices.Contains([]string{"ORGANISER", "COUNTY_LEADER", "AUDITOR", "RECT_VERIFIER"}, p.Role) || slices.Contains(heads, p.Role) {
			return nil
		}
		units = append(units, p.DeptID)
	}
	return units
}

func (c *call) seesWalksOf(unit string) bool {
	units := c.sightOfWalks()
	return units == nil || slices.Contains(units, unit)
}

func listCampaignItems(c *call) (any, error) {
	if _, err := campaign.FindUnit(c.db(), c.Param("id"), c.Param("unit")); err != nil {
		return nil, err
	}
	if !c.seesWalksOf(c.Param("unit")) {
		return nil, notFound()
	}
	return c.campaignItems(c.db())
}

func (c *call) campaignItems(tx *gorm.DB) (any, error) {
	rows, next, err := campaign.Items(tx, campaign.ItemFilter{
		Campaign: c.Param("id"), Unit: c.Param("unit"), Left: c.Query("left") == "true",
		Sort: c.Query("sort"), Cursor: c.Query("cursor"), Limit: c.limit(),
	})
	if err != nil {
		return nil, err
	}
	out := wire.CampaignItemPage{Items: []wire.CampaignItem{}, Next: next}
	for _, r := range rows {
		w := wire.CampaignItem{
			ID: keyText(
				r.ID,
			), Unit: r.Unit, Item: r.Item.Item, Name: r.Name, Version: r.Version, Materials: names(r.Materials), Steps: names(r.Steps),
			Visits:    r.Visits,
			LegalDays: r.LegalDays, PromisedDays: r.PromisedDays, GuideVersion: r.GuideVersion, BookedOn: r.BookedOn,
			BookedFor: r.BookedFor, Walked: r.CountedWalk != 0, Dropped: r.Dropped,
		}
		if r.ValidTo != "" && r.ValidTo <= string(models.DateOf(c.now)) {
			w.Ended = r.ValidTo
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

func putCampaignItems(c *call) (any, error) {
	var in wire.CampaignItemsInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	unit := c.Param("unit")
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	if !a.Holds(office.PostID("WALK_COORDINATOR", unit)) {
		return nil, refuse(http.StatusForbidden, "not-your-department")
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if _, err := campaign.PutList(tx, a, c.Param("id"), unit, in.Items); err != nil {
			return reply{}, err
		}
		page, err := c.campaignItems(tx)
		return reply{Status: http.StatusOK, Body: page}, err
	})
}

// onItem runs a command on one item of a list, and answers with the list's first page around it.
func onItem(do func(c *call, tx *gorm.DB, a models.Acting, i campaign.Item, in wire.CampaignItemAct) (campaign.Item, error)) handler {
	return func(c *call) (any, error) {
		var in wire.CampaignItemAct
		if err := c.decode(&in); err != nil {
			return nil, err
		}
		key, err := c.key("item")
		if err != nil {
			return nil, err
		}
		i, err := campaign.FindItem(c.db(), c.Param("id"), key)
		if err != nil {
			return nil, err
		}
		a, err := c.acting("", "", strings.TrimSpace(in.Reason))
		if err != nil {
			return nil, err
		}
		return c.once(func(tx *gorm.DB) (reply, error) {
			i, err := do(c, tx, a, i, in)
			w := wire.CampaignItem{
				ID: keyText(i.ID), Unit: i.Unit, Item: i.Item, Name: i.Name, Version: i.Version, Materials: []string{}, Steps: []string{},
				BookedOn: i.BookedOn, BookedFor: i.BookedFor, Walked: i.CountedWalk != 0, Dropped: i.Dropped,
			}
			return reply{Status: http.StatusOK, Body: w}, err
		})
	}
}

var bookItem = onItem(func(_ *call, tx *gorm.DB, a models.Acting, i campaign.Item, in wire.CampaignItemAct) (campaign.Item, error) {
	if !a.Holds(office.PostID("WALK_COORDINATOR", i.Unit)) && !a.Holds(office.PostID("WALKER", i.Unit)) {
		return i, models.Refuse("not-your-department", "dept", i.Unit)
	}
	return campaign.Book(tx, a, i.Campaign, i.ID, models.Date(in.On), in.Person)
})

var dropItem = onItem(func(_ *call, tx *gorm.DB, a models.Acting, i campaign.Item, _ wire.CampaignItemAct) (campaign.Item, error) {
	return acts.DropItem(tx, a, i.Campaign, i.ID)
})

// lookAgain notes what the organiser found where a unit finds nothing (R09).
func lookAgain(c *call) (any, error) {
	var in wire.CampaignItemAct
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if len([]rune(strings.TrimSpace(in.Found))) < minReason {
		return nil, invalid().field("/found", "reason-required", "limit", strconv.Itoa(minReason))
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		k, err := campaign.Find(tx, c.Param("id"))
		if err != nil {
			return reply{}, err
		}
		page, err := c.campaignPage(tx, k)
		if err != nil {
			return reply{}, err
		}
		unit := c.Param("unit")
		// Nobody notes it beforehand, so that the rule stays silent.
		if slices.ContainsFunc(page.Units, func(u wire.CampaignUnit) bool { return u.Unit == unit && !u.NothingFound }) {
			return reply{}, models.Refuse("look-not-asked")
		}
		if err := campaign.LookAgain(tx, a, k.ID, unit, strings.TrimSpace(in.Found)); err != nil {
			return reply{}, err
		}
		page, err = c.campaignPage(tx, k)
		return reply{Status: http.StatusOK, Body: page}, err
	})
}

func listCampaignIssues(c *call) (any, error) {
	if _, err := campaign.Find(c.db(), c.Param("id")); err != nil {
		return nil, err
	}
	rows, err := campaign.Issues(c.db(), c.Param("id"), c.Query("unit"))
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	out := wire.CampaignIssues{Items: []wire.CampaignIssue{}}
	for _, r := range rows {
		if state := c.Query("state"); !c.seesWalksOf(r.Unit) || state != "" && state != r.State {
			continue
		}
		out.Items = append(out.Items, wire.CampaignIssue{
			No: r.Issue, Unit: r.Unit, UnitName: d.dept(r.Unit), Walk: keyText(r.Walk), Kind: r.Kind, Title: r.Title,
			OwnerUnit: r.OwnerDept, State: r.State,
			FoundOn: string(
				r.FoundOn,
			), ClosedOn: string(r.ClosedOn), MaterialsCut: r.MaterialsCut, StepsCut: r.StepsCut, DaysCut: tenths(r.DaysCut),
		})
	}
	return out, err
}

func listBulletins(c *call) (any, error) {
	if _, err := campaign.Find(c.db(), c.Param("id")); err != nil {
		return nil, err
	}
	all, err := campaign.Bulletins(c.db(), c.Param("id"))
	if err != nil {
		return nil, err
	}
	out := wire.Bulletins{Items: []wire.Bulletin{}}
	for _, b := range all {
		w, err := bulletinOf(b)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

func bulletinOf(b campaign.Bulletin) (wire.Bulletin, error) {
	var rows []campaign.Progress
	if err := b.Body.Into(&rows); err != nil {
		return wire.Bulletin{}, fmt.Errorf("bulletin %d of %s: %w", b.No, b.Campaign, err)
	}
	units, _ := unitsOf(rows)
	return wire.Bulletin{No: b.No, On: string(b.OnDate), At: b.At.In(models.Zone), Units: units}, nil
}

func publishBulletin(c *call) (any, error) {
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		k, err := campaign.Find(tx, c.Param("id"))
		if err != nil {
			return reply{}, err
		}
		days, err := calendar.Newest(tx)
		if err != nil {
			return reply{}, err
		}
		inForce, err := commands.RulesOn(tx, a.On())
		if err != nil {
			return reply{}, err
		}
		b, err := campaign.Publish(tx, a, k, days, inForce)
		if err != nil {
			return reply{}, err
		}
		w, err := bulletinOf(b)
		return reply{Status: http.StatusCreated, Body: w}, err
	})
}
