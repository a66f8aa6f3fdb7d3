package api

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// mayHandOver refuses who neither governs processes nor heads a unit of the person.
func (c *call) mayHandOver(person string) error {
	if c.who.may(processGovern) || c.who.may(handoverPrepare) {
		return nil
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return err
	}
	if person == a.Person { // nobody hands over for himself alone
		return refuse(http.StatusForbidden, "not-his-head")
	}
	return office.MaySetDeputy(c.db(), a, person)
}

// getHolding lists what a person holds, with who could receive it.
func getHolding(c *call) (any, error) {
	person := c.Param("id")
	if err := c.mayHandOver(person); err != nil {
		return nil, err
	}
	held, err := process.HeldBy(c.db(), person)
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	if err := d.know(person); err != nil {
		return nil, err
	}
	out := wire.Holding{Person: d.ref(person, ""), Items: []wire.HoldingItem{}}
	for _, h := range held {
		item := wire.HoldingItem{
			Task: keyText(h.Task.Key), Seat: h.Seat, Name: h.Task.Name, Matter: cmp.Or(h.Task.Project, h.Task.BusinessKey),
			Due: local(h.Task.DueAt), Back: h.Back, May: []wire.PersonRef{},
		}
		may, err := c.successors(h, person)
		if err != nil {
			return nil, err
		}
		if err := d.know(may...); err != nil {
			return nil, err
		}
		for _, id := range may {
			item.May = append(item.May, d.ref(id, ""))
		}
		if !h.Back && len(may) > 0 {
			item.To = d.maybe(may[0], "")
		}
		out.Items = append(out.Items, item)
	}
	rest, err := c.kept(d, person)
	out.Items = append(out.Items, rest...)
	return out, err
}

// successors are who may be given what somebody holds: holders of a post of his
// first, then others, fewest open tasks first (domain: access.md §7).
func (c *call) successors(h process.Held, person string) ([]string, error) {
	p, err := c.process(h.Task.Root)
	if err != nil {
		return nil, err
	}
	q := engine.Asking{Task: h.Task.Key, Operation: "reassign", Giver: c.who.Person.ID, Seat: h.Seat}
	peers, err := office.Peers(c.db(), person)
	if err != nil {
		return nil, err
	}
	load := map[string]int{}
	var may []string
	for _, r := range engine.EligibleOf(p.bundle.Program, p.state, q, engine.Thinkable(p.bundle.Program, p.state, q, p.world.Input),
		p.world.Input) {
		if !r.OK || r.Person == person {
			continue
		}
		if load[r.Person], err = process.CountInbox(c.db(), process.InboxQuery{Person: r.Person, Scope: process.ScopeMine},
			most); err != nil {
			return nil, err
		}
		may = append(may, r.Person)
	}
	other := func(id string) int {
		if slices.Contains(peers, id) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(may, func(a, b string) int { return cmp.Or(cmp.Compare(other(a), other(b)), cmp.Compare(load[a], load[b])) })
	return may, nil
}

// askHandover asks for a handover: nothing changes until a second person confirms it.
func askHandover(c *call) (any, error) {
	var in wire.HandoverRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := c.mayHandOver(in.Person); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	held, err := process.HeldBy(c.db(), in.Person)
	if err != nil {
		return nil, err
	}
	var items []process.HandoverItem
	for i, item := range in.Items {
		if item.Kind != "" {
			kept, err := c.keptItem(in.Person, i, item)
			if err != nil {
				return nil, err
			}
			items = append(items, kept)
			continue
		}
		at := slices.IndexFunc(held, func(h process.Held) bool { return keyText(h.Task.Key) == item.Task && h.Seat == item.Seat })
		switch {
		case at < 0:
			return nil, invalid().field("/items/"+strconv.Itoa(i), "not-held")
		case item.To == "" && !held[at].Back:
			return nil, invalid().field("/items/"+strconv.Itoa(i)+"/to", "person-required")
		}
		items = append(items, process.HandoverItem{Task: held[at].Task.Key, Seat: item.Seat, To: item.To})
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		until, err := c.until(tx, engine.SecondWithin)
		if err != nil {
			return reply{}, err
		}
		h, err := process.AskHandover(tx, a, in.Person, items, until)
		if err != nil {
			return reply{}, err
		}
		if err := c.tellOfHandover(tx, h); err != nil {
			return reply{}, err
		}
		w, err := c.handover(h)
		return reply{Status: http.StatusAccepted, Body: w}, err
	})
}

