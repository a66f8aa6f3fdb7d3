package verify

import (
	"slices"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
)

// net is a scope as places for tokens and nodes that move them. A place is the
// entry of a node, or a sequence flow into a join. Each place leads to one node.
type net struct {
	scope  *bpmn.Element
	places int
	nodes  []*node
	starts [][]int // alternative beginnings: the places that get a token
	target []*node // node behind each place

	inclusive bool            // it has an inclusive join
	ends      map[string]bool // ids of the elements at which a token ends

	flows map[*bpmn.Flow]int // place of a token on the flow
	entry map[*bpmn.Element]int
}

// join says which tokens a node needs.
type join uint8

const (
	joinAny       join = iota // one from any place
	joinAll                   // one from each place
	joinInclusive             // one from each place that has one, when no other can still come
)

// effect says what a node does beside moving tokens.
type effect uint8

const (
	moves  effect = iota
	ends          // consumes its token
	clears        // ends the scope: terminate
	throws        // ends the scope by an error or a cancellation
)

// node is an element of the scope, or what reduction has made of several.
type node struct {
	el      *bpmn.Element // nil: the beginning of a reduced net
	ins     []int
	join    join
	need    int // tokens of an activity with startQuantity
	effect  effect
	options []option
	choice  bool // the options are chosen by conditions
	// upstream holds for each place of an inclusive join the places from which a token can still come there.
	upstream []map[int]bool
}

// option is one way to go on.
type option struct {
	out    []int
	also   []*bpmn.Element // boundary events that occur
	throws bool            // an error from inside ends the scope
	via    []*bpmn.Element // what the tokens pass after the node, of a reduced net
	picks  []pick          // how conditions turn out
}

// pick is the way that a condition chooses at an element.
type pick struct {
	at  *bpmn.Element
	way int
}

// eager reports whether firing the node at once loses nothing: it has no choice
// and takes nothing away that another node could need.
func (n *node) eager() bool {
	return n.join == joinAny && n.need == 1 && len(n.options) == 1 && (n.effect == moves || n.effect == ends) && !n.options[0].throws
}

// maxSubsets bounds the flows of which all combinations are tried.
const maxSubsets = 5

// outcome is how a sub-process can end.
type outcome struct {
	completes bool
	throws    bool // by an error or cancellation that goes further up
}

// newNet builds the net of a scope; inner tells how its sub-processes can end.
func newNet(scope *bpmn.Element, inner map[*bpmn.Element]outcome) *net {
	n := &net{scope: scope, ends: map[string]bool{}, flows: map[*bpmn.Flow]int{}, entry: map[*bpmn.Element]int{}}
	for _, e := range scope.Scope.Elements {
		n.entry[e] = n.places
		n.places++
	}
	for _, f := range scope.Scope.Flows {
		switch {
		case f.Source == nil || f.Target == nil:
		case joinOf(f.Target) == joinAny:
			n.flows[f] = n.entry[f.Target]
		default:
			n.flows[f] = n.places
			n.places++
		}
	}
	n.target = make([]*node, n.places)
	for _, e := range scope.Scope.Elements {
		if !e.EventSubProcess() && e.Kind != bpmn.KindBoundaryEvent {
			n.add(e, inner)
		}
	}
	n.findUpstreams()
	n.begin()
	return n
}

// findUpstreams prepares the inclusive joins.
func (n *net) findUpstreams() {
	for _, nd := range n.nodes {
		if nd.join == joinInclusive {
			n.inclusive = true
			n.findUpstream(nd)
		}
	}
}

func (n *net) add(e *bpmn.Element, inner map[*bpmn.Element]outcome) {
	nd := &node{el: e, need: 1, join: joinOf(e), ins: []int{n.entry[e]}}
	n.target[n.entry[e]] = nd
	if nd.join != joinAny {
		nd.ins = n.allOf(e.Incoming) // its entry is never used
	}
	for _, p := range nd.ins {
		n.target[p] = nd
	}
	if e.Activity != nil {
		nd.need = max(1, e.Activity.StartQuantity)
	}
	nd.effect = effectOf(e)
	nd.options = n.optionsOf(nd, inner)
	for i := range nd.options {
		if nd.choice {
			nd.options[i].picks = []pick{{e, i}}
		}
	}
	n.nodes = append(n.nodes, nd)
	n.ends[e.ID] = nd.effect == ends
}

