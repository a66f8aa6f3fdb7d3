// Package feel is the Friendly Enough Expression Language of DMN 1.5 §10.3:
// parsing, static checks, compilation to closures, and evaluation.
//
// The package is pure. It reads no clock, starts no goroutine and keeps nothing
// from one evaluation to the next; "now" and the working-day calendar come with
// Env. A compiled Program may be evaluated by many goroutines at once.
//
// Source text becomes tokens (token.go), tokens a tree (parse*.go, ast.go), which
// prints back (print.go). The tree is checked (check.go) and compiled to closures
// over a run (compile*.go, run.go). Built-ins are rows of tables (builtin*.go);
// patterns are XPath's (regex*.go).
package feel

import "time"

// Value is a FEEL value: nil, bool, Number, string, Date, Time, DateTime,
// YearsMonths, DaysTime, *Range, List, *Context or *Func.
type Value = any

// List is an ordered list of values. Evaluations share lists, with each other too: nothing may change one.
type List []Value

// Severity of a Diagnostic.
type Severity int

const (
	// Error stops a deployment.
	Error Severity = iota
	// Warn is shown to the author and does not stop anything.
	Warn
)

// Diagnostic is an author's mistake in an expression, with its place.
type Diagnostic struct {
	Severity  Severity
	Line, Col int    // 1-based, in code points
	Message   string // what was found and what was expected
	Hint      string // what to do, or empty
}

// Warning tells why evaluation answered null somewhere: the sub-expression, its place, and the cause.
type Warning struct {
	Line, Col int
	Expr      string
	Message   string
}

// Options of Parse.
type Options struct {
	// Names are names known to the scope that contain spaces or special characters (DMN 1.5 §10.3.1.2).
	Names []string
	// UnaryTests parses the text as unary tests (decision table input entries) rather than an expression.
	UnaryTests bool
	// Camunda switches on the Camunda dialect: its extra built-ins, and names outside the scope that read as null.
	Camunda bool
}

// Expr is a parsed expression. String prints it back as FEEL.
type Expr struct {
	src     string
	root    node
	options Options
}

// Scope is what an expression may refer to when it is compiled.
type Scope struct {
	// Names maps known variables to their types; Any where nothing is known.
	Names map[string]Type
	// Types are named types that "instance of" and parameters may refer to, beside the built-in ones.
	Types map[string]Type
	// External makes the function of "function(…) external mapping"; nil: such functions answer null.
	External func(mapping Value, params []Param) (*Func, error)
	// Open lets unknown names compile; they read as null, with a warning, when they are missing.
	Open bool
}

// Program is a compiled expression, safe for concurrent use.
type Program struct {
	src      string
	lib      *library
	eval     eval
	slots    int                 // local names that live at once
	regexes  map[regexKey]*regex // of the patterns that are literals
	constant bool
	value    Value // when constant
}

// Vars gives the values of variables by name.
type Vars interface {
	// Get returns the value and whether the name is known.
	Get(name string) (Value, bool)
}

// MapVars is Vars held in a map.
type MapVars map[string]Value

// Get returns m[name].
func (m MapVars) Get(name string) (Value, bool) { v, ok := m[name]; return v, ok }

// Calendar answers working-day questions. Its version is named in the audit by whoever chose it.
type Calendar interface {
	// IsWorkday reports whether the civil date is a working day.
	IsWorkday(year int, month time.Month, day int) bool
}

// Env is the world an evaluation may see.
type Env struct {
	Now      time.Time      // value of now() and, with Zone, of today()
	Zone     *time.Location // nil: Asia/Shanghai's fixed offset of +08:00
	Calendar Calendar       // nil: Monday to Friday
	MaxSteps int            // bound on evaluation work; 0: the package's default
}

// Parse reads FEEL source text. The diagnostics hold at most one error, the first; with one there is no Expr.
func Parse(src string, o Options) (*Expr, []Diagnostic) {
	root, fault := parse(src, o, libraryOf(o))
	if fault != nil {
		return nil, []Diagnostic{*fault}
	}
	return &Expr{src: src, root: root, options: o}, nil
}

// Compile checks the expression against a static scope and makes it ready to run.
// With an error among the diagnostics there is no Program.
func (e *Expr) Compile(s Scope) (*Program, []Diagnostic) { return compile(e, s, libraryOf(e.options)) }
