package api

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// caseAct is what people do with a whole case (案件), whether or not a task is open.
type caseAct struct {
	name   string
	needs  permission
	event  engine.EventType // "": see do
	second bool             // another head confirms it
	moves  bool             // it names a token and where that is moved
	people bool             // it names persons
	mute   bool             // it needs no reason
	into   bool             // it names a task at which an ended case goes on
	until  bool             // it names a day
	do     func(*call, process.RootState, wire.CaseRequest) (any, error)
	may    func(*call, *matter, caseAct) error // nil: asked of the engine
}

// caseActs is the table, in the order in which people are offered them.
var caseActs []caseAct

// readingActs are those that say who reads a case, and change nothing of it.
var readingActs []caseAct

func init() { // its functions act again by the table
	caseActs = []caseAct{
		{name: "urge", needs: taskWork, mute: true, do: (*call).urgeCase, may: (*call).mayUrgeCase},
		{name: "withdraw", needs: taskWork, do: (*call).withdrawCase, may: (*call).mayWithdrawCase},
		{name: "suspend", needs: processGovern, event: engine.Suspend},
		{name: "resume", needs: processGovern, event: engine.Resume},
		{name: "jump", needs: processGovern, event: engine.Operate, moves: true, second: true},
		{name: "terminate", needs: processGovern, event: engine.Cancel, second: true},
		{name: reopenAct, needs: processGovern, second: true, into: true, do: (*call).reopenCase, may: (*call).mayReopenCase},
		{name: "supervise", needs: taskSupervise, until: true, do: (*call).superviseCase, may: (*call).maySuperviseCase},
		{name: "unsupervise", needs: taskSupervise, mute: true, do: (*call).superviseCase, may: (*call).maySuperviseCase},
	}
	readingActs = []caseAct{
		{name: "follow", needs: taskRead, mute: true, do: (*call).followCase, may: (*call).mayFollowCase},
		{name: "unfollow", needs: taskRead, mute: true, do: (*call).followCase, may: (*call).mayFollowCase},
		{name: "copy", needs: taskWork, mute: true, people: true, do: (*call).copyCase, may: (*call).mayCopyCase},
	}
}

// ended reports whether the act is possible once the case has ended.
func (act caseAct) ended() bool { return act.people || act.into || act.name == "unfollow" }

func caseActNamed(name string) (caseAct, bool) {
	all := slices.Concat(caseActs, readingActs)
	i := slices.IndexFunc(all, func(a caseAct) bool { return a.name == name })
	if i < 0 {
		return caseAct{}, false
	}
	return all[i], true
}

// actOnCase does an act on a case.
func actOnCase(c *call) (any, error) {
	var in wire.CaseRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	act, ok := caseActNamed(c.Param("act"))
	if !ok {
		return nil, notFound()
	}
	root, err := c.rootFor(act)
	if err != nil {
		return nil, err
	}
	if err := act.complete(in); err != nil {
		return nil, err
	}
	if act.do != nil {
		return act.do(c, root, in)
	}
	return c.govern(act, root.Key, in, process.Task{})
}

// rootFor is the case that the person acts on. Who has not the permission learns
// nothing of it, unless he governs this one.
func (c *call) rootFor(act caseAct) (process.RootState, error) {
	root, err := c.caseRoot()
	if c.who.may(act.needs) {
		return root, err
	}
	forbidden := refuse(http.StatusForbidden, "forbidden")
	if err != nil {
		return root, forbidden
	}
	may, err := c.mayDo(act, root)
	if err == nil && !may {
		err = forbidden
	}
	return root, err
}

// mayDo reports whether an act is the person's at all.
func (c *call) mayDo(act caseAct, root process.RootState) (bool, error) {
	if act.needs == processGovern {
		return c.governsCase(root)
	}
	return c.who.may(act.needs), nil
}

// complete refuses a request that lacks what the act asks for, or says what it does not take.
func (act caseAct) complete(in wire.CaseRequest) error {
	p := invalid()
	if !act.mute && utf8.RuneCountInString(strings.TrimSpace(in.Reason)) < minReason {
		p.field("/reason", "reason-required", "limit", "5")
	}
	if (act.moves || act.into) && in.Target == "" {
		p.field("/target", "field.required")
	}
	if !act.moves && !act.into && in.Target != "" {
		p.field("/target", "field.unexpected")
	}
	if !act.moves && in.From != "" {
		p.field("/from", "field.unexpected")
	}
	if act.event != engine.Suspend && !act.until && in.Until != "" {
		p.field("/until", "field.unexpected")
	}
	if !act.people && len(in.Persons) > 0 {
		p.field("/persons", "field.unexpected")
	}
	if len(p.Fields) > 0 {
		return p
	}
	return nil
}

