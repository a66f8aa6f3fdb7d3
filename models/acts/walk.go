package acts

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/campaign"
	"github.com/quancheng/quancheng/models/process"
)

// BeginCampaign begins a campaign and the participation of each of its units.
func BeginCampaign(tx *gorm.DB, a models.Acting, c campaign.Campaign, units []string) (campaign.Campaign, error) {
	c, err := campaign.Create(tx, a, c, units)
	if err != nil {
		return c, err
	}
	vars := map[string]any{"campaign": c.ID, "campaignName": c.Name, "startsOn": string(c.StartsOn), "endsOn": string(c.EndsOn)}
	c.Root, _, err = process.Begin(tx, a, process.Beginning{Process: campaign.Process, BusinessKey: c.ID, Variables: models.JSONOf(vars)})
	if err != nil {
		return c, err
	}
	roots := map[string]int64{}
	for _, unit := range units {
		vars["unit"], vars["participation"] = unit, campaign.UnitKey(c.ID, unit)
		b := process.Beginning{
			Process: campaign.UnitProcess, BusinessKey: campaign.UnitKey(c.ID, unit), Dept: unit, Variables: models.JSONOf(vars),
		}
		if roots[unit], _, err = process.Begin(tx, a, b); err != nil {
			return c, err
		}
	}
	return c, campaign.KeepRoots(tx, c.ID, c.Root, roots)
}

// RecordWalk keeps a walk and raises a rectification for each issue that it has
// found. The same event again is the same walk: nothing is recorded twice.
func RecordWalk(tx *gorm.DB, a models.Acting, r campaign.Record) (campaign.Walk, error) {
	if w, there, err := campaign.RecordedAs(tx, a.Event); err != nil || there {
		return w, err
	}
	if err := checkIssues(r); err != nil {
		return campaign.Walk{}, err
	}
	w, complete, err := campaign.Save(tx, a, r)
	if err != nil {
		return w, err
	}
	var numbers []string
	for n, i := range r.Issues {
		x, err := Raise(
			tx, a,
			Finding{
				Title: i.Title, Description: i.Description, OwnerDept: i.OwnerUnit, Severity: i.Severity, Source: "walk", FoundOn: r.On,
				Item: r.Item,
			},
		)
		if err != nil {
			return w, inIssue(n, err)
		}
		if err := campaign.KeepIssue(tx, w, n+1, i.Kind, x.No); err != nil {
			return w, err
		}
		numbers = append(numbers, x.No)
	}
	if err := issueWalk(tx, a, w, r, numbers); err != nil {
		return w, err
	}
	if complete {
		return w, tellComplete(tx, a, w.Campaign, w.Unit)
	}
	return w, nil
}

func checkIssues(r campaign.Record) error {
	f := models.Refuse("invalid-data")
	for n, i := range r.Issues {
		if len([]rune(strings.TrimSpace(i.Title))) < 4 {
			f.Field(fmt.Sprintf("/issues/%d/title", n), "required")
		}
		if !slices.Contains(campaign.Kinds, i.Kind) {
			f.Field(fmt.Sprintf("/issues/%d/kind", n), "not-an-option", "options", strings.Join(campaign.Kinds, ", "))
		}
	}
	return f.OrNil()
}

// inIssue moves what is wrong with a finding to the issue that it was made of.
func inIssue(n int, err error) error {
	if r, ok := err.(*models.Refusal); ok { //nolint:errorlint // as Raise returns it
		for i := range r.Fields {
			r.Fields[i].Pointer = fmt.Sprintf("/issues/%d%s", n, strings.Replace(r.Fields[i].Pointer, "/ownerDept", "/ownerUnit", 1))
		}
	}
	return err
}

// DropItem takes an item off a unit's list, which may complete the unit.
func DropItem(tx *gorm.DB, a models.Acting, id string, item int64) (campaign.Item, error) {
	i, err := campaign.Drop(tx, a, id, item)
	if err != nil {
		return i, err
	}
	complete, err := campaign.Settle(tx, a, id, i.Unit)
	if err != nil || !complete {
		return i, err
	}
	return i, tellComplete(tx, a, id, i.Unit)
}

// tellComplete wakes the participation, and with the last one the campaign.
func tellComplete(tx *gorm.DB, a models.Acting, id, unit string) error {
	key := campaign.UnitKey(id, unit)
	if err := process.SendMessage(tx, a, "complete:"+key, campaign.MessageUnit, key, nil); err != nil {
		return err
	}
	all, err := campaign.AllComplete(tx, id)
	if err != nil || !all {
		return err
	}
	return process.SendMessage(tx, a, "complete:"+id, campaign.MessageWalked, id, nil)
}