// decideHandover is the second person's word. Each item is a transaction of its
// own: what cannot be moved stays, and is said with its cause.
func decideHandover(c *call) (any, error) {
	in, id, a, err := c.secondWord()
	if err != nil {
		return nil, err
	}
	a.Post = c.who.postWith(processGovern)
	var h process.Handover
	if _, received, err := process.HandoverByID(c.db(), id); err != nil {
		return nil, err
	} else if may, err := c.mayDecideHandover(received); err != nil || !may {
		return nil, errors.Join(err, refuse(http.StatusForbidden, "forbidden"))
	}
	var items []process.HandoverItem
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) (err error) {
		h, items, err = process.DecideHandover(tx, a, id, in.Accept)
		return err
	})
	if err != nil || !in.Accept {
		if err != nil {
			return nil, err
		}
		return c.handover(h)
	}
	for i := range items {
		if err := c.handOver(a, h, &items[i]); err != nil {
			return nil, err
		}
	}
	h.Items = models.JSONOf(items)
	if err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error { return process.KeepHandover(tx, h.ID, items) }); err != nil {
		return nil, err
	}
	return c.handover(h)
}

// confirmsHandovers are the roles whose holders confirm a handover (domain: access.md §5, 4); the head of a receiving unit does too.
var confirmsHandovers = []string{"BUREAU_CHIEF", "BUREAU_DEPUTY"}

// mayDecideHandover reports whether the person is one of those who confirm a handover.
func (c *call) mayDecideHandover(items []process.HandoverItem) (bool, error) {
	if slices.ContainsFunc(c.who.Posts, func(p office.Post) bool { return slices.Contains(confirmsHandovers, p.Role) }) {
		return true, nil
	}
	for _, i := range items {
		if i.To == "" || i.To == c.who.Person.ID {
			continue
		}
		err := office.MaySetDeputy(c.db(), models.Acting{Person: c.who.Person.ID}, i.To)
		if err == nil {
			return true, nil
		}
		if problemOf(err).Status >= http.StatusInternalServerError {
			return false, err
		}
	}
	return false, nil
}

// tellOfHandover tells those who confirm handovers of one that waits for them.
func (c *call) tellOfHandover(tx *gorm.DB, h process.Handover) error {
	const kind = "handover-confirm"
	var persons []string
	for _, role := range confirmsHandovers {
		held, err := office.InRole(tx, role)
		if err != nil {
			return err
		}
		persons = append(persons, held...)
	}
	d, err := c.directory()
	if err != nil {
		return err
	}
	if err := d.know(h.Person); err != nil {
		return err
	}
	persons = slices.DeleteFunc(persons, func(id string) bool { return id == h.AskedBy || id == h.Person })
	return office.Tell(tx, office.Notification{
		Cause: kind + ":" + keyText(h.ID), Kind: kind, Subject: "handover:" + h.Person, CreatedAt: c.now,
		Args: models.JSONOf(map[string]string{"who": c.who.Person.Name, "whoEn": c.who.Person.NameEn, "person": d.ref(h.Person, "").Name}),
	}, persons...)
}