// govern does an act of the process with a case, or asks a second person for it.
// Asked on the page of a task, it goes by the task.
func (c *call) govern(act caseAct, root int64, in wire.CaseRequest, asked process.Task) (any, error) {
	a, err := c.acting(in.Post, "", strings.TrimSpace(in.Reason))
	if err != nil {
		return nil, err
	}
	actor := c.actor(a)
	actor.Admin = true // who governs this case is asked before
	ev := engine.Event{Type: act.event, Key: root, Actor: actor, Reason: a.Reason, Seen: in.Seen}
	m := move{Root: root, Name: act.name, Event: ev, Acting: a}
	second := act.second
	if act.event == engine.Suspend {
		if m.Event.Until, second, err = c.suspension(in.Until); err != nil {
			return nil, err
		}
	}
	if !second {
		m.Event.Seen = ""
		return c.move(m)
	}
	return c.askSecond(act, m, in, asked)
}

// aim completes a jump: which token, by its key or its task, and where to. A case
// with one token needs not name it.
func (c *call) aim(p *matter, ev *engine.Event, in wire.CaseRequest) error {
	places := p.state.Places(p.bundle.Program)
	at := slices.IndexFunc(places, func(at engine.RestingPlace) bool {
		return in.From != "" && (in.From == keyText(at.Key) || in.From == keyText(at.Task))
	})
	switch {
	case at < 0 && in.From != "":
		return models.Refuse("no-such-token", "from", in.From)
	case at < 0 && len(places) != 1:
		return invalid().field("/from", "field.required")
	case at < 0:
		at = 0
	}
	ev.Operation, ev.Key, ev.Element = "jump", places[at].Key, in.Target
	if places[at].Task != 0 && in.From == keyText(places[at].Task) {
		ev.Key = places[at].Task
	}
	return nil
}

// caseActs are the acts that the person may do now: what would be taken at another
// moment is shown with the reason why not.
func (c *call) caseActs(p *matter, tokens []wire.CaseToken, of []caseAct) ([]wire.CaseAct, error) {
	out := []wire.CaseAct{}
	for _, act := range of {
		if !p.root.Open && !act.ended() {
			continue
		}
		may, err := c.mayDo(act, p.root)
		if err != nil {
			return nil, err
		}
		if !may {
			continue
		}
		if act.second && c.mayBegin(p, act.name) != nil {
			continue
		}
		err = c.mayAct(p, act, tokens)
		var r *models.Refusal
		if err != nil && !errors.As(err, &r) {
			return nil, err
		}
		if r != nil && !shown[r.Code] || err != nil && act.event == engine.Suspend {
			continue // a suspended case is offered to be resumed
		}
		w := wire.CaseAct{Act: act.name, Label: c.text("operation." + act.name), Second: act.second, Target: act.moves, People: act.people}
		if r != nil {
			w.Blocked = c.textOf(r.Code, r.Args)
		}
		if act.into {
			if w.Into, err = c.reopenTargets(p); err != nil {
				return nil, err
			}
		}
		w.Until = act.until || act.event == engine.Suspend
		if w.Effects, err = c.effects(p, act.name); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

func (c *call) mayAct(p *matter, act caseAct, tokens []wire.CaseToken) error {
	switch {
	case act.may != nil:
		return act.may(c, p, act)
	case act.moves:
		if _, suspended := p.state.Suspended(); suspended {
			return models.Refuse("suspended")
		}
		if !slices.ContainsFunc(tokens, func(t wire.CaseToken) bool { return len(t.Targets) > 0 }) {
			return models.Refuse("no-such-target")
		}
		return nil
	}
	return p.check(
		engine.Event{
			ID: "probe", Type: act.event, Key: p.root.Key, Actor: &engine.Actor{Person: c.who.Person.ID, Admin: true}, Reason: probeReason,
		},
	)
}

// governs names the acts by which the person governs a case now, for lists that do not show it.
func (c *call) governs(root process.RootState) ([]string, error) {
	if !c.who.may(processGovern) || root.Key == 0 || !root.Open || root.Step == 0 {
		return nil, nil
	}
	i, err := process.InstanceByKey(c.db(), root.Key)
	acts := []string{"suspend", "jump", "terminate"}
	switch {
	case err != nil:
		return nil, err
	case i.State == "suspended":
		acts = []string{"resume", "terminate"}
	}
	return slices.DeleteFunc(acts, func(act string) bool { return !c.who.begins(act) }), nil
}

// begins reports whether a post of the person is among those that ask for an act, if a second person confirms it.
func (w *identity) begins(act string) bool {
	row, second := engine.SecondActOf(act)
	return !second || row.Over > 0 || slices.ContainsFunc(row.Pairs, func(p engine.SecondPair) bool {
		return slices.ContainsFunc(w.Posts, func(post office.Post) bool {
			return slices.ContainsFunc(office.Expand(w.sets, post.Role), func(role string) bool { return slices.Contains(p.First, role) })
		})
	})
}