// joinOf says which tokens an element needs. A complex gateway passes one token
// a round and swallows the rest, as an inclusive one does.
func joinOf(e *bpmn.Element) join {
	connected := 0
	for _, f := range e.Incoming {
		if f.Source != nil {
			connected++
		}
	}
	switch {
	case connected < 2:
		return joinAny
	case e.Kind == bpmn.KindParallelGateway:
		return joinAll
	case e.Kind == bpmn.KindInclusiveGateway, e.Kind == bpmn.KindComplexGateway:
		return joinInclusive
	}
	return joinAny
}

func effectOf(e *bpmn.Element) effect {
	switch {
	case e.Kind == bpmn.KindEndEvent && e.Has(bpmn.TerminateEvent):
		return clears
	case e.Kind == bpmn.KindEndEvent && (e.Has(bpmn.ErrorEvent) || e.Has(bpmn.CancelEvent)):
		return throws
	case len(e.Outgoing) == 0 && !isLinkThrow(e):
		return ends
	}
	return moves
}

func isLinkThrow(e *bpmn.Element) bool {
	return e.Kind == bpmn.KindIntermediateThrowEvent && e.Has(bpmn.LinkEvent)
}

// optionsOf lists how a node can go on.
func (n *net) optionsOf(nd *node, inner map[*bpmn.Element]outcome) []option {
	e := nd.el
	if isLinkThrow(e) {
		return []option{{out: n.linked(e)}}
	}
	var out []option
	if o, known := inner[e]; o.completes || e.Scope == nil && !known {
		for _, flows := range n.leaving(nd) {
			out = append(out, option{out: flows})
		}
	}
	if e.Activity == nil {
		return out
	}
	for _, b := range e.Activity.Boundary {
		if b.IsCompensationBoundary() {
			continue
		}
		after := n.allOf(b.Outgoing)
		if b.Event.Interrupting {
			out = append(out, option{out: after, also: []*bpmn.Element{b}})
			continue
		}
		for _, o := range slices.Clone(out) { // it occurs, or it does not
			out = append(out, option{out: slices.Concat(o.out, after), also: append(slices.Clone(o.also), b)})
		}
	}
	if inner[e].throws && !catches(e) {
		out = append(out, option{throws: true})
	}
	return out
}

// catches reports whether a boundary event takes every error, or the cancellation, of a sub-process.
func catches(e *bpmn.Element) bool {
	return slices.ContainsFunc(e.Activity.Boundary, func(b *bpmn.Element) bool {
		return b.Has(bpmn.CancelEvent) || b.Has(bpmn.ErrorEvent)
	})
}

// leaving lists the sets of flows that a node can take when it completes.
func (n *net) leaving(nd *node) [][]int {
	e := nd.el
	switch e.Kind {
	case bpmn.KindExclusiveGateway, bpmn.KindEventBasedGateway:
		nd.choice = e.Kind == bpmn.KindExclusiveGateway && len(e.Outgoing) > 1
		var out [][]int
		for _, p := range n.allOf(e.Outgoing) {
			out = append(out, []int{p})
		}
		if out == nil {
			out = [][]int{nil}
		}
		return out
	case bpmn.KindParallelGateway:
		return [][]int{n.allOf(e.Outgoing)}
	}
	var always, sometimes, fallback []*bpmn.Flow
	for _, f := range e.Outgoing {
		switch {
		case f.Default:
			fallback = append(fallback, f)
		case f.Condition != nil:
			sometimes = append(sometimes, f)
		default:
			always = append(always, f)
		}
	}
	if len(sometimes) == 0 {
		return [][]int{n.allOf(append(always, fallback...))}
	}
	nd.choice = true
	var out [][]int
	for _, subset := range subsets(sometimes) {
		out = append(out, n.allOf(append(slices.Clone(always), subset...)))
	}
	if len(fallback) > 0 || len(always) > 0 {
		out = append(out, n.allOf(append(slices.Clone(always), fallback...)))
	}
	return out
}

// subsets lists the sets of flows, none empty; of many flows only single ones and all.
func subsets(flows []*bpmn.Flow) [][]*bpmn.Flow {
	var out [][]*bpmn.Flow
	if len(flows) > maxSubsets {
		for _, f := range flows {
			out = append(out, []*bpmn.Flow{f})
		}
		return append(out, flows)
	}
	for bits := 1; bits < 1<<len(flows); bits++ {
		var set []*bpmn.Flow
		for i, f := range flows {
			if bits>>i&1 == 1 {
				set = append(set, f)
			}
		}
		out = append(out, set)
	}
	return out
}

