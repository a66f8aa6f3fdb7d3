package verify_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine/verify"
)

// graph is a small process of tasks, choices and parallel gateways, as a drawing that went through several hands.
type graph struct {
	kind  []string // "start", "end", "task", "xor", "and"
	flows [][2]int
}

func (g *graph) add(kind string) int {
	g.kind = append(g.kind, kind)
	return len(g.kind) - 1
}

func (g *graph) flow(from, to int) { g.flows = append(g.flows, [2]int{from, to}) }

// grow adds a block between two elements.
func (g *graph) grow(r *rand.Rand, depth int) (first, last int) {
	kind := []string{"task", "xor", "and", "loop", "row"}[r.IntN(5)]
	if depth == 0 {
		kind = "task"
	}
	switch kind {
	case "row":
		a, b := g.grow(r, depth-1)
		c, d := g.grow(r, depth-1)
		g.flow(b, c)
		return a, d
	case "loop":
		first, last = g.add("xor"), g.add("xor")
		a, b := g.grow(r, depth-1)
		g.flow(first, a)
		g.flow(b, last)
		g.flow(last, first)
		return first, last
	case "xor", "and":
		first, last = g.add(kind), g.add(kind)
		for range 2 {
			a, b := g.grow(r, depth-1)
			g.flow(first, a)
			g.flow(b, last)
		}
		return first, last
	}
	t := g.add("task")
	return t, t
}

// disturb changes a flow or a gateway; the result may be sound or not.
func (g *graph) disturb(r *rand.Rand) {
	i := r.IntN(len(g.flows))
	switch r.IntN(4) {
	case 0:
		g.flows[i][1] = g.flows[r.IntN(len(g.flows))][1]
	case 1:
		g.flows = slices.Delete(g.flows, i, i+1)
	case 2:
		g.flow(g.flows[i][0], g.flows[r.IntN(len(g.flows))][1])
	case 3:
		for k := range g.kind {
			if at := (k + i) % len(g.kind); g.kind[at] == "xor" || g.kind[at] == "and" {
				g.kind[at] = map[string]string{"xor": "and", "and": "xor"}[g.kind[at]]
				return
			}
		}
	}
}

// fit reports whether the drawing is a process of which the oracle knows what it does: everything is connected both ways, only
// gateways split.
func (g *graph) fit() bool {
	for n, kind := range g.kind {
		in, out := 0, 0
		for _, f := range g.flows {
			if f[0] == n {
				out++
			}
			if f[1] == n {
				in++
			}
		}
		gateway := kind == "xor" || kind == "and"
		if kind != "start" && in == 0 || kind == "start" && in > 0 || kind != "end" && out == 0 || !gateway && out > 1 ||
			gateway && in == 1 && out == 1 {
			return false
		}
	}
	for i, f := range g.flows {
		if slices.Contains(g.flows[:i], f) || f[0] == f[1] {
			return false
		}
	}
	return true
}

// model writes the drawing in the words of the other tests.
func (g *graph) model() []byte {
	var b strings.Builder
	for n, kind := range g.kind {
		fmt.Fprintf(&b, "%s n%d ", kind, n)
	}
	first := map[int]bool{}
	for _, f := range g.flows {
		fmt.Fprintf(&b, "n%d>n%d", f[0], f[1])
		if g.kind[f[0]] == "xor" && first[f[0]] {
			b.WriteString("?")
		}
		first[f[0]] = true
		b.WriteString(" ")
	}
	return model(b.String())
}

