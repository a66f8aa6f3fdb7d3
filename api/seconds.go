package api

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/seconds"
)

// secondKind is an act of the house that a second person confirms; who asks and who
// confirms stands in engine/seconds.json.
type secondKind struct {
	// look refuses what could not be done, and says what follows from it; it is asked again when it is confirmed.
	look func(c *call, r *seconds.Request) ([]seconds.Line, error)
	// do does it in the transaction of the second person's word. Nil: see apart.
	do func(tx *gorm.DB, a models.Acting, r seconds.Request) error
	// apart does it in transactions of its own; done twice it happens once.
	apart func(c *call, a models.Acting, r seconds.Request) error
	// held: it is not asked for by itself, but by what was sent elsewhere.
	held bool
}

// latestSeconds is how many requests a page shows.
const latestSeconds = 60

// roster is who holds which post now; an empty one before anybody does.
func (c *call) roster() (engine.Roster, error) {
	w, err := c.srv.Bundles.World(c.db(), bundles.About{Now: c.now, On: models.DateOf(c.now)})
	if err != nil || w.Input.Org == nil {
		return (&engine.Org{}).At(c.now), err
	}
	return w.Input.Org.At(c.now), nil
}

// askSecondRequest asks for an act of the house.
func askSecondRequest(c *call) (any, error) {
	var in wire.SecondInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if k, known := secondKinds[in.Act]; !known || k.held {
		return nil, invalid().field("/act", "not-an-option", "options", strings.Join(askable(), ", "))
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	r := seconds.Request{Act: in.Act, Subject: strings.TrimSpace(in.Subject), Reason: in.Reason, Data: models.JSONOf(in.Terms)}
	return c.askHouse(a, r)
}

func askable() (out []string) {
	for act, k := range secondKinds {
		if !k.held {
			out = append(out, act)
		}
	}
	slices.Sort(out)
	return out
}

// askHouse stores a request of who may ask; what could not be done is refused at once.
func (c *call) askHouse(a models.Acting, r seconds.Request) (any, error) {
	return c.once(func(tx *gorm.DB) (reply, error) {
		org, err := c.roster()
		if err != nil {
			return reply{}, err
		}
		row, _ := engine.SecondActOf(r.Act)
		pair, may := row.Between(org, a.Person, false)
		if !may {
			return reply{}, refuse(http.StatusForbidden, "forbidden")
		}
		lines, err := secondKinds[r.Act].look(c, &r)
		if err != nil {
			return reply{}, err
		}
		r.Shown = models.JSONOf(lines)
		if r.ExpiresAt, err = c.until(tx, row.Within); err != nil {
			return reply{}, err
		}
		r.ExpiresAt = models.Stamp(r.ExpiresAt)
		var persons []string
		for _, post := range org.Seconds(pair.Second, a.Person) {
			persons = append(persons, org.Holders(post)...)
		}
		if r, err = seconds.Ask(tx, a, r, persons); err != nil {
			return reply{}, c.nobodySecond(err, pair)
		}
		w, err := c.secondRequests(org, r)
		if err != nil {
			return reply{}, err
		}
		return reply{Status: http.StatusAccepted, Body: w[0]}, nil
	})
}

// nobodySecond says which post nobody else holds.
func (c *call) nobodySecond(err error, pair engine.SecondPair) error {
	var r *models.Refusal
	if !errors.As(err, &r) || r.Code != "no-second-here" {
		return err
	}
	names := make([]string, len(pair.Second))
	for i, role := range pair.Second {
		names[i] = c.text("role." + role)
	}
	return models.Refuse("no-second-person", "roles", strings.Join(names, c.text("list.separator")))
}

// listSecondRequests lists what the person may confirm, what he has asked for, and
// what became of it.
func listSecondRequests(c *call) (any, error) {
	all, err := seconds.Latest(c.db(), latestSeconds)
	if err != nil {
		return nil, err
	}
	out := wire.SecondRequestPage{Items: []wire.SecondRequest{}, Asks: []wire.Code{}}
	if c.srv.Bundles == nil {
		return out, nil
	}
	org, err := c.roster()
	if err != nil {
		return nil, err
	}
	for _, act := range askable() {
		row, _ := engine.SecondActOf(act)
		if _, may := row.Between(org, c.who.Person.ID, false); may {
			out.Asks = append(out.Asks, wire.Code{Code: act, Name: c.text("second.act." + act)})
		}
	}
	all = slices.DeleteFunc(all, func(r seconds.Request) bool {
		return r.AskedBy != c.who.Person.ID && r.DecidedBy != c.who.Person.ID && c.seconding(org, r) == ""
	})
	out.Items, err = c.secondRequests(org, all...)
	return out, err
}

// seconding is the post in which the person may confirm a request; "" when he may not.
func (c *call) seconding(org engine.Roster, r seconds.Request) string {
	row, _ := engine.SecondActOf(r.Act)
	pair, _ := row.Between(org, r.AskedBy, true)
	for _, post := range org.Seconds(pair.Second, r.AskedBy) {
		if slices.Contains(org.Holders(post), c.who.Person.ID) {
			return post
		}
	}
	return ""
}

// secondRequests are as people read them.
func (c *call) secondRequests(org engine.Roster, all ...seconds.Request) ([]wire.SecondRequest, error) {
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := []wire.SecondRequest{}
	for _, r := range all {
		lines, err := r.Lines()
		if err != nil {
			return nil, err
		}
		earlier, err := seconds.RefusedEarlier(c.db(), r)
		if err != nil {
			return nil, err
		}
		if err := d.know(r.AskedBy, r.DecidedBy); err != nil {
			return nil, err
		}
		state := r.StateAt(c.now)
		w := wire.SecondRequest{
			ID: keyText(r.ID), Act: r.Act, Label: c.text("second.act." + r.Act), Subject: r.Subject, Project: r.Project, Reason: r.Reason,
			Effects: c.sentences(lines), State: state, StateName: c.text("second.state." + state), AskedBy: d.ref(r.AskedBy, ""),
			AskedAt: r.AskedAt.In(models.Zone), ExpiresAt: r.ExpiresAt.In(models.Zone), DecidedBy: d.maybe(r.DecidedBy, ""),
			DecidedAt: local(r.DecidedAt), Note: r.Note, Mine: r.AskedBy == c.who.Person.ID,
		}
		w.MayDecide = state == seconds.Waiting && !w.Mine && !r.For(c.who.Person.ID) && c.seconding(org, r) != ""
		for _, e := range earlier {
			if err := d.know(e.DecidedBy); err != nil {
				return nil, err
			}
			w.Refusals = append(w.Refusals, wire.Refusal{By: d.ref(e.DecidedBy, ""), At: local(e.DecidedAt), Reason: e.Note})
		}
		out = append(out, w)
	}
	return out, nil
}

func (c *call) sentences(lines []seconds.Line) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		args := maps.Clone(l.Args)
		if part := args["part"]; part != "" {
			args["part"] = c.text("sight." + part)
		}
		out[i] = c.textOf(l.Key, args)
	}
	return out
}

