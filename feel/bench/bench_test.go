// Package bench measures feel beside two compiled expression languages on the same ten conditions. It is a
// module of its own, so that they never become dependencies of the platform.
package bench

import (
	"testing"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/ext"
	"github.com/quancheng/quancheng/feel"
)

// condition is one condition in three languages.
type condition struct{ name, feel, expr, cel string }

var conditions = []condition{
	{"compare", `amount > 1000000`, `amount > 1000000`, `amount > 1000000.0`},
	{"logic", `amount >= 100000 and amount < 5000000 and urgent`, `amount >= 100000 && amount < 5000000 && urgent`,
		`amount >= 100000.0 && amount < 5000000.0 && urgent`},
	{"string", `status = "approved"`, `status == "approved"`, `status == "approved"`},
	{"functions", `starts with(code, "GC-") and contains(title, "云平台")`, `code startsWith "GC-" && title contains "云平台"`,
		`code.startsWith("GC-") && title.contains("云平台")`},
	{
		"member", `kind in ["goods", "works", "services"]`, `kind in ["goods", "works", "services"]`,
		`kind in ["goods", "works", "services"]`,
	},
	{"path", `project.owner.name = "财政局"`, `project.owner.name == "财政局"`, `project.owner.name == "财政局"`},
	{"path-number", `project.budget.total <= limit`, `project.budget.total <= limit`, `project.budget.total <= limit`},
	{"arithmetic", `amount * 1.06 + 3000 < limit`, `amount * 1.06 + 3000 < limit`, `amount * 1.06 + 3000.0 < limit`},
	{"division", `(price * quantity - discount) / 12 > 1000.5`, `(price * quantity - discount) / 12 > 1000.5`,
		`(price * quantity - discount) / 12.0 > 1000.5`},
	{"choice", `(if amount > 500000 then "A" else "B") = "A"`, `(amount > 500000 ? "A" : "B") == "A"`,
		`(amount > 500000.0 ? "A" : "B") == "A"`},
}

// data are the variables. Numbers are floats for the two others: they have no decimals.
var data = map[string]any{
	"amount": 1234567.89, "limit": 2000000.0, "urgent": true, "status": "approved", "code": "GC-2026-007", "title": "政务云平台扩容",
	"kind": "services", "price": 199.9, "quantity": 365.0, "discount": 1000.0,
	"project": map[string]any{
		"owner":  map[string]any{"name": "财政局", "code": "330"},
		"budget": map[string]any{"total": 1500000.0, "year": 2026.0},
	},
}

func compileFEEL(tb testing.TB, src string) (*feel.Program, feel.MapVars) {
	vars, scope := feel.MapVars{}, feel.Scope{Names: map[string]feel.Type{}}
	for name, v := range data {
		value, err := feel.FromGo(v)
		if err != nil {
			tb.Fatal(err)
		}
		vars[name] = value
		scope.Names[name] = feel.TypeOf(value)
	}
	e, faults := feel.Parse(src, feel.Options{})
	if e == nil {
		tb.Fatal(faults)
	}
	p, faults := e.Compile(scope)
	if p == nil {
		tb.Fatal(faults)
	}
	return p, vars
}

func compileExpr(tb testing.TB, src string) *vm.Program {
	p, err := expr.Compile(src, expr.Env(data))
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func compileCEL(tb testing.TB, src string) cel.Program {
	env, err := cel.NewEnv(ext.Strings(),
		cel.Variable("amount", cel.DoubleType), cel.Variable("limit", cel.DoubleType), cel.Variable("urgent", cel.BoolType),
		cel.Variable("status", cel.StringType), cel.Variable("code", cel.StringType), cel.Variable("title", cel.StringType),
		cel.Variable("kind", cel.StringType), cel.Variable("price", cel.DoubleType), cel.Variable("quantity", cel.DoubleType),
		cel.Variable("discount", cel.DoubleType), cel.Variable("project", cel.DynType))
	if err != nil {
		tb.Fatal(err)
	}
	ast, issues := env.Compile(src)
	if issues.Err() != nil {
		tb.Fatal(issues.Err())
	}
	p, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// TestConditionsAgree keeps the comparison honest: all three answer true.
func TestConditionsAgree(t *testing.T) {
	for _, c := range conditions {
		p, vars := compileFEEL(t, c.feel)
		if v, warnings := p.Eval(feel.Env{}, vars); v != true {
			t.Errorf("feel: %s is %v %v", c.feel, v, warnings)
		}
		if v, err := expr.Run(compileExpr(t, c.expr), data); v != true {
			t.Errorf("expr: %s is %v %v", c.expr, v, err)
		}
		if v, _, err := compileCEL(t, c.cel).Eval(data); err != nil || v.Value() != true {
			t.Errorf("cel: %s is %v %v", c.cel, v, err)
		}
	}
}

func BenchmarkEval(b *testing.B) {
	for _, c := range conditions {
		b.Run(c.name+"/feel", func(b *testing.B) {
			p, vars := compileFEEL(b, c.feel)
			b.ReportAllocs()
			for b.Loop() {
				p.Eval(feel.Env{}, vars)
			}
		})
		b.Run(c.name+"/expr", func(b *testing.B) {
			p := compileExpr(b, c.expr)
			var machine vm.VM
			b.ReportAllocs()
			for b.Loop() {
				if _, err := machine.Run(p, data); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/cel", func(b *testing.B) {
			p := compileCEL(b, c.cel)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := p.Eval(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for _, c := range conditions {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if e, _ := feel.Parse(c.feel, feel.Options{}); e == nil {
					b.Fatal("no expression")
				}
			}
		})
	}
}
