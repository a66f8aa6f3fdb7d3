package seat

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

// Kind is the rule by which single decisions become the decision of the task.
type Kind string

// The policies (domain: approval.md §1).
const (
	Any        Kind = "any"        // 或签: the first to agree or disagree decides
	All        Kind = "all"        // 会签: all decide; one disagreement is a disagreement
	Sequential Kind = "sequential" // 依次: as all, one after the other
	Percent    Kind = "percent"    // at least the threshold of the counted seats agrees
	Weight     Kind = "weight"     // 票签: more than the threshold of the counted weight agrees
	Primary    Kind = "primary"    // 主办+协办: assistants advise, the primary decides
)

// Policy is how a task decides.
type Policy struct {
	Kind Kind `json:"kind"`
	// Threshold is the exact share of percent and weight; nil: one half.
	Threshold *big.Rat `json:"threshold,omitempty"`
	// EarlyStop ends the task as soon as open seats cannot change the result. A
	// sequence without it goes on after a disagreement.
	EarlyStop bool `json:"earlyStop,omitempty"`
	// MinQuorum is how many seats must have spoken (abstentions too) before the task can agree.
	MinQuorum int `json:"minQuorum,omitempty"`
	// AbstainAsNo counts abstentions as disagreement; else they leave the denominator.
	AbstainAsNo bool `json:"abstainAsNo,omitempty"`
}

// row is a policy of the table.
type row struct {
	sequential bool // one seat acts at a time
	primary    bool // only primary seats, and those with veto, vote; the others advise
	weighted   bool // seats count by weight
	threshold  bool // the policy has a threshold
	earlyStop  bool // default of EarlyStop
	// first: one decided seat settles the result; else it is settled when no decision of the open seats can change it.
	first  bool
	passes func(agree, counted int64, threshold *big.Rat) bool // a final tally, counted > 0
}

func unanimous(agree, counted int64, _ *big.Rat) bool { return agree == counted }

func atLeast(agree, counted int64, t *big.Rat) bool { return big.NewRat(agree, counted).Cmp(t) >= 0 }

func moreThan(agree, counted int64, t *big.Rat) bool { return big.NewRat(agree, counted).Cmp(t) > 0 }

// policies is the table of policies, never changed.
var policies = map[Kind]row{
	Any:        {first: true, earlyStop: true, passes: func(agree, _ int64, _ *big.Rat) bool { return agree > 0 }},
	All:        {passes: unanimous},
	Sequential: {sequential: true, earlyStop: true, passes: unanimous},
	Percent:    {threshold: true, earlyStop: true, passes: atLeast},
	Weight:     {threshold: true, weighted: true, earlyStop: true, passes: moreThan},
	Primary:    {primary: true, earlyStop: true, passes: unanimous},
}

// ParsePolicy builds a policy from what a model says. threshold is a fraction
// ("2/3"), a decimal ("0.5") or a percentage ("66.7%"); empty is one half.
func ParsePolicy(kind, threshold string) (Policy, error) {
	r, ok := policies[Kind(kind)]
	if !ok {
		return Policy{}, fmt.Errorf("policy %q is not one of any, all, sequential, percent, weight, primary", kind)
	}
	p := Policy{Kind: Kind(kind), EarlyStop: r.earlyStop}
	if !r.threshold {
		return p, nil
	}
	t, err := parseShare(threshold)
	if err != nil {
		return Policy{}, err
	}
	if r.passes(0, 1, t) || !r.passes(1, 1, t) {
		return Policy{}, fmt.Errorf("threshold %q of policy %s is always or never reached", threshold, kind)
	}
	p.Threshold = t
	return p, nil
}

var share = regexp.MustCompile(`^[0-9]{1,9}((\.[0-9]{1,9})?%?|/[0-9]{1,9})$`)

