package api

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

// kept lists what a person holds beside tasks: drafts of matters, which go to who
// holds the same post or heads the unit, and deputyships, which end.
func (c *call) kept(d *directory, person string) ([]wire.HoldingItem, error) {
	var out []wire.HoldingItem
	drafts, err := process.StartDraftsOf(c.db(), person)
	if err != nil {
		return nil, err
	}
	if len(drafts) > 0 {
		may, err := office.Heirs(c.db(), person)
		if err != nil {
			return nil, err
		}
		if err := d.know(may...); err != nil {
			return nil, err
		}
		for _, draft := range drafts {
			item := wire.HoldingItem{
				Kind: process.HandDraft, Task: keyText(draft.ID), Name: c.processNamed(draft.Process), Matter: c.text("handover.draft"),
				May: []wire.PersonRef{},
			}
			for _, id := range may {
				item.May = append(item.May, d.ref(id, ""))
			}
			if len(may) > 0 {
				item.To = d.maybe(may[0], "")
			}
			out = append(out, item)
		}
	}
	rows, err := c.openDeputyships(person)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		name, err := c.deputyshipName(d, row)
		if err != nil {
			return nil, err
		}
		out = append(out, wire.HoldingItem{
			Kind: process.HandDeputyship, Task: keyText(row.ID), Name: name, Matter: c.text("handover.deputyship"), Back: true,
			Due: local(new(row.Until())), May: []wire.PersonRef{},
		})
	}
	return out, nil
}

// processNamed is the name of a deployed process, or its id.
func (c *call) processNamed(id string) string {
	def, err := process.NewestDefinition(c.db(), id)
	switch {
	case err != nil:
		return id
	case c.lang == texts.English && def.NameEn != "":
		return def.NameEn
	}
	return def.Name
}

// openDeputyships are those that a person has given or taken and that have not ended.
func (c *call) openDeputyships(person string) ([]office.Deputyship, error) {
	all, err := office.DeputyshipsOf(c.db(), person, most)
	return slices.DeleteFunc(all, func(d office.Deputyship) bool { return !d.Until().After(c.now) }), err
}

func (c *call) deputyshipName(d *directory, row office.Deputyship) (string, error) {
	if err := d.know(row.Principal, row.Deputy); err != nil {
		return "", err
	}
	return c.text("handover.stands", "deputy", d.ref(row.Deputy, "").Name, "principal", d.ref(row.Principal, "").Name), nil
}

// keptItem checks one that is asked for: the person has it, and the receiver may get it.
func (c *call) keptItem(person string, at int, in wire.HandoverItemInput) (process.HandoverItem, error) {
	item := process.HandoverItem{Kind: in.Kind, To: in.To}
	place := "/items/" + strconv.Itoa(at)
	id, err := strconv.ParseInt(in.Task, 10, 64)
	if err != nil {
		return item, invalid().field(place+"/task", "not-held")
	}
	item.Task = id
	if in.Kind == process.HandDeputyship {
		rows, err := c.openDeputyships(person)
		if err != nil {
			return item, err
		}
		if item.To = ""; !slices.ContainsFunc(rows, func(d office.Deputyship) bool { return d.ID == id }) {
			return item, invalid().field(place, "not-held")
		}
		return item, nil
	}
	drafts, err := process.StartDraftsOf(c.db(), person)
	if err != nil {
		return item, err
	}
	may, err := office.Heirs(c.db(), person)
	switch {
	case err != nil:
		return item, err
	case !slices.ContainsFunc(drafts, func(d process.StartDraft) bool { return d.ID == id }):
		return item, invalid().field(place, "not-held")
	case in.To == "":
		return item, invalid().field(place+"/to", "person-required")
	case !slices.Contains(may, in.To):
		return item, notEligible(in.To, "post-not-held").
			field(place+"/to", "handover-not-heir", "person", in.To)
	}
	return item, nil
}

// handKept moves one that is no task, in a transaction of its own.
func (c *call) handKept(a models.Acting, h process.Handover, item *process.HandoverItem) error {
	a.Reason, a.Event = h.Reason, "u:"+a.Person+":handover-"+keyText(h.ID)+"-"+item.Kind+"-"+keyText(item.Task)
	err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		if item.Kind == process.HandDraft {
			return process.HandStartDraft(tx, a, item.Task, h.Person, item.To)
		}
		row, err := office.CutDeputyship(tx, a, item.Task)
		if err != nil {
			return err
		}
		if err := process.ReseatOf(tx, c.now, row.Deputy); err != nil {
			return err
		}
		return c.tellDeputyship(tx, "deputyship-ended", row)
	})
	if err == nil {
		item.Done = true
		return nil
	}
	p := problemOf(err)
	if p.Status >= http.StatusInternalServerError {
		return err
	}
	item.Why = p.Slug
	return nil
}

// keptName says what an item that is no task is, also when it is gone.
func (c *call) keptName(d *directory, i process.HandoverItem) (name, matter string, err error) {
	if i.Kind == process.HandDeputyship {
		var row office.Deputyship
		if err := c.db().Where("id = ?", i.Task).Limit(1).Find(&row).Error; err != nil || row.ID == 0 {
			return keyText(i.Task), c.text("handover.deputyship"), err
		}
		name, err := c.deputyshipName(d, row)
		return name, c.text("handover.deputyship"), err
	}
	var draft process.StartDraft
	if err := c.db().Where("id = ?", i.Task).Limit(1).Find(&draft).Error; err != nil {
		return "", "", err
	}
	return cmp.Or(c.processNamed(draft.Process), keyText(i.Task)), c.text("handover.draft"), nil
}