// judge plays every token game, one token at a time: sound when from everywhere all tokens can go, no flow ever holds two, and
// every element is come to. It says "" when there are too many.
func (g *graph) judge() verify.Verdict {
	ins, outs := make([][]int, len(g.kind)), make([][]int, len(g.kind))
	for i, f := range g.flows {
		outs[f[0]] = append(outs[f[0]], i)
		ins[f[1]] = append(ins[f[1]], i)
	}
	begin := make([]byte, len(g.flows))
	begin[outs[slices.Index(g.kind, "start")][0]] = 1
	number, marks, back := map[string]int{string(begin): 0}, [][]byte{begin}, [][]int{nil}
	entered := make([]bool, len(g.kind))
	for i := 0; i < len(marks); i++ {
		if len(marks) > 20_000 {
			return ""
		}
		play := func(take, put []int) bool {
			next := slices.Clone(marks[i])
			for _, f := range take {
				next[f]--
			}
			for _, f := range put {
				next[f]++
				at := 0 // an end event ends once: all that lead to it count together
				for _, other := range ins[g.flows[f][1]] {
					if other == f || g.kind[g.flows[f][1]] == "end" {
						at += int(next[other])
					}
				}
				if at > 1 {
					return false
				}
			}
			at, known := number[string(next)]
			if !known {
				at = len(marks)
				number[string(next)], marks, back = at, append(marks, next), append(back, nil)
			}
			back[at] = append(back[at], i)
			return true
		}
		for n, kind := range g.kind {
			ready := slices.DeleteFunc(slices.Clone(ins[n]), func(f int) bool { return marks[i][f] == 0 })
			safe := true
			switch {
			case kind == "and" && len(ready) < len(ins[n]) || len(ready) == 0:
				continue
			case kind == "and":
				safe = play(ready, outs[n])
			case kind == "xor":
				for _, f := range ready {
					for _, to := range outs[n] {
						safe = play([]int{f}, []int{to}) && safe
					}
				}
			default:
				for _, f := range ready {
					safe = play([]int{f}, outs[n]) && safe
				}
			}
			entered[n] = true
			if !safe {
				return verify.Unsound
			}
		}
	}
	ends := make([]bool, len(marks))
	over, there := number[string(make([]byte, len(g.flows)))]
	if !there {
		return verify.Unsound
	}
	for stack := []int{over}; len(stack) > 0; {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !ends[at] {
			ends[at] = true
			stack = append(stack, back[at]...)
		}
	}
	entered[slices.Index(g.kind, "start")] = true
	if slices.Contains(ends, false) || slices.Contains(entered, false) {
		return verify.Unsound
	}
	return verify.Sound
}

// TestAgainstEveryTokenGame judges drawings without any structure, and compares with every token game that there is: what is
// called sound is sound, and what is unsound is never called sound, nor the other way round. Undecided is only what takes
// several conditions side by side.
func TestAgainstEveryTokenGame(t *testing.T) {
	counts := map[verify.Verdict]int{}
	for seed := range uint64(6000) {
		r := rand.New(rand.NewPCG(seed, 7))
		g := &graph{}
		start, end := g.add("start"), g.add("end")
		first, last := g.grow(r, 1+r.IntN(4))
		g.flow(start, first)
		g.flow(last, end)
		for range r.IntN(4) {
			if len(g.flows) > 0 {
				g.disturb(r)
			}
		}
		if len(g.kind) > 40 || !g.fit() {
			continue
		}
		want := g.judge()
		if want == "" {
			continue
		}
		m, diags := bpmn.Parse(g.model())
		if m == nil {
			t.Fatal(diags)
		}
		findings := verify.Soundness(m, verify.DefaultLimit)
		got := verify.VerdictOf(findings)
		counts[want]++
		if got == verify.Undecided && want == verify.Unsound {
			counts[got]++
			continue
		}
		if got != want {
			t.Errorf("seed %d: %s, right is %s: %v %v %v", seed, got, want, shorts(findings), g.kind, g.flows)
		}
	}
	t.Log(counts)
	if counts[verify.Sound] < 500 || counts[verify.Unsound] < 500 || counts[verify.Undecided]*20 > counts[verify.Unsound] {
		t.Errorf("too few of a kind, or too many undecided: %v", counts)
	}
}
