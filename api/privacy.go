package api

import (
	"net/http"
	"strconv"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/privacy"
)

// privacyLists are the newest lists that the page shows.
const privacyLists = 50

const personalOfficer = "PI_OFFICER"

// asOfficer refuses the office where somebody is the personal information officer.
func (c *call) asOfficer() error {
	stands := true
	for _, p := range c.who.Posts {
		for _, role := range office.Expand(c.who.sets, p.Role) {
			stands = stands && role != personalOfficer
		}
	}
	if !stands {
		return nil
	}
	there, err := office.InRole(c.db(), personalOfficer)
	if err == nil && len(there) > 0 {
		return refuse(http.StatusForbidden, "privacy-officer-there")
	}
	return err
}

// getPrivacy is the inventory, with the numbers of what is due, the holds and the lists.
func getPrivacy(c *call) (any, error) {
	tx := c.db()
	cutoff, years, err := privacy.Cutoff(tx, c.now)
	if err != nil {
		return nil, err
	}
	due, kept, err := privacy.Due(tx, "", c.now)
	if err != nil {
		return nil, err
	}
	out := wire.Privacy{
		Years: years, Cutoff: string(cutoff), Kinds: []wire.PrivacyKind{}, Holds: []wire.LegalHold{}, Lists: []wire.PrivacyList{},
		MayErase: c.who.may(privacyErase) && c.asOfficer() == nil, MayHold: c.who.may(privacyHold), MayDecide: c.who.may(privacyDecide),
	}
	counted := map[string]bool{}
	for _, k := range privacy.Inventory {
		n, err := k.CountOf(tx)
		if err != nil {
			return nil, err
		}
		w := wire.PrivacyKind{
			ID: k.ID, Whose: c.text("privacy." + k.ID), What: c.text("privacy." + k.ID + ".what"), Why: c.text("privacy." + k.ID + ".why"),
			Guard: c.text("privacy.guard." + k.Guard), Keep: c.text("privacy.keep."+k.Keep, "years", strconv.Itoa(years)),
			Count: n, Erased: k.Erased,
		}
		if k.Erased != "" && !counted[k.Erased] {
			counted[k.Erased] = true // several kinds of data go with one person: he is counted at the first
			w.Due, w.Held = ofKind(due, k.Erased), ofKind(kept, k.Erased)
		}
		out.Kinds = append(out.Kinds, w)
	}
	return out, c.privacyRest(&out)
}

func ofKind(items []privacy.Item, kind string) (n int) {
	for _, i := range items {
		if i.Kind == kind {
			n++
		}
	}
	return n
}

// privacyRest adds holds and lists.
func (c *call) privacyRest(out *wire.Privacy) error {
	holds, err := privacy.Holds(c.db())
	if err != nil {
		return err
	}
	lists, err := privacy.Lists(c.db(), privacyLists)
	if err != nil {
		return err
	}
	d, err := c.directory()
	if err != nil {
		return err
	}
	byID := map[int64]wire.LegalHold{}
	for _, h := range holds {
		w, err := c.legalHold(d, h)
		if err != nil {
			return err
		}
		byID[h.ID] = w
		out.Holds = append(out.Holds, w)
	}
	for _, l := range lists {
		w, err := c.privacyList(d, l)
		if err != nil {
			return err
		}
		if h, ok := byID[l.Hold]; ok {
			w.Hold = &h
		}
		out.Lists = append(out.Lists, w)
	}
	return nil
}

func (c *call) legalHold(d *directory, h privacy.Hold) (wire.LegalHold, error) {
	if err := d.know(h.SetBy); err != nil {
		return wire.LegalHold{}, err
	}
	w := wire.LegalHold{
		ID: keyText(h.ID), Kind: h.Kind, Ref: h.Ref, Name: h.Ref, Basis: h.Basis, Reason: h.Reason, SetBy: d.ref(h.SetBy, ""),
		SetAt: h.SetAt.In(models.Zone), LiftedAt: local(h.LiftedAt),
	}
	switch h.Kind {
	case privacy.HoldPerson:
		if err := d.know(h.Ref); err != nil {
			return w, err
		}
		w.Name = d.ref(h.Ref, "").Name
	case privacy.HoldUnit:
		w.Name = d.dept(h.Ref)
	}
	return w, nil
}

