package seat

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// naive decides by trying every way in which the open seats could still speak.
// It knows each policy only as a rule on a finished vote.
func naive(p Policy, seats []Seat) Verdict {
	known := map[Verdict]bool{}
	var try func(i int)
	try = func(i int) {
		for ; i < len(seats) && seats[i].Decision != ""; i++ {
		}
		if i == len(seats) {
			known[finished(p, seats)] = true
			return
		}
		for _, d := range []Decision{Agree, Disagree} {
			seats[i].Decision = d
			try(i + 1)
		}
		seats[i].Decision = ""
	}
	open, vetoOpen, spoken := 0, false, 0
	for _, s := range seats {
		if s.Decision == Disagree && s.Veto {
			return Disagreed
		}
		if s.Decision == "" {
			open++
			vetoOpen = vetoOpen || s.Veto
		} else {
			spoken++
		}
	}
	if open == 0 {
		return finished(p, seats)
	}
	if !p.EarlyStop {
		return Undecided
	}
	quorum := p.MinQuorum
	p.MinQuorum = 0 // a quorum that is not reached yet is no result
	vetoless := append([]Seat(nil), seats...)
	for i := range vetoless {
		vetoless[i].Veto = false // neither is a veto that nobody has used
	}
	seats = vetoless
	try(0)
	if len(known) > 1 {
		return Undecided
	}
	for v := range known {
		if v == Agreed && (vetoOpen || spoken < quorum) {
			return Undecided
		}
		return v
	}
	return Undecided
}

func finished(p Policy, seats []Seat) Verdict {
	yes, no, spoken := new(big.Rat), new(big.Rat), 0
	for _, s := range seats {
		n := big.NewRat(1, 1)
		if p.Kind == Weight {
			n = big.NewRat(int64(s.Weight), 1)
		}
		spoken++
		switch {
		case s.Decision == Agree:
			yes.Add(yes, n)
		case s.Decision == Disagree && s.Veto:
			return Disagreed
		case s.Decision == Disagree, p.AbstainAsNo:
			no.Add(no, n)
		}
	}
	all := new(big.Rat).Add(yes, no)
	if all.Sign() == 0 || spoken < p.MinQuorum {
		return ToInitiator
	}
	share := yes.Quo(yes, all)
	agreed := map[Kind]bool{All: share.Cmp(big.NewRat(1, 1)) == 0, Percent: share.Cmp(p.Threshold) >= 0, Weight: share.Cmp(p.Threshold) > 0}
	if agreed[p.Kind] {
		return Agreed
	}
	return Disagreed
}

func TestDecideAgreesWithTheNaiveTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Policy{Kind: rapid.SampledFrom([]Kind{All, Percent, Weight}).Draw(t, "kind"),
			Threshold: big.NewRat(rapid.Int64Range(1, 5).Draw(t, "numerator"), 6),
			EarlyStop: rapid.Bool().
				Draw(t, "early"),
			MinQuorum: rapid.IntRange(0, 3).Draw(t, "quorum"), AbstainAsNo: rapid.Bool().Draw(t, "abstain")}
		seats := make([]Seat, rapid.IntRange(1, 7).Draw(t, "seats"))
		for i := range seats {
			seats[i] = Seat{
				No: i + 1, State: Active, Weight: rapid.IntRange(1, 4).Draw(t, "weight"), Veto: rapid.IntRange(0, 9).Draw(t, "veto") == 0,
				Decision: rapid.SampledFrom([]Decision{"", "", Agree, Agree, Disagree, Abstain}).Draw(t, "decision"),
			}
			if seats[i].Decision != "" {
				seats[i].State = Done
			}
		}
		got := Decide(p, seats)
		if want := naive(p, append([]Seat(nil), seats...)); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

// TestEveryOrderEnds plays random operations: a task ends, its seats keep their numbers, and nobody acts after the end.
func TestEveryOrderEnds(t *testing.T) {
	people := []string{"A", "B", "C", "D", "E", "F"}
	rapid.Check(t, func(t *rapid.T) {
		p, err := ParsePolicy(string(rapid.SampledFrom([]Kind{Any, All, Sequential, Percent, Weight, Primary}).Draw(t, "kind")), "")
		if err != nil {
			t.Fatal(err)
		}
		seats := Open(p, []Holder{{Person: "A"}, {Person: "B"}, {Group: "G@D"}})
		verdict := Undecided
		for range rapid.IntRange(1, 25).Draw(t, "operations") {
			r, err := Apply(p, seats, Request{Operation: rapid.SampledFrom(Operations).Draw(t, "operation"), Reason: "a good reason",
				By:   By{Person: rapid.SampledFrom(people).Draw(t, "by"), Groups: []string{"G@D"}},
				Seat: rapid.IntRange(0, 4).Draw(t, "seat"), Weight: 1, Mode: rapid.SampledFrom([]Kind{"", Any, Sequential}).Draw(t, "mode"),
				To: []string{rapid.SampledFrom(people).Draw(t, "to")}})
			if err != nil {
				continue
			}
			if verdict != Undecided {
				t.Fatalf("an operation was accepted after the verdict %s", verdict)
			}
			if len(r.Seats) < len(seats) {
				t.Fatal("a seat is gone")
			}
			seats, verdict = r.Seats, r.Verdict
			check(t, seats, verdict)
		}
	})
}

// check is the invariant: numbers are places, somebody can act while the task is open, and nobody afterwards.
func check(t *rapid.T, seats []Seat, v Verdict) {
	active, open := 0, 0
	for i := range seats {
		if seats[i].No != i+1 {
			t.Fatalf("seat %d has number %d", i+1, seats[i].No)
		}
		if seats[i].State == Active {
			active++
		}
		if seats[i].open() {
			open++
		}
	}
	if v == Undecided && active == 0 {
		t.Fatalf("the task is open, but nobody can act: %+v", seats)
	}
	if v != Undecided && open > 0 {
		t.Fatalf("the task is decided (%s), but a seat is open: %+v", v, seats)
	}
}
