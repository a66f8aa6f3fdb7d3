package engine

import "slices"

// instance describes a process instance that is about to begin.
type instance struct {
	proc        *process
	key         int64
	caller      *node // call activity, nil for a root
	businessKey string
	vars        Vars
	at          *element // begin here; nil: at the none start events
	definition  int      // of at: the one that occurred
	into        *entry   // begin in the middle
}

// beginInstance makes a process instance and starts it.
func (x *exec) beginInstance(i instance) {
	n := &node{
		Key: i.key, Element: i.proc.id, Process: i.proc.id, BusinessKey: i.businessKey, Vars: i.vars, el: i.proc.root, parent: i.caller,
		Into: i.into,
	}
	if i.at != nil {
		n.At, n.AtDef = i.at.id, i.definition
	}
	started := InstanceStarted{Key: i.key, Root: x.s.key, Process: i.proc.id, Name: i.proc.name, BusinessKey: i.businessKey}
	if i.caller != nil {
		n.Scope = i.caller.Key
		started.Parent, started.ParentElement = i.caller.instance().Key, i.caller.Key
	}
	x.attach(n)
	x.emit(started)
	for _, name := range sortedNames(i.vars) {
		x.emit(VariableSet{Scope: n.Key, Instance: n.Key, Name: name, Value: i.vars[name]})
	}
	x.beginProcess(n)
}

// beginScope opens the event sub-processes of a scope, then starts it. A
// condition that is true already fires before the scope's own start.
func (x *exec) beginScope(n *node) error {
	if done, err := x.listen(n, n.el.eventSubs); done || err != nil || n.Stopped {
		return err
	}
	if n.Into != nil {
		x.land(n)
	} else if at := n.el.proc.elements[n.At]; n.At != "" && at != nil {
		x.startAt(n, at)
	} else {
		for _, el := range n.el.starts {
			x.send(n, el, nil)
		}
	}
	x.settle(n)
	return nil
}

// beginProcess starts a process instance that has been made.
func (x *exec) beginProcess(n *node) {
	if err := x.beginScope(n); err != nil {
		x.closeWaits(n)
		x.stop(n, phaseEntering, err)
	}
}

// startAt begins a process instance at the event that occurred: a start event,
// a receive task that instantiates, or an event after an instantiating gateway.
func (x *exec) startAt(n *node, at *element) {
	if at.parallelCatch {
		x.startAtParallel(n, at)
		return
	}
	gateway := instantiatingGateway(at)
	if gateway == nil {
		start := x.add(n, at, 0)
		start.Mapped = at.chooses() // before the instance began
		x.complete(start)
		return
	}
	if gateway.src.Gateway.Parallel {
		g := x.add(n, gateway, 0)
		var others []*element
		for _, f := range gateway.out {
			if f.target != at {
				others = append(others, f.target)
			}
		}
		if _, err := x.listen(g, others); err != nil {
			x.stop(g, phaseEntering, err)
		}
	}
	x.occurred(n, at, nil)
}

// startAtParallel begins a process at a parallel multiple start event: one of
// its definitions has occurred, the instance waits for the others.
func (x *exec) startAtParallel(scope *node, at *element) {
	n := x.add(scope, at, 0)
	for i, e := range at.events {
		if i == scope.AtDef {
			continue
		}
		if err := x.openWait(n, at, i, e); err != nil {
			x.stop(n, phaseLeaving, err)
			return
		}
	}
	if _, err := x.lookAtOnce(n, n.Waits); err != nil {
		x.stop(n, phaseLeaving, err)
	}
}

// occurred makes the node of an event that has happened, and lets it through.
func (x *exec) occurred(scope *node, el *element, vs Vars) {
	n := x.add(scope, el, 0)
	if err := x.deliver(n, vs); err != nil {
		x.stop(n, phaseLeaving, err)
		return
	}
	x.complete(n)
}

// settle completes a scope in which no token is left.
func (x *exec) settle(n *node) {
	if n == nil || n.gone || n.inflight > 0 || len(n.children) > 0 || len(n.Arrived) > 0 || n.Body || n.Hungry || len(n.Incidents) > 0 {
		return
	}
	if s, ok := n.el.behave.(settler); ok {
		s.settled(x, n)
	}
}

// settler is the behaviour of a scope: what happens when its last token is gone.
type settler interface {
	settled(x *exec, n *node)
}

// detach takes a node out of the state.
func (x *exec) detach(n *node, outcome Outcome) {
	x.closeWaits(n)
	x.closeTask(n, outcome)
	x.closeJob(n)
	x.fed(n)
	for _, i := range n.Incidents {
		x.emit(IncidentResolved{i.Key})
		delete(x.s.owners, i.Key)
	}
	if outcome == Completed {
		n.handUp()
	}
	n.gone = true
	x.s.swept++
	for _, a := range n.Arrived {
		x.s.countJoin(a.el, -1)
	}
	delete(x.s.owners, n.Key)
	if n.Process != "" {
		x.emit(InstanceEnded{Key: n.Key, Outcome: outcome})
	} else {
		x.emit(ElementLeft{Key: n.Key, Element: n.Element, Outcome: outcome})
	}
	if p := n.parent; p != nil && !p.gone {
		if i, found := slices.BinarySearchFunc(p.children, n.Key, func(c *node, key int64) int { return int(c.Key - key) }); found {
			p.children = slices.Delete(p.children, i, i+1)
		}
	}
}

// terminate cancels a node and everything in it, innermost first.
func (x *exec) terminate(n *node) {
	if n.gone {
		return
	}
	x.terminateChildren(n, nil)
	x.detach(n, Terminated)
}

// terminateChildren cancels what is in a scope, but for one node. Its own event subscriptions stay.
func (x *exec) terminateChildren(n *node, but *node) {
	for _, c := range slices.Clone(n.children) {
		if c != but {
			x.terminate(c)
		}
	}
	for len(n.Arrived) > 0 {
		x.forget(n, n.Arrived[0])
	}
	x.recall(n)
}

// recall drops the tokens on their way in a scope.
func (x *exec) recall(n *node) {
	if n.inflight == 0 {
		return
	}
	keep := func(m move) bool { return m.scope == n }
	x.queue = slices.DeleteFunc(x.queue, keep)
	x.later = slices.DeleteFunc(x.later, keep)
	n.inflight = 0
}
