package seat

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var signed = time.Date(2022, 6, 10, 0, 30, 0, 0, time.FixedZone("", 8*3600))

func TestScenarios(t *testing.T) {
	data, err := os.ReadFile("testdata/scenarios.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range strings.Split(string(data), "\ncase ")[1:] {
		name, body, _ := strings.Cut(text, "\n")
		t.Run(name, func(t *testing.T) { play(t, body) })
	}
}

func play(t *testing.T, body string) {
	var policy Policy
	var seats []Seat
	for _, line := range strings.Split(body, "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0] == "policy":
			policy = readPolicy(t, words[1:])
		case words[0] == "seats":
			seats = Open(policy, readHolders(words[1:]))
		default:
			command, want, _ := strings.Cut(line, " => ")
			r, err := perform(policy, seats, strings.Fields(command))
			if got := outcome(r, err); got != want {
				t.Fatalf("%s\n got %s\nwant %s", command, got, want)
			}
			if err == nil {
				seats = r.Seats
			}
		}
	}
}

func perform(p Policy, seats []Seat, words []string) (Result, error) {
	if words[0] == "content" {
		return ContentChanged(p, seats, words[1]), nil
	}
	return Apply(p, seats, readRequest(words))
}

func readPolicy(t *testing.T, words []string) Policy {
	threshold := ""
	if len(words) > 1 && words[1][0] >= '0' && words[1][0] <= '9' {
		threshold = words[1]
	}
	p, err := ParsePolicy(words[0], threshold)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "early", "noearly":
			p.EarlyStop = key == "early"
		case "quorum":
			p.MinQuorum, _ = strconv.Atoi(value)
		case "abstain":
			p.AbstainAsNo = value == "no"
		}
	}
	return p
}

func readHolders(words []string) []Holder {
	var out []Holder
	for _, w := range words {
		var h Holder
		w, h.Veto = strings.CutSuffix(w, "!veto")
		w, h.Primary = strings.CutSuffix(w, "+primary")
		w, weight, _ := strings.Cut(w, "*")
		h.Weight, _ = strconv.Atoi(weight)
		if strings.Contains(w, "@") {
			h.Group = w
		} else {
			h.Person = w
		}
		out = append(out, h)
	}
	return out
}

func readRequest(words []string) Request {
	r := Request{By: By{Person: words[0]}, Operation: Operation(words[1]), At: signed}
	for _, w := range words[2:] {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "to":
			r.To = strings.Split(value, ",")
		case "mode":
			r.Mode = Kind(value)
		case "seat":
			r.Seat, _ = strconv.Atoi(value)
		case "weight":
			r.Weight, _ = strconv.Atoi(value)
		case "reason":
			r.Reason = value
		case "post":
			r.By.Groups = []string{value}
		case "owner":
			r.By.Owner = true
		case "digest":
			r.Digest = value
		}
	}
	return r
}

func outcome(r Result, err error) string {
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		return "refused " + refusal.Code
	case err != nil:
		return err.Error()
	}
	out := []string{"open"}
	if r.Verdict != Undecided {
		out[0] = string(r.Verdict)
	}
	for i := range r.Seats {
		out = append(out, letter(&r.Seats[i]))
	}
	if len(r.Voided) > 0 {
		out = append(out, "void="+strings.Trim(strings.ReplaceAll(fmt.Sprint(r.Voided), " ", ","), "[]"))
	}
	return strings.Join(out, " ")
}

func letter(s *Seat) string {
	if s.State == Done {
		return map[Decision]string{Agree: "+", Disagree: "-", Abstain: "0", Return: "r", Reject: "x", Answered: "i"}[s.Decision]
	}
	return map[State]string{Waiting: "w", Active: "a", Suspended: "s", Skipped: "k", Void: "v"}[s.State]
}

func TestApplyLeavesItsArguments(t *testing.T) {
	p, _ := ParsePolicy("any", "")
	seats := Open(p, []Holder{{Person: "A"}})
	if _, err := Apply(p, seats, Request{Operation: "transfer", By: By{Person: "A"}, To: []string{"B"},
		Reason: "outside my field"}); err != nil {
		t.Fatal(err)
	}
	if seats[0].Actor != "A" || len(seats[0].Chain) != 0 {
		t.Errorf("the seats of the request changed: %+v", seats[0])
	}
}

func TestTransferKeepsTheChain(t *testing.T) {
	p, _ := ParsePolicy("any", "")
	r, err := Apply(
		p, Open(p, []Holder{{Group: "CHIEF@D"}}),
		Request{Operation: "transfer", By: By{Person: "A", Groups: []string{"CHIEF@D"}}, To: []string{"B"}, Reason: "outside my field"},
	)
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Seats[0]; !slices.Equal(s.Chain, []string{"A"}) || s.Principal != "B" || s.Origin != Transferred || s.Group != "CHIEF@D" {
		t.Errorf("got %+v", s)
	}
}

func TestProxySignsForThePrincipal(t *testing.T) {
	p, _ := ParsePolicy("any", "")
	seats := Open(p, []Holder{{Person: "A"}})
	seats[0].Actor, seats[0].Origin = "B", Proxy
	for _, who := range []string{"A", "B"} {
		r, err := Apply(p, seats, Request{Operation: "agree", By: By{Person: who}})
		if err != nil {
			t.Fatal(err)
		}
		if s := r.Seats[0]; s.Principal != "A" || s.Actor != who {
			t.Errorf("%s signed as %s for %s", who, s.Actor, s.Principal)
		}
	}
}

func TestAllowed(t *testing.T) {
	p, _ := ParsePolicy("all", "")
	seats := Open(p, []Holder{{Person: "A"}, {Group: "G@D"}})
	for _, c := range []struct {
		by   By
		want string
	}{
		{By{Person: "A"}, "[agree disagree return reject abstain transfer addBefore addAfter addParallel delegate]"},
		{By{Person: "Z", Groups: []string{"G@D"}},
			"[agree disagree return reject abstain transfer addBefore addAfter addParallel delegate claim]"},
		{By{Person: "O", Owner: true}, "[addParallel removeSign]"},
		{By{Person: "Q"}, "[]"},
	} {
		if got := fmt.Sprint(Allowed(p, seats, c.by)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.by.Person, got, c.want)
		}
	}
}

func TestParsePolicyRefuses(t *testing.T) {
	for _, c := range [][2]string{{"most", ""}, {"percent", "0"}, {"percent", "1.5"}, {"weight", "1"}, {"percent", "1e9"},
		{"percent", "2/0"}, {"percent", "half"}, {"weight", "-1/2"}} {
		if p, err := ParsePolicy(c[0], c[1]); err == nil {
			t.Errorf("%s %s: got %+v", c[0], c[1], p)
		}
	}
	// the ends that mean something
	for _, c := range [][2]string{{"weight", "0"}, {"percent", "1"}, {"percent", "100%"}, {"weight", "0.999"}} {
		if _, err := ParsePolicy(c[0], c[1]); err != nil {
			t.Errorf("%s %s: %v", c[0], c[1], err)
		}
	}
}
