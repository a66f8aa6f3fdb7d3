package engine

import (
	"cmp"
	"slices"

	"github.com/quancheng/quancheng/bpmn"
)

// listen opens the subscriptions of catching elements at their host. Conditions
// that hold already fire at once; done says that one of them ended the host's
// own course.
func (x *exec) listen(host *node, catches []*element) (done bool, err error) {
	first := len(host.Waits)
	for _, el := range catches {
		for i, e := range el.events {
			if err := x.openWait(host, el, i, e); err != nil {
				return false, err
			}
		}
	}
	return x.lookAtOnce(host, host.Waits[first:])
}

// lookAtOnce lets those of the waits fire whose conditions hold already.
func (x *exec) lookAtOnce(host *node, waits []*wait) (done bool, err error) {
	if x.s.conditional == 0 {
		return false, nil
	}
	for _, w := range slices.Clone(waits) {
		if w.Kind == waitCondition && !w.gone && !host.gone {
			if err := x.look(host, w); err != nil {
				return false, err
			}
			if host.gone || host.Stopped {
				return true, nil
			}
		}
	}
	return host.gone, nil
}

// openWait opens one definition of a catching element.
func (x *exec) openWait(host *node, el *element, i int, e *event) error {
	w := &wait{Element: el.id, Def: i, el: el}
	var err error
	switch e.kind {
	case bpmn.MessageEvent:
		w.Kind = waitMessage
		if w.Name, err = x.name(host, "the message name", e.name); err == nil {
			w.Correlation, err = x.key(host, e.correlation)
		}
	case bpmn.SignalEvent:
		w.Kind = waitSignal
		w.Name, err = x.name(host, "the signal name", e.name)
	case bpmn.TimerEvent:
		w.Kind = waitTimer
		if w.Due, w.Left, err = x.firstDue(host, e.timer); w.Left != 0 {
			w.Begun = x.in.Now.UTC()
		}
	case bpmn.ConditionalEvent:
		w.Kind = waitCondition
	default:
		return nil // errors, escalations, compensation and cancellation look for their catchers
	}
	if err != nil {
		return err
	}
	w.Key = x.nextKey()
	host.Waits = append(host.Waits, w)
	x.s.owners[w.Key] = host
	instance := host.instance().Key
	switch w.Kind {
	case waitMessage:
		x.emit(
			SubscriptionOpened{
				Key: w.Key, Instance: instance, ElementKey: host.Key, Element: el.id, Kind: "message", Name: w.Name,
				CorrelationKey: w.Correlation,
			},
		)
	case waitSignal:
		x.emit(SubscriptionOpened{Key: w.Key, Instance: instance, ElementKey: host.Key, Element: el.id, Kind: "signal", Name: w.Name})
	case waitTimer:
		x.emit(TimerArmed{Key: w.Key, Instance: instance, ElementKey: host.Key, Element: el.id, Due: w.Due})
	case waitCondition:
		x.s.conditional++
	}
	return nil
}

// closeWait ends one subscription, timer or condition.
func (x *exec) closeWait(host *node, w *wait) {
	if w.gone {
		return
	}
	w.gone = true
	delete(x.s.owners, w.Key)
	host.Waits = slices.DeleteFunc(host.Waits, func(o *wait) bool { return o == w })
	switch w.Kind {
	case waitMessage, waitSignal:
		x.emit(SubscriptionClosed{w.Key})
	case waitTimer:
		x.emit(TimerCleared{w.Key})
	case waitCondition:
		x.s.conditional--
	}
}

func (x *exec) closeWaits(host *node) {
	for len(host.Waits) > 0 {
		x.closeWait(host, host.Waits[0])
	}
}

// closeWaitsOf ends what one catching element waits for.
func (x *exec) closeWaitsOf(host *node, el *element) {
	for _, w := range slices.Clone(host.Waits) {
		if w.el == el {
			x.closeWait(host, w)
		}
	}
}

// trigger lets a catching element act, because one of its definitions occurred.
func (x *exec) trigger(host *node, w *wait, vs Vars) error {
	el := w.el
	if el.parallelCatch {
		if all, err := x.gather(host, w, vs); err != nil || !all {
			return err
		}
		vs = nil
	}
	return x.caught(host, el, vs, w)
}

// gather notes that one definition of a parallel multiple event occurred, and
// reports whether all have. An event that can occur again waits for all anew.
func (x *exec) gather(host *node, w *wait, vs Vars) (bool, error) {
	if err := x.merge(host, vs); err != nil {
		return false, err
	}
	x.closeWait(host, w)
	for _, other := range host.Waits {
		if other.el == w.el {
			return false, nil
		}
	}
	if host.el != w.el && !w.el.interrupting {
		_, err := x.listen(host, []*element{w.el})
		return true, err
	}
	return true, nil
}

