package api_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/api/wire"
)

// foretold is what the page says of an act immediately before it.
func (p *player) foretold(who string, t wire.TaskSummary, operation string, in wire.OperationRequest) wire.Consequences {
	p.t.Helper()
	in.Operation, in.Version = operation, t.Version
	var next wire.Consequences
	p.do(who, "POST", "/api/v1/tasks/"+t.Key+"/preview", in).want(200, "").into(&next)
	return next
}

// held holds a preview against what the act then led to: the same tasks with
// the same holders, or, where it says that it depends, some of those that it names.
func (p *player) held(act string, before wire.Consequences, done wire.OperationResult) {
	p.t.Helper()
	var told, came, possible []string
	for _, n := range before.Opens {
		told = append(told, line(n))
	}
	for _, n := range before.Possible {
		if len(n.Holders) > 0 {
			p.t.Errorf("%s names %v before anybody is chosen", act, n.Holders)
		}
		possible = append(possible, n.Process+"/"+n.Element)
	}
	for _, n := range done.NextTasks {
		if !slices.Contains(possible, n.Process+"/"+n.Element) || slices.Contains(told, line(n)) {
			came = append(came, line(n))
		}
	}
	slices.Sort(told)
	slices.Sort(came)
	if !slices.Equal(told, came) || len(before.Notes) > 0 {
		p.t.Errorf("%s was to open %v, perhaps %v (%v); it opened %v", act, told, possible, before.Notes, came)
	}
	if before.Waits && len(done.NextTasks) > 0 {
		p.t.Errorf("%s was to open nothing; it opened %v", act, came)
	}
	p.does[act] = append(p.does[act], before.Does...)
	if before.Completes {
		p.does[act] = append(p.does[act], "completes")
	}
	known, seen := p.foreseen[act]
	p.foreseen[act] = len(possible) == 0 && (known || !seen)
}

func line(n wire.NextTask) string {
	var holders []string
	for _, h := range n.Holders {
		holders = append(holders, h.ID)
	}
	slices.Sort(holders)
	return fmt.Sprintf("%s/%s of %s", n.Process, n.Element, strings.Join(holders, ","))
}

// foresawEnough: of a whole life only the draws, reviewer B's comparison, the count after
// the last expert, and what the rules say of an acceptance once this is written are not known beforehand.
func (p *player) foresawEnough() {
	p.t.Helper()
	undecided := []string{"p3_draw complete", "p3_opinion complete", "p4_cross complete", "p9_draw complete",
		"p9_request complete", "p9_prelim_prepare complete", "p9_trial complete", "r1_verify complete"}
	for act, known := range p.foreseen {
		if known == slices.Contains(undecided, act) {
			p.t.Errorf("%s: all of what follows known: %v", act, known)
		}
	}
	for act, does := range map[string][]string{
		"p2_check complete": {"受理登记"}, "p5_director agree": {"制发批复"}, "p6_check agree": {"报送采购计划"}, "p10_verify agree": {"送财政支付"},
		"p4_head agree": {"出具审查意见书"}, "p12_receipt complete": {"移交归档", "办结归档", "completes"}, "p4_sheet complete": nil,
	} {
		if _, acted := p.foreseen[act]; !acted || !slices.Equal(slices.Compact(p.does[act]), does) {
			p.t.Errorf("%s was to do %v, want %v", act, p.does[act], does)
		}
	}
	if len(p.foreseen) < 25 {
		p.t.Errorf("only %d kinds of acts were foretold", len(p.foreseen))
	}
}
