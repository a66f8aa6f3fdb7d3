package engine

import (
	"slices"
	"time"

	"github.com/quancheng/quancheng/feel"
)

// deputyOf is who deputises for somebody in a post of a task, and why; with a
// reason and no deputy, why the one that he has may not. Nobody deputises for a
// deputy.
func (x *exec) deputyOf(n *node, t *Task, principal, post, duty string) (string, *Why) {
	for _, p := range x.roster().index.proxies[principal] {
		if !p.Span.At(x.in.Now) || !x.covers(p, n, post) {
			continue
		}
		if reason := x.cannotDeputise(n, t, p, post, duty); reason != "" {
			why := reasonOfProxy(whyProxyKept, p)
			why.Args["reason"] = reason
			return "", &why
		}
		why := reasonOfProxy(whyProxy, p)
		return p.Deputy, &why
	}
	return "", nil
}

func reasonOfProxy(rule string, p *Proxy) Why {
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(defaultZone).Format(time.DateOnly)
	}
	to := p.To
	if !to.IsZero() {
		to = to.Add(-1) // the end does not belong to it
	}
	return reason(rule, "principal", p.Principal, "deputy", p.Deputy, "from", day(p.From), "to", day(to))
}

// covers reports whether a deputyship is for the post and the process of a task.
func (x *exec) covers(p *Proxy, n *node, post string) bool {
	role, _ := splitPost(post)
	return (len(p.Roles) == 0 || slices.Contains(p.Roles, role) || slices.Contains(p.Roles, post)) &&
		(len(p.Processes) == 0 || slices.ContainsFunc(p.Processes, func(id string) bool {
			for at := n.instance(); at != nil; at = at.parent {
				if at.Process == id {
					return true
				}
			}
			return false
		}))
}

// cannotDeputise is why a deputy may not stand in, "" when he may.
func (x *exec) cannotDeputise(n *node, t *Task, p *Proxy, post, duty string) string {
	r, u := x.roster(), n.el.user
	amount := t.Amount
	if amount == nil {
		amount = x.in.Case.Amount
	}
	switch {
	case u.deputy == "no":
		return "not-allowed"
	case u.deputy == "capped" && p.Cap == nil:
		return "cap-missing"
	case p.Cap != nil && amount != nil && exceeds(*amount, *p.Cap):
		return "cap"
	case p.Deputy == p.Principal || x.circular(p, n, post):
		return "loop"
	case !r.Active(p.Deputy):
		return whyInactive
	}
	g := giving{n: n, op: deputising, base: []string{post}}
	posts := slices.DeleteFunc(r.postsOf(p.Deputy), func(q *Post) bool { return r.rank(q) > r.rankOf(post)+1 })
	fit := x.qualifying(g, posts)
	switch {
	case x.outsider(g, p.Deputy) != nil:
		return x.outsider(g, p.Deputy).Rule
	case len(fit) == 0:
		return whyReceiver
	}
	if why := x.barred(n, 0, p.Deputy, fit[0].ID(), []string{post}); why != nil {
		return why.Rule
	}
	if other := x.separated(n, 0, duty, p.Deputy, fit[0].ID()); other != "" {
		return whyDuty + " " + other
	}
	return ""
}

func exceeds(amount, limit feel.Number) bool { return amount.Cmp(limit) > 0 }

// circular reports whether deputyships lead back to the principal: one who deputises for him in turn.
func (x *exec) circular(p *Proxy, n *node, post string) bool {
	seen := []string{p.Principal}
	for at := p.Deputy; !slices.Contains(seen, at); {
		seen = append(seen, at)
		next := ""
		for _, q := range x.roster().index.proxies[at] {
			if q.Span.At(x.in.Now) && x.covers(q, n, post) {
				next = q.Deputy
				break
			}
		}
		if next == p.Principal {
			return true
		}
		if next == "" {
			return false
		}
		at = next
	}
	return false
}