func (n *net) allOf(flows []*bpmn.Flow) []int {
	var out []int
	for _, f := range flows {
		if p, ok := n.flows[f]; ok {
			out = append(out, p)
		}
	}
	return out
}

// linked is the entry of the catch event that a link throw event leads to.
func (n *net) linked(e *bpmn.Element) []int {
	for _, c := range n.scope.Scope.Elements {
		if c.Kind == bpmn.KindIntermediateCatchEvent && c.Has(bpmn.LinkEvent) && linkName(c) == linkName(e) {
			return []int{n.entry[c]}
		}
	}
	return nil
}

func linkName(e *bpmn.Element) string {
	for _, d := range e.Event.Definitions {
		if d.Kind == bpmn.LinkEvent {
			return d.LinkName
		}
	}
	return ""
}

// findUpstream follows the net backwards from each place of an inclusive join, not through the join itself.
func (n *net) findUpstream(to *node) {
	into := map[int][]*node{} // nodes that can put a token on a place
	for _, nd := range n.nodes {
		for _, o := range nd.options {
			for _, p := range o.out {
				if !slices.Contains(into[p], nd) {
					into[p] = append(into[p], nd)
				}
			}
		}
	}
	to.upstream = nil
	for _, place := range to.ins {
		seen := map[int]bool{}
		stack := []int{place}
		for len(stack) > 0 {
			p := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if seen[p] {
				continue
			}
			seen[p] = true
			for _, nd := range into[p] {
				if nd != to {
					stack = append(stack, nd.ins...)
				}
			}
		}
		to.upstream = append(to.upstream, seen)
	}
}

// stand lets the scope begin where its tokens stand.
func (n *net) stand(tokens []engine.Token) {
	var places []int
	for _, t := range tokens {
		for range t.Count {
			places = append(places, n.placesOf(t)...)
		}
	}
	n.starts = [][]int{places}
}

// placesOf are the places of a token: of one that a boundary event holds, those behind it.
func (n *net) placesOf(t engine.Token) []int {
	if p, ok := n.flows[t.Via]; t.Via != nil && ok {
		return []int{p}
	}
	if t.Element.Kind == bpmn.KindBoundaryEvent {
		return n.allOf(t.Element.Outgoing)
	}
	p := n.entry[t.Element]
	if nd := n.target[p]; nd != nil && !slices.Contains(nd.ins, p) { // a join that has joined, and not yet gone on
		through := &node{el: nd.el, ins: []int{p}, need: 1, effect: nd.effect, options: nd.options, choice: nd.choice}
		n.nodes, n.target[p] = append(n.nodes, through), through
	}
	return []int{p}
}

// begin finds the ways in which the scope begins.
func (n *net) begin() {
	var together, implicit []int
	for _, e := range n.scope.Scope.Elements {
		switch {
		case e.Kind == bpmn.KindStartEvent && len(e.Event.Definitions) == 0:
			together = append(together, n.entry[e])
		case e.Kind == bpmn.KindStartEvent, instantiates(e):
			n.starts = append(n.starts, []int{n.entry[e]})
		case startsByItself(e):
			implicit = append(implicit, n.entry[e])
		}
	}
	if together != nil {
		n.starts = append(n.starts, together)
	}
	if n.starts == nil || n.scope.Scope.AdHoc != nil {
		n.starts = [][]int{implicit}
	}
}

func instantiates(e *bpmn.Element) bool {
	return len(e.Incoming) == 0 && (e.Gateway != nil && e.Gateway.Instantiate || e.Activity != nil && e.Activity.Instantiate)
}

func startsByItself(e *bpmn.Element) bool {
	return len(e.Incoming) == 0 && e.Kind != bpmn.KindBoundaryEvent && !e.EventSubProcess() && !standsApart(e) &&
		!(e.Kind == bpmn.KindIntermediateCatchEvent && e.Has(bpmn.LinkEvent))
}

// standsApart reports whether an element is reached by compensation only.
func standsApart(e *bpmn.Element) bool {
	return e.Activity != nil && e.Activity.ForCompensation || e.IsCompensationBoundary()
}