// decideSecondRequest is the second person's word.
func decideSecondRequest(c *call) (any, error) {
	var in wire.Decision
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
	named, err := seconds.Find(c.db(), id)
	if err != nil {
		return nil, err
	}
	org, err := c.roster()
	if err != nil {
		return nil, err
	}
	if named.AskedBy == a.Person {
		return nil, models.Refuse("second-person-needed")
	}
	if a.Post = c.seconding(org, named); a.Post == "" {
		return nil, refuse(http.StatusForbidden, "forbidden")
	}
	a.Event = "u:" + a.Person + ":second-" + keyText(id)
	r, err := c.decideSecond(a, id, in.Accept)
	if err != nil {
		return nil, err
	}
	w, err := c.secondRequests(org, r)
	if err != nil {
		return nil, err
	}
	return w[0], nil
}

// decideSecond carries a request out, or refuses it. What it is about must be as it
// was shown to who asked; a rule that refuses it now ends it, and nothing is done.
func (c *call) decideSecond(a models.Acting, id int64, accept bool) (r seconds.Request, err error) {
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) (err error) {
		if accept {
			r, err = seconds.Begin(tx, a, id)
		} else {
			r, err = seconds.Refuse(tx, a, id)
		}
		return err
	})
	if err != nil || !accept {
		return r, err
	}
	kind := secondKinds[r.Act]
	again := r
	lines, err := kind.look(c, &again)
	switch {
	case isRefusal(err), err == nil && string(models.JSONOf(lines)) != string(models.JSONOf(shownOf(r))):
		_, settled := c.settleSecond(a, r, seconds.Stale, "")
		return r, orElse(settled, refuse(http.StatusConflict, "confirm-stale"))
	case err == nil && kind.apart != nil:
		err = kind.apart(c, a, r)
	case err == nil:
		var done seconds.Request
		err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
			if err := kind.do(tx, a, r); err != nil {
				return err
			}
			done, err = seconds.Settle(tx, a, r, seconds.Confirmed, strings.TrimSpace(a.Reason))
			return err
		})
		if err == nil {
			return done, nil
		}
	}
	var not *notDone
	switch {
	case errors.As(err, &not):
		return c.settleSecond(a, r, seconds.Failed, not.why)
	case isRefusal(err):
		return c.settleSecond(a, r, seconds.Failed, c.problemTitle(err))
	case err != nil:
		_, settled := c.settleSecond(a, r, seconds.Waiting, "")
		return r, errors.Join(err, settled)
	}
	return c.settleSecond(a, r, seconds.Confirmed, strings.TrimSpace(a.Reason))
}

func shownOf(r seconds.Request) []seconds.Line {
	lines, _ := r.Lines() // ours: always a list
	return lines
}

// isRefusal reports whether an error is a rule's no, and not a defect.
func isRefusal(err error) bool {
	return err != nil && problemOf(err).Status < http.StatusInternalServerError
}

// problemTitle is a refusal in a sentence, with what is wrong in it.
func (c *call) problemTitle(err error) string {
	p := problemOf(err).wire(c.lang, c.id)
	words := []string{p.Title}
	for _, f := range p.Errors {
		words = append(words, f.Detail)
	}
	return strings.Join(words, c.text("list.separator"))
}

// settleSecond says in a transaction of its own what became of a request.
func (c *call) settleSecond(a models.Acting, r seconds.Request, state, note string) (seconds.Request, error) {
	err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) (err error) {
		r, err = seconds.Settle(tx, a, r, state, note)
		return err
	})
	return r, err
}
