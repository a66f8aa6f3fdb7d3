package feel

// Func is a function value: a FEEL function definition, a built-in, or a
// function of the embedder such as a business knowledge model.
type Func struct {
	Name   string
	Params []Param
	Result Type // nil: Any
	// Variadic lets the last parameter take any number of arguments.
	Variadic bool
	// Invoke runs the function. The arguments are as many as Params, unless Variadic, and conform to
	// their types. It must not keep args.
	Invoke func(c *Call, args []Value) Value
	// builtin is set when the function stands for a built-in with its overloads.
	builtin *Builtin
	// captured holds what a function literal remembers of the names around it, by slot.
	captured []Value
}

// Param is a formal parameter.
type Param struct {
	Name string
	Type Type // nil: Any
}

// Call is what a running function may see and say.
type Call struct{ run *run }

// Env is the environment of the evaluation.
func (c *Call) Env() Env { return c.run.env }

// Warn records why the function answers null.
func (c *Call) Warn(message string) { c.run.fail(c.run.at, "%s", message) }

// Invoke runs a function value with positional arguments.
func (c *Call) Invoke(f *Func, args ...Value) Value { return c.run.apply(f, args) }

// Step counts n units of work; false when the evaluation must stop.
func (c *Call) Step(n int) bool { return c.run.step(n) }