// parseShare reads a number between 0 and 1, exactly.
func parseShare(text string) (*big.Rat, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return big.NewRat(1, 2), nil
	}
	bare, percent := strings.CutSuffix(text, "%")
	t, ok := new(big.Rat).SetString(bare)
	if !ok || !share.MatchString(text) {
		return nil, fmt.Errorf("threshold %q is not a number such as 2/3, 0.5 or 60%%", text)
	}
	if percent {
		t.Mul(t, big.NewRat(1, 100))
	}
	if t.Sign() < 0 || t.Cmp(big.NewRat(1, 1)) > 0 {
		return nil, fmt.Errorf("threshold %q is not between 0 and 1", text)
	}
	return t, nil
}

func (p Policy) row() row { return policies[p.Kind] }

func (p Policy) share() *big.Rat {
	if p.Threshold == nil {
		return big.NewRat(1, 2)
	}
	return p.Threshold
}

// Verdict is the decision of the whole task.
type Verdict string

// The verdicts.
const (
	Undecided   Verdict = ""
	Agreed      Verdict = "agree"
	Disagreed   Verdict = "disagree"
	Rejected    Verdict = "reject"    // for good, whatever the others would say
	Returned    Verdict = "return"    // to the element that the operation or the model names
	ToInitiator Verdict = "initiator" // nobody decided: back to who began
	Again       Verdict = "again"     // an after-signer disagreed: the same task, next round
)

// Tally counts the votes of a task, by weight where the policy weighs.
type Tally struct {
	Agree, Disagree, Abstain, Open int64
	Advisers                       int  // open seats that only advise
	Spoken                         int  // seats that decided, abstentions too
	VetoOpen, Vetoed               bool // a seat with veto has not decided; has disagreed
}

// Count tallies the seats that vote under the policy.
func Count(p Policy, seats []Seat) Tally {
	var t Tally
	for i := range seats {
		s := &seats[i]
		if !s.votes() {
			continue
		}
		if p.row().primary && !s.Primary && !s.Veto {
			if s.open() {
				t.Advisers++
			}
			continue
		}
		n := int64(1)
		if p.row().weighted {
			n = int64(s.Weight)
		}
		t.add(s, n)
	}
	return t
}

func (t *Tally) add(s *Seat, n int64) {
	switch s.Decision {
	case Agree:
		t.Agree += n
	case Disagree, Reject:
		t.Disagree += n
		t.Vetoed = t.Vetoed || s.Veto
	case Abstain:
		t.Abstain += n
	default:
		t.Open += n
		t.VetoOpen = t.VetoOpen || s.Veto
		return
	}
	t.Spoken++
}

// Decide is the verdict of the policy on the seats as they stand, helpers aside.
func Decide(p Policy, seats []Seat) Verdict {
	t := Count(p, seats)
	switch known := settled(p, t); {
	case t.Vetoed:
		return Disagreed
	case t.Open == 0 && (p.EarlyStop || t.Advisers == 0):
		return final(p, t)
	case !p.EarlyStop && !p.row().first, known == Agreed && (t.VetoOpen || t.Spoken < p.MinQuorum):
		return Undecided
	default:
		return known
	}
}

// final is the verdict when every seat has spoken. Without a counted vote or a quorum nobody has decided.
func final(p Policy, t Tally) Verdict {
	counted := p.counted(t)
	switch {
	case counted == 0, t.Spoken < p.MinQuorum:
		return ToInitiator
	case p.row().passes(t.Agree, counted, p.share()):
		return Agreed
	}
	return Disagreed
}

// settled is the result that no decision of the open seats can change, if there is one.
// All policies are monotone, so it is enough to let all of them say no, then yes.
func settled(p Policy, t Tally) Verdict {
	r, counted := p.row(), p.counted(t)
	switch {
	case t.Vetoed:
		return Disagreed
	case r.first && counted == 0:
		return Undecided
	case r.first:
		t.Open = 0
	}
	total := counted + t.Open
	switch {
	case total == 0:
		return Undecided
	case r.passes(t.Agree, total, p.share()):
		return Agreed
	case !r.passes(t.Agree+t.Open, total, p.share()):
		return Disagreed
	}
	return Undecided
}

// counted is the denominator so far. An abstention never is the first decision.
func (p Policy) counted(t Tally) int64 {
	if p.AbstainAsNo && !p.row().first {
		return t.Agree + t.Disagree + t.Abstain
	}
	return t.Agree + t.Disagree
}