// caught continues at a catching element of the host: the host itself, a
// boundary event of it, an event sub-process of it, or an event after it when
// it is an event-based gateway. w is nil for errors and escalations.
func (x *exec) caught(host *node, el *element, vs Vars, w *wait) error {
	vs, err := storedAll(vs)
	if err != nil {
		return err
	}
	switch {
	case el == host.el:
		x.closeWaitsOf(host, el)
		if err := x.deliver(host, vs); err != nil {
			return err
		}
		x.complete(host)
	case host.el.kind == bpmn.KindEventBasedGateway:
		x.afterGateway(host, el, vs)
	case el.kind == bpmn.KindBoundaryEvent:
		x.atBoundary(host, el, vs)
	default:
		x.beginEventSub(host, el, vs)
	}
	return nil
}

// atBoundary continues at a boundary event (BPMN 2.0.2 §10.5.6).
func (x *exec) atBoundary(host *node, el *element, vs Vars) {
	scope := host.parent
	scope.inflight++
	if el.interrupting {
		x.terminate(host)
		scope.dropResumption(host.Element)
		if host.For != 0 { // a compensation handler that was cut short is done
			x.compensated(host)
		}
	}
	x.occurred(scope, el, vs)
	x.landed(scope)
}

// landed takes back the count that kept a scope open.
func (x *exec) landed(scope *node) {
	if scope.inflight > 0 {
		scope.inflight--
	}
	x.settle(scope)
}

// beginEventSub starts an event sub-process of the scope (BPMN 2.0.2 §10.3.5, §13.5.4).
func (x *exec) beginEventSub(scope *node, start *element, vs Vars) {
	scope.inflight++
	if start.interrupting {
		x.terminateChildren(scope, nil)
		scope.inflight++
		x.closeEventSubs(scope)
		scope.Stopped = true
	}
	sub := x.add(scope, start.scope, 0)
	if err := x.mapInputsBeside(sub, vs); err != nil {
		x.stop(sub, phaseEntering, err)
	} else if _, err := x.listen(sub, append(slices.Clone(sub.el.boundary), sub.el.eventSubs...)); err != nil {
		x.stop(sub, phaseEntering, err)
	} else {
		x.occurred(sub, start, vs)
	}
	x.landed(scope)
}

// closeEventSubs closes the subscriptions of a scope's event sub-processes; those of its boundary events stay.
func (x *exec) closeEventSubs(scope *node) {
	for _, w := range slices.Clone(scope.Waits) {
		if w.el.kind != bpmn.KindBoundaryEvent {
			x.closeWait(scope, w)
		}
	}
}

// correlate delivers a message to the subscription the shell chose.
func (x *exec) correlate() error {
	host, w, err := x.waiting(waitMessage, "no-such-subscription", "subscription")
	if err != nil {
		return err
	}
	if x.ev.Name != "" && x.ev.Name != w.Name {
		return refuse("wrong-message", "subscription %d waits for %q, not for %q", w.Key, w.Name, x.ev.Name)
	}
	return x.trigger(host, w, x.ev.Variables)
}

// waiting finds the wait an event is about.
func (x *exec) waiting(kind waitKind, code, what string) (*node, *wait, error) {
	if host := x.s.owners[x.ev.Key]; host != nil {
		if w := host.wait(x.ev.Key); w != nil && w.Kind == kind {
			return host, w, nil
		}
	}
	return nil, nil, refuse(code, "there is no %s %d", what, x.ev.Key)
}

// broadcast delivers a signal from outside to every catcher of the root instance.
func (x *exec) broadcast() error {
	if x.ev.Name == "" {
		return refuse("no-name", "a signal needs a name")
	}
	return x.signal(x.ev.Name, x.ev.Variables)
}

// signal triggers every open signal subscription with a name, in the order they were opened.
func (x *exec) signal(name string, vs Vars) error {
	type open struct {
		host *node
		w    *wait
	}
	var all []open
	for _, n := range x.s.nodes {
		if n.gone || len(n.Waits) == 0 || n.suspended() {
			continue
		}
		for _, w := range n.Waits {
			if w.Kind == waitSignal && w.Name == name {
				all = append(all, open{n, w})
			}
		}
	}
	slices.SortFunc(all, func(a, b open) int { return cmp.Compare(a.w.Key, b.w.Key) })
	for _, o := range all {
		if o.w.gone || o.host.gone {
			continue
		}
		if err := x.trigger(o.host, o.w, vs); err != nil {
			return err
		}
	}
	return nil
}
