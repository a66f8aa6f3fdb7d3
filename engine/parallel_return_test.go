package engine

import (
	"fmt"
	"strings"
	"testing"
)

// branches writes a process of approvals from lines "ID KIND > NEXT, NEXT": the
// kinds are user, and, xor, or, start, end.
func branches(lines string) string {
	var b strings.Builder
	b.WriteString(`<process id="p" isExecutable="true">`)
	flow := 0
	for _, line := range strings.Split(strings.TrimSpace(lines), ";") {
		w := strings.Fields(strings.ReplaceAll(strings.ReplaceAll(line, ">", " "), ",", " "))
		if len(w) == 0 {
			continue
		}
		id, kind, more := w[0], w[1], ""
		element := map[string]string{"user": "userTask", "and": "parallelGateway", "xor": "exclusiveGateway", "or": "inclusiveGateway",
			"start": "startEvent", "end": "endEvent"}[kind]
		for i, to := range w[2:] {
			flow++
			condition := ""
			if (kind == "xor" || kind == "or") && len(w) > 3 {
				if i == len(w)-3 && kind == "xor" {
					more = fmt.Sprintf(` default="f%d"`, flow)
				} else {
					condition = fmt.Sprintf(`<conditionExpression>=to_%s = true</conditionExpression>`, to)
				}
			}
			fmt.Fprintf(&b, `<sequenceFlow id="f%d" sourceRef="%s" targetRef="%s">%s</sequenceFlow>`, flow, id, to, condition)
		}
		if kind == "user" {
			fmt.Fprintf(&b, `<userTask id="%s">%s</userTask>`, id, strings.Replace(approvalOf("u"+id, ""), ` returnTo="a"`, "", 1))
			continue
		}
		fmt.Fprintf(&b, `<%s id="%s"%s/>`, element, id, more)
	}
	return b.String() + `</process>`
}

const (
	forkJoin = `s start > w; w user > f; f and > a, b; a user > a2; a2 user > j; b user > j; j and > c; c user > e; e end`
	looped   = `s start > w; w user > m; m xor > f; f and > a, b; a user > a2; a2 user > j; b user > b2; b2 user > j; j and > c; c user > x; x xor > m, e; e end`
	nested   = `s start > m; m xor > f; f and > g, b; g and > a, k; a user > j; k user > j; j and > c; c user > h; b user > h; h and > d; d user > x; x xor > m, e; e end`
	crossed  = `s start > f; f and > a, b; a user > g; g and > a1, a2; a1 user > j; b user > j; j and > y; y user > h; a2 user > h; h and > d; d user > e; e end`
)

// TestReturnsAcrossJoins: what branches beside have done keeps counting, and no join waits for what never comes.
func TestReturnsAcrossJoins(t *testing.T) {
	agree := func(ids string) string {
		var out []string
		for _, id := range strings.Fields(ids) {
			out = append(out, fmt.Sprintf("u%s agree %s", id, id))
		}
		return strings.Join(out, "; ")
	}
	for _, c := range []struct{ name, model, before, act, open, after, end string }{
		{"from behind the join into a branch", forkJoin, "w a a2 b", "uc return c to=a", "[a]", "a a2", "[c]"},
		{"from behind the join to the last of a branch", forkJoin, "w a a2 b", "uc return c to=a2", "[a2]", "a2", "[c]"},
		{"from behind the join before the fork", forkJoin, "w a a2 b", "uc return c to=w", "[w]", "w b a a2", "[c]"},
		{"within a branch", forkJoin, "w a", "ua2 return a2 to=a", "[a b]", "b a a2", "[c]"},
		{"within a branch, the other waits at the join", forkJoin, "w a b", "ua2 return a2 to=a", "[a]", "a a2", "[c]"},
		{"from a branch before the fork", forkJoin, "w a", "ub return b to=w", "[w]", "w a b a2", "[c]"},
		{"straight back across the join", forkJoin, "w a a2 b", "uc return c to=a mode=resume", "[a]", "a", "[c]"},
		{"straight back across the join, then agreed: nothing is left", forkJoin, "w a a2 b",
			"uc return c to=a mode=resume; ua agree a; uc agree c", "[]", "", "[]"},
		{"not straight back after a disagreement", forkJoin, "w a a2 b", "uc return c to=a mode=resume; ua disagree a", "[a2]", "a2",
			"[c]"},
		{"straight back within a branch", forkJoin, "w a", "ua2 return a2 to=a mode=resume", "[a b]", "a b a2", "[c]"},
		{"loop: from behind the join into a branch", looped, "w a a2 b b2", "uc return c to=b", "[b]", "b b2", "[c]"},
		{"loop: the other branch goes on", looped, "w a", "ua2 return a2 to=a", "[a b]", "b a b2 a2", "[c]"},
		{"loop: the other branch waits", looped, "w a b b2", "ua2 return a2 to=a", "[a]", "a a2", "[c]"},
		{"nested: into the inner branch", nested, "a k c b", "ud return d to=k", "[k]", "k c", "[d]"},
		{"nested: into the outer branch", nested, "a k c b", "ud return d to=b", "[b]", "b", "[d]"},
		{"nested: the outer branch goes on", nested, "a k", "uc return c to=a", "[a b]", "b a c", "[d]"},
		{"nested: the inner join waits, too", nested, "a k c b", "ud return d to=a", "[a]", "a c", "[d]"},
		{"crossed: into the branch of both joins", crossed, "a a1 b y a2", "ud return d to=a", "[a]", "a a1 a2 y", "[d]"},
		{"crossed: into one branch", crossed, "a a1 b y a2", "ud return d to=a1", "[a1]", "a1 y", "[d]"},
		{"crossed: the late branch goes on", crossed, "a a1 b", "uy return y to=b", "[a2 b]", "a2 b y", "[d]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, closed := newGame(t, branches(c.model), nil), map[string]int64{}
			run := func(play string) {
				t.Helper()
				for _, line := range strings.Split(play, "; ") {
					if line == "" {
						continue
					}
					if err := say(t, g, closed, line); err != nil {
						t.Fatalf("%q: %v", line, err)
					}
				}
			}
			run(agree(c.before))
			run(c.act)
			if got := fmt.Sprint(g.open()); got != c.open {
				t.Fatalf("open are %s, want %s", got, c.open)
			}
			run(agree(c.after))
			if got := fmt.Sprint(g.open()); got != c.end {
				t.Fatalf("then open are %s, want %s", got, c.end)
			}
			for range 50 {
				for _, id := range g.open() {
					run(agree(id))
				}
			}
			if !g.s.Ended() {
				t.Errorf("the case does not end: %s", asJSON(g.s))
			}
		})
	}
}

// TestReturnTargetsBeside: a branch beside the task is not before it, though a loop leads there.
func TestReturnTargetsBeside(t *testing.T) {
	g, closed := newGame(t, branches(looped), Vars{"to_m": true}), map[string]int64{}
	for _, line := range strings.Split("uw agree w; ua agree a; ua2 agree a2; ub agree b; ub2 agree b2; uc agree c; ua agree a", "; ") {
		if err := say(t, g, closed, line); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(g.s.ReturnTargets(g.p, g.task("a2").Key)); got != "[w a c]" {
		t.Errorf("a2 can be returned to %s", got)
	}
	if got := code(say(t, g, closed, "ua2 return a2 to=b")); got != "no-such-target" {
		t.Errorf("a return to the branch beside is refused by %q", got)
	}
}
