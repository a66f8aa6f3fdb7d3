package engine

import (
	"errors"
	"slices"
)

// stop raises an incident at a node: its token stays until somebody mends the
// cause and resolves the incident, which tries again from the same phase.
func (x *exec) stop(n *node, at phase, err error) {
	var f *fault
	if !errors.As(err, &f) {
		f = &fault{"failed", err.Error()}
	}
	i := &incident{Key: x.nextKey(), Phase: at, Code: f.code, Message: f.message}
	n.Incidents = append(n.Incidents, i)
	x.s.owners[i.Key] = n
	x.emit(IncidentRaised{Key: i.Key, Instance: n.instance().Key, ElementKey: n.Key, Element: n.Element, Code: i.Code, Message: i.Message})
}

// resolveIncident takes an incident away and tries again what failed.
func (x *exec) resolveIncident() error {
	n := x.s.owners[x.ev.Key]
	if n == nil {
		return refuse("no-such-incident", "there is no incident %d", x.ev.Key)
	}
	at := slices.IndexFunc(n.Incidents, func(i *incident) bool { return i.Key == x.ev.Key })
	if at < 0 {
		return refuse("no-such-incident", "there is no incident %d", x.ev.Key)
	}
	i := n.Incidents[at]
	n.Incidents = slices.Delete(n.Incidents, at, at+1)
	delete(x.s.owners, i.Key)
	x.emit(IncidentResolved{i.Key})
	switch i.Phase {
	case phaseEntering:
		if n.Process != "" {
			x.beginProcess(n)
		} else {
			x.activate(n)
		}
	case phaseLeaving:
		x.complete(n)
	case phaseIterating:
		x.iterate(n)
	case phaseJob:
		x.reopenJob(n)
	case phaseOutside:
		x.settle(n)
		x.feed()
	}
	return nil
}

// raiseOutside raises an incident because the shell had an event about the node refused.
func (x *exec) raiseOutside() error {
	key := x.ev.Key
	if key == 0 {
		key = x.s.key
	}
	n := x.s.owners[key]
	if n == nil {
		return refuse("no-such-element", "nothing with key %d is running", key)
	}
	code := x.ev.Name
	if code == "" {
		code = "refused"
	}
	x.stop(n, phaseOutside, &fault{code, x.ev.Message})
	return nil
}
