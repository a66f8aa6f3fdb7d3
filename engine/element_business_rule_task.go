package engine

// businessRuleTask evaluates a decision of the bundle, or is a job (BPMN 2.0.2 §10.3.3, "Business Rule Task").
type businessRuleTask struct{ serviceTask }

func (b businessRuleTask) activate(x *exec, n *node) error {
	if n.el.decision == "" {
		return b.serviceTask.activate(x, n)
	}
	if x.p.decisions == nil || !x.p.decisions.Has(n.el.decision) {
		return faultf("no-such-decision", "the bundle has no decision %q", n.el.decision)
	}
	v, err := x.p.decisions.Decide(n.el.decision, x.env(), vars{x: x, n: n})
	if err != nil {
		return faultf("decision", "%v", err)
	}
	return x.completeWith(n, Vars{n.el.result: v})
}
