package engine

// businessRuleTask evaluates a decision of the bundle, or is a job (BPMN 2.0.2 §10.3.3, "Business Rule Task").
type businessRuleTask struct{ serviceTask }

func (b businessRuleTask) activate(x *exec, n *node) error {
	if n.el.decision == nil {
		return b.serviceTask.activate(x, n)
	}
	id, err := x.name(n, "the decision", n.el.decision)
	if err != nil {
		return err
	}
	if x.p.decisions == nil || !x.p.decisions.Has(id) {
		return faultf("no-such-decision", "the bundle has no decision %q", id)
	}
	r, err := x.p.decisions.Decide(id, x.env(), vars{x: x, n: n})
	if err != nil {
		return faultf("decision", "%v", err)
	}
	made := DecisionMade{Key: n.Key, Element: n.Element, Decision: id, Output: r.Value}
	if r.Trace != nil {
		made.Trace = r.Trace.Steps
	}
	x.emit(made)
	return x.completeWith(n, Vars{n.el.result: r.Value})
}
