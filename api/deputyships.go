package api

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// listDeputyships are those of the caller, or of a person whom he heads (?person=).
func listDeputyships(c *call) (any, error) {
	person := cmp.Or(c.Query("person"), c.who.Person.ID)
	if err := c.setsFor(person); err != nil {
		return nil, err
	}
	all, err := office.DeputyshipsOf(c.db(), person, most)
	if err != nil {
		return nil, err
	}
	out := wire.Deputyships{Items: []wire.Deputyship{}}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	for _, row := range all {
		w, err := c.deputyship(d, row)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

// setsFor refuses who may not set and see the deputyships of a person.
func (c *call) setsFor(person string) error {
	a, err := c.acting("", "", "")
	if err != nil {
		return err
	}
	return office.MaySetDeputy(c.db(), a, person)
}

func (c *call) deputyship(d *directory, row office.Deputyship) (wire.Deputyship, error) {
	w := wire.Deputyship{
		ID: keyText(row.ID), From: row.ValidFrom.In(models.Zone), To: row.ValidTo.In(models.Zone), Reason: row.Reason, Roles: []string{},
		Processes: []string{},
	}
	if err := d.know(row.Principal, row.Deputy, row.SetBy); err != nil {
		return w, err
	}
	w.Principal, w.Deputy, w.SetBy = d.ref(row.Principal, ""), d.ref(row.Deputy, ""), d.ref(row.SetBy, "")
	if err := row.Roles.Into(&w.Roles); err != nil {
		return w, err
	}
	if err := row.Processes.Into(&w.Processes); err != nil {
		return w, err
	}
	if row.Cap != nil {
		w.Cap = row.Cap.String()
	}
	if row.EndedAt != nil {
		at := row.EndedAt.In(models.Zone)
		w.EndedAt = &at
	}
	switch {
	case !c.now.Before(row.Until()):
		w.State = "over"
	case c.now.Before(row.ValidFrom):
		w.State = "coming"
	default:
		w.State = "now"
	}
	w.MayEnd = w.State != "over" && (row.Deputy == c.who.Person.ID || c.setsFor(row.Principal) == nil)
	return w, nil
}

// setDeputyship sets a deputyship of the caller, or of a person whom he heads.
func setDeputyship(c *call) (any, error) {
	var in wire.DeputyshipInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	row, err := c.termsOf(in)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		row, err := office.SetDeputyship(tx, a, row)
		if err != nil {
			return reply{}, err
		}
		if err := c.tellDeputyship(tx, "deputyship-set", row); err != nil {
			return reply{}, err
		}
		return c.deputyshipReply(http.StatusCreated, row)
	})
}

func (c *call) deputyshipReply(status int, row office.Deputyship) (reply, error) {
	d, err := c.directory()
	if err != nil {
		return reply{}, err
	}
	w, err := c.deputyship(d, row)
	return reply{Status: status, Body: w}, err
}

// termsOf reads what is set; a process that nobody knows is refused.
func (c *call) termsOf(in wire.DeputyshipInput) (office.Deputyship, error) {
	row := office.Deputyship{Principal: cmp.Or(in.Principal, c.who.Person.ID), Deputy: in.Deputy, ValidFrom: in.From, ValidTo: in.To,
		Roles: models.JSONOf(orEmpty(in.Roles)), Processes: models.JSONOf(orEmpty(in.Processes))}
	if in.Cap != "" {
		limit, err := models.ParseMoney(in.Cap)
		if err != nil {
			return row, invalid().field("/cap", "deputy-cap")
		}
		row.Cap = &limit
	}
	for _, id := range in.Processes {
		_, err := process.NewestDefinition(c.db(), id)
		if errors.Is(err, process.ErrNotFound) {
			return row, invalid().field("/processes", "no-such-process", "process", id)
		}
		if err != nil {
			return row, err
		}
	}
	return row, nil
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// endDeputyship ends one before its time; what the deputy has not touched goes back at once.
func endDeputyship(c *call) (any, error) {
	var in wire.DeputyshipEnd
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	id, err := c.key("id")
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		row, err := office.EndDeputyship(tx, a, id)
		if err != nil {
			return reply{}, err
		}
		if err := process.ReseatOf(tx, c.now, row.Deputy); err != nil {
			return reply{}, err
		}
		if err := c.tellDeputyship(tx, "deputyship-ended", row); err != nil {
			return reply{}, err
		}
		return c.deputyshipReply(http.StatusOK, row)
	})
}