// handOver moves one item in the name of who confirms.
func (c *call) handOver(a models.Acting, h process.Handover, item *process.HandoverItem) error {
	if item.Kind != "" {
		return c.handKept(a, h, item)
	}
	t, err := process.TaskByKey(c.db(), item.Task)
	if err != nil {
		return err
	}
	actor := c.actor(a)
	actor.Admin = true // who may confirm it is asked before
	ev := engine.Event{
		Type: engine.Operate, Key: t.Key, Operation: "reassign", To: item.To, Seat: item.Seat, Actor: actor, Reason: h.Reason,
	}
	if item.To == "" {
		ev.Operation, ev.Seat = "unclaim", 0
	}
	a.Reason, a.Event = h.Reason, "u:"+a.Person+":handover-"+keyText(h.ID)+"-"+keyText(item.Task)+"-"+strconv.Itoa(item.Seat)
	_, err = c.move(move{Root: t.Root, Name: ev.Operation, Event: ev, Acting: a})
	if err == nil {
		item.Done = true
		if item.To == "" {
			return nil
		}
		return c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error { return process.HandTaskDraft(tx, a, t.Key, h.Person, item.To) })
	}
	p := problemOf(err)
	if p.Status >= http.StatusInternalServerError {
		return err
	}
	item.Why = p.Slug
	return nil
}

// listHandovers are those of a person, or all that wait for a second one.
func listHandovers(c *call) (any, error) {
	person := c.Query("person")
	if person != "" {
		if err := c.mayHandOver(person); err != nil {
			return nil, err
		}
	}
	all, err := process.HandoversOf(c.db(), person, most)
	if err != nil {
		return nil, err
	}
	if person == "" && !c.who.may(processGovern) { // then those that he has asked for
		all = slices.DeleteFunc(all, func(h process.Handover) bool { return h.AskedBy != c.who.Person.ID && !c.confirmsHandover(h) })
	}
	out := wire.Handovers{Items: []wire.Handover{}}
	for _, h := range all {
		w, err := c.handover(h)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

// confirmsHandover reports whether the person may confirm a handover that is listed.
func (c *call) confirmsHandover(h process.Handover) bool {
	var items []process.HandoverItem
	if h.Items.Into(&items) != nil {
		return false
	}
	may, err := c.mayDecideHandover(items)
	return err == nil && may
}

// handedTask is name and matter of a task that is handed over.
func (c *call) handedTask(key int64) (name, matter string, err error) {
	t, err := process.TaskByKey(c.db(), key)
	return t.Name, cmp.Or(t.Project, t.BusinessKey), err
}

func (c *call) handover(h process.Handover) (wire.Handover, error) {
	w := wire.Handover{
		ID: keyText(h.ID), Reason: h.Reason, AskedAt: h.AskedAt.In(models.Zone), State: h.State, Items: []wire.HandoverItem{},
		ExpiresAt: local(h.ExpiresAt), Note: h.Note,
	}
	if h.State == process.ConfirmationWaiting && h.Over(c.now) {
		w.State = process.ConfirmationExpired
	}
	var items []process.HandoverItem
	if err := h.Items.Into(&items); err != nil {
		return w, err
	}
	d, err := c.directory()
	if err != nil {
		return w, err
	}
	ids := []string{h.Person, h.AskedBy, h.DecidedBy}
	for _, i := range items {
		ids = append(ids, i.To)
	}
	if err := d.know(ids...); err != nil {
		return w, err
	}
	w.Person, w.AskedBy, w.DecidedBy = d.ref(h.Person, ""), d.ref(h.AskedBy, ""), d.maybe(h.DecidedBy, "")
	may, err := c.mayDecideHandover(items)
	if err != nil {
		return w, err
	}
	w.MayConfirm = may && w.State == process.ConfirmationWaiting && h.AskedBy != c.who.Person.ID && h.Person != c.who.Person.ID &&
		!slices.ContainsFunc(items, func(i process.HandoverItem) bool { return i.To == c.who.Person.ID })
	for _, i := range items {
		item := wire.HandoverItem{Kind: i.Kind, Task: keyText(i.Task), Seat: i.Seat, To: d.maybe(i.To, ""), Done: i.Done, Why: i.Why}
		if i.Kind != "" {
			item.Name, item.Matter, err = c.keptName(d, i)
		} else {
			item.Name, item.Matter, err = c.handedTask(i.Task)
		}
		if err != nil {
			return w, err
		}
		if i.Why != "" {
			item.Reason = c.text(i.Why)
		}
		w.Items = append(w.Items, item)
	}
	return w, nil
}
