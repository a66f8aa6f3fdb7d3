package feel

import (
	"fmt"
	"sync"
	"testing"
)

// TestProgramsAreSafeForConcurrentUse evaluates one program in many goroutines with different variables.
func TestProgramsAreSafeForConcurrentUse(t *testing.T) {
	e, faults := Parse(`{f: function(x) if x <= 1 then 1 else x * f(x - 1), l: for i in 1..n return f(i),
		big: l[item > n], s: replace(string(n), "(\d)", "<$1>"), r: [count(big), s, sum(l) / 3, some i in l satisfies i = n]}.r`, Options{})
	if e == nil {
		t.Fatal(faults)
	}
	p, faults := e.Compile(Scope{Names: map[string]Type{"n": NumberType}})
	if p == nil {
		t.Fatal(faults)
	}
	want := make([]string, 10)
	for n := range want {
		v, warnings := p.Eval(Env{}, MapVars{"n": Int(int64(n + 1))})
		want[n] = Text(v) + fmt.Sprint(warnings)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for i := range 200 {
				n := i % len(want)
				v, warnings := p.Eval(Env{}, MapVars{"n": Int(int64(n + 1))})
				if got := Text(v) + fmt.Sprint(warnings); got != want[n] {
					t.Errorf("n = %d: %s, want %s", n+1, got, want[n])
				}
			}
		})
	}
	wait.Wait()
	if want[3] != `[2, "<4>", 11, false][]` {
		t.Error(want[3])
	}
}

// TestFunctionsOutliveTheirEvaluation invokes a function value in another evaluation than the one that made it.
func TestFunctionsOutliveTheirEvaluation(t *testing.T) {
	e, _ := Parse("{k: n + 1, f: function(x) x + k + n}.f", Options{})
	p, faults := e.Compile(Scope{Names: map[string]Type{"n": NumberType}})
	if p == nil {
		t.Fatal(faults)
	}
	f, _ := p.Eval(Env{}, MapVars{"n": Int(10)})
	for range 3 {
		p.Eval(Env{}, MapVars{"n": Int(99)}) // uses the run again
	}
	e, _ = Parse("f(1) + f(x: 2)", Options{})
	p, faults = e.Compile(Scope{Names: map[string]Type{"f": Any}})
	if p == nil {
		t.Fatal(faults)
	}
	if v, warnings := p.Eval(Env{}, MapVars{"f": f}); v != Int(45) {
		t.Errorf("%s %v", Text(v), warnings)
	}
}

// TestWarningsOfAForeignFunction has a function stop that comes from a shorter text than that of its caller.
func TestWarningsOfAForeignFunction(t *testing.T) {
	e, _ := Parse("function(g) for i in 1..1e9 return g", Options{})
	p, _ := e.Compile(Scope{})
	f, _ := p.Eval(Env{}, nil)
	e, _ = Parse(`[1, 2, "a text that is longer than that of the function", string length(string(f(f)))]`, Options{})
	p, faults := e.Compile(Scope{Names: map[string]Type{"f": Any}})
	if p == nil {
		t.Fatal(faults)
	}
	if _, warnings := p.Eval(Env{MaxSteps: 500}, MapVars{"f": f}); len(warnings) == 0 || warnings[0].Line != 1 {
		t.Errorf("%v", warnings)
	}
}