// tellDeputyship tells both whom a deputyship is about, but not who acted.
func (c *call) tellDeputyship(tx *gorm.DB, kind office.NotificationKind, row office.Deputyship) error {
	d, err := c.directory()
	if err != nil {
		return err
	}
	if err := d.know(row.Principal, row.Deputy); err != nil {
		return err
	}
	persons := slices.DeleteFunc([]string{row.Principal, row.Deputy}, func(p string) bool { return p == c.who.Person.ID })
	until := row.Until().Add(-time.Millisecond)
	principal, deputy := d.names[row.Principal], d.names[row.Deputy]
	return office.Tell(tx, office.Notification{
		Cause: string(kind) + ":" + keyText(row.ID), Kind: kind, Subject: "deputyship:" + keyText(row.ID), CreatedAt: c.now,
		Args: models.JSONOf(map[string]string{
			"principal": principal.Name, "principalEn": cmp.Or(principal.NameEn, principal.Name), "deputy": deputy.Name,
			"deputyEn": cmp.Or(deputy.NameEn, deputy.Name),
			"from":     string(models.DateOf(row.ValidFrom)), "to": string(models.DateOf(until)),
		}),
	}, persons...)
}

// deputyCandidates are the colleagues of the caller, or of a person whom he heads,
// with what is against each in a period.
func deputyCandidates(c *call) (any, error) {
	person := cmp.Or(c.Query("person"), c.who.Person.ID)
	if err := c.setsFor(person); err != nil {
		return nil, err
	}
	probe := office.Deputyship{
		Principal: person, Roles: models.JSON("[]"), Processes: models.JSON("[]"), ValidFrom: c.now, ValidTo: c.now.Add(time.Hour),
	}
	for _, at := range []struct {
		name string
		to   *time.Time
	}{{"from", &probe.ValidFrom}, {"to", &probe.ValidTo}} {
		if text := c.Query(at.name); text != "" {
			t, err := time.Parse(time.RFC3339, text)
			if err != nil {
				return nil, invalid().field("/"+at.name, "deputy-moment")
			}
			*at.to = t
		}
	}
	ids, err := office.Colleagues(c.db(), person)
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	if err := d.know(ids...); err != nil {
		return nil, err
	}
	out := wire.DeputyCandidates{Items: []wire.DeputyCandidate{}}
	for _, id := range ids {
		probe.Deputy = id
		w, err := c.deputyCandidate(d, probe)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, w)
	}
	slices.SortStableFunc(out.Items, func(a, b wire.DeputyCandidate) int {
		rank := map[bool]int{true: 0, false: 1}
		return cmp.Or(cmp.Compare(rank[a.Eligible], rank[b.Eligible]), cmp.Compare(a.Open, b.Open))
	})
	return out, nil
}

func (c *call) deputyCandidate(d *directory, probe office.Deputyship) (wire.DeputyCandidate, error) {
	w := wire.DeputyCandidate{}
	posts, err := office.PostsOf(c.db(), probe.Deputy)
	if err != nil {
		return w, err
	}
	q := process.InboxQuery{Person: probe.Deputy, Scope: process.ScopeOpen}
	for _, p := range posts {
		q.Posts = append(q.Posts, p.ID)
	}
	if w.Open, err = process.CountInbox(c.db(), q, most); err != nil {
		return w, err
	}
	post := ""
	if len(posts) > 0 {
		post = posts[0].ID
	}
	w.PersonRef = d.ref(probe.Deputy, post)
	why, err := office.WhyNoDeputy(c.db(), probe)
	args := map[string]string{}
	if err == nil && why == "" {
		var other office.Deputyship
		if why, other, err = office.WhyNotBeside(c.db(), probe); why == "deputy-overlap" {
			why = "" // of the principal, whoever deputises: said when it is set
		}
		if why != "" {
			if err := d.know(other.Principal, other.Deputy); err != nil {
				return w, err
			}
			args = map[string]string{"principal": d.ref(other.Principal, "").Name, "deputy": d.ref(other.Deputy, "").Name,
				"from": string(models.DateOf(other.ValidFrom)), "to": string(models.DateOf(other.Until().Add(-time.Millisecond)))}
		}
	}
	if w.Eligible = why == ""; !w.Eligible {
		w.Why, w.Reason = why, c.textOf(why, args)
	}
	return w, err
}