func (c *call) privacyList(d *directory, l privacy.List) (wire.PrivacyList, error) {
	if err := d.know(l.AskedBy, l.DecidedBy); err != nil {
		return wire.PrivacyList{}, err
	}
	items, err := privacyItems(d, l.Items, false)
	return wire.PrivacyList{
		ID: keyText(l.ID), Act: l.Act, Cutoff: string(l.Cutoff), Reason: l.Reason, State: l.StateAt(c.now), AskedBy: d.ref(l.AskedBy, ""),
		AskedAt: l.AskedAt.In(models.Zone), ExpiresAt: l.ExpiresAt.In(models.Zone), DecidedBy: d.maybe(l.DecidedBy, ""),
		DecidedAt: local(l.DecidedAt), Note: l.Note, Items: items,
		MayDecide: l.StateAt(c.now) == privacy.Waiting && c.who.may(privacyDecide) && l.AskedBy != c.who.Person.ID,
	}, err
}

// privacyItems are items with the names of people; of a citizen there is the number of his case alone.
func privacyItems(d *directory, all []privacy.Item, held bool) ([]wire.PrivacyItem, error) {
	var people []string
	for _, i := range all {
		if i.Kind != privacy.KindCitizen {
			people = append(people, i.Ref)
		}
	}
	if err := d.know(people...); err != nil {
		return nil, err
	}
	out := make([]wire.PrivacyItem, 0, len(all))
	for _, i := range all {
		w := wire.PrivacyItem{Kind: i.Kind, Ref: i.Ref, Name: i.Ref, ClosedOn: string(i.ClosedOn), Held: held, Outcome: i.Outcome}
		if i.Kind != privacy.KindCitizen {
			w.Name = d.ref(i.Ref, "").Name
		}
		if i.Unit != "" {
			w.Unit = d.dept(i.Unit)
		}
		out = append(out, w)
	}
	return out, nil
}

// listPrivacyDue is what is due, and what a hold keeps.
func listPrivacyDue(c *call) (any, error) {
	due, kept, err := privacy.Due(c.db(), c.Query("kind"), c.now)
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	items, err := privacyItems(d, due[:min(len(due), privacy.MostItems)], false)
	if err != nil {
		return nil, err
	}
	more, err := privacyItems(d, kept[:min(len(kept), privacy.MostItems)], true)
	return wire.PrivacyDue{Items: append(items, more...), Total: len(due)}, err
}

// askErase asks to erase what is due; a second person confirms it.
func askErase(c *call) (any, error) {
	var in wire.EraseInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := c.asOfficer(); err != nil {
		return nil, err
	}
	return c.privacyAct(in.Reason, http.StatusAccepted, func(tx *gorm.DB, a models.Acting) (privacy.List, error) {
		return privacy.AskErase(tx, a, in.Kind, in.Items)
	})
}

// askReveal asks to see more people's numbers than one may see by himself.
func askReveal(c *call) (any, error) {
	var in wire.BulkReveal
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	return c.privacyAct(in.Reason, http.StatusAccepted, func(tx *gorm.DB, a models.Acting) (privacy.List, error) {
		return privacy.AskReveal(tx, a, in.People)
	})
}

// liftPersonalHold asks to end a legal hold; a second person confirms it.
func liftPersonalHold(c *call) (any, error) {
	var in wire.Because
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := c.asOfficer(); err != nil {
		return nil, err
	}
	id, err := c.key("id")
	if err != nil {
		return nil, err
	}
	return c.privacyAct(in.Reason, http.StatusAccepted, func(tx *gorm.DB, a models.Acting) (privacy.List, error) {
		return privacy.AskLift(tx, a, id)
	})
}

// decidePrivacy is the second person's word about a list.
func decidePrivacy(c *call) (any, error) {
	var in wire.Decision
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	id, err := c.key("id")
	if err != nil {
		return nil, err
	}
	return c.privacyAct(in.Reason, http.StatusOK, func(tx *gorm.DB, a models.Acting) (privacy.List, error) {
		return privacy.Decide(tx, a, id, in.Accept)
	})
}

func (c *call) privacyAct(reason string, status int, act func(*gorm.DB, models.Acting) (privacy.List, error)) (any, error) {
	a, err := c.acting("", "", reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		l, err := act(tx, a)
		if err != nil {
			return reply{}, err
		}
		d, err := c.directory()
		if err != nil {
			return reply{}, err
		}
		w, err := c.privacyList(d, l)
		return reply{Status: status, Body: w}, err
	})
}

// setHold keeps what would be erased.
func setHold(c *call) (any, error) {
	var in wire.HoldInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		h, err := privacy.Set(tx, a, privacy.Hold{Kind: in.Kind, Ref: in.Ref, Basis: in.Basis})
		if err != nil {
			return reply{}, err
		}
		d, err := c.directory()
		if err != nil {
			return reply{}, err
		}
		w, err := c.legalHold(d, h)
		return reply{Status: http.StatusCreated, Body: w}, err
	})
}
